"""Where each name of the API comes from: asyncio, from the version on that gives it the newest meaning, else from here.

On Python 2.7 that is Trollius, wrapped in the portable forms.
"""

import sys

from aiocompat.backends.generators import async_generator, yield_
from aiocompat.backends.iteration import StopAsyncIteration, aiter, anext
from aiocompat.backends.kinds import iscoroutine, iscoroutinefunction, isfuture
from aiocompat.backends.locks import BoundedSemaphore, Condition, Event, Lock, Semaphore
from aiocompat.backends.managers import aenter, aexit

# Every runtime has these, and none can be given more than it has.
if sys.version_info >= (3,):
    from asyncio import (
        ALL_COMPLETED,
        FIRST_COMPLETED,
        FIRST_EXCEPTION,
        AbstractEventLoop,
        AbstractServer,
        BaseEventLoop,
        BaseProtocol,
        BaseTransport,
        CancelledError,
        DatagramProtocol,
        DatagramTransport,
        Handle,
        IncompleteReadError,
        InvalidStateError,
        Protocol,
        QueueEmpty,
        QueueFull,
        ReadTransport,
        SelectorEventLoop,
        StreamReaderProtocol,
        SubprocessProtocol,
        SubprocessTransport,
        TimeoutError,
        TimerHandle,
        Transport,
        WriteTransport,
        set_event_loop,
    )
else:
    from trollius import (
        ALL_COMPLETED,
        FIRST_COMPLETED,
        FIRST_EXCEPTION,
        AbstractEventLoop,
        AbstractServer,
        BaseEventLoop,
        BaseProtocol,
        BaseTransport,
        CancelledError,
        DatagramProtocol,
        DatagramTransport,
        Handle,
        IncompleteReadError,
        InvalidStateError,
        Protocol,
        QueueEmpty,
        QueueFull,
        ReadTransport,
        SelectorEventLoop,
        StreamReaderProtocol,
        SubprocessProtocol,
        SubprocessTransport,
        TimeoutError,
        TimerHandle,
        Transport,
        WriteTransport,
        set_event_loop,
    )

if sys.version_info >= (3, 5, 2):
    from asyncio import LimitOverrunError
else:
    from aiocompat.backends.exceptions import LimitOverrunError

if sys.version_info >= (3, 7):
    from asyncio import (
        BufferedProtocol,
        SendfileNotAvailableError,
        all_tasks,
        current_task,
        gather,
        get_running_loop,
        shield,
        sleep,
    )
else:
    from aiocompat.backends.exceptions import SendfileNotAvailableError
    from aiocompat.backends.loops import get_running_loop
    from aiocompat.backends.spawning import all_tasks, current_task
    from aiocompat.backends.transports import BufferedProtocol
    from aiocompat.backends.waiting import gather, shield, sleep

if sys.version_info >= (3, 11):
    from asyncio import (
        Barrier,
        BrokenBarrierError,
        Future,
        StreamWriter,
        Task,
        Timeout,
        new_event_loop,
        timeout,
        timeout_at,
    )
    from builtins import BaseExceptionGroup, ExceptionGroup
else:
    from aiocompat.backends.barriers import Barrier
    from aiocompat.backends.exceptions import BrokenBarrierError
    from aiocompat.backends.groups import BaseExceptionGroup, ExceptionGroup
    from aiocompat.backends.loops import new_event_loop
    from aiocompat.backends.streams import StreamWriter
    from aiocompat.backends.tasks import Future, Task
    from aiocompat.backends.timeouts import Timeout, timeout, timeout_at

if sys.version_info >= (3, 12):
    from asyncio import create_eager_task_factory, eager_task_factory, wait, wait_for
else:
    from aiocompat.backends.spawning import create_eager_task_factory, eager_task_factory
    from aiocompat.backends.timeouts import wait_for
    from aiocompat.backends.waiting import wait

if sys.version_info >= (3, 13):
    from asyncio import (
        EventLoop,
        LifoQueue,
        PriorityQueue,
        Queue,
        QueueShutDown,
        Server,
        StreamReader,
        as_completed,
        create_subprocess_exec,
        create_subprocess_shell,
        open_connection,
        open_unix_connection,
        start_server,
        start_unix_server,
        to_thread,
    )
else:
    from aiocompat.backends.completing import as_completed
    from aiocompat.backends.exceptions import QueueShutDown
    from aiocompat.backends.loops import EventLoop
    from aiocompat.backends.queues import LifoQueue, PriorityQueue, Queue
    from aiocompat.backends.readers import StreamReader
    from aiocompat.backends.streams import (
        Server,
        open_connection,
        open_unix_connection,
        start_server,
        start_unix_server,
    )
    from aiocompat.backends.subprocesses import create_subprocess_exec, create_subprocess_shell
    from aiocompat.backends.threads import to_thread

if sys.version_info >= (3, 14):
    from asyncio import Runner, create_task, ensure_future, get_event_loop, run, run_coroutine_threadsafe, wrap_future
else:
    from aiocompat.backends.loops import get_event_loop
    from aiocompat.backends.running import Runner, run
    from aiocompat.backends.spawning import create_task, ensure_future
    from aiocompat.backends.threads import run_coroutine_threadsafe, wrap_future

if sys.version_info >= (3, 15):
    from asyncio import TaskGroup
else:
    from aiocompat.backends.taskgroups import TaskGroup

# The package takes every name of here that is not private.
del sys

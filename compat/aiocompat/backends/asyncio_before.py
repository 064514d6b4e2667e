"""Python 3.3 to 3.6: asyncio without ``run``, ``create_task`` and what goes with them (all added in 3.7)."""

import asyncio
from asyncio import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    BoundedSemaphore,
    CancelledError,
    Condition,
    DatagramProtocol,
    Event,
    Future,
    IncompleteReadError,
    InvalidStateError,
    LifoQueue,
    Lock,
    PriorityQueue,
    Protocol,
    QueueEmpty,
    QueueFull,
    Semaphore,
    StreamReader,
    StreamWriter,
    SubprocessProtocol,
    Task,
    TimeoutError,
    as_completed,
    create_subprocess_exec,
    create_subprocess_shell,
    gather,
    get_event_loop,
    iscoroutine,
    iscoroutinefunction,
    new_event_loop,
    open_connection,
    set_event_loop,
    shield,
    sleep,
    start_server,
    wait,
    wait_for,
)

from aiocompat.backends.running import runner, running_loop

# ensure_future is new in 3.4.4, where async, its name before, became deprecated; 3.7 made that a keyword. Until then
# join() and task_done() were JoinableQueue's, not Queue's.
ensure_future = getattr(asyncio, "ensure_future", None) or getattr(asyncio, "async")
Queue = asyncio.Queue if hasattr(asyncio.Queue, "join") else asyncio.JoinableQueue

get_running_loop = running_loop(getattr(asyncio, "_get_running_loop", None), get_event_loop)


def create_task(coro):
    """Run a coroutine as a task of the running loop; RuntimeError where none runs."""
    return get_running_loop().create_task(coro)


def current_task(loop=None):
    """The task that runs now, ``None`` in a callback; RuntimeError where no loop runs."""
    return Task.current_task(loop or get_running_loop())


def all_tasks(loop=None):
    """The tasks of the loop that are not done; RuntimeError where no loop runs."""
    return {task for task in Task.all_tasks(loop or get_running_loop()) if not task.done()}


run = runner(new_event_loop, set_event_loop, iscoroutine, all_tasks, gather)

__all__ = [name for name in dir() if not name.startswith("_") and name not in ("asyncio", "running_loop", "runner")]

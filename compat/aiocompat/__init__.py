"""One coroutine API for Python 2.7 and 3.3 to 3.15: Trollius below, asyncio above, native coroutines from 3.5 on.

The meaning of every name is the newest asyncio's; where an old runtime cannot give it, the docstring says so.
"""

import importlib
import sys

from aiocompat.backends import found
from aiocompat.coroutines import From, Return, coroutine

__version__ = "0.1.0"

# The one list of the names; `backends` says where each comes from.
__all__ = [
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "AbstractEventLoop",
    "AbstractServer",
    "Barrier",
    "BaseEventLoop",
    "BaseExceptionGroup",
    "BaseProtocol",
    "BaseTransport",
    "BoundedSemaphore",
    "BrokenBarrierError",
    "BufferedProtocol",
    "CancelledError",
    "Condition",
    "DatagramProtocol",
    "DatagramTransport",
    "Event",
    "EventLoop",
    "ExceptionGroup",
    "FrameCallGraphEntry",
    "From",
    "Future",
    "FutureCallGraph",
    "Handle",
    "IncompleteReadError",
    "InvalidStateError",
    "LifoQueue",
    "LimitOverrunError",
    "Lock",
    "PriorityQueue",
    "Protocol",
    "Queue",
    "QueueEmpty",
    "QueueFull",
    "QueueShutDown",
    "ReadTransport",
    "Return",
    "Runner",
    "SelectorEventLoop",
    "Semaphore",
    "SendfileNotAvailableError",
    "Server",
    "StopAsyncIteration",
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "SubprocessProtocol",
    "SubprocessTransport",
    "Task",
    "TaskGroup",
    "Timeout",
    "TimeoutError",
    "TimerHandle",
    "Transport",
    "WriteTransport",
    "aenter",
    "aexit",
    "aiter",
    "all_tasks",
    "anext",
    "as_completed",
    "async_generator",
    "capture_call_graph",
    "coroutine",
    "create_eager_task_factory",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "create_task",
    "current_task",
    "eager_task_factory",
    "ensure_future",
    "format_call_graph",
    "future_add_to_awaited_by",
    "future_discard_from_awaited_by",
    "gather",
    "get_event_loop",
    "get_running_loop",
    "iscoroutine",
    "iscoroutinefunction",
    "isfuture",
    "new_event_loop",
    "open_connection",
    "open_unix_connection",
    "print_call_graph",
    "run",
    "run_coroutine_threadsafe",
    "set_event_loop",
    "shield",
    "sleep",
    "start_server",
    "start_unix_server",
    "subprocess",
    "timeout",
    "timeout_at",
    "to_thread",
    "wait",
    "wait_for",
    "wrap_future",
    "yield_",
]


def __getattr__(name):
    if name not in __all__:
        raise AttributeError("module 'aiocompat' has no attribute %r" % name)
    value = importlib.import_module("aiocompat.subprocess") if name == "subprocess" else found(name)
    globals()[name] = value
    return value


# From 3.7 on (PEP 562) a name is imported when it is first used: nobody pays for portable forms they do not use.
if sys.version_info < (3, 7):
    for _name in __all__:
        if _name not in globals():
            __getattr__(_name)

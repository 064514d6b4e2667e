"""Python 3.7 and later: asyncio has everything."""

import inspect
import sys
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
    Queue,
    QueueEmpty,
    QueueFull,
    Semaphore,
    StreamReader,
    StreamWriter,
    SubprocessProtocol,
    Task,
    TimeoutError,
    all_tasks,
    as_completed,
    create_subprocess_exec,
    create_subprocess_shell,
    create_task,
    current_task,
    ensure_future,
    gather,
    get_event_loop,
    get_running_loop,
    iscoroutine,
    new_event_loop,
    open_connection,
    run,
    set_event_loop,
    shield,
    sleep,
    start_server,
    wait,
    wait_for,
)

if sys.version_info >= (3, 12):
    # asyncio's own is deprecated since 3.14; inspect's knows everything that can still be a coroutine function.
    iscoroutinefunction = inspect.iscoroutinefunction
else:
    from asyncio import iscoroutinefunction

__all__ = [name for name in dir() if not name.startswith("_") and name not in ("inspect", "sys")]

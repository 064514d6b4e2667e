"""Where each name of the API comes from: asyncio, from the version on that gives it the newest meaning, else from here.

On Python 2.7 the runtime is Trollius, and gives what every asyncio has as well.
"""

import importlib
import sys

from aiocompat.backends.library import asyncio

_NEVER = (99,)

# The version since which asyncio's own is taken, the module here that has the names for what is older, the names.
_ROWS = [
    (_NEVER, "generators", "async_generator yield_"),
    (_NEVER, "iteration", "StopAsyncIteration aiter anext"),
    (_NEVER, "kinds", "iscoroutine iscoroutinefunction isfuture"),
    (_NEVER, "locks", "BoundedSemaphore Condition Lock Semaphore"),
    (_NEVER, "managers", "aenter aexit"),
    (_NEVER, "groups", "BaseExceptionGroup ExceptionGroup"),
    ((3, 5, 2), "exceptions", "LimitOverrunError"),
    ((3, 7), "exceptions", "SendfileNotAvailableError"),
    ((3, 7), "loops", "get_running_loop"),
    ((3, 7), "spawning", "all_tasks current_task"),
    ((3, 7), "transports", "BufferedProtocol"),
    ((3, 7), "waiting", "gather shield sleep"),
    ((3, 10), "locks", "Event"),
    ((3, 11), "barriers", "Barrier"),
    ((3, 11), "exceptions", "BrokenBarrierError"),
    ((3, 11), "loops", "new_event_loop"),
    ((3, 11), "streams", "StreamWriter"),
    ((3, 11), "tasks", "Future Task"),
    ((3, 11), "timeouts", "Timeout timeout timeout_at"),
    ((3, 12), "spawning", "create_eager_task_factory eager_task_factory"),
    ((3, 12), "timeouts", "wait_for"),
    ((3, 12), "waiting", "wait"),
    ((3, 13), "completing", "as_completed"),
    ((3, 13), "exceptions", "QueueShutDown"),
    ((3, 13), "loops", "EventLoop"),
    ((3, 13), "queues", "LifoQueue PriorityQueue Queue"),
    ((3, 13), "readers", "StreamReader"),
    ((3, 13), "streams", "Server open_connection open_unix_connection start_server start_unix_server"),
    ((3, 13), "subprocesses", "create_subprocess_exec create_subprocess_shell"),
    ((3, 13), "threads", "to_thread"),
    ((3, 14), "graphs", "FrameCallGraphEntry FutureCallGraph"),
    ((3, 14), "graphs", "capture_call_graph format_call_graph print_call_graph"),
    ((3, 14), "graphs", "future_add_to_awaited_by future_discard_from_awaited_by"),
    ((3, 14), "loops", "get_event_loop"),
    ((3, 14), "running", "Runner run"),
    ((3, 14), "spawning", "create_task ensure_future"),
    ((3, 14), "threads", "run_coroutine_threadsafe wrap_future"),
    ((3, 15), "taskgroups", "TaskGroup"),
]
_OURS = {name: module for since, module, names in _ROWS if sys.version_info < since for name in names.split()}


def found(name):
    """The object behind a name of the API. What is not in the rows is as every runtime has it."""
    if name in _OURS:
        return getattr(importlib.import_module("aiocompat.backends." + _OURS[name]), name)
    return getattr(asyncio, name)

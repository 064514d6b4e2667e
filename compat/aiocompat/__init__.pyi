from asyncio import ALL_COMPLETED as ALL_COMPLETED
from asyncio import BoundedSemaphore as BoundedSemaphore
from asyncio import CancelledError as CancelledError
from asyncio import Condition as Condition
from asyncio import DatagramProtocol as DatagramProtocol
from asyncio import Event as Event
from asyncio import FIRST_COMPLETED as FIRST_COMPLETED
from asyncio import FIRST_EXCEPTION as FIRST_EXCEPTION
from asyncio import Future as Future
from asyncio import IncompleteReadError as IncompleteReadError
from asyncio import InvalidStateError as InvalidStateError
from asyncio import LifoQueue as LifoQueue
from asyncio import Lock as Lock
from asyncio import PriorityQueue as PriorityQueue
from asyncio import Protocol as Protocol
from asyncio import Queue as Queue
from asyncio import QueueEmpty as QueueEmpty
from asyncio import QueueFull as QueueFull
from asyncio import Semaphore as Semaphore
from asyncio import StreamReader as StreamReader
from asyncio import StreamWriter as StreamWriter
from asyncio import SubprocessProtocol as SubprocessProtocol
from asyncio import Task as Task
from asyncio import TimeoutError as TimeoutError
from asyncio import all_tasks as all_tasks
from asyncio import as_completed as as_completed
from asyncio import create_subprocess_exec as create_subprocess_exec
from asyncio import create_subprocess_shell as create_subprocess_shell
from asyncio import create_task as create_task
from asyncio import current_task as current_task
from asyncio import ensure_future as ensure_future
from asyncio import gather as gather
from asyncio import get_event_loop as get_event_loop
from asyncio import get_running_loop as get_running_loop
from asyncio import iscoroutine as iscoroutine
from asyncio import iscoroutinefunction as iscoroutinefunction
from asyncio import new_event_loop as new_event_loop
from asyncio import open_connection as open_connection
from asyncio import run as run
from asyncio import set_event_loop as set_event_loop
from asyncio import shield as shield
from asyncio import sleep as sleep
from asyncio import start_server as start_server
from asyncio import wait as wait
from asyncio import wait_for as wait_for
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, ParamSpec, TypeVar, overload

__version__: str
__all__ = [
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "BoundedSemaphore",
    "CancelledError",
    "Condition",
    "DatagramProtocol",
    "Event",
    "From",
    "Future",
    "IncompleteReadError",
    "InvalidStateError",
    "LifoQueue",
    "Lock",
    "PriorityQueue",
    "Protocol",
    "Queue",
    "QueueEmpty",
    "QueueFull",
    "Return",
    "Semaphore",
    "StreamReader",
    "StreamWriter",
    "SubprocessProtocol",
    "Task",
    "TimeoutError",
    "all_tasks",
    "as_completed",
    "coroutine",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "create_task",
    "current_task",
    "ensure_future",
    "gather",
    "get_event_loop",
    "get_running_loop",
    "iscoroutine",
    "iscoroutinefunction",
    "new_event_loop",
    "open_connection",
    "run",
    "set_event_loop",
    "shield",
    "sleep",
    "start_server",
    "wait",
    "wait_for",
]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_Waited = Awaitable[Any] | Condition | Lock | Semaphore | None

class From:
    awaitable: _Waited
    def __init__(self, awaitable: _Waited) -> None: ...

class Return(BaseException):
    value: Any
    def __init__(self, *values: Any) -> None: ...

# The result of `yield From(x)`, and the value that Return carries, cannot be expressed: annotate the generator as
# Generator[Any, Any, R], and R is what the coroutine returns.
@overload
def coroutine(function: Callable[_P, Coroutine[Any, Any, _R]]) -> Callable[_P, Coroutine[Any, Any, _R]]: ...
@overload
def coroutine(function: Callable[_P, Generator[Any, Any, _R]]) -> Callable[_P, Coroutine[Any, Any, _R]]: ...
@overload
def coroutine(function: Callable[_P, _R]) -> Callable[_P, Coroutine[Any, Any, _R]]: ...

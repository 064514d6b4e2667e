import asyncio
import sys
from asyncio import (
    ALL_COMPLETED as ALL_COMPLETED,
    FIRST_COMPLETED as FIRST_COMPLETED,
    FIRST_EXCEPTION as FIRST_EXCEPTION,
    AbstractEventLoop as AbstractEventLoop,
    AbstractServer as AbstractServer,
    BaseEventLoop as BaseEventLoop,
    BaseProtocol as BaseProtocol,
    BaseTransport as BaseTransport,
    BufferedProtocol as BufferedProtocol,
    CancelledError as CancelledError,
    DatagramProtocol as DatagramProtocol,
    DatagramTransport as DatagramTransport,
    Event as Event,
    Future as Future,
    Handle as Handle,
    IncompleteReadError as IncompleteReadError,
    InvalidStateError as InvalidStateError,
    LimitOverrunError as LimitOverrunError,
    Protocol as Protocol,
    QueueEmpty as QueueEmpty,
    QueueFull as QueueFull,
    ReadTransport as ReadTransport,
    SelectorEventLoop as SelectorEventLoop,
    SendfileNotAvailableError as SendfileNotAvailableError,
    StreamReaderProtocol as StreamReaderProtocol,
    SubprocessProtocol as SubprocessProtocol,
    SubprocessTransport as SubprocessTransport,
    Task as Task,
    TimeoutError as TimeoutError,
    TimerHandle as TimerHandle,
    Transport as Transport,
    WriteTransport as WriteTransport,
    all_tasks as all_tasks,
    create_subprocess_exec as create_subprocess_exec,
    create_subprocess_shell as create_subprocess_shell,
    current_task as current_task,
    ensure_future as ensure_future,
    gather as gather,
    get_event_loop as get_event_loop,
    get_running_loop as get_running_loop,
    iscoroutine as iscoroutine,
    isfuture as isfuture,
    new_event_loop as new_event_loop,
    run_coroutine_threadsafe as run_coroutine_threadsafe,
    set_event_loop as set_event_loop,
    shield as shield,
    sleep as sleep,
    to_thread as to_thread,
    wait as wait,
    wait_for as wait_for,
    wrap_future as wrap_future,
)
from builtins import StopAsyncIteration as StopAsyncIteration
from builtins import aiter as aiter
from builtins import anext as anext
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Sequence,
)
from contextvars import Context
from inspect import iscoroutinefunction as iscoroutinefunction
from ssl import SSLContext
from types import FrameType, TracebackType
from typing import Any, ContextManager, Generic, ParamSpec, TextIO, TypeVar, overload
from typing import Protocol as _TypingProtocol

from typing_extensions import Self

from aiocompat import subprocess as subprocess

__version__: str
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

_P = ParamSpec("_P")
_T = TypeVar("_T")
_R = TypeVar("_R")
_R_co = TypeVar("_R_co", covariant=True)

_Waited = Awaitable[Any] | None
_ClientConnected = Callable[[StreamReader, StreamWriter], Awaitable[None] | None]
_Exit = TracebackType | None

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

# The type of what yield_() gives cannot be expressed.
def async_generator(function: Callable[_P, Generator[Any, Any, None]]) -> Callable[_P, AsyncGenerator[Any, Any]]: ...
def yield_(value: Any = None) -> Awaitable[Any]: ...

class _Manager(_TypingProtocol[_R_co]):
    def __aenter__(self) -> Awaitable[_R_co]: ...
    def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: _Exit, /
    ) -> Awaitable[bool | None]: ...

def aenter(manager: _Manager[_R]) -> Coroutine[Any, Any, _R]: ...
def aexit(
    manager: _Manager[Any],
    exc_type: type[BaseException] | None = None,
    exc: BaseException | None = None,
    tb: _Exit = None,
) -> Coroutine[Any, Any, None]: ...

# Held by `with (yield From(lock))` and `with (await lock)` as well.
class Lock(asyncio.Lock):
    def __await__(self) -> Generator[Any, Any, ContextManager[None]]: ...

class Semaphore(asyncio.Semaphore):
    def __await__(self) -> Generator[Any, Any, ContextManager[None]]: ...

class BoundedSemaphore(asyncio.BoundedSemaphore):
    def __await__(self) -> Generator[Any, Any, ContextManager[None]]: ...

class Condition(asyncio.Condition):
    def __await__(self) -> Generator[Any, Any, ContextManager[None]]: ...

class BrokenBarrierError(RuntimeError): ...

class Barrier:
    def __init__(self, parties: int) -> None: ...
    @property
    def parties(self) -> int: ...
    @property
    def n_waiting(self) -> int: ...
    @property
    def broken(self) -> bool: ...
    async def wait(self) -> int: ...
    async def reset(self) -> None: ...
    async def abort(self) -> None: ...
    async def __aenter__(self) -> int: ...
    async def __aexit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: _Exit) -> None: ...

class QueueShutDown(Exception): ...

class Queue(asyncio.Queue[_T]):
    def shutdown(self, immediate: bool = False) -> None: ...

class PriorityQueue(Queue[_T]): ...
class LifoQueue(Queue[_T]): ...

if sys.version_info >= (3, 11):
    from builtins import BaseExceptionGroup as BaseExceptionGroup
    from builtins import ExceptionGroup as ExceptionGroup
else:
    _E_co = TypeVar("_E_co", bound=BaseException, covariant=True)

    class BaseExceptionGroup(BaseException, Generic[_E_co]):
        def __init__(self, message: str, exceptions: Sequence[_E_co], /) -> None: ...
        @property
        def message(self) -> str: ...
        @property
        def exceptions(self) -> tuple[_E_co | Self, ...]: ...
        def derive(self, exceptions: Sequence[Any], /) -> BaseExceptionGroup[Any]: ...
        def subgroup(self, condition: Any, /) -> BaseExceptionGroup[Any] | None: ...
        def split(self, condition: Any, /) -> tuple[BaseExceptionGroup[Any] | None, BaseExceptionGroup[Any] | None]: ...

    class ExceptionGroup(BaseExceptionGroup[_E_co], Exception): ...

class Timeout:
    def __init__(self, when: float | None) -> None: ...
    def when(self) -> float | None: ...
    def reschedule(self, when: float | None) -> None: ...
    def expired(self) -> bool: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: _Exit) -> None: ...

def timeout(delay: float | None) -> Timeout: ...
def timeout_at(when: float | None) -> Timeout: ...

class TaskGroup:
    def create_task(
        self, coro: Coroutine[Any, Any, _T], *, name: str | None = None, context: Context | None = None
    ) -> Task[_T]: ...
    def cancel(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: _Exit) -> None: ...

class Runner:
    def __init__(
        self, *, debug: bool | None = None, loop_factory: Callable[[], AbstractEventLoop] | None = None
    ) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: _Exit) -> None: ...
    def close(self) -> None: ...
    def get_loop(self) -> AbstractEventLoop: ...
    def run(self, coro: Awaitable[_T], *, context: Context | None = None) -> _T: ...

def run(
    main: Awaitable[_T], *, debug: bool | None = None, loop_factory: Callable[[], AbstractEventLoop] | None = None
) -> _T: ...

class EventLoop(BaseEventLoop): ...

def create_task(
    coro: Coroutine[Any, Any, _T],
    *,
    name: str | None = None,
    context: Context | None = None,
    eager_start: bool | None = None,
) -> Task[_T]: ...
def eager_task_factory(
    loop: AbstractEventLoop,
    coro: Coroutine[Any, Any, _T],
    *,
    name: str | None = None,
    context: Context | None = None,
    eager_start: bool = True,
) -> Task[_T]: ...
def create_eager_task_factory(custom_task_constructor: Callable[..., Task[_T]]) -> Callable[..., Task[_T]]: ...

class _Completing(Iterator[Coroutine[Any, Any, _T]], AsyncIterator[Future[_T]]):
    def __next__(self) -> Coroutine[Any, Any, _T]: ...
    async def __anext__(self) -> Future[_T]: ...

def as_completed(fs: Iterable[Awaitable[_T]], *, timeout: float | None = None) -> _Completing[_T]: ...

# Named tuples where asyncio does not have them: before 3.14.
class FrameCallGraphEntry:
    @property
    def frame(self) -> FrameType: ...
    def __init__(self, frame: FrameType) -> None: ...

class FutureCallGraph:
    @property
    def future(self) -> Future[Any]: ...
    @property
    def call_stack(self) -> tuple[FrameCallGraphEntry, ...]: ...
    @property
    def awaited_by(self) -> tuple[FutureCallGraph, ...]: ...
    def __init__(
        self,
        future: Future[Any],
        call_stack: tuple[FrameCallGraphEntry, ...],
        awaited_by: tuple[FutureCallGraph, ...],
    ) -> None: ...

def capture_call_graph(
    future: Future[Any] | None = None, /, *, depth: int = 1, limit: int | None = None
) -> FutureCallGraph | None: ...
def format_call_graph(future: Future[Any] | None = None, /, *, depth: int = 1, limit: int | None = None) -> str: ...
def print_call_graph(
    future: Future[Any] | None = None, /, *, file: TextIO | None = None, depth: int = 1, limit: int | None = None
) -> None: ...
def future_add_to_awaited_by(fut: Any, waiter: Any, /) -> None: ...
def future_discard_from_awaited_by(fut: Any, waiter: Any, /) -> None: ...

class StreamReader(asyncio.StreamReader):
    async def readuntil(self, separator: Any = b"\n") -> bytes: ...

class StreamWriter(asyncio.StreamWriter):
    async def start_tls(
        self,
        sslcontext: SSLContext,
        *,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None: ...

class Server(AbstractServer):
    @property
    def sockets(self) -> Sequence[Any]: ...
    def close_clients(self) -> None: ...
    def abort_clients(self) -> None: ...
    def get_loop(self) -> AbstractEventLoop: ...
    def is_serving(self) -> bool: ...
    async def start_serving(self) -> None: ...
    async def serve_forever(self) -> None: ...
    def close(self) -> None: ...
    async def wait_closed(self) -> None: ...

async def open_connection(
    host: str | None = None, port: int | str | None = None, *, limit: int = 65536, **kwds: Any
) -> tuple[StreamReader, StreamWriter]: ...
async def start_server(
    client_connected_cb: _ClientConnected,
    host: str | Sequence[str] | None = None,
    port: int | str | None = None,
    *,
    limit: int = 65536,
    **kwds: Any,
) -> Server: ...
async def open_unix_connection(
    path: str | None = None, *, limit: int = 65536, **kwds: Any
) -> tuple[StreamReader, StreamWriter]: ...
async def start_unix_server(
    client_connected_cb: _ClientConnected, path: str | None = None, *, limit: int = 65536, **kwds: Any
) -> Server: ...

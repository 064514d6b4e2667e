"""Python 2.7: Trollius 2.2.1, with asyncio's signatures: what asyncio takes by keyword only is taken so here."""

import trollius
from trollius import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    CancelledError,
    Condition,
    DatagramProtocol,
    Event,
    Future,
    IncompleteReadError,
    InvalidStateError,
    Lock,
    Protocol,
    QueueEmpty,
    QueueFull,
    StreamReader,
    StreamWriter,
    SubprocessProtocol,
    Task,
    TimeoutError,
    ensure_future,
    gather,
    get_event_loop,
    iscoroutine,
    iscoroutinefunction,
    new_event_loop,
    set_event_loop,
)

from aiocompat.backends.running import runner, running_loop
from aiocompat.coroutines.marks import From, Return
from aiocompat.coroutines.stacked import coroutine

Semaphore = trollius.Semaphore
BoundedSemaphore = trollius.BoundedSemaphore
Queue = trollius.Queue
PriorityQueue = trollius.PriorityQueue
LifoQueue = trollius.LifoQueue

get_running_loop = running_loop(None, get_event_loop)


@coroutine
def sleep(delay, result=None):
    """Come back with ``result`` after ``delay`` seconds."""
    value = yield From(trollius.sleep(delay, result) if delay > 0 else None)
    raise Return(result if value is None else value)


@coroutine
def wait_for(fut, timeout):
    """The result of ``fut``; TimeoutError, and ``fut`` cancelled, after ``timeout`` seconds.

    Unlike asyncio from 3.7 on this does not wait for the cancelled task to clean up.
    """
    value = yield From(trollius.wait_for(fut, timeout))
    raise Return(value)


@coroutine
def wait(fs, **options):
    """The sets of done and pending futures, when ``return_when`` says so or after ``timeout`` seconds."""
    if any(iscoroutine(item) for item in fs):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    value = yield From(trollius.wait(fs, **_named(options, "timeout", "return_when")))
    raise Return(value)


def as_completed(fs, **options):
    """An iterator of awaitables that give the results in the order in which they come."""
    return trollius.as_completed(fs, **_named(options, "timeout"))


def shield(arg):
    """A future that gives the result of ``arg``, and cancelling which does not cancel ``arg``."""
    return trollius.shield(arg)


@coroutine
def open_connection(host=None, port=None, **options):
    """A pair of StreamReader and StreamWriter."""
    value = yield From(trollius.open_connection(host, port, **options))
    raise Return(value)


@coroutine
def start_server(client_connected_cb, host=None, port=None, **options):
    """A server that calls ``client_connected_cb(reader, writer)`` for each client."""
    value = yield From(trollius.start_server(client_connected_cb, host, port, **options))
    raise Return(value)


@coroutine
def create_subprocess_exec(program, *args, **options):
    """A Process that runs ``program``."""
    value = yield From(trollius.create_subprocess_exec(program, *args, **options))
    raise Return(value)


@coroutine
def create_subprocess_shell(cmd, **options):
    """A Process that runs ``cmd`` in a shell."""
    value = yield From(trollius.create_subprocess_shell(cmd, **options))
    raise Return(value)


def create_task(coro):
    """Run a coroutine as a task of the running loop; RuntimeError where none runs."""
    return get_running_loop().create_task(coro)


def current_task(loop=None):
    """The task that runs now, ``None`` in a callback; RuntimeError where no loop runs."""
    return Task.current_task(loop or get_running_loop())


def all_tasks(loop=None):
    """The tasks of the loop that are not done; RuntimeError where no loop runs."""
    return {task for task in Task.all_tasks(loop or get_running_loop()) if not task.done()}


def _named(options, *names):
    unknown = sorted(set(options) - set(names))
    if unknown:
        raise TypeError("unexpected keyword argument %r" % unknown[0])
    return options


run = runner(new_event_loop, set_event_loop, iscoroutine, all_tasks, gather)

__all__ = [
    name
    for name in dir()
    if not name.startswith("_") and name not in ("trollius", "running_loop", "runner", "From", "Return", "coroutine")
]

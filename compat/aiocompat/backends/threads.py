"""Between threads and the loop."""

import functools
import sys

from aiocompat.backends.arguments import keywords
from aiocompat.backends.kinds import iscoroutine
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_event_loop, get_running_loop
from aiocompat.backends.spawning import ensure_future
from aiocompat.coroutines import From, Return, coroutine


@coroutine
def to_thread(func, *args, **kwargs):
    """The result of ``func`` called in a thread, with the context variables of here where there are any (3.7).

    A StopIteration becomes a RuntimeError (asyncio: since 3.13; it hung before).
    """
    call = functools.partial(func, *args, **kwargs)
    if sys.version_info >= (3, 7):
        import contextvars

        call = functools.partial(contextvars.copy_context().run, call)
    raise Return((yield From(get_running_loop().run_in_executor(None, functools.partial(_without_stop, call)))))


def _without_stop(call):
    try:
        return call()
    except StopIteration as stop:
        error = RuntimeError("StopIteration interacts badly with generators and cannot be raised into a Future")
        error.__cause__ = stop
        raise error


def wrap_future(future, **options):
    """A future of the loop with the outcome of a ``concurrent.futures`` one; to cancel it cancels that."""
    loop = keywords(options, loop=None)["loop"]
    return asyncio.wrap_future(future, loop=loop or get_event_loop())


if hasattr(asyncio, "run_coroutine_threadsafe"):
    from asyncio import run_coroutine_threadsafe
else:

    def run_coroutine_threadsafe(coro, loop):
        """Run ``coro`` on the loop of another thread; a ``concurrent.futures.Future`` of it (asyncio's since 3.5.1)."""
        import concurrent.futures

        if not iscoroutine(coro):
            raise TypeError("A coroutine object is required")
        future = concurrent.futures.Future()

        def start():
            task = ensure_future(coro, loop=loop)
            task.add_done_callback(functools.partial(_hand_over, future))
            future.add_done_callback(lambda future: future.cancelled() and loop.call_soon_threadsafe(task.cancel))

        loop.call_soon_threadsafe(start)
        return future

    def _hand_over(future, task):
        if task.cancelled():
            future.cancel()
            future.set_running_or_notify_cancel()
        elif future.set_running_or_notify_cancel():
            if task.exception() is not None:
                future.set_exception(task.exception())
            else:
                future.set_result(task.result())

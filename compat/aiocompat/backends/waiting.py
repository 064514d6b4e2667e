"""``sleep``, ``wait``, ``gather`` and ``shield`` with the newest asyncio's meaning."""

import inspect
import sys

from aiocompat.backends.arguments import keywords
from aiocompat.backends.kinds import iscoroutine, isfuture
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_event_loop, new_future
from aiocompat.backends.spawning import ensure_future
from aiocompat.coroutines import From, Return, coroutine

if sys.version_info >= (3,):
    from asyncio import sleep
else:

    @coroutine
    def sleep(delay, result=None):
        """Come back with ``result`` after ``delay`` seconds; with a delay of 0 or less after one turn of the loop."""
        if delay <= 0:
            yield From(None)
            raise Return(result)
        waiter = new_future()
        timer = waiter._loop.call_later(delay, _wake, waiter)
        try:
            yield From(waiter)
        finally:
            timer.cancel()
        raise Return(result)


def _wake(waiter):
    if not waiter.done():
        waiter.set_result(None)


@coroutine
def wait(fs, **options):
    """The sets of done and pending futures, when ``return_when`` says so or after ``timeout`` seconds.

    ``fs`` is any iterable of futures and tasks (asyncio: since 3.12); coroutines are a TypeError (3.11), nothing to
    wait for is a ValueError. Nothing is cancelled.
    """
    options = keywords(options, timeout=None, return_when=asyncio.ALL_COMPLETED)
    timeout, return_when = options["timeout"], options["return_when"]
    if isfuture(fs) or (iscoroutine(fs) and not inspect.isgenerator(fs)):
        raise TypeError("expect a list of futures, not %s" % type(fs).__name__)
    fs = set(fs)
    if not fs:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION, asyncio.ALL_COMPLETED):
        raise ValueError("Invalid return_when value: %s" % (return_when,))
    if any(iscoroutine(item) for item in fs):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    if not _enough(fs, return_when):
        yield From(_until(fs, return_when, timeout))
    done = {item for item in fs if item.done()}
    raise Return((done, fs - done))


def _enough(fs, return_when):
    done = [item for item in fs if item.done()]
    if len(done) == len(fs):
        return True
    if return_when == asyncio.FIRST_COMPLETED:
        return bool(done)
    return return_when == asyncio.FIRST_EXCEPTION and any(_failed(item) for item in done)


def _failed(future):
    return not future.cancelled() and future.exception() is not None


@coroutine
def _until(fs, return_when, timeout):
    waiter = new_future()

    def check(future):
        if _enough(fs, return_when):
            _wake(waiter)

    for item in fs:
        item.add_done_callback(check)
    timer = None if timeout is None else waiter._loop.call_later(timeout, _wake, waiter)
    try:
        yield From(waiter)
    finally:
        if timer is not None:
            timer.cancel()
        for item in fs:
            item.remove_done_callback(check)


if sys.version_info >= (3, 7):
    from asyncio import gather, shield
else:
    from aiocompat.backends.tasks import Future

    class _Gathering(Future):
        """The future that gather() gives: to cancel it is to cancel the children."""

        children = ()
        asked = False

        def cancel(self, msg=None):
            if self.done():
                return False
            cancelled = [child.cancel() for child in self.children]
            self.asked = self.asked or any(cancelled)
            return any(cancelled)

    def gather(*coros_or_futures, **options):
        """A future of the list of results, in the order of the arguments.

        The first exception is that of the future, and the others run on, unless ``return_exceptions``: then exceptions
        are results. To cancel it cancels all and raises CancelledError in any case (asyncio: since 3.7).
        """
        return_exceptions = keywords(options, return_exceptions=False)["return_exceptions"]
        unique = {}
        for item in coros_or_futures:
            if item not in unique:
                unique[item] = ensure_future(item)
        children = [unique[item] for item in coros_or_futures]
        outer = _Gathering(loop=children[0]._loop if children else get_event_loop())
        if not children:
            outer.set_result([])
            return outer
        outer.children = list(unique.values())
        unfinished = set(outer.children)

        def finished(child):
            unfinished.discard(child)
            if outer.done():
                if not child.cancelled():
                    # It counts as retrieved.
                    child.exception()
            elif not return_exceptions and child.cancelled():
                outer.set_exception(asyncio.CancelledError())
            elif not return_exceptions and child.exception() is not None:
                _copy_exception(child, outer)
            elif not unfinished and outer.asked:
                outer.set_exception(asyncio.CancelledError())
            elif not unfinished:
                outer.set_result([_outcome(child) for child in children])

        for child in outer.children:
            child.add_done_callback(finished)
        return outer

    def _outcome(child):
        if child.cancelled():
            return asyncio.CancelledError()
        return child.exception() if child.exception() is not None else child.result()

    def _copy_exception(source, target):
        if sys.version_info >= (3,):
            target.set_exception(source.exception())
        else:
            # The traceback is no part of the exception on Python 2.
            target._set_exception_with_tb(source.exception(), source._get_exception_tb())

    def shield(arg):
        """A future with the outcome of ``arg``; to cancel it does not cancel ``arg``.

        If ``arg`` fails after that, its exception counts as never retrieved and is logged (asyncio: since 3.7).
        """
        inner = ensure_future(arg)
        if inner.done():
            return inner
        outer = Future(loop=inner._loop)

        def inner_done(inner):
            if outer.cancelled():
                return
            if inner.cancelled():
                outer.cancel()
            elif inner.exception() is not None:
                _copy_exception(inner, outer)
            else:
                outer.set_result(inner.result())

        inner.add_done_callback(inner_done)
        outer.add_done_callback(lambda outer: inner.remove_done_callback(inner_done))
        return outer

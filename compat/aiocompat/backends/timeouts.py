"""Deadlines as asyncio has them: ``timeout`` since 3.11, ``wait_for`` since 3.12."""

import sys

from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_running_loop
from aiocompat.backends.managers import aenter, aexit
from aiocompat.backends.spawning import cancelling, current_task, ensure_future, uncancel
from aiocompat.backends.waiting import wait
from aiocompat.coroutines import From, Return, coroutine

if sys.version_info >= (3, 11):
    from asyncio import Timeout, timeout, timeout_at
else:

    class Timeout(object):
        """Cancels what runs inside ``async with`` (``aenter``, ``aexit``) at ``when``, and makes that a TimeoutError.

        ``when`` is a time of the loop's clock or ``None``. In a task that somebody else made before 3.11, which does
        not count its cancellations, a cancellation from outside at the very moment of the deadline is lost.
        """

        def __init__(self, when):
            self._when = when
            self._state = "created"
            self._timer = None
            self._task = None
            self._before = 0

        def __repr__(self):
            when = "" if self._state in ("created", "finished", "expired") else " when=%r" % (self._when,)
            return "<Timeout [%s]%s>" % (self._state, when)

        def when(self):
            """The deadline, or ``None``."""
            return self._when

        def expired(self):
            """Whether the deadline has passed inside."""
            return self._state in ("expiring", "expired")

        def reschedule(self, when):
            """Set another deadline; RuntimeError unless inside and not expired."""
            if self._state != "active":
                if self._state == "created":
                    raise RuntimeError("Timeout has not been entered")
                raise RuntimeError("Cannot change state of %s Timeout" % self._state)
            self._when = when
            self._stop_timer()
            if when is None:
                return
            loop = get_running_loop()
            if when <= loop.time():
                self._timer = loop.call_soon(self._expire)
            else:
                self._timer = loop.call_at(when, self._expire)

        @coroutine
        def __aenter__(self):
            if self._state != "created":
                raise RuntimeError("Timeout has already been entered")
            self._task = current_task()
            if self._task is None:
                raise RuntimeError("Timeout should be used inside a task")
            self._state = "active"
            self._before = cancelling(self._task)
            self.reschedule(self._when)
            raise Return(self)

        @coroutine
        def __aexit__(self, exc_type, exc, tb):
            self._stop_timer()
            if self._state != "expiring":
                self._state = "finished"
                raise Return(None)
            self._state = "expired"
            left = uncancel(self._task)
            if left <= self._before and exc_type is not None and issubclass(exc_type, asyncio.CancelledError):
                error = asyncio.TimeoutError()
                error.__cause__ = exc
                raise error

        def _stop_timer(self):
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _expire(self):
            self._task.cancel()
            self._state = "expiring"
            self._timer = None

    def timeout(delay):
        """A :class:`Timeout` in ``delay`` seconds, or never if that is ``None``."""
        return Timeout(None if delay is None else get_running_loop().time() + delay)

    def timeout_at(when):
        """A :class:`Timeout` at the time ``when`` of the loop's clock, or never if that is ``None``."""
        return Timeout(when)


@coroutine
def wait_for(fut, timeout):
    """The result of an awaitable; after ``timeout`` seconds TimeoutError, once the cancelled awaitable has ended.

    A coroutine runs in the task of the caller (asyncio: since 3.12).
    """
    if timeout is not None and timeout <= 0:
        raise Return((yield From(_at_once(fut))))
    deadline = _timeout(timeout)
    yield From(aenter(deadline))
    try:
        result = yield From(fut)
    except GeneratorExit:
        raise
    except BaseException:
        yield From(aexit(deadline, *sys.exc_info()))
    else:
        yield From(aexit(deadline))
        raise Return(result)


# Inside wait_for the name is that of its argument.
_timeout = timeout


@coroutine
def _at_once(fut):
    future = ensure_future(fut)
    if not future.done():
        future.cancel()
        yield From(wait([future]))
    try:
        raise Return(future.result())
    except asyncio.CancelledError as cancelled:
        error = asyncio.TimeoutError()
        error.__cause__ = cancelled
        raise error

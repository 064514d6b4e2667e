"""Asynchronous generators for code without that syntax.

::

    @async_generator
    def lines(reader):
        while True:
            line = yield From(reader.readline())
            if not line:
                return
            yield From(yield_(line))
"""

import functools
import sys

from aiocompat.backends.iteration import StopAsyncIteration
from aiocompat.backends.passing import Passing, passed, yield_
from aiocompat.coroutines import From, Return, coroutine

__all__ = ["async_generator", "yield_"]


def async_generator(function):
    """Make a portable coroutine function one that returns an asynchronous generator.

    Values are given with ``yield From(yield_(value))``, which gives what ``asend()`` sends. What the function returns
    is dropped. Before 3.6 a loop does not know the generators that run on it, and does not close them at its end.
    """
    body = coroutine(function)

    @functools.wraps(function)
    def started(*args, **kwargs):
        return AsyncGenerator(body(*args, **kwargs))

    return started


class AsyncGenerator(object):
    """An asynchronous generator: what ``async def`` with ``yield`` returns (PEP 525)."""

    def __init__(self, body):
        self._body = body
        self._started = self._finished = self._running = False
        self._finalizer = None

    def __aiter__(self):
        return self

    def __anext__(self):
        return self.asend(None)

    def asend(self, value):
        """An awaitable of the next value, or StopAsyncIteration; ``value`` is what the pending yield_() gives."""
        if value is not None and not self._started:
            raise TypeError("can't send non-None value to a just-started async generator")
        return self._step(value, None)

    def athrow(self, exc_type, exc=None, tb=None):
        """An awaitable of the next value once the exception is raised where the generator waits."""
        if not isinstance(exc_type, type):
            exc = exc_type
        elif not isinstance(exc, BaseException):
            exc = exc_type() if exc is None else exc_type(exc)
        return self._step(None, exc)

    @coroutine
    def aclose(self):
        """End the generator where it waits: its ``finally`` blocks run; RuntimeError if it yields again."""
        if self._finished:
            raise Return(None)
        if not self._started:
            self._finish()
            self._body.close()
            raise Return(None)
        try:
            yield From(self.athrow(GeneratorExit))
        except (GeneratorExit, StopAsyncIteration):
            raise Return(None)
        raise RuntimeError("async generator ignored GeneratorExit")

    @coroutine
    def _step(self, value, error):
        if self._running:
            raise RuntimeError("asynchronous generator is already running")
        if self._finished:
            raise StopAsyncIteration if error is None else error
        if not self._started:
            self._start()
        self._running = True
        try:
            outcome = yield From(passed(self._body, value, error))
        except StopAsyncIteration as leaked:
            self._finish()
            problem = RuntimeError("async generator raised StopAsyncIteration")
            problem.__cause__ = leaked
            raise problem
        except BaseException:
            self._finish()
            raise
        finally:
            self._running = False
        if type(outcome) is Passing:
            raise Return(outcome.value)
        self._finish()
        raise StopAsyncIteration

    def _start(self):
        self._started = True
        if sys.version_info >= (3, 6):
            hooks = sys.get_asyncgen_hooks()
            self._finalizer = hooks.finalizer
            if hooks.firstiter is not None:
                hooks.firstiter(self)

    def _finish(self):
        self._finished = True
        self._finalizer = None

    def __del__(self):
        if self._started and not self._finished and self._finalizer is not None:
            self._finalizer(self)
        elif not self._started:
            self._body.close()

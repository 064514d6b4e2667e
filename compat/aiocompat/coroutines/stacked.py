"""Python 2.7: nested coroutines on a stack of generators inside one Trollius task.

Trollius makes a task for every nested ``yield From(coroutine())``: other callbacks run at every call, the current task
changes, and tracebacks lose their middle. Here only futures, and coroutines of Trollius itself, reach the task.
"""

import functools
import inspect
import sys

import six
import trollius
from trollius.coroutines import CoroWrapper

from aiocompat.coroutines.marks import (
    From,
    Releasing,
    Return,
    as_generator,
    forgotten_from,
    leaked_stop_iteration,
    not_awaitable,
    place_of,
)

_LOCKS = (trollius.Lock, trollius.Semaphore, trollius.Condition)


def coroutine(function):
    """Make a generator function, or a plain function, a coroutine function that Trollius takes as well.

    ``yield From(x)`` inside an ``except`` block clears what ``sys.exc_info()`` says, as every yield does on Python 2: a
    bare ``raise`` after it fails. Keep the exception in a name instead.
    """
    if getattr(function, "_is_coroutine", False):
        return function
    body = function if inspect.isgeneratorfunction(function) else as_generator(function, Coroutine)

    @functools.wraps(function)
    def coroutine_function(*args, **kwargs):
        return Coroutine(body(*args, **kwargs))

    coroutine_function._is_coroutine = True
    coroutine_function.__wrapped__ = function
    return coroutine_function


class Coroutine(CoroWrapper, object):
    """A coroutine in progress: the generators it has called into, innermost last.

    A :class:`trollius.coroutines.CoroWrapper` so that Trollius takes it for a coroutine.
    """

    def __init__(self, generator):
        self.gen = generator
        self.__name__ = generator.__name__
        self.__qualname__ = None
        self.func = None
        self._source_traceback = None
        self._stack = [generator]

    def __next__(self):
        return self._resume(None, None)

    next = __next__

    def send(self, value):
        return self._resume(value, None)

    def throw(self, exc_type, exc_value=None, exc_tb=None):
        if not isinstance(exc_type, type):
            exc_type, exc_value = type(exc_type), exc_type
        return self._resume(None, (exc_type, exc_value, exc_tb))

    def close(self):
        while self._stack:
            self._stack.pop().close()

    def _resume(self, value, error):
        stack = self._stack
        if not stack:
            raise RuntimeError("cannot reuse already awaited coroutine %s()" % self.__name__)
        while True:
            generator = stack[-1]
            try:
                item = generator.send(value) if error is None else generator.throw(*error)
            except Return as returned:
                value, error = returned.value, None
                stack.pop()
            except StopIteration:
                value, error = None, None
                # A StopIteration that the end of the generator made comes from no frame inside it.
                if sys.exc_info()[2].tb_next is not None:
                    leaked = leaked_stop_iteration()
                    error = (RuntimeError, leaked, sys.exc_info()[2])
                stack.pop()
            except BaseException:
                value, error = None, sys.exc_info()
                stack.pop()
            else:
                value = error = None
                waited, error = self._waited(generator, item)
                if error is None and waited is not self:
                    return trollius.From(waited)
                continue
            if not stack:
                self._finish(value, error)

    def _waited(self, generator, item):
        """What the task has to wait for, or this object where the stack has grown instead, and an error to throw."""
        if type(item) is not From:
            if item is None:
                return None, None
            return None, _error(forgotten_from(place_of(generator), item))
        awaitable = item.awaitable
        if type(awaitable) is Coroutine:
            if len(awaitable._stack) != 1 or awaitable.gen.gi_frame is None:
                return None, _error(RuntimeError("cannot reuse already awaited coroutine %s()" % awaitable.__name__))
            self._stack.append(awaitable._stack.pop())
            return self, None
        if isinstance(awaitable, _LOCKS):
            self._stack.append(_acquired(awaitable))
            return self, None
        if awaitable is None or trollius.iscoroutine(awaitable) or isinstance(awaitable, trollius.Future):
            return awaitable, None
        return None, _error(not_awaitable(place_of(generator), repr(awaitable)))

    def _finish(self, value, error):
        if error is not None:
            six.reraise(*error)
        returned = trollius.Return(value)
        # Trollius logs a Return that it thinks was never raised.
        returned.raised = True
        raise returned


def _error(exception):
    return (type(exception), exception, None)


def _acquired(lock):
    acquiring = lock.acquire()
    yield From(acquiring)
    raise Return(Releasing(lock))

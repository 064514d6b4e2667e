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
    waiting_method,
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

    # Trollius reads these of its own wrapper.
    func = _source_traceback = None
    __slots__ = ("_stack", "gen")

    def __init__(self, generator):
        self.gen = generator
        # None before the first step; empty when done, or when another coroutine waits for this one.
        self._stack = None

    @property
    def __name__(self):
        return self.gen.__name__

    __qualname__ = __name__

    def __del__(self):
        if self._stack is None:
            CoroWrapper.__del__(self)

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
        stack = [self.gen] if self._stack is None else self._stack
        self._stack = ()
        while stack:
            stack.pop().close()

    def _resume(self, value, error):
        stack = self._stack
        if stack is None:
            stack = self._stack = [self.gen]
        elif not stack:
            raise _used(self)
        generator = stack[-1]
        while True:
            try:
                item = generator.send(value) if error is None else generator.throw(*error)
            except Return as returned:
                values = returned.args
                value, error = values[0] if len(values) == 1 else (values or None), None
            except StopIteration:
                value, error = None, None
                # A StopIteration that the end of the generator made comes from no frame inside it.
                if sys.exc_info()[2].tb_next is not None:
                    error = (RuntimeError, leaked_stop_iteration(), sys.exc_info()[2])
            except BaseException:
                value, error = None, sys.exc_info()
            else:
                value = error = None
                # What nearly every call is comes first, at the price of saying it here.
                awaitable = item.awaitable if type(item) is From else self
                if type(awaitable) is Coroutine and awaitable._stack is None:
                    awaitable._stack = ()
                    generator = awaitable.gen
                    stack.append(generator)
                    continue
                try:
                    waited = _waited(generator, item)
                except Exception as mistake:
                    error = (type(mistake), mistake, None)
                    continue
                if type(waited) is not Coroutine:
                    if not isinstance(waited, trollius.Future) or not waited.done():
                        return trollius.From(waited)
                    # Trollius would wait for a turn; asyncio does not (Lib/asyncio/futures.py, Future.__await__).
                    try:
                        value = waited.result()
                    except BaseException:
                        error = sys.exc_info()
                    continue
                waited._stack = ()
                generator = waited.gen
                stack.append(generator)
                continue
            stack.pop()
            if not stack:
                self._finish(value, error)
            generator = stack[-1]

    def _finish(self, value, error):
        if error is not None:
            six.reraise(*error)
        returned = trollius.Return(value)
        # Trollius logs a Return that it thinks was never raised.
        returned.raised = True
        raise returned


def _waited(generator, item):
    """What the task has to wait for, or a coroutine of ours to go on with; TypeError or RuntimeError for a mistake."""
    if item is None:
        return None
    if type(item) is not From:
        raise forgotten_from(place_of(generator), item)
    awaitable = item.awaitable
    if type(awaitable) is Coroutine:
        raise _used(awaitable)
    if isinstance(awaitable, _LOCKS):
        return Coroutine(_acquired(awaitable))
    if awaitable is None or trollius.iscoroutine(awaitable) or isinstance(awaitable, trollius.Future):
        return awaitable
    method = waiting_method(awaitable, trollius.iscoroutinefunction)
    if method is not None:
        return method()
    raise not_awaitable(place_of(generator), repr(awaitable))


def _used(coroutine_object):
    return RuntimeError("cannot reuse already awaited coroutine %s()" % coroutine_object.__name__)


def _acquired(lock):
    acquiring = lock.acquire()
    yield From(acquiring)
    raise Return(Releasing(lock))

"""What ``yield From(x)`` waits for on Python 3.5 and later, and what converted functions call (see ``conversion``)."""

import asyncio
import builtins
import inspect
import re
import sys
import types
from types import CoroutineType

from aiocompat.coroutines.marks import From, Releasing, Return, not_awaitable, place
from aiocompat.coroutines.objects import steps_of

TypeError = builtins.TypeError

# asyncio.Condition has no acquire() of its own class in the hierarchy of the others.
_LOCKS = (asyncio.Lock, asyncio.Semaphore, asyncio.Condition)
# What Python says up to 3.13, and from 3.14 on.
_CANNOT_BE_AWAITED = re.compile(r"object (.+) can't be used in 'await' expression$|'(.+)' object can't be awaited$")

__all__ = ["From", "Return", "TypeError", "awaitable", "explain", "returned", "wait"]


@types.coroutine
def _turn():
    yield


@types.coroutine
def _held(lock):
    acquiring = lock.acquire()
    yield from (acquiring.__await__() if hasattr(acquiring, "__await__") else acquiring)
    return Releasing(lock)


def awaitable(value):
    """What ``await`` takes in place of ``From(value)``, or None where nothing can wait for the value."""
    if type(value) is CoroutineType:
        return value
    if isinstance(value, _LOCKS):
        return _held(value)
    if value is None:
        return _turn()
    return value if inspect.isawaitable(value) else steps_of(value)


def wait(value):
    """:func:`awaitable`, or a TypeError that names the calling function and line."""
    if type(value) is CoroutineType:
        return value
    found = awaitable(value)
    if found is None:
        caller = sys._getframe(1)
        raise not_awaitable(place(caller.f_code, caller.f_lineno), repr(value))
    return found


def returned():
    """The value of the Return that is being handled."""
    return sys.exc_info()[1].value


def explain():
    """Give the TypeError that is being handled our message, if its own function waited for what cannot be awaited."""
    error, trace = sys.exc_info()[1:]
    said = _CANNOT_BE_AWAITED.match(str(error)) if trace.tb_next is None else None
    if said:
        what = "what a call returned, an object of type %s" % (said.group(1) or said.group(2))
        error.args = (str(not_awaitable(place(trace.tb_frame.f_code, trace.tb_lineno), what)),)

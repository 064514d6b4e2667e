"""Python 3.5 and later: ``__await__`` and ``__iter__`` under ``@coroutine``, so that objects can be waited for.

A coroutine function would give a coroutine, which ``await`` and ``iter()`` refuse: they want an iterator (PEP 492).
"""

import functools

from aiocompat.coroutines.marks import WAITING_METHODS

__all__ = ["iterated", "steps_of"]


def iterated(function):
    """The method that gives an iterator over what a coroutine function's coroutine does, if it has such a name."""
    if getattr(function, "__name__", None) not in WAITING_METHODS:
        return function

    @functools.wraps(function)
    def method(*args, **kwargs):
        return _Steps(function(*args, **kwargs))

    method.is_waiting_method = True
    return method


def steps_of(value):
    """What the ``__iter__`` of an object gives, if it is under ``@coroutine``; None otherwise."""
    method = getattr(type(value), "__iter__", None)
    return method(value) if getattr(method, "is_waiting_method", False) else None


class _Steps(object):
    """An iterator over what a coroutine does, which can be waited for itself: ``yield From(lock.__await__())``."""

    __slots__ = ("_iterator",)

    def __init__(self, coroutine_object):
        self._iterator = coroutine_object.__await__()

    def __iter__(self):
        return self

    __await__ = __iter__

    def __next__(self):
        return next(self._iterator)

    def send(self, value):
        return self._iterator.send(value)

    def throw(self, *error):
        return self._iterator.throw(*error)

    def close(self):
        self._iterator.close()

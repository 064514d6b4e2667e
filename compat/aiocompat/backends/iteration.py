"""``async for`` for code without that syntax."""

import sys

from aiocompat.coroutines import From, Return, coroutine

if sys.version_info >= (3, 5):
    from builtins import StopAsyncIteration
else:

    class StopAsyncIteration(Exception):
        """Ends an asynchronous iteration (Python's since 3.5)."""


if sys.version_info >= (3, 10):
    from builtins import aiter, anext
else:
    _NOTHING = object()

    def aiter(iterable):
        """The asynchronous iterator of an asynchronous iterable (Python's since 3.10)."""
        if not hasattr(type(iterable), "__aiter__"):
            raise TypeError("%r object is not an async iterable" % type(iterable).__name__)
        return type(iterable).__aiter__(iterable)

    def anext(iterator, default=_NOTHING):
        """An awaitable of the next value or ``default``, or that raises StopAsyncIteration (Python's since 3.10)."""
        if not hasattr(type(iterator), "__anext__"):
            raise TypeError("%r object is not an async iterator" % type(iterator).__name__)
        following = type(iterator).__anext__(iterator)
        return following if default is _NOTHING else _or_default(following, default)

    @coroutine
    def _or_default(following, default):
        try:
            raise Return((yield From(following)))
        except StopAsyncIteration:
            raise Return(default)

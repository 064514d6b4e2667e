"""What is a coroutine, a coroutine function, a future."""

import functools
import inspect
import sys

from aiocompat.backends.library import asyncio

# Marks the generators that stand for coroutines: since 3.5, by types.coroutine and asyncio.coroutine.
_ITERABLE_COROUTINE = 0x100

if hasattr(asyncio, "isfuture"):
    isfuture = asyncio.isfuture
else:

    def isfuture(obj):
        """Whether ``obj`` is a future or task (asyncio's since 3.5.3)."""
        return isinstance(obj, asyncio.Future)


if sys.version_info >= (3, 12):
    iscoroutine = asyncio.iscoroutine
else:

    def iscoroutine(obj):
        """Whether ``obj`` is a coroutine in progress; a plain generator is not (asyncio: since 3.12).

        Before 3.12 the generators made by ``types.coroutine``, and those of asyncio's own coroutines up to 3.6, are,
        since tasks take them. Before 3.5, and on 2.7, nothing tells those from plain generators: all of them are.
        """
        if not asyncio.iscoroutine(obj):
            return False
        if sys.version_info < (3, 5) or not inspect.isgenerator(obj):
            return True
        return bool(obj.gi_code.co_flags & _ITERABLE_COROUTINE)


if sys.version_info >= (3, 12):
    # asyncio's own is deprecated since 3.14; inspect's knows everything that can still be a coroutine function.
    iscoroutinefunction = inspect.iscoroutinefunction
else:

    def iscoroutinefunction(obj):
        """Whether ``obj`` is a coroutine function, or a ``functools.partial`` of one."""
        while isinstance(obj, functools.partial):
            obj = obj.func
        return asyncio.iscoroutinefunction(obj)

"""``@coroutine``, ``yield From(x)`` and ``raise Return(v)``: one module for each era of Python."""

import sys

from aiocompat.coroutines.marks import From, Return

if sys.version_info >= (3, 5):
    from aiocompat.coroutines.native import coroutine
elif sys.version_info >= (3,):
    from aiocompat.coroutines.delegating import coroutine
else:
    from aiocompat.coroutines.stacked import coroutine

__all__ = ["From", "Return", "coroutine"]

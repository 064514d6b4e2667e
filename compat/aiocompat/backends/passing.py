"""How a value gets from ``yield_()``, deep inside a coroutine, to the asynchronous generator that drives it."""

import sys

if sys.version_info >= (3,):
    from aiocompat.backends.passing_up import Passing, passed, yield_
else:
    from aiocompat.backends.passing_stacked import Passing, passed, yield_

__all__ = ["Passing", "passed", "yield_"]

"""Python 3.5 and later: a decorated function is a native coroutine function.

A body that only delegates with ``yield from`` is turned into a native coroutine by its code flags (verified on 3.5.2 to
3.15.2), which costs nothing. One that waits with From is converted from its source, at its first call where that can be
put off, and driven where it cannot be converted.
"""

import dis
import inspect
import sys
import types

from aiocompat.coroutines import deferring
from aiocompat.coroutines.conversion import converted, is_known, source_of
from aiocompat.coroutines.driving import driven
from aiocompat.coroutines.making import replaced, with_code
from aiocompat.coroutines.marks import Return, is_wrapper
from aiocompat.coroutines.modules import convert_module
from aiocompat.coroutines.objects import iterated

_YIELD_VALUE, _RESUME = dis.opmap["YIELD_VALUE"], dis.opmap.get("RESUME")
_AFTER_YIELD = 1


def coroutine(function):
    """Make a generator function, or a plain function, a coroutine function.

    Methods called ``__await__`` and ``__iter__`` give an iterator, which Python wants of them, and do the same.

    ``inspect.iscoroutinefunction`` is true of the result, and everything that takes coroutines takes what it returns. A
    function without ``yield`` becomes a coroutine function as well and, as in an ``async def``, what it returns is the
    result, even if that is a future. An ``async def`` is returned as it is.

    On Python 3.5 and later the function is made an ``async def`` from its source, once; from 3.11 on when it is first
    called. What differs where the source is not to be had (``exec``, frozen modules), or is not that of the code that
    was loaded: a call is about twelve times slower, and ``yield From(f())`` also takes None or a lock that ``f()``
    returns, which otherwise is a TypeError. Elsewhere than directly around a call From takes them on every runtime.
    """
    if isinstance(function, (classmethod, staticmethod)):
        raise TypeError("@coroutine goes below @%s, not above it" % type(function).__name__)
    if inspect.iscoroutinefunction(function):
        return function
    return iterated(_made(function))


def _made(function):
    if not isinstance(function, types.FunctionType):
        return driven(function)
    if not inspect.isgeneratorfunction(function):
        if is_wrapper(function):
            return driven(function)
    elif _only_delegates(function):
        return with_code(function, _flipped(function.__code__))
    if not deferring.POSSIBLE and not is_known(function.__code__):
        convert_module(function, coroutine)
    source = None if is_known(function.__code__) else source_of(function)
    if source and deferring.POSSIBLE:
        return deferring.deferred(function, source)
    code = converted(function, source)
    return driven(function) if code is None else with_code(function, code)


def _only_delegates(function):
    """Whether all of the function's yields are ``yield from`` and it does not use Return."""
    code = function.__code__
    named = (function.__globals__.get(name) for name in code.co_names)
    if "Return" in code.co_names or "Return" in code.co_freevars or any(value is Return for value in named):
        return False
    operations = _operations(code)
    # Up to 3.10 `yield from` has an opcode of its own; from 3.11 on the RESUME after a YIELD_VALUE says what kind of
    # yield it was.
    return not any(
        name == _YIELD_VALUE and (after != _RESUME or argument & 3 == _AFTER_YIELD)
        for (name, _), (after, argument) in zip(operations, operations[1:])
    )


def _operations(code):
    if sys.version_info < (3, 6):
        return [(instruction.opcode, instruction.arg or 0) for instruction in dis.get_instructions(code)]
    return list(zip(code.co_code[::2], code.co_code[1::2]))


def _flipped(code):
    flags = code.co_flags & ~(inspect.CO_GENERATOR | inspect.CO_ITERABLE_COROUTINE) | inspect.CO_COROUTINE
    return replaced(code, co_flags=flags)

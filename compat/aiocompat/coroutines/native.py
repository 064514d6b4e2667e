"""Python 3.5 and later: a decorated function is a native coroutine function.

A body that only delegates with ``yield from`` is turned into a native coroutine by its code flags (verified on 3.5.2 to
3.15.2), which costs nothing. One that waits with From is converted from its source, and driven where that cannot be.
"""

import dis
import functools
import inspect
import sys
import types

from aiocompat.coroutines.conversion import cells_of, converted, replaced
from aiocompat.coroutines.driving import driven
from aiocompat.coroutines.marks import Return

_YIELD_VALUE, _RESUME = dis.opmap["YIELD_VALUE"], dis.opmap.get("RESUME")
_AFTER_YIELD = 1


def coroutine(function):
    """Make a generator function, or a plain function, a coroutine function.

    ``inspect.iscoroutinefunction`` is true of the result, and everything that takes coroutines takes what it returns. A
    function without ``yield`` becomes a coroutine function as well and, as in an ``async def``, what it returns is the
    result, even if that is a future. An ``async def`` is returned as it is.

    On Python 3.5 and later the function is made an ``async def`` from its source, once. What differs where the source
    is not to be had (``exec``, frozen modules), or is not that of the code that was loaded: a call is about twelve
    times slower, and ``yield From(f())`` also takes None or a lock that ``f()`` returns, which otherwise is a
    TypeError. Elsewhere than directly around a call From takes them on every runtime.
    """
    if isinstance(function, (classmethod, staticmethod)):
        raise TypeError("@coroutine goes below @%s, not above it" % type(function).__name__)
    if inspect.iscoroutinefunction(function):
        return function
    if not isinstance(function, types.FunctionType):
        return driven(function)
    if inspect.isgeneratorfunction(function) and _only_delegates(function):
        return _with_code(function, _flipped(function.__code__), cells_of(function))
    code = converted(function)
    return driven(function) if code is None else _with_code(function, code, cells_of(function))


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


def _with_code(function, code, cells):
    """A function like another, but with other code. ``cells`` has the closure's cells by name."""
    defaults, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    maker = _maker(code.co_freevars, len(defaults), tuple(sorted(named)))
    constants = tuple(code if isinstance(constant, types.CodeType) else constant for constant in maker.co_consts)
    closure = tuple(cells[name] for name in maker.co_freevars)
    make = types.FunctionType(replaced(maker, co_consts=constants), function.__globals__, "make", None, closure or None)
    native = functools.update_wrapper(make(defaults, named), function)
    del native.__wrapped__
    return native


@functools.lru_cache(maxsize=256)
def _maker(free_names, positional, keyword_only):
    """Code that makes a function of the code among its constants, with defaults from a tuple and a dict.

    Python 3.13 and later call only what a ``def`` statement has made the fast way, not what FunctionType has, nor a
    function whose defaults were assigned: 10 to 15% per call.
    """
    parameters = ["_aiocompat_%d=_aiocompat_defaults[%d]" % (number, number) for number in range(positional)]
    parameters += ["*"] * bool(keyword_only) + ["%s=_aiocompat_named[%r]" % (name, name) for name in keyword_only]
    source = """\
def cells({0}):
    def make(_aiocompat_defaults, _aiocompat_named):
        async def _aiocompat_made({1}):
            return ({0})
        return _aiocompat_made
"""
    module = compile(
        source.format("".join(name + ", " for name in free_names), ", ".join(parameters)), __file__, "exec"
    )
    (cells,) = (constant for constant in module.co_consts if isinstance(constant, types.CodeType))
    return next(constant for constant in cells.co_consts if isinstance(constant, types.CodeType))

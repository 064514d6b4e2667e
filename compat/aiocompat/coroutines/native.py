"""Python 3.5 and later: a decorated function is a native coroutine function.

A body that only delegates with ``yield from`` is turned into a native coroutine by its code flags (verified on 3.5.2 to
3.15.2), which costs nothing. Any other generator is driven by an ``async def``.
"""

import asyncio
import dis
import functools
import inspect
import types

from aiocompat.coroutines.marks import (
    From,
    Releasing,
    Return,
    forgotten_from,
    leaked_stop_iteration,
    not_awaitable,
)

# asyncio.Condition has no acquire() of its own class in the hierarchy of the others.
_LOCKS = (asyncio.Lock, asyncio.Semaphore, asyncio.Condition)
_AFTER_YIELD = 1


def coroutine(function):
    """Make a generator function a coroutine function.

    ``inspect.iscoroutinefunction`` is true of the result, and everything that takes coroutines takes what it returns. A
    function without ``yield`` becomes a coroutine function as well and, as in an ``async def``, what it returns is the
    result, even if that is a future. An ``async def`` is returned as it is.
    """
    if inspect.iscoroutinefunction(function):
        return function
    if not inspect.isgeneratorfunction(function):
        return _without_yield(function)
    if _only_delegates(function):
        return _flipped(function)

    # Lets a `yield from` in the body take coroutine objects.
    body = types.coroutine(function)

    @functools.wraps(function)
    async def driven(*args, **kwargs):
        return await _drive(body(*args, **kwargs))

    return driven


def _without_yield(function):
    @functools.wraps(function)
    async def called(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Return as returned:
            return returned.value

    return called


def _only_delegates(function):
    """Whether all of the function's yields are ``yield from`` and it does not use Return."""
    code = function.__code__
    named = (function.__globals__.get(name) for name in code.co_names)
    if "Return" in code.co_names or "Return" in code.co_freevars or any(value is Return for value in named):
        return False
    previous = None
    for instruction in dis.get_instructions(code):
        # Up to 3.10 `yield from` has an opcode of its own; from 3.11 on the RESUME after a YIELD_VALUE says what kind
        # of yield it was.
        if previous == "YIELD_VALUE" and (instruction.opname != "RESUME" or instruction.arg & 3 == _AFTER_YIELD):
            return False
        previous = instruction.opname
    return True


def _flipped(function):
    code = function.__code__
    flags = code.co_flags & ~(inspect.CO_GENERATOR | inspect.CO_ITERABLE_COROUTINE) | inspect.CO_COROUTINE
    native = types.FunctionType(
        _with_flags(code, flags), function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    native.__kwdefaults__ = function.__kwdefaults__
    native = functools.update_wrapper(native, function)
    del native.__wrapped__
    return native


def _with_flags(code, flags):
    if hasattr(code, "replace"):
        return code.replace(co_flags=flags)
    return types.CodeType(
        code.co_argcount,
        code.co_kwonlyargcount,
        code.co_nlocals,
        code.co_stacksize,
        flags,
        code.co_code,
        code.co_consts,
        code.co_names,
        code.co_varnames,
        code.co_filename,
        code.co_name,
        code.co_firstlineno,
        code.co_lnotab,
        code.co_freevars,
        code.co_cellvars,
    )


@types.coroutine
def _drive(generator):
    """Run ``generator`` to its end, waiting for what it marks with From."""
    value = error = None
    while True:
        try:
            item = generator.send(value) if error is None else generator.throw(error)
        except StopIteration as stop:
            # A StopIteration that a return made comes from no frame inside the generator.
            if stop.__traceback__.tb_next is not None:
                raise leaked_stop_iteration() from stop
            return stop.value
        except Return as returned:
            return returned.value
        value = error = None
        try:
            if type(item) is From:
                value = yield from _awaited(generator, item.awaitable)
            elif item is None or getattr(item, "_asyncio_future_blocking", False):
                # What a `yield from` in the body hands up.
                value = yield item
            else:
                error = forgotten_from(generator, item)
        except GeneratorExit:
            generator.close()
            raise
        except BaseException as caught:
            error = caught


@types.coroutine
def _awaited(generator, awaitable):
    if isinstance(awaitable, _LOCKS):
        acquiring = awaitable.acquire()
        yield from (acquiring.__await__() if hasattr(acquiring, "__await__") else acquiring)
        return Releasing(awaitable)
    if awaitable is None:
        return (yield)
    if isinstance(awaitable, types.CoroutineType) or inspect.isawaitable(awaitable):
        if hasattr(awaitable, "__await__"):
            return (yield from awaitable.__await__())
        return (yield from awaitable)
    raise not_awaitable(generator, awaitable)

"""Python 3.5 and later: an ``async def`` that drives a function as it is, where it cannot be made native."""

import functools
import inspect
import types

from aiocompat.coroutines.marks import (
    From,
    Return,
    as_generator,
    forgotten_from,
    leaked_stop_iteration,
    not_awaitable,
    place_of,
)
from aiocompat.coroutines.waiting import awaitable

_DRIVER = """\
async def driven(%s):
    return await _aiocompat_drive(_aiocompat_body(%s))
"""


def driven(function):
    """A coroutine function that takes what ``function`` takes and drives what it makes to its end."""
    # types.coroutine lets a `yield from` in the body take coroutine objects.
    body = types.coroutine(function if _is_generator_function(function) else as_generator(function, _drive))
    is_function = isinstance(function, types.FunctionType)
    driver = types.FunctionType(
        _driver(*(_signature(function.__code__) if is_function else ("*args, **kwargs",) * 2)),
        {"__name__": __name__, "_aiocompat_body": body, "_aiocompat_drive": _drive},
    )
    if is_function:
        driver.__defaults__, driver.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return functools.update_wrapper(driver, function)


def _is_generator_function(function):
    # inspect looks into partial since 3.8.
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.isgeneratorfunction(function)


def _signature(code):
    """Parameters and arguments that pass a call on, so that a wrong call fails where the function's would."""
    positional, named = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    parameters, arguments = list(code.co_varnames[:positional]), list(code.co_varnames[:positional])
    positional_only = getattr(code, "co_posonlyargcount", 0)
    if positional_only:
        parameters.insert(positional_only, "/")
    rest = list(code.co_varnames[named:])
    if code.co_flags & inspect.CO_VARARGS:
        parameters.append("*" + rest[0])
        arguments.append("*" + rest.pop(0))
    elif code.co_kwonlyargcount:
        parameters.append("*")
    for name in code.co_varnames[positional:named]:
        parameters.append(name)
        arguments.append("%s=%s" % (name, name))
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parameters.append("**" + rest[0])
        arguments.append("**" + rest[0])
    return ", ".join(parameters), ", ".join(arguments)


@functools.lru_cache(maxsize=256)
def _driver(parameters, arguments):
    namespace = {}
    exec(compile(_DRIVER % (parameters, arguments), __file__, "exec"), namespace)
    return namespace["driven"].__code__


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
                found = awaitable(item.awaitable)
                if found is None:
                    raise not_awaitable(place_of(generator), repr(item.awaitable))
                value = yield from found if type(found) is types.CoroutineType else _iterator(found)
            elif item is None or getattr(item, "_asyncio_future_blocking", False):
                # What a `yield from` in the body hands up.
                value = yield item
            else:
                error = forgotten_from(place_of(generator), item)
        except BaseException as caught:
            error = caught


def _iterator(found):
    return found.__await__() if hasattr(found, "__await__") else found

"""Python 3.3 and 3.4: asyncio's own generator coroutines, driven by ``yield from``."""

import asyncio
import functools
import inspect

from aiocompat.coroutines.marks import (
    From,
    Releasing,
    Return,
    as_generator,
    forgotten_from,
    leaked_stop_iteration,
    not_awaitable,
    place_of,
    waiting_method,
)

_LOCKS = (asyncio.Lock, asyncio.Semaphore, asyncio.Condition)


def coroutine(function):
    """Make a generator function, or a plain function, a coroutine function; see :mod:`aiocompat.coroutines.native`."""
    if asyncio.iscoroutinefunction(function):
        return function
    body = function if inspect.isgeneratorfunction(function) else as_generator(function, _drive)

    @asyncio.coroutine
    @functools.wraps(function)
    def driven(*args, **kwargs):
        return (yield from _drive(body(*args, **kwargs)))

    return driven


def _drive(generator):
    value = error = None
    while True:
        try:
            item = generator.send(value) if error is None else generator.throw(error)
        except StopIteration as stop:
            if stop.__traceback__.tb_next is not None:
                raise leaked_stop_iteration() from stop
            return stop.value
        except Return as returned:
            return returned.value
        value = error = None
        try:
            if type(item) is From:
                value = yield from _awaited(generator, item.awaitable)
            elif item is None or isinstance(item, asyncio.Future):
                value = yield item
            else:
                error = forgotten_from(place_of(generator), item)
        except BaseException as caught:
            error = caught


def _awaited(generator, awaitable):
    if isinstance(awaitable, _LOCKS):
        yield from awaitable.acquire()
        return Releasing(awaitable)
    if awaitable is None:
        return (yield)
    if isinstance(awaitable, asyncio.Future) or asyncio.iscoroutine(awaitable):
        return (yield from awaitable)
    method = waiting_method(awaitable, asyncio.iscoroutinefunction)
    if method is not None:
        return (yield from method())
    raise not_awaitable(place_of(generator), repr(awaitable))

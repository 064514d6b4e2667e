"""Python 3.5 and later: decorated functions are native coroutine functions."""

import asyncio
import gc
import inspect
import sys
import warnings

import pytest

import aiocompat
from aiocompat import From, Return, coroutine


@coroutine
def give(value):
    yield From(None)
    raise Return(value)


@coroutine
def delegating(value):
    result = yield from give(value)
    return result


async def native(value):
    return await give(value)


def test_inspect_knows_them():
    for function in (give, delegating, coroutine(lambda: 1)):
        assert inspect.iscoroutinefunction(function)
        assert not inspect.isgeneratorfunction(function)
    waiting = give(1)
    assert inspect.iscoroutine(waiting)
    waiting.close()


def test_async_def_is_returned_as_it_is():
    assert coroutine(native) is native


def test_await_both_ways():
    @coroutine
    def portable():
        value = yield From(native(1))
        raise Return(value + 1)

    async def main():
        return await portable(), await delegating(5)

    assert aiocompat.run(main()) == (2, 5)


def test_yield_from_and_from_in_one_body():
    @coroutine
    def mixed():
        one = yield From(give(1))
        two = yield from give(2)
        future = asyncio.get_event_loop().create_future()
        asyncio.get_event_loop().call_soon(future.set_result, 3)
        three = yield from future
        return one, two, three

    assert aiocompat.run(mixed()) == (1, 2, 3)


def test_return_in_a_body_that_only_delegates():
    @coroutine
    def body():
        value = yield from give(1)
        raise Return(value)

    assert aiocompat.run(body()) == 1


def test_flipped_functions_keep_what_functions_have():
    outer = 3

    def function(a: int, b=2, *, c=outer):
        """The docstring."""
        yield from give(None)
        return a, b, c, outer

    function.mark = "kept"
    flipped = coroutine(function)
    assert inspect.iscoroutinefunction(flipped)
    assert flipped.__code__.co_flags & inspect.CO_COROUTINE
    assert (flipped.__name__, flipped.__doc__, flipped.mark) == ("function", "The docstring.", "kept")
    assert flipped.__annotations__ == {"a": int}
    assert aiocompat.run(flipped(1)) == (1, 2, 3, 3)
    assert aiocompat.run(flipped(1, 4, c=5)) == (1, 4, 5, 3)


def test_never_awaited_is_warned_about():
    for function in (give, delegating):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # What other tests have left.
            collect()
            del caught[:]
            function(1)
            collect()
        assert [str(warning.message) for warning in caught] == [
            "coroutine '%s' was never awaited" % function.__qualname__
        ]


def collect():
    # PyPy runs finalizers of what it found in the collections that follow.
    for _ in range(3):
        gc.collect()


def test_run_coroutine_threadsafe():
    async def main():
        loop = asyncio.get_event_loop()
        run = lambda: asyncio.run_coroutine_threadsafe(give("from a thread"), loop).result(5)  # noqa: E731
        return await loop.run_in_executor(None, run)

    assert aiocompat.run(main()) == "from a thread"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="TaskGroup is new in 3.11")
def test_task_group():
    async def main():
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(give(number)) for number in range(3)]
        return [task.result() for task in tasks]

    assert aiocompat.run(main()) == [0, 1, 2]


def test_async_with_lock_beside_with():
    async def main():
        lock = aiocompat.Lock()
        async with lock:
            assert lock.locked()
        await held(lock)

    @coroutine
    def held(lock):
        with (yield From(lock)):
            assert lock.locked()

    aiocompat.run(main())


def test_generator_exit_reaches_the_body():
    log = []

    @coroutine
    def body():
        try:
            yield From(None)
        finally:
            log.append("closed")

    waiting = body()
    waiting.send(None)
    waiting.close()
    assert log == ["closed"]


def test_await_takes_what_has_a_waiting_method():
    class Door(object):
        @coroutine
        def __await__(self):
            yield From(aiocompat.sleep(0))
            raise Return(self)

        @coroutine
        def __iter__(self):
            return (yield from self.__await__())

    async def main(door):
        steps = door.__iter__()
        return await door, await asyncio.wait_for(door, 5), await steps

    door = Door()
    assert inspect.isawaitable(door)
    assert aiocompat.run(main(door)) == (door, door, door)


def test_errors_are_thrown_into_a_waiting_method():
    class Door(object):
        @coroutine
        def __await__(self):
            try:
                yield From(None)
            except ValueError as error:
                raise Return(str(error))

    steps = Door().__await__()
    steps.send(None)
    with pytest.raises(StopIteration) as stop:
        steps.throw(ValueError("thrown"))
    assert stop.value.value == "thrown"

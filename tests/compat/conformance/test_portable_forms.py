"""What stands for syntax: From, Return, coroutine, aenter, aexit, aiter, anext, async_generator, yield_."""

import gc
import sys

import pytest
from portable import api, differs, in_loop, later, turns

import aiocompat
from aiocompat import From, Return, aenter, aexit, aiter, anext, async_generator, coroutine, yield_


class Manager(object):
    def __init__(self, handles=False):
        self.handles = handles
        self.log = []

    @coroutine
    def __aenter__(self):
        yield From(None)
        raise Return("value")

    @coroutine
    def __aexit__(self, exc_type, exc, tb):
        yield From(None)
        self.log.append(exc_type)
        raise Return(self.handles)


@coroutine
def managed(manager, error=None):
    value = yield From(aenter(manager))
    try:
        if error is not None:
            raise error
    except BaseException:
        yield From(aexit(manager, *sys.exc_info()))
    else:
        yield From(aexit(manager))
    raise Return(value)


@api("From", "Return", "coroutine")
@in_loop
def test_from_and_return():
    assert (yield From(later("value"))) == "value"
    assert (yield From(None)) is None
    future = aiocompat.Future()
    aiocompat.get_running_loop().call_soon(future.set_result, 5)
    assert (yield From(future)) == 5
    with pytest.raises(TypeError, match="not awaitable"):
        yield From(5)


@api("From")
@in_loop
def test_a_forgotten_from_is_an_error():
    waiting = later(1)
    with pytest.raises(TypeError, match="From"):
        yield waiting
    waiting.close()


@api("aenter", "aexit")
@in_loop
def test_managers():
    manager = Manager()
    assert (yield From(managed(manager))) == "value"
    assert manager.log == [None]
    error = KeyError("x")
    with pytest.raises(KeyError) as caught:
        yield From(managed(manager, error))
    assert caught.value is error
    assert manager.log == [None, KeyError]
    assert (yield From(managed(Manager(handles=True), KeyError()))) == "value"


@coroutine
def returning(manager):
    yield From(aenter(manager))
    try:
        raise Return("from the block")
    except BaseException:
        yield From(aexit(manager, *sys.exc_info()))
    else:
        yield From(aexit(manager))


@api("aexit")
@in_loop
def test_return_in_the_block_is_an_error_that_the_manager_is_told_of():
    for handles in (False, True):
        manager = Manager(handles)
        with pytest.raises(RuntimeError, match="raise Return after the block"):
            yield From(returning(manager))
        assert manager.log == [RuntimeError]


@api("aenter")
@in_loop
def test_what_is_no_manager():
    with pytest.raises((AttributeError, TypeError)):
        yield From(aenter(5))


@async_generator
def counting(limit, log=None):
    try:
        for number in range(limit):
            yield From(turns(1))
            sent = yield From(yield_(number))
            if log is not None:
                log.append(sent)
    finally:
        if log is not None:
            yield From(turns(1))
            log.append("closed")


@coroutine
def collected(iterable):
    iterator, found = aiter(iterable), []
    while True:
        try:
            found.append((yield From(anext(iterator))))
        except aiocompat.StopAsyncIteration:
            raise Return(found)


@api("async_generator", "yield_", "aiter", "anext", "StopAsyncIteration")
@in_loop
def test_asynchronous_generator():
    assert (yield From(collected(counting(3)))) == [0, 1, 2]
    generator = counting(1)
    assert aiter(generator) is generator
    assert (yield From(anext(generator))) == 0
    with pytest.raises(aiocompat.StopAsyncIteration):
        yield From(anext(generator))
    with pytest.raises(aiocompat.StopAsyncIteration):
        yield From(anext(generator))
    assert (yield From(anext(generator, "default"))) == "default"
    assert (yield From(anext(counting(1), "default"))) == 0


@api("aiter", "anext")
def test_what_cannot_be_iterated():
    with pytest.raises(TypeError):
        aiter(5)
    with pytest.raises(TypeError):
        anext(5)


@api("async_generator", "yield_")
@in_loop
def test_a_value_from_deep_inside():
    @coroutine
    def deep(level):
        if level:
            raise Return((yield From(deep(level - 1))))
        raise Return((yield From(yield_("deep"))))

    @async_generator
    def giving():
        answer = yield From(deep(3))
        yield From(yield_())
        yield From(yield_(answer))

    generator = giving()
    assert (yield From(generator.asend(None))) == "deep"
    assert (yield From(generator.asend("answer"))) is None
    assert (yield From(anext(generator))) == "answer"
    yield From(generator.aclose())


@api("async_generator", "yield_")
@in_loop
def test_asend_athrow_aclose():
    log = []
    generator = counting(5, log)
    with pytest.raises(TypeError):
        yield From(generator.asend(1))
    assert (yield From(generator.asend(None))) == 0
    assert (yield From(generator.asend("sent"))) == 1
    assert log == ["sent"]
    with pytest.raises(KeyError):
        yield From(generator.athrow(KeyError("x")))
    assert log == ["sent", "closed"]
    with pytest.raises(aiocompat.StopAsyncIteration):
        yield From(anext(generator))
    log = []
    generator = counting(5, log)
    yield From(anext(generator))
    yield From(generator.aclose())
    yield From(generator.aclose())
    assert log == ["closed"]
    unstarted = counting(1, log)
    yield From(unstarted.aclose())
    assert (yield From(collected(unstarted))) == []
    assert log == ["closed"]


@api("async_generator", "yield_")
@in_loop
def test_a_generator_that_catches_what_is_thrown():
    @async_generator
    def catching():
        try:
            yield From(yield_("first"))
        except KeyError:
            yield From(yield_("caught"))

    generator = catching()
    yield From(anext(generator))
    assert (yield From(generator.athrow(KeyError))) == "caught"
    assert (yield From(collected(generator))) == []


@api("async_generator", "yield_")
@in_loop
def test_mistakes_of_generators():
    @async_generator
    def stubborn():
        try:
            yield From(yield_(1))
        except GeneratorExit:
            yield From(yield_(2))

    @async_generator
    def leaking():
        yield From(yield_(1))
        raise aiocompat.StopAsyncIteration

    generator = stubborn()
    yield From(anext(generator))
    with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
        yield From(generator.aclose())
    yield From(collected_rest(generator))
    generator = leaking()
    yield From(anext(generator))
    with pytest.raises(RuntimeError, match="StopAsyncIteration"):
        yield From(anext(generator))


@coroutine
def collected_rest(generator):
    raise Return((yield From(collected(generator))))


@api("async_generator")
@in_loop
def test_one_at_a_time():
    generator = counting(3)
    first = aiocompat.create_task(anext_of(generator))
    yield From(None)
    yield From(None)
    with pytest.raises(RuntimeError, match="already running"):
        yield From(anext(generator))
    assert (yield From(first)) == 0
    yield From(generator.aclose())


@coroutine
def anext_of(generator):
    yield From(None)
    raise Return((yield From(anext(generator))))


@api("async_generator", "run")
@differs("3.6", "a loop does not know its generators, and does not close them at its end")
def test_the_loop_closes_what_is_left():
    log, kept = [], []

    @coroutine
    def main():
        kept.append(counting(3, log))
        yield From(anext(kept[0]))

    aiocompat.run(main())
    assert log == ["closed"]
    log = []

    @coroutine
    def forgetful():
        yield From(anext(counting(3, log)))
        gc.collect()
        yield From(turns(10))

    aiocompat.run(forgetful())
    assert log == ["closed"]

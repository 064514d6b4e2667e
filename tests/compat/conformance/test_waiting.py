"""Waiting for several: gather, wait, as_completed, shield; sleep."""

import gc

import pytest
from portable import api, differs, failing, in_loop, later, turns

import aiocompat
from aiocompat import From, Return, aenter, aexit, aiter, anext, coroutine


@coroutine
def waits_for(awaitable):
    raise Return((yield From(awaitable)))


@api("sleep")
@in_loop
def test_sleep():
    loop = aiocompat.get_running_loop()
    before = loop.time()
    assert (yield From(aiocompat.sleep(0.02, "then"))) == "then"
    assert loop.time() - before >= 0.015
    assert (yield From(aiocompat.sleep(0, result="now"))) == "now"
    assert (yield From(aiocompat.sleep(-1))) is None


@api("sleep")
@differs("3.13", "nan is taken for a delay")
@in_loop
def test_sleep_of_nan():
    with pytest.raises(ValueError, match="(?i)nan"):
        yield From(aiocompat.wait_for(aiocompat.sleep(float("nan")), 0.01))


@api("gather")
@in_loop
def test_gather():
    assert (yield From(aiocompat.gather())) == []
    task = aiocompat.create_task(later("task"))
    assert (yield From(aiocompat.gather(later(1, 0.01), task, later(2), task))) == [1, "task", 2, "task"]


@api("gather")
@in_loop
def test_gather_raises_the_first_exception_and_the_others_run_on():
    slow, late = aiocompat.Future(), aiocompat.Future()
    with pytest.raises(KeyError):
        yield From(aiocompat.gather(slow, failing(KeyError("x")), late))
    assert not slow.done()
    late.set_exception(ValueError("late"))
    slow.set_result("slow")
    assert (yield From(slow)) == "slow"


@api("gather")
@in_loop
def test_gather_gives_exceptions():
    cancelled = aiocompat.create_task(later(1, 5))
    aiocompat.get_running_loop().call_soon(cancelled.cancel)
    found = yield From(aiocompat.gather(later(1), failing(KeyError("x")), cancelled, return_exceptions=True))
    assert found[0] == 1
    assert [type(item) for item in found[1:]] == [KeyError, aiocompat.CancelledError]


@api("gather")
@in_loop
def test_gather_cancelled():
    for return_exceptions in (False, True):
        tasks = [aiocompat.create_task(later(1, 5)) for _ in range(2)]
        gathering = aiocompat.gather(*tasks, return_exceptions=return_exceptions)
        yield From(turns())
        assert gathering.cancel()
        with pytest.raises(aiocompat.CancelledError):
            yield From(gathering)
        assert [task.cancelled() for task in tasks] == [True, True]


@api("gather")
@in_loop
def test_a_cancelled_child_of_gather():
    child = aiocompat.create_task(later(1, 5))
    aiocompat.get_running_loop().call_soon(child.cancel)
    with pytest.raises(aiocompat.CancelledError):
        yield From(aiocompat.gather(child, later(1)))


@api("wait", "ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION")
@in_loop
def test_wait():
    quick, slow = aiocompat.create_task(later(1)), aiocompat.Future()
    done, pending = yield From(aiocompat.wait([quick, slow], return_when=aiocompat.FIRST_COMPLETED))
    assert (done, pending) == ({quick}, {slow})
    assert (yield From(aiocompat.wait([slow], timeout=0.001))) == (set(), {slow})
    slow.set_result(2)
    assert (yield From(aiocompat.wait({quick, slow}))) == ({quick, slow}, set())
    bad, slow = aiocompat.create_task(failing(KeyError())), aiocompat.create_task(later(2, 5))
    done, pending = yield From(aiocompat.wait([bad, slow], return_when=aiocompat.FIRST_EXCEPTION))
    assert (done, pending) == ({bad}, {slow})
    assert isinstance(bad.exception(), KeyError)
    slow.cancel()
    done, _ = yield From(aiocompat.wait([slow], return_when=aiocompat.ALL_COMPLETED))
    assert done == {slow}


@api("wait")
@in_loop
def test_wait_takes_any_iterable_of_futures_only():
    tasks = [aiocompat.create_task(later(number)) for number in range(2)]
    done, _ = yield From(aiocompat.wait(task for task in tasks))
    assert done == set(tasks)
    waiting = later(1)
    for wrong in ([waiting], waiting, tasks[0]):
        with pytest.raises(TypeError):
            yield From(aiocompat.wait(wrong))
    waiting.close()
    with pytest.raises(ValueError, match="empty"):
        yield From(aiocompat.wait([]))
    with pytest.raises(ValueError, match="return_when"):
        yield From(aiocompat.wait(tasks, return_when="other"))
    with pytest.raises(TypeError):
        yield From(aiocompat.wait(tasks, loop=None))


@api("wait")
@in_loop
def test_wait_cancels_nothing():
    future = aiocompat.Future()
    task = aiocompat.create_task(waits_for(future))
    waiting = aiocompat.create_task(aiocompat.wait([task]))
    yield From(turns())
    waiting.cancel()
    yield From(turns())
    assert waiting.cancelled()
    future.set_result("kept")
    assert (yield From(task)) == "kept"


@api("as_completed")
@in_loop
def test_as_completed():
    futures, found = [aiocompat.Future() for _ in range(3)], []
    results = [(1, "a"), (0, "b"), (2, "c")]
    for waiting in aiocompat.as_completed([waits_for(future) for future in futures]):
        number, result = results.pop(0)
        futures[number].set_result(result)
        found.append((yield From(waiting)))
    assert found == ["a", "b", "c"]
    with pytest.raises(TypeError):
        aiocompat.as_completed(aiocompat.Future())


@api("as_completed")
def test_as_completed_before_the_loop_runs():
    with pytest.raises(RuntimeError):
        aiocompat.as_completed([])
    loop = aiocompat.new_event_loop()
    aiocompat.set_event_loop(loop)
    try:
        results = [loop.run_until_complete(waiting) for waiting in aiocompat.as_completed([later("a")], timeout=5)]
    finally:
        aiocompat.set_event_loop(None)
        loop.close()
    assert results == ["a"]


@api("as_completed")
@in_loop
def test_as_completed_in_time():
    quick, found = aiocompat.Future(), []
    quick.set_result("quick")
    with pytest.raises(aiocompat.TimeoutError):
        for waiting in aiocompat.as_completed([quick, aiocompat.Future()], timeout=0.01):
            found.append((yield From(waiting)))
    assert found == ["quick"]


@api("as_completed")
@in_loop
def test_as_completed_gives_the_tasks_themselves():
    futures = [aiocompat.Future() for _ in range(2)]
    tasks = [aiocompat.create_task(waits_for(future)) for future in futures]
    iterator, found = aiter(aiocompat.as_completed(tasks)), []
    while True:
        if futures:
            futures.pop().set_result(None)
        try:
            found.append((yield From(anext(iterator))))
        except aiocompat.StopAsyncIteration:
            break
    assert found == tasks[::-1]


@api("shield")
@in_loop
def test_shield():
    future = aiocompat.Future()
    inner = aiocompat.create_task(waits_for(future))
    outer = aiocompat.shield(inner)
    waiting = aiocompat.create_task(waits_for(outer))
    yield From(turns())
    waiting.cancel()
    with pytest.raises(aiocompat.CancelledError):
        yield From(waiting)
    future.set_result("kept")
    assert (yield From(inner)) == "kept"
    assert (yield From(aiocompat.shield(inner))) == "kept"
    assert (yield From(aiocompat.shield(later(2)))) == 2
    with pytest.raises(KeyError):
        yield From(aiocompat.shield(failing(KeyError())))
    inner = aiocompat.create_task(later(1, 5))
    aiocompat.get_running_loop().call_soon(inner.cancel)
    with pytest.raises(aiocompat.CancelledError):
        yield From(aiocompat.shield(inner))


@api("shield")
@in_loop
def test_what_fails_behind_a_cancelled_shield_is_reported():
    seen = []
    aiocompat.get_running_loop().set_exception_handler(lambda loop, context: seen.append("KeyError" in repr(context)))
    future = aiocompat.Future()
    inner = aiocompat.create_task(waits_for(future))
    aiocompat.shield(inner).cancel()
    yield From(turns())
    future.set_exception(KeyError())
    yield From(turns())
    del inner, future
    for _ in range(5):
        yield From(None)
        gc.collect()
    assert seen == [True]


@api("wait_for", "TimeoutError")
@in_loop
def test_wait_for():
    assert (yield From(aiocompat.wait_for(later(1), 5))) == 1
    assert (yield From(aiocompat.wait_for(later(1), None))) == 1
    assert (yield From(aiocompat.wait_for(aiocompat.create_task(later(2)), timeout=5))) == 2
    task = aiocompat.create_task(later(1, 5))
    with pytest.raises(aiocompat.TimeoutError) as caught:
        yield From(aiocompat.wait_for(task, 0.01))
    assert task.cancelled()
    assert isinstance(caught.value.__cause__, aiocompat.CancelledError)
    with pytest.raises(KeyError):
        yield From(aiocompat.wait_for(failing(KeyError()), 5))


@api("wait_for")
@in_loop
def test_wait_for_runs_a_coroutine_in_the_same_task():
    @coroutine
    def current():
        yield From(None)
        raise Return(aiocompat.current_task())

    assert (yield From(aiocompat.wait_for(current(), 5))) is aiocompat.current_task()


@api("wait_for")
@in_loop
def test_wait_for_waits_for_the_cleanup():
    log = []

    @coroutine
    def cleaning():
        try:
            yield From(aiocompat.sleep(5))
        finally:
            yield From(aiocompat.sleep(0.01))
            log.append("cleaned")

    with pytest.raises(aiocompat.TimeoutError):
        yield From(aiocompat.wait_for(cleaning(), 0.01))
    assert log == ["cleaned"]


@api("wait_for")
@in_loop
def test_wait_for_what_answers_to_the_cancellation():
    @coroutine
    def answers(error=None):
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError:
            if error is not None:
                raise error
            raise Return("value")

    assert (yield From(aiocompat.wait_for(answers(), 0.01))) == "value"
    with pytest.raises(KeyError):
        yield From(aiocompat.wait_for(answers(KeyError()), 0.01))


@api("wait_for")
@in_loop
def test_wait_for_no_time():
    waiting = turns(0)
    with pytest.raises(aiocompat.TimeoutError):
        yield From(aiocompat.wait_for(waiting, 0))
    done = aiocompat.create_task(later(1))
    yield From(done)
    assert (yield From(aiocompat.wait_for(done, 0))) == 1
    assert (yield From(aiocompat.wait_for(done, -1))) == 1


@api("wait_for")
@in_loop
def test_wait_for_does_not_lose_a_cancellation():
    future = aiocompat.Future()
    task = aiocompat.create_task(aiocompat.wait_for(future, 5))
    yield From(turns())
    future.set_result("value")
    task.cancel()
    with pytest.raises(aiocompat.CancelledError):
        yield From(task)


@api("timeout", "Timeout", "TimeoutError", "aenter", "aexit")
@in_loop
def test_timeout():
    deadline = yield From(aenter(aiocompat.timeout(0.01)))
    assert isinstance(deadline, aiocompat.Timeout)
    assert not deadline.expired()
    assert deadline.when() <= aiocompat.get_running_loop().time() + 0.01
    with pytest.raises(aiocompat.TimeoutError) as caught:
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError as error:
            yield From(aexit(deadline, type(error), error))
    assert isinstance(caught.value.__cause__, aiocompat.CancelledError)
    assert deadline.expired()
    yield From(turns())


@api("timeout", "Timeout", "timeout_at")
@in_loop
def test_timeout_not_reached():
    loop = aiocompat.get_running_loop()
    now = loop.time()
    # The clock stands until the deadlines are left behind.
    loop.time = lambda: now
    for deadline in (aiocompat.timeout(0.02), aiocompat.timeout(None), aiocompat.timeout_at(now + 0.02)):
        yield From(aenter(deadline))
        yield From(turns())
        yield From(aexit(deadline))
        assert not deadline.expired()
    now += 1
    yield From(turns())
    del loop.time


@api("Timeout", "timeout_at")
@in_loop
def test_timeout_rescheduled():
    loop = aiocompat.get_running_loop()
    deadline = aiocompat.timeout_at(None)
    assert deadline.when() is None
    with pytest.raises(RuntimeError):
        deadline.reschedule(1)
    yield From(aenter(deadline))
    with pytest.raises(RuntimeError):
        yield From(aenter(deadline))
    deadline.reschedule(loop.time() + 10)
    deadline.reschedule(loop.time() - 10)
    with pytest.raises(aiocompat.TimeoutError):
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError as error:
            yield From(aexit(deadline, type(error), error))
    with pytest.raises(RuntimeError):
        deadline.reschedule(loop.time() + 1)


@api("timeout")
@in_loop
def test_a_cancellation_from_outside_is_no_timeout():
    @coroutine
    def bounded():
        deadline = yield From(aenter(aiocompat.timeout(5)))
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError as error:
            yield From(aexit(deadline, type(error), error))

    task = aiocompat.create_task(bounded())
    yield From(turns())
    task.cancel()
    with pytest.raises(aiocompat.CancelledError):
        yield From(task)


@api("timeout", "Timeout")
@in_loop
def test_timeout_and_a_cancellation_from_outside_at_once():
    @coroutine
    def bounded():
        deadline = yield From(aenter(aiocompat.timeout(0)))
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError as error:
            yield From(aexit(deadline, type(error), error))

    task = aiocompat.create_task(bounded())
    aiocompat.get_running_loop().call_soon(aiocompat.get_running_loop().call_soon, task.cancel)
    with pytest.raises(aiocompat.CancelledError):
        yield From(task)


@api("timeout")
@in_loop
def test_timeouts_nest():
    outer = yield From(aenter(aiocompat.timeout(5)))
    inner = yield From(aenter(aiocompat.timeout(0.01)))
    try:
        yield From(aiocompat.sleep(5))
    except aiocompat.CancelledError as error:
        with pytest.raises(aiocompat.TimeoutError):
            yield From(aexit(inner, type(error), error))
    yield From(aexit(outer))
    assert (inner.expired(), outer.expired()) == (True, False)


@api("TimeoutError")
@differs("3.11", "TimeoutError is not the builtin one: `except OSError` does not take it")
def test_timeout_error_is_the_builtin_one():
    assert issubclass(aiocompat.TimeoutError, OSError)

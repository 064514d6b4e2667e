"""Locks, events, conditions, semaphores, barriers."""

import sys

import pytest
from portable import api, in_loop, turns

import aiocompat
from aiocompat import From, Return, aenter, aexit, coroutine
from aiocompat.backends.library import asyncio

LOCKS = ["Lock", "Semaphore", "BoundedSemaphore", "Condition"]


def locks():
    return [pytest.param(getattr(aiocompat, name), marks=api(name), id=name) for name in LOCKS]


@pytest.mark.skipif(sys.version_info < (3,), reason="there is no yield from")
@pytest.mark.parametrize("kind", locks())
@pytest.mark.filterwarnings("ignore:'with:DeprecationWarning")
def test_held_by_with_yield_from(kind):
    """In steps, for this file is read by Python 2 as well: ``with (yield from lock):``."""

    @coroutine
    def main():
        lock = kind()
        with pytest.raises(StopIteration) as stopped:
            next(iter(lock))
        with stopped.value.value:
            assert lock.locked()
        assert not lock.locked()
        yield From(None)

    aiocompat.run(main())


def test_the_representation_tells_locks_apart():
    assert repr(aiocompat.Lock()) != repr(aiocompat.Lock())


@pytest.mark.parametrize("kind", locks())
def test_held_in_every_form(kind):
    @coroutine
    def main():
        lock = kind()
        with (yield From(lock)) as nothing:
            assert nothing is None
            assert lock.locked()
        assert not lock.locked()
        try:
            with (yield From(lock)):
                raise KeyError
        except KeyError:
            assert not lock.locked()
        assert (yield From(aenter(lock))) is None
        assert lock.locked()
        yield From(aexit(lock))
        assert not lock.locked()
        assert (yield From(lock.acquire())) is True
        lock.release()

    aiocompat.run(main())


@pytest.mark.parametrize("kind", locks())
def test_of_the_runtimes_own_kind(kind):
    assert isinstance(kind(), getattr(asyncio, kind.__name__))


@pytest.mark.parametrize("kind", locks())
def test_made_before_the_loop(kind):
    lock, log = kind(), []

    @coroutine
    def hold(number):
        with (yield From(lock)):
            log.append(number)
            yield From(turns())

    @coroutine
    def main():
        yield From(aiocompat.gather(hold(1), hold(2), hold(3)))

    aiocompat.run(main())
    assert log == [1, 2, 3]


@pytest.mark.parametrize("kind", locks())
def test_no_other_loop_once_waited_for(kind):
    lock = kind()

    @coroutine
    def hold():
        with (yield From(lock)):
            yield From(turns())

    @coroutine
    def main():
        yield From(aiocompat.gather(hold(), hold()))

    aiocompat.run(main())
    with pytest.raises(RuntimeError, match="different event loop"):
        aiocompat.run(main())


@pytest.mark.parametrize("kind", locks())
def test_a_cancelled_waiter_is_passed_over(kind):
    @coroutine
    def main():
        lock = kind()
        yield From(lock.acquire())
        waiting = [aiocompat.create_task(lock.acquire()) for _ in range(3)]
        yield From(turns())
        waiting[0].cancel()
        lock.release()
        # Called already, and cancelled before it comes.
        waiting[1].cancel()
        assert (yield From(waiting[2])) is True
        assert [task.cancelled() for task in waiting] == [True, True, False]
        lock.release()
        assert not lock.locked()

    aiocompat.run(main())


@api("Lock")
@in_loop
def test_lock():
    lock = aiocompat.Lock()
    with pytest.raises(RuntimeError):
        lock.release()
    yield From(lock.acquire())
    assert "[locked]" in repr(lock)
    task = aiocompat.create_task(lock.acquire())
    yield From(turns())
    assert "waiters:1" in repr(lock)
    lock.release()
    assert not lock.locked()
    yield From(task)
    assert lock.locked()
    lock.release()
    with pytest.raises(TypeError):
        aiocompat.Lock(loop=None)


@api("Semaphore", "BoundedSemaphore")
@in_loop
def test_semaphores():
    for kind in (aiocompat.Semaphore, aiocompat.BoundedSemaphore):
        semaphore = kind(2)
        yield From(semaphore.acquire())
        assert not semaphore.locked()
        yield From(semaphore.acquire())
        assert semaphore.locked()
        task = aiocompat.create_task(semaphore.acquire())
        yield From(turns())
        semaphore.release()
        assert semaphore.locked()
        assert (yield From(task)) is True
        with pytest.raises(ValueError, match="initial value"):
            kind(-1)
    aiocompat.Semaphore(0).release()
    with pytest.raises(ValueError, match="too many times"):
        aiocompat.BoundedSemaphore(1).release()


@api("Event")
@in_loop
def test_event():
    event = aiocompat.Event()
    assert isinstance(event, asyncio.Event)
    waiting = [aiocompat.create_task(event.wait()) for _ in range(2)]
    yield From(turns())
    assert not event.is_set()
    assert not waiting[0].done()
    assert "waiters:2" in repr(event)
    event.set()
    assert (yield From(aiocompat.gather(*waiting))) == [True, True]
    assert (yield From(event.wait())) is True
    event.clear()
    assert not event.is_set()


@api("Event")
def test_event_made_before_the_loop():
    event = aiocompat.Event()

    @coroutine
    def main():
        aiocompat.get_running_loop().call_soon(event.set)
        yield From(event.wait())

    aiocompat.run(main())


@api("Condition")
@in_loop
def test_condition():
    condition, log = aiocompat.Condition(), []

    @coroutine
    def waits(number):
        with (yield From(condition)):
            assert (yield From(condition.wait())) is True
            assert condition.locked()
            log.append(number)

    tasks = [aiocompat.create_task(waits(number)) for number in range(3)]
    yield From(turns(5))
    with (yield From(condition)):
        condition.notify()
    yield From(turns(5))
    assert log == [0]
    with (yield From(condition)):
        condition.notify_all()
    yield From(aiocompat.wait(tasks))
    assert log == [0, 1, 2]
    with pytest.raises(RuntimeError):
        condition.notify()
    with pytest.raises(RuntimeError):
        yield From(condition.wait())


@api("Condition")
@in_loop
def test_condition_waits_for_a_predicate_under_a_given_lock():
    lock, state = aiocompat.Lock(), []
    condition = aiocompat.Condition(lock)

    @coroutine
    def waits():
        with (yield From(lock)):
            raise Return((yield From(condition.wait_for(lambda: state and state[0]))))

    task = aiocompat.create_task(waits())
    yield From(turns(5))
    with (yield From(lock)):
        condition.notify_all()
    yield From(turns(5))
    assert not task.done()
    state.append("ready")
    with (yield From(condition)):
        condition.notify_all()
    assert (yield From(task)) == "ready"


@api("Condition", "wait_for")
@in_loop
def test_condition_holds_its_lock_again_after_a_timeout():
    condition = aiocompat.Condition()
    with (yield From(condition)):
        with pytest.raises(aiocompat.TimeoutError):
            yield From(aiocompat.wait_for(condition.wait(), 0.01))
        assert condition.locked()
    assert not condition.locked()


@api("Condition")
@in_loop
def test_a_notification_of_one_that_is_cancelled_goes_to_the_next():
    condition = aiocompat.Condition()

    @coroutine
    def waits():
        with (yield From(condition)):
            yield From(condition.wait())

    first, second = aiocompat.create_task(waits()), aiocompat.create_task(waits())
    yield From(turns(5))
    with (yield From(condition)):
        condition.notify()
        first.cancel()
    yield From(aiocompat.wait_for(second, 1))
    assert first.cancelled()


@api("Barrier")
@in_loop
def test_barrier():
    barrier = aiocompat.Barrier(3)
    assert (barrier.parties, barrier.n_waiting, barrier.broken) == (3, 0, False)
    for _ in range(2):
        tasks = [aiocompat.create_task(barrier.wait()) for _ in range(2)]
        yield From(turns(5))
        assert barrier.n_waiting == 2
        assert not tasks[0].done()
        last = yield From(aenter(barrier))
        yield From(aexit(barrier))
        assert sorted([last] + (yield From(aiocompat.gather(*tasks)))) == [0, 1, 2]
        assert barrier.n_waiting == 0
    with pytest.raises(ValueError, match="parties"):
        aiocompat.Barrier(0)


@api("Barrier", "BrokenBarrierError")
@in_loop
def test_barrier_reset_and_aborted():
    barrier = aiocompat.Barrier(2)
    task = aiocompat.create_task(barrier.wait())
    yield From(turns(5))
    yield From(barrier.reset())
    with pytest.raises(aiocompat.BrokenBarrierError):
        yield From(task)
    assert not barrier.broken
    task = aiocompat.create_task(barrier.wait())
    yield From(turns(5))
    yield From(barrier.abort())
    with pytest.raises(aiocompat.BrokenBarrierError):
        yield From(task)
    assert barrier.broken
    with pytest.raises(aiocompat.BrokenBarrierError):
        yield From(barrier.wait())
    yield From(barrier.reset())
    assert sorted((yield From(aiocompat.gather(barrier.wait(), barrier.wait())))) == [0, 1]


@api("Barrier")
@in_loop
def test_a_cancelled_waiter_leaves_the_barrier():
    barrier = aiocompat.Barrier(2)
    task = aiocompat.create_task(barrier.wait())
    yield From(turns(5))
    task.cancel()
    yield From(turns(5))
    assert barrier.n_waiting == 0
    assert sorted((yield From(aiocompat.gather(barrier.wait(), barrier.wait())))) == [0, 1]


@api("BrokenBarrierError")
def test_broken_barrier_error():
    assert issubclass(aiocompat.BrokenBarrierError, RuntimeError)

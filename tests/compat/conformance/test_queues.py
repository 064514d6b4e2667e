"""Queues."""

import pytest
from portable import api, in_loop, turns

import aiocompat
from aiocompat import From, Return, coroutine
from aiocompat.backends.library import asyncio

KINDS = ["Queue", "PriorityQueue", "LifoQueue"]


def queues():
    return [pytest.param(getattr(aiocompat, name), marks=api(name), id=name) for name in KINDS]


@api(*KINDS)
@in_loop
def test_order():
    found = []
    for name in KINDS:
        queue = getattr(aiocompat, name)()
        for number in (2, 1, 3):
            yield From(queue.put(number))
        found.append([queue.get_nowait() for _ in range(3)])
    assert found == [[2, 1, 3], [1, 2, 3], [3, 1, 2]]


@pytest.mark.parametrize("kind", queues())
def test_kind(kind):
    queue = kind(maxsize=2)
    assert isinstance(queue, getattr(asyncio, kind.__name__))
    assert isinstance(queue, aiocompat.Queue)
    assert (queue.maxsize, queue.qsize(), queue.empty(), queue.full()) == (2, 0, True, False)
    with pytest.raises(TypeError):
        kind(loop=None)


@api("Queue", "QueueFull", "QueueEmpty")
@in_loop
def test_bounds():
    queue = aiocompat.Queue(1)
    with pytest.raises(aiocompat.QueueEmpty):
        queue.get_nowait()
    queue.put_nowait(1)
    assert queue.full()
    with pytest.raises(aiocompat.QueueFull):
        queue.put_nowait(2)
    putting = aiocompat.create_task(queue.put(2))
    yield From(turns())
    assert not putting.done()
    assert (yield From(queue.get())) == 1
    yield From(putting)
    assert (yield From(queue.get())) == 2
    getting = aiocompat.create_task(queue.get())
    yield From(turns())
    yield From(queue.put(3))
    assert (yield From(getting)) == 3


@pytest.mark.parametrize("kind", queues())
def test_made_before_the_loop(kind):
    queue = kind()

    @coroutine
    def main():
        getting = aiocompat.create_task(queue.get())
        yield From(turns())
        queue.put_nowait(1)
        raise Return((yield From(getting)))

    assert aiocompat.run(main()) == 1


@pytest.mark.parametrize("kind", queues())
def test_join(kind):
    @coroutine
    def main():
        queue = kind()
        yield From(queue.join())
        queue.put_nowait(1)
        queue.put_nowait(2)
        joining = aiocompat.create_task(queue.join())
        for _ in range(2):
            yield From(queue.get())
            yield From(turns())
            assert not joining.done()
            queue.task_done()
        yield From(joining)
        with pytest.raises(ValueError, match="too many times"):
            queue.task_done()

    aiocompat.run(main())


@pytest.mark.parametrize("kind", queues())
def test_shutdown(kind):
    @coroutine
    def main():
        queue = kind()
        queue.put_nowait(1)
        queue.shutdown()
        with pytest.raises(aiocompat.QueueShutDown):
            queue.put_nowait(2)
        with pytest.raises(aiocompat.QueueShutDown):
            yield From(queue.put(2))
        assert (yield From(queue.get())) == 1
        with pytest.raises(aiocompat.QueueShutDown):
            yield From(queue.get())
        with pytest.raises(aiocompat.QueueShutDown):
            queue.get_nowait()
        queue.task_done()
        yield From(queue.join())

    aiocompat.run(main())


@api("Queue", "QueueShutDown")
@in_loop
def test_shutdown_wakes_who_waits():
    queue = aiocompat.Queue(1)
    getting = [aiocompat.create_task(queue.get()) for _ in range(2)]
    yield From(turns())
    queue.shutdown()
    for task in getting:
        with pytest.raises(aiocompat.QueueShutDown):
            yield From(task)
    queue = aiocompat.Queue(1)
    queue.put_nowait(1)
    putting, joining = aiocompat.create_task(queue.put(2)), aiocompat.create_task(queue.join())
    yield From(turns())
    queue.shutdown(immediate=True)
    with pytest.raises(aiocompat.QueueShutDown):
        yield From(putting)
    yield From(joining)
    assert queue.empty()


@api("Queue")
@in_loop
def test_an_item_is_not_lost_where_its_getter_is_cancelled():
    queue = aiocompat.Queue()
    first, second = aiocompat.create_task(queue.get()), aiocompat.create_task(queue.get())
    yield From(turns())
    queue.put_nowait("item")
    first.cancel()
    assert (yield From(second)) == "item"
    assert first.cancelled()


@api("Queue")
@in_loop
def test_room_is_not_lost_where_its_putter_is_cancelled():
    queue = aiocompat.Queue(1)
    queue.put_nowait(1)
    first, second = aiocompat.create_task(queue.put(2)), aiocompat.create_task(queue.put(3))
    yield From(turns())
    assert queue.get_nowait() == 1
    first.cancel()
    yield From(second)
    assert queue.get_nowait() == 3


@api("Queue")
def test_a_queue_with_an_order_of_its_own():
    class Unique(aiocompat.Queue):
        def _init(self, maxsize):
            self._queue = set()

        def _put(self, item):
            self._queue.add(item)

        def _get(self):
            return self._queue.pop()

    queue = Unique()
    queue.put_nowait(1)
    queue.put_nowait(1)
    assert queue.qsize() == 1
    assert queue.get_nowait() == 1
    assert queue.empty()


@api("QueueEmpty", "QueueFull", "QueueShutDown")
def test_exceptions():
    for name in ("QueueEmpty", "QueueFull", "QueueShutDown"):
        assert issubclass(getattr(aiocompat, name), Exception)

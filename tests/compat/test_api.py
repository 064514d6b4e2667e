"""The names around coroutines, with asyncio's newest meaning."""

import pytest

import aiocompat
from aiocompat import From, Return, coroutine


@coroutine
def later(value, delay=0.01):
    yield From(aiocompat.sleep(delay))
    raise Return(value)


def run(function, *args):
    return aiocompat.run(function(*args))


def test_run_wants_a_coroutine():
    with pytest.raises((TypeError, ValueError)):
        aiocompat.run(5)


def test_run_cancels_what_is_left():
    log = []

    @coroutine
    def left():
        try:
            yield From(aiocompat.sleep(10))
        except aiocompat.CancelledError:
            log.append("cancelled")
            raise

    @coroutine
    def main():
        aiocompat.create_task(left())
        yield From(aiocompat.sleep(0.01))
        raise Return("done")

    assert run(main) == "done"
    assert log == ["cancelled"]


def test_run_reports_what_is_left_and_fails():
    seen = []

    @coroutine
    def left():
        try:
            yield From(aiocompat.sleep(10))
        finally:
            raise ValueError("while leaving")

    @coroutine
    def main():
        aiocompat.get_running_loop().set_exception_handler(lambda loop, context: seen.append(context["message"]))
        aiocompat.create_task(left())
        yield From(aiocompat.sleep(0.01))

    run(main)
    assert seen == ["unhandled exception during asyncio.run() shutdown"] or seen == [
        "unhandled exception during run() shutdown"
    ]


def test_no_running_loop_outside():
    for name in ("get_running_loop", "current_task", "all_tasks"):
        with pytest.raises(RuntimeError):
            getattr(aiocompat, name)()
    waiting = later(1)
    with pytest.raises(RuntimeError):
        aiocompat.create_task(waiting)
    waiting.close()


def test_tasks():
    @coroutine
    def main():
        task = aiocompat.create_task(later("value"))
        me = aiocompat.current_task()
        assert aiocompat.all_tasks() == {task, me}
        assert (yield From(task)) == "value"
        assert aiocompat.all_tasks() == {me}
        assert aiocompat.ensure_future(task) is task

    run(main)


def test_sleep_gives_its_result():
    assert run(aiocompat.sleep, 0, "now") == "now"
    assert run(aiocompat.sleep, 0.001, "then") == "then"


def test_wait_for():
    @coroutine
    def main():
        assert (yield From(aiocompat.wait_for(later(1), 1))) == 1
        with pytest.raises(aiocompat.TimeoutError):
            yield From(aiocompat.wait_for(aiocompat.sleep(10), 0.01))

    run(main)


def test_wait():
    @coroutine
    def main():
        quick = aiocompat.create_task(later("quick"))
        slow = aiocompat.create_task(later("slow", 10))
        done, pending = yield From(aiocompat.wait([quick, slow], return_when=aiocompat.FIRST_COMPLETED))
        assert done == {quick}
        assert pending == {slow}
        done, pending = yield From(aiocompat.wait([slow], timeout=0.01))
        assert (done, pending) == (set(), {slow})
        slow.cancel()

    run(main)


def test_as_completed():
    @coroutine
    def main():
        found = []
        for waiting in aiocompat.as_completed([later("b", 0.03), later("a", 0.001)]):
            found.append((yield From(waiting)))
        raise Return(found)

    assert run(main) == ["a", "b"]


def test_shield():
    @coroutine
    def main():
        inner = aiocompat.create_task(later("kept"))
        outer = aiocompat.shield(inner)
        outer.cancel()
        assert (yield From(inner)) == "kept"

    run(main)


def test_gather_returns_exceptions():
    @coroutine
    def failing():
        yield From(None)
        raise KeyError("x")

    @coroutine
    def main():
        found = yield From(aiocompat.gather(later(1), failing(), return_exceptions=True))
        assert found[0] == 1
        assert isinstance(found[1], KeyError)

    run(main)


def test_queues():
    @coroutine
    def main():
        queue = aiocompat.Queue(maxsize=1)
        yield From(queue.put(1))
        with pytest.raises(aiocompat.QueueFull):
            queue.put_nowait(2)
        assert (yield From(queue.get())) == 1
        queue.task_done()
        yield From(queue.join())
        with pytest.raises(aiocompat.QueueEmpty):
            queue.get_nowait()
        stack, heap = aiocompat.LifoQueue(), aiocompat.PriorityQueue()
        for number in (2, 1, 3):
            stack.put_nowait(number)
            heap.put_nowait(number)
        assert [stack.get_nowait() for _ in range(3)] == [3, 1, 2]
        assert [heap.get_nowait() for _ in range(3)] == [1, 2, 3]

    run(main)


def test_event_and_condition():
    @coroutine
    def main():
        event, condition, log = aiocompat.Event(), aiocompat.Condition(), []

        @coroutine
        def waiting():
            yield From(event.wait())
            with (yield From(condition)):
                log.append("waiting")
                yield From(condition.wait())
                log.append("notified")

        task = aiocompat.create_task(waiting())
        event.set()
        while not log:
            yield From(aiocompat.sleep(0.001))
        with (yield From(condition)):
            condition.notify_all()
        yield From(task)
        assert log == ["waiting", "notified"]

    run(main)


def test_streams():
    @coroutine
    def echo(reader, writer):
        line = yield From(reader.readline())
        writer.write(line.upper())
        yield From(writer.drain())
        writer.close()

    @coroutine
    def main():
        server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port))
        writer.write(b"hello\n")
        line = yield From(reader.readline())
        with pytest.raises(aiocompat.IncompleteReadError):
            yield From(reader.readexactly(1))
        writer.close()
        server.close()
        yield From(server.wait_closed())
        yield From(aiocompat.sleep(0.01))
        raise Return(line)

    assert run(main) == b"HELLO\n"


def test_invalid_state():
    @coroutine
    def main():
        future = aiocompat.Future()
        future.set_result(1)
        yield From(future)
        with pytest.raises(aiocompat.InvalidStateError):
            future.set_result(2)

    run(main)

"""Python 2.7: living beside code that is written for Trollius."""

import subprocess
import sys

import pytest
import trollius

import aiocompat
from aiocompat import From, Return, coroutine


@trollius.coroutine
def theirs(value):
    yield trollius.From(trollius.sleep(0.001))
    raise trollius.Return(value)


@coroutine
def ours(value):
    yield From(aiocompat.sleep(0.001))
    raise Return(value)


def test_ours_waits_for_theirs():
    @coroutine
    def main():
        raise Return((yield From(theirs(1))))

    assert aiocompat.run(main()) == 1


def test_theirs_waits_for_ours():
    @trollius.coroutine
    def main():
        value = yield trollius.From(ours(2))
        raise trollius.Return(value)

    assert aiocompat.run(main()) == 2


def test_their_functions_take_ours():
    loop = trollius.new_event_loop()
    trollius.set_event_loop(loop)
    try:
        assert loop.run_until_complete(ours(3)) == 3
        assert loop.run_until_complete(trollius.wait_for(ours(4), 1)) == 4
        assert loop.run_until_complete(trollius.Task(ours(5))) == 5
        assert loop.run_until_complete(trollius.gather(ours(6), theirs(7))) == [6, 7]
    finally:
        trollius.set_event_loop(None)
        loop.close()


def test_wait_forbids_coroutines_as_asyncio_does():
    waiting = ours(1)
    with pytest.raises(TypeError):
        aiocompat.run(aiocompat.wait([waiting]))
    waiting.close()


def test_unknown_keyword_arguments_are_errors():
    with pytest.raises(TypeError):
        aiocompat.run(aiocompat.wait([], loop=None))


def test_closed_or_dropped_before_its_first_step(caplog):
    waiting = ours(1)
    waiting.close()
    with pytest.raises(RuntimeError):
        aiocompat.run(waiting)
    del waiting
    assert not caplog.records
    ours(1)
    assert "was never yielded from" in caplog.text


def test_without_trollius_it_says_what_to_install():
    code = "import sys; sys.modules['trollius'] = None; import aiocompat"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    assert b"pip install trollius" in process.communicate()[1].splitlines()[-1]


def test_a_task_names_its_coroutine():
    @coroutine
    def main():
        raise Return(repr(aiocompat.current_task()))
        yield

    assert "main() running at" in aiocompat.run(main())


# Trollius runs each coroutine that another one waits for in a task of its own, asyncio in the task of that one.


@pytest.fixture(params=[aiocompat.new_event_loop, trollius.new_event_loop])
def loop(request):
    loop = request.param()
    trollius.set_event_loop(loop)
    yield loop
    trollius.set_event_loop(None)
    loop.close()


@trollius.coroutine
def tasks_of_theirs():
    yield trollius.From(trollius.sleep(0))
    raise trollius.Return((aiocompat.current_task(), aiocompat.all_tasks()))


def test_the_current_task_is_the_callers(loop):
    @trollius.coroutine
    def caller():
        raise trollius.Return((yield trollius.From(tasks_of_theirs())))

    @trollius.coroutine
    def main():
        asked_for = loop.create_task(tasks_of_theirs())
        found, _ = yield trollius.From(asked_for)
        assert found is asked_for
        asked_for = trollius.ensure_future(tasks_of_theirs())
        found, everything = yield trollius.From(trollius.wait_for(asked_for, 1))
        assert found is asked_for
        assert everything == {task, asked_for}
        raise trollius.Return((yield trollius.From(caller())))

    task = loop.create_task(main())
    assert loop.run_until_complete(task) == (task, {task})


def test_their_coroutine_in_ours_is_in_our_task(loop):
    @coroutine
    def main():
        raise Return((yield From(tasks_of_theirs())))

    task = loop.create_task(main())
    assert loop.run_until_complete(task) == (task, {task})


def test_no_current_task_in_a_callback(loop):
    found = []

    def call():
        found.append(aiocompat.current_task(loop))
        loop.stop()

    loop.call_soon(call)
    loop.run_forever()
    assert found == [None]


def test_a_timeout_in_theirs_ends_what_it_waits_for(loop):
    @trollius.coroutine
    def main():
        manager = aiocompat.timeout(0.01)
        yield trollius.From(manager.__aenter__())
        with pytest.raises(trollius.CancelledError):
            yield trollius.From(trollius.sleep(10))
        with pytest.raises(trollius.TimeoutError):
            yield trollius.From(manager.__aexit__(trollius.CancelledError, trollius.CancelledError(), None))

    loop.run_until_complete(main())


@trollius.coroutine
def waiting(depth, events):
    if depth:
        raise trollius.Return((yield trollius.From(waiting(depth - 1, events))))
    events.append("waits")
    try:
        yield trollius.From(trollius.Event().wait())
    finally:
        events.append("waits no more")


@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("delay", [-1, 0, 0.0001])
def test_a_timeout_strikes_at_a_wait(depth, delay, loop):
    events = []

    @trollius.coroutine
    def limited():
        manager = aiocompat.timeout(delay)
        yield trollius.From(aiocompat.aenter(manager))
        try:
            events.append("entered")
            yield trollius.From(waiting(depth, events))
        except trollius.CancelledError:
            yield trollius.From(aiocompat.aexit(manager, *sys.exc_info()))

    @trollius.coroutine
    def main():
        with pytest.raises(trollius.TimeoutError):
            yield trollius.From(limited())

    loop.run_until_complete(main())
    assert events == ["entered", "waits", "waits no more"]


@pytest.mark.parametrize("turns", range(12))
def test_a_cancellation_loses_no_lock(turns, loop):
    lock = trollius.Lock()
    events = []

    @trollius.coroutine
    def acquire():
        yield trollius.From(lock.acquire())
        raise trollius.Return(lock)

    @trollius.coroutine
    def main():
        try:
            held = yield trollius.From(acquire())
            try:
                yield trollius.From(waiting(2, events))
            finally:
                held.release()
        except trollius.CancelledError:
            events.append("cancelled")

    @trollius.coroutine
    def canceller():
        task = loop.create_task(main())
        for _ in range(turns):
            yield trollius.From(None)
        task.cancel()
        yield trollius.From(trollius.wait([task]))
        raise trollius.Return(task.cancelled())

    # A task that has not started is never started.
    assert loop.run_until_complete(canceller()) == (turns == 0)
    assert not lock.locked()
    assert events[-1:] == ([] if turns == 0 else ["cancelled"])


def test_done_tasks_are_not_cancelled(loop):
    @trollius.coroutine
    def main():
        yield trollius.From(None)

    task = loop.create_task(main())
    loop.run_until_complete(task)
    assert not task.cancel()


def cancelling(depth, after):
    """A coroutine of theirs that cancels the current task ``depth`` coroutines down, and waits again or does not."""

    @trollius.coroutine
    def cancel(depth):
        yield trollius.From(None)
        if depth:
            yield trollius.From(cancel(depth - 1))
        else:
            aiocompat.current_task().cancel()
        if after:
            yield trollius.From(trollius.sleep(0))

    return cancel(depth)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("after", [False, True])
def test_a_cancellation_by_a_coroutine_that_ends_is_not_lost(depth, after, loop):
    events = []

    @trollius.coroutine
    def main():
        try:
            yield trollius.From(cancelling(depth, after))
            events.append("went on")
            yield trollius.From(trollius.sleep(10))
        except trollius.CancelledError:
            events.append("cancelled")
        yield trollius.From(trollius.sleep(0))

    loop.run_until_complete(main())
    assert events == (["cancelled"] if after else ["went on", "cancelled"])


def test_the_call_graph_has_their_coroutines_too(loop):
    @trollius.coroutine
    def inner(future):
        graphs.append(aiocompat.capture_call_graph())
        yield trollius.From(future)

    @trollius.coroutine
    def outer(future):
        yield trollius.From(inner(future))

    def names(graph):
        return [entry.frame.f_code.co_name for entry in graph.call_stack]

    @coroutine
    def main():
        future = trollius.Future()
        task = loop.create_task(outer(future))
        for _ in range(4):
            yield From(aiocompat.sleep(0))
        waited_for = aiocompat.capture_call_graph(future)
        assert [graph.future for graph in waited_for.awaited_by] == [task]
        assert names(waited_for.awaited_by[0]) == ["inner", "outer"]
        assert graphs[0].future is task
        assert [name for name in names(graphs[0]) if name in ("inner", "outer")] == ["inner", "outer"]
        future.set_result(None)
        yield From(task)

    graphs = []
    loop.run_until_complete(main())


def test_a_cancellation_is_counted_once():
    @trollius.coroutine
    def main():
        with pytest.raises(trollius.CancelledError):
            yield trollius.From(cancelling(2, after=False))
            yield trollius.From(trollius.sleep(10))
        raise trollius.Return(aiocompat.current_task().cancelling())

    assert aiocompat.run(main()) == 1


@pytest.mark.parametrize("loop", [trollius.new_event_loop], indirect=True)
def test_debug_mode_tells_where_a_task_of_theirs_was_made(loop):
    loop.set_debug(True)
    task = loop.create_task(tasks_of_theirs())
    assert task._source_traceback[-1][2] == "test_debug_mode_tells_where_a_task_of_theirs_was_made"
    loop.run_until_complete(task)

"""Our call graph where asyncio has none: driven functions, futures that wait for each other, how they are told."""

import sys

import pytest

from aiocompat import (
    From,
    Future,
    Return,
    capture_call_graph,
    coroutine,
    create_task,
    format_call_graph,
    future_add_to_awaited_by,
    run,
)

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="it is asyncio's own")

# Without a source of its own each function is driven.
DRIVEN = {"From": From, "coroutine": coroutine}
exec(
    """
@coroutine
def waits(awaitable):
    yield From(awaitable)

@coroutine
def calls(function):
    yield From(None)
    function()
""",
    DRIVEN,
)


@coroutine
def waits(awaitable):
    yield From(awaitable)


def names(graph):
    return [entry.frame.f_code.co_name for entry in graph.call_stack]


def test_the_frames_of_driven_functions():
    found = []

    def called():
        found.append(names(capture_call_graph()))

    @coroutine
    def main():
        future = Future()
        task = create_task(DRIVEN["waits"](waits(DRIVEN["waits"](future))))
        yield From(DRIVEN["calls"](called))
        found.append(names(capture_call_graph(task)))
        future.set_result(None)
        yield From(task)

    run(main())
    assert found == [["called", "calls", "main"], ["waits"] * 3]


def test_a_task_that_has_not_begun():
    @coroutine
    def main():
        task = create_task(waits(None))
        found = names(capture_call_graph(task))
        yield From(task)
        raise Return((found, names(capture_call_graph(task))))

    assert run(main()) == (["waits"], [])


def test_futures_that_wait_for_each_other():
    @coroutine
    def main():
        first, second = Future(), Future()
        future_add_to_awaited_by(first, second)
        future_add_to_awaited_by(second, first)
        yield From(None)
        raise Return(format_call_graph(first))

    lines = [line.split("(")[0].strip() for line in run(main()).splitlines()]
    assert lines == ["* Future", "+ Awaited by:"] * 2 + ["* Future"]


def test_callbacks_of_others_tell_nothing():
    @coroutine
    def main():
        future, outer = Future(), Future()
        future.add_done_callback(lambda future: outer.set_result(None))
        task = create_task(waits(outer))
        yield From(None)
        text = format_call_graph(future)
        future.set_result(None)
        yield From(task)
        raise Return(text)

    assert "Awaited by" not in run(main())

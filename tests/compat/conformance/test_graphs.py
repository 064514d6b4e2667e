"""The call graph: who waits for whom, and where."""

import io
import re
import sys

import pytest
from portable import api, differs, in_loop, turns

import aiocompat
from aiocompat import From, Return, aenter, aexit, coroutine

HERE = re.sub("pyc$", "py", __file__)


@coroutine
def leaf(future):
    yield From(future)


@coroutine
def branch(future):
    yield From(leaf(future))


@coroutine
def gathers(*futures):
    yield From(aiocompat.gather(*futures))


@coroutine
def shields(future):
    yield From(aiocompat.shield(future))


@coroutine
def waits(future):
    yield From(aiocompat.wait([future], timeout=5))


def stack(graph):
    """The names of the functions in this file."""
    codes = [entry.frame.f_code for entry in graph.call_stack]
    return [code.co_name for code in codes if code.co_filename == HERE]


def waiters(graph):
    return {each.future for each in graph.awaited_by}


@coroutine
def ended(future, *tasks):
    future.set_result(None)
    yield From(aiocompat.wait(tasks))


@api("capture_call_graph", "FutureCallGraph", "FrameCallGraphEntry")
@in_loop
def test_who_waits_for_a_future():
    future = aiocompat.Future()
    task = aiocompat.create_task(branch(future))
    yield From(turns())
    graph = aiocompat.capture_call_graph(future)
    assert isinstance(graph, aiocompat.FutureCallGraph)
    assert (graph.future, graph.call_stack) == (future, ())
    (waiter,) = graph.awaited_by
    assert (waiter.future, stack(waiter), waiter.awaited_by) == (task, ["leaf", "branch"], ())
    assert all(isinstance(entry, aiocompat.FrameCallGraphEntry) for entry in waiter.call_stack)
    assert waiter == aiocompat.capture_call_graph(task)
    with pytest.raises(AttributeError):
        graph.future = None
    yield From(ended(future, task))
    assert aiocompat.capture_call_graph(future).awaited_by == ()


@api("capture_call_graph")
@in_loop
def test_who_waits_through_gather_shield_and_wait():
    future = aiocompat.Future()
    task = aiocompat.create_task(leaf(future))
    yield From(turns())
    several = [aiocompat.create_task(each(task)) for each in (gathers, shields, waits, leaf)]
    yield From(turns())
    graph = aiocompat.capture_call_graph(task)
    assert waiters(graph) == set(several)
    assert sorted(stack(each) for each in graph.awaited_by) == [["gathers"], ["leaf"], ["shields"], ["waits"]]
    yield From(ended(future, task, *several))
    assert waiters(aiocompat.capture_call_graph(task)) == set()


@api("capture_call_graph")
@differs("3.14", "in a call graph who has called gather() or shield() waits only while it waits for what they gave")
@in_loop
def test_who_has_called_gather():
    future = aiocompat.Future()
    gathering = aiocompat.gather(future)
    assert waiters(aiocompat.capture_call_graph(future)) == {aiocompat.current_task()}
    gathering.cancel()
    yield From(turns())


@api("capture_call_graph", "TaskGroup")
@in_loop
def test_who_waits_for_the_tasks_of_a_group():
    future = aiocompat.Future()
    group = yield From(aenter(aiocompat.TaskGroup()))
    task = group.create_task(leaf(future))
    yield From(turns())
    assert waiters(aiocompat.capture_call_graph(task)) == {aiocompat.current_task()}
    future.set_result(None)
    yield From(aexit(group))
    assert waiters(aiocompat.capture_call_graph(task)) == set()


@api("capture_call_graph")
@in_loop
def test_what_runs():
    found = []

    def called(**options):
        found.append(aiocompat.capture_call_graph(**options))

    @coroutine
    def inner(**options):
        yield From(None)
        called(**options)

    @coroutine
    def outer():
        for options in ({}, {"depth": 2}, {"limit": 2}, {"limit": -2}, {"limit": 0}, {"limit": 9}, {"limit": -9}):
            yield From(inner(**options))

    task = aiocompat.create_task(outer())
    yield From(task)
    assert {graph.future for graph in found} == {task}
    whole = ["called", "inner", "outer"]
    assert [stack(graph) for graph in found] == [whole, whole[1:], whole[1:], whole[:2], [], whole, whole]
    me = aiocompat.current_task()
    assert stack(aiocompat.capture_call_graph(me))[0] == "test_what_runs"


@api("capture_call_graph")
@in_loop
def test_a_limit_for_what_waits():
    future = aiocompat.Future()
    task = aiocompat.create_task(branch(future))
    yield From(turns())
    for limit, expected in ((1, ["branch"]), (-1, ["leaf"]), (0, []), (5, ["leaf", "branch"])):
        assert stack(aiocompat.capture_call_graph(task, limit=limit)) == expected
        assert stack(aiocompat.capture_call_graph(future, limit=limit).awaited_by[0]) == expected
    yield From(ended(future, task))


@api("capture_call_graph", "format_call_graph")
@in_loop
def test_where_there_is_no_task():
    found = []
    aiocompat.get_running_loop().call_soon(lambda: found.append(aiocompat.capture_call_graph()))
    aiocompat.get_running_loop().call_soon(lambda: found.append(aiocompat.format_call_graph()))
    yield From(turns())
    assert found == [None, ""]
    with pytest.raises(TypeError):
        aiocompat.capture_call_graph(leaf)


@api("capture_call_graph")
def test_where_no_loop_runs():
    with pytest.raises(RuntimeError):
        aiocompat.capture_call_graph()
    loop = aiocompat.new_event_loop()
    future = loop.create_future()
    task = loop.create_task(leaf(future))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert stack(aiocompat.capture_call_graph(task)) == ["leaf"]
    assert waiters(aiocompat.capture_call_graph(future)) == {task}
    future.cancel()
    loop.call_soon(loop.call_soon, loop.stop)
    loop.run_forever()
    assert task.cancelled()
    loop.close()


@api("future_add_to_awaited_by", "future_discard_from_awaited_by")
@in_loop
def test_a_wait_that_is_noted():
    waiter, future = aiocompat.Future(), aiocompat.Future()
    aiocompat.future_add_to_awaited_by(future, waiter)
    aiocompat.future_add_to_awaited_by(future, waiter)
    assert waiters(aiocompat.capture_call_graph(future)) == {waiter}
    aiocompat.future_discard_from_awaited_by(future, waiter)
    assert waiters(aiocompat.capture_call_graph(future)) == set()
    aiocompat.future_discard_from_awaited_by(future, waiter)
    for nothing in ((future, None), (None, future)):
        aiocompat.future_add_to_awaited_by(*nothing)
        aiocompat.future_discard_from_awaited_by(*nothing)
    assert waiters(aiocompat.capture_call_graph(future)) == set()
    yield From(None)


@api("format_call_graph")
@in_loop
def test_as_text():
    future = aiocompat.Future()
    task = aiocompat.create_task(branch(future), name="waits")
    yield From(turns())
    first, second, third, fourth, fifth, sixth = aiocompat.format_call_graph(future).splitlines()
    assert (first, second) == ("* Future(id=%#x)" % id(future), "  + Awaited by:")
    assert third == "    * Task(name='waits', id=%#x)" % id(task)
    assert fourth == "      + Call stack:"
    line = leaf_line()
    assert re.match(r"      \|   File %s, line %d, in \w+ leaf\(\)$" % (re.escape(repr(HERE)), line), fifth)
    assert re.match(r"      \|   File .*, line \d+, in \w+ branch\(\)$", sixth)
    yield From(ended(future, task))


def leaf_line():
    with io.open(HERE, encoding="utf-8") as file:
        return file.read().splitlines().index("    yield From(future)") + 1


@coroutine
def telling():
    yield From(None)
    raise Return(aiocompat.format_call_graph())


@api("format_call_graph")
@differs("3.5", "a call graph calls a coroutine a generator, which it is")
@in_loop
def test_kinds_in_text():
    assert ", in async telling()\n" in (yield From(telling()))


class Kept(object):
    def text(self):
        return aiocompat.format_call_graph()


@api("format_call_graph")
@differs("3.11", "a call graph says the plain names of functions, not the qualified ones")
@in_loop
def test_qualified_names_in_text():
    yield From(None)
    assert ", in Kept.text()\n" in Kept().text()


@api("print_call_graph")
def test_printed(capsys):
    file = io.StringIO() if sys.version_info >= (3,) else io.BytesIO()

    @coroutine
    def main():
        future = aiocompat.Future()
        aiocompat.print_call_graph(future)
        aiocompat.print_call_graph(future, file=file, depth=1, limit=None)
        aiocompat.print_call_graph(limit=0)
        yield From(None)
        raise Return(aiocompat.format_call_graph(future) + "\n")

    text = aiocompat.run(main())
    printed = capsys.readouterr()[0]
    assert file.getvalue() == text
    assert printed.startswith(text + "* Task(name=")

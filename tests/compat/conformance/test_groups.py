"""TaskGroup and exception groups."""

import sys

import pytest
from portable import api, failing, in_loop, later, turns

import aiocompat
from aiocompat import From, aenter, aexit, coroutine


@coroutine
def within(group, body):
    """Run the coroutine function ``body`` inside the group."""
    yield From(aenter(group))
    try:
        yield From(body())
    except BaseException:
        yield From(aexit(group, *sys.exc_info()))
    else:
        yield From(aexit(group))


@api("TaskGroup")
@in_loop
def test_the_group_waits_for_its_tasks():
    group, tasks = aiocompat.TaskGroup(), []

    @coroutine
    def body():
        for number in range(3):
            tasks.append(group.create_task(later(number), name="task %d" % number))
        yield From(None)

    yield From(within(group, body))
    assert [task.result() for task in tasks] == [0, 1, 2]
    assert tasks[0].get_name() == "task 0"


@api("TaskGroup", "ExceptionGroup", "BaseExceptionGroup")
@in_loop
def test_a_failure_cancels_the_others_and_the_block():
    group, tasks, log = aiocompat.TaskGroup(), [], []

    @coroutine
    def body():
        tasks.append(group.create_task(failing(KeyError("x"))))
        tasks.append(group.create_task(later(1, 5)))
        try:
            yield From(aiocompat.sleep(5))
        finally:
            log.append("block cancelled")

    with pytest.raises(aiocompat.ExceptionGroup) as caught:
        yield From(within(group, body))
    assert [type(error) for error in caught.value.exceptions] == [KeyError]
    assert str(caught.value) == "unhandled errors in a TaskGroup (1 sub-exception)"
    assert tasks[1].cancelled()
    assert log == ["block cancelled"]
    assert aiocompat.current_task().cancelling() == 0
    yield From(turns())


@api("TaskGroup")
@in_loop
def test_a_failure_while_the_group_waits():
    group = aiocompat.TaskGroup()

    @coroutine
    def body():
        group.create_task(failing(KeyError(), 0.01))
        group.create_task(later(1, 5))
        yield From(None)

    with pytest.raises(aiocompat.ExceptionGroup):
        yield From(within(group, body))
    yield From(turns())


@api("TaskGroup")
@in_loop
def test_the_block_fails():
    group, tasks = aiocompat.TaskGroup(), []

    @coroutine
    def body():
        tasks.append(group.create_task(later(1, 5)))
        yield From(turns())
        raise ValueError("block")

    with pytest.raises(aiocompat.ExceptionGroup) as caught:
        yield From(within(group, body))
    assert [type(error) for error in caught.value.exceptions] == [ValueError]
    assert tasks[0].cancelled()


@api("TaskGroup")
@in_loop
def test_cancelled_from_outside():
    tasks = []

    @coroutine
    def main():
        group = aiocompat.TaskGroup()

        @coroutine
        def body():
            tasks.append(group.create_task(later(1, 5)))
            yield From(None)

        yield From(within(group, body))

    task = aiocompat.create_task(main())
    yield From(turns(5))
    task.cancel()
    with pytest.raises(aiocompat.CancelledError):
        yield From(task)
    assert tasks[0].cancelled()


@api("TaskGroup")
@in_loop
def test_groups_nest():
    outer, inner = aiocompat.TaskGroup(), aiocompat.TaskGroup()

    @coroutine
    def innermost():
        inner.create_task(failing(KeyError()))
        yield From(aiocompat.sleep(5))

    @coroutine
    def body():
        yield From(within(inner, innermost))

    with pytest.raises(aiocompat.ExceptionGroup) as caught:
        yield From(within(outer, body))
    (nested,) = caught.value.exceptions
    assert isinstance(nested, aiocompat.ExceptionGroup)
    assert isinstance(nested.exceptions[0], KeyError)
    assert aiocompat.current_task().cancelling() == 0


@api("TaskGroup")
@in_loop
def test_a_timeout_around_a_group():
    group, tasks = aiocompat.TaskGroup(), []

    @coroutine
    def body():
        tasks.append(group.create_task(later(1, 5)))
        yield From(None)

    with pytest.raises(aiocompat.TimeoutError):
        yield From(aiocompat.wait_for(within(group, body), 0.01))
    assert tasks[0].cancelled()


@api("TaskGroup")
@in_loop
def test_create_task_outside_is_an_error():
    group = aiocompat.TaskGroup()
    with pytest.raises(RuntimeError, match="has not been entered"):
        group.create_task(later(1))

    @coroutine
    def body():
        yield From(None)
        with pytest.raises(RuntimeError):
            yield From(aenter(group))

    yield From(within(group, body))
    with pytest.raises(RuntimeError, match="is finished"):
        group.create_task(later(1))


@api("TaskGroup")
@in_loop
def test_create_task_while_shutting_down_is_an_error():
    group, log = aiocompat.TaskGroup(), []

    @coroutine
    def body():
        group.create_task(failing(KeyError()))
        try:
            yield From(aiocompat.sleep(5))
        finally:
            with pytest.raises(RuntimeError, match="shutting down"):
                group.create_task(later(1))
            log.append("refused")

    with pytest.raises(aiocompat.ExceptionGroup):
        yield From(within(group, body))
    assert log == ["refused"]


@api("TaskGroup")
@in_loop
def test_the_group_is_cancelled():
    group, tasks, log = aiocompat.TaskGroup(), [], []

    @coroutine
    def body():
        tasks.append(group.create_task(later(1, 5)))
        yield From(turns())
        group.cancel()
        group.cancel()
        log.append("on")
        yield From(aiocompat.sleep(5))
        log.append("never")

    yield From(within(group, body))
    assert tasks[0].cancelled()
    assert log == ["on"]
    assert aiocompat.current_task().cancelling() == 0
    yield From(turns())
    group.cancel()


@api("TaskGroup")
@in_loop
def test_the_group_is_cancelled_at_its_end_and_before_its_start():
    group = aiocompat.TaskGroup()

    @coroutine
    def last():
        yield From(turns())
        group.cancel()

    yield From(within(group, last))
    yield From(turns())
    group, log = aiocompat.TaskGroup(), []
    group.cancel()

    @coroutine
    def body():
        log.append("started")
        yield From(aiocompat.sleep(5))
        log.append("never")

    yield From(within(group, body))
    assert log == ["started"]
    yield From(turns())


@api("TaskGroup")
@in_loop
def test_a_task_cancels_the_group():
    group, log = aiocompat.TaskGroup(), []

    @coroutine
    def stop():
        yield From(turns())
        group.cancel()

    @coroutine
    def body():
        group.create_task(stop())
        group.create_task(later(1, 5))
        log.append("left")
        yield From(None)

    yield From(within(group, body))
    assert log == ["left"]


@api("TaskGroup")
@in_loop
def test_system_exit_is_raised_as_it_is():
    group, tasks = aiocompat.TaskGroup(), []

    @coroutine
    def body():
        tasks.append(group.create_task(later(1, 5)))
        yield From(turns())
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        yield From(within(group, body))
    assert tasks[0].cancelled()


@api("ExceptionGroup", "BaseExceptionGroup")
def test_exception_groups():
    inner = aiocompat.ExceptionGroup("inner", [KeyError("k")])
    group = aiocompat.ExceptionGroup("outer", [ValueError("v"), inner])
    assert isinstance(group, aiocompat.BaseExceptionGroup)
    assert isinstance(group, Exception)
    assert group.message == "outer"
    assert str(group) == "outer (2 sub-exceptions)"
    assert group.exceptions == (group.exceptions[0], inner)
    found, rest = group.split(KeyError)
    assert (found.message, found.exceptions[0].exceptions) == ("outer", inner.exceptions)
    assert [type(error) for error in rest.exceptions] == [ValueError]
    assert group.subgroup(OSError) is None
    assert group.subgroup(lambda error: isinstance(error, (ValueError, KeyError))).message == "outer"
    assert group.split(aiocompat.ExceptionGroup) == (group, None)
    assert group.derive([OSError()]).message == "outer"


@api("ExceptionGroup", "BaseExceptionGroup")
def test_exception_groups_know_their_kind():
    assert type(aiocompat.BaseExceptionGroup("m", [KeyError()])) is aiocompat.ExceptionGroup
    assert type(aiocompat.BaseExceptionGroup("m", [KeyboardInterrupt()])) is aiocompat.BaseExceptionGroup
    with pytest.raises(TypeError):
        aiocompat.ExceptionGroup("m", [KeyboardInterrupt()])
    with pytest.raises(ValueError, match="non-empty"):
        aiocompat.ExceptionGroup("m", [])
    with pytest.raises((TypeError, ValueError)):
        aiocompat.ExceptionGroup("m", ["text"])

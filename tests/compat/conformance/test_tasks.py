"""Tasks and futures."""

import functools
import threading

import pytest
from portable import api, differs, failing, in_loop, later, turns

import aiocompat
from aiocompat import From, Return, coroutine


@api("create_task", "Task")
@in_loop
def test_create_task():
    log = []

    @coroutine
    def noting():
        log.append(aiocompat.current_task())
        yield From(None)
        raise Return("value")

    task = aiocompat.create_task(noting())
    assert isinstance(task, aiocompat.Task)
    assert isinstance(task, aiocompat.Future)
    assert log == []
    assert (yield From(task)) == "value"
    assert log == [task]
    assert task.done()
    assert task.result() == "value"


@api("Task", "Future")
@in_loop
def test_waiting_for_what_is_done_takes_no_turn():
    turns_taken, failed, cancelled = [], aiocompat.Future(), aiocompat.Future()
    failed.set_exception(KeyError("x"))
    cancelled.cancel()
    task = aiocompat.create_task(later("task"))
    yield From(task)
    aiocompat.get_running_loop().call_soon(turns_taken.append, 1)
    assert (yield From(task)) == "task"
    with pytest.raises(KeyError):
        yield From(failed)
    with pytest.raises(aiocompat.CancelledError):
        yield From(cancelled)
    assert turns_taken == []


@api("create_task", "Task")
@in_loop
def test_names():
    task = aiocompat.create_task(later(1), name="mine")
    other = aiocompat.create_task(later(1))
    assert task.get_name() == "mine"
    assert other.get_name().startswith("Task-")
    task.set_name(5)
    assert task.get_name() == "5"
    yield From(aiocompat.wait([task, other]))


@api("Task")
@in_loop
def test_get_coro_and_get_loop():
    waiting = later(1)
    task = aiocompat.create_task(waiting)
    assert task.get_coro() is waiting
    assert task.get_loop() is aiocompat.get_running_loop()
    yield From(task)


@api("Task")
@in_loop
def test_a_task_made_by_hand():
    task = aiocompat.Task(later(3), name="by hand")
    assert task.get_name() == "by hand"
    assert (yield From(task)) == 3


@api("Task")
@differs("3.12", "tasks do not tell their context")
@in_loop
def test_get_context():
    yield From(None)
    assert aiocompat.current_task().get_context() is not None


@api("create_task")
@differs("3.7", "there are no context variables")
@in_loop
def test_a_task_has_the_values_of_its_context():
    import contextvars

    variable = contextvars.ContextVar("variable", default="outside")
    context = contextvars.copy_context()
    context.run(variable.set, "inside")

    @coroutine
    def ask():
        yield From(None)
        raise Return(variable.get())

    assert (yield From(aiocompat.create_task(ask(), context=context))) == "inside"
    assert variable.get() == "outside"


@api("create_task")
@differs("3.11", "a task runs in a copy of its context")
@in_loop
def test_a_task_runs_in_its_context():
    import contextvars

    variable = contextvars.ContextVar("variable", default="before")
    context = contextvars.copy_context()

    @coroutine
    def change():
        yield From(None)
        variable.set("after")

    yield From(aiocompat.create_task(change(), context=context))
    assert context[variable] == "after"


@api("create_task")
@in_loop
def test_create_task_wants_a_coroutine():
    yield From(None)
    with pytest.raises(TypeError):
        aiocompat.create_task(5)
    waiting = later(1)
    with pytest.raises(TypeError):
        aiocompat.create_task(waiting, unknown=1)
    waiting.close()


@api("create_task", "eager_task_factory", "create_eager_task_factory")
@differs("3.12", "a task cannot start before the loop's next turn")
@in_loop
def test_eager_tasks_start_at_once():
    log = []

    @coroutine
    def noting(name):
        log.append(name)
        yield From(None)

    tasks = [aiocompat.create_task(noting("eager"), eager_start=True)]
    loop = aiocompat.get_running_loop()
    loop.set_task_factory(aiocompat.eager_task_factory)
    tasks.append(loop.create_task(noting("factory")))
    loop.set_task_factory(aiocompat.create_eager_task_factory(aiocompat.Task))
    tasks.append(loop.create_task(noting("made")))
    assert log == ["eager", "factory", "made"]
    loop.set_task_factory(None)
    yield From(aiocompat.wait(tasks))


@api("eager_task_factory", "create_eager_task_factory")
@in_loop
def test_eager_task_factories_make_tasks():
    loop = aiocompat.get_running_loop()
    before = loop.get_task_factory()
    for factory in (aiocompat.eager_task_factory, aiocompat.create_eager_task_factory(aiocompat.Task)):
        loop.set_task_factory(factory)
        task = loop.create_task(later("value"))
        assert isinstance(task, aiocompat.Task)
        assert (yield From(task)) == "value"
    loop.set_task_factory(before)


@api("current_task", "all_tasks")
@in_loop
def test_finding_tasks():
    me = aiocompat.current_task()
    task = aiocompat.create_task(later(1))
    assert {me, task} <= aiocompat.all_tasks()
    assert {me, task} <= aiocompat.all_tasks(aiocompat.get_running_loop())
    yield From(task)
    assert task not in aiocompat.all_tasks()
    assert aiocompat.current_task(aiocompat.get_running_loop()) is me
    seen = []
    aiocompat.get_running_loop().call_soon(lambda: seen.append(aiocompat.current_task()))
    yield From(turns())
    assert seen == [None]


@api("Task", "CancelledError")
@in_loop
def test_cancel():
    @coroutine
    def stubborn():
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError:
            yield From(None)
            raise Return("stayed")

    task, other = aiocompat.create_task(stubborn()), aiocompat.create_task(later(1, 5))
    yield From(turns())
    assert task.cancel()
    assert other.cancel("message")
    assert not task.cancelled()
    assert (yield From(task)) == "stayed"
    with pytest.raises(aiocompat.CancelledError):
        yield From(other)
    assert other.cancelled()
    assert not other.cancel()


@api("Task", "CancelledError")
@differs("3.11", "the message of cancel() is lost")
@in_loop
def test_the_message_of_cancel():
    task = aiocompat.create_task(later(1, 5))
    yield From(turns())
    task.cancel("why")
    with pytest.raises(aiocompat.CancelledError) as caught:
        yield From(task)
    assert caught.value.args == ("why",)


@api("CancelledError")
@differs("3.8", "CancelledError is an Exception: write `except CancelledError: raise` before `except Exception`")
def test_cancelled_error_is_no_exception():
    assert not issubclass(aiocompat.CancelledError, Exception)


@api("CancelledError")
def test_cancelled_error():
    assert issubclass(aiocompat.CancelledError, BaseException)


@api("Task")
@in_loop
def test_cancellations_are_counted():
    counts = []

    @coroutine
    def counting():
        task = aiocompat.current_task()
        counts.append(task.cancelling())
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError:
            counts.append(task.cancelling())
            counts.append(task.uncancel())
            counts.append(task.uncancel())

    task = aiocompat.create_task(counting())
    yield From(turns())
    task.cancel()
    yield From(task)
    assert counts == [0, 1, 0, 0]


class Fatal(BaseException):
    pass


@api("Task", "create_task")
@differs("3.8", "what is no Exception ends the loop: run() raises it at once")
@in_loop
def test_what_is_no_exception_stays_in_its_task():
    task = aiocompat.create_task(failing(Fatal()))
    yield From(aiocompat.wait([task]))
    assert isinstance(task.exception(), Fatal)


@api("Task")
@differs("3.13", "uncancel() does not call off a CancelledError that is on its way")
@in_loop
def test_uncancel_calls_off():
    task = aiocompat.current_task()
    task.cancel()
    task.uncancel()
    yield From(None)


@api("ensure_future")
@in_loop
def test_ensure_future():
    task = aiocompat.ensure_future(later(1))
    assert isinstance(task, aiocompat.Task)
    assert aiocompat.ensure_future(task) is task
    assert (yield From(task)) == 1
    with pytest.raises(TypeError):
        aiocompat.ensure_future(5)
    other = aiocompat.new_event_loop()
    with pytest.raises(ValueError, match="loop"):
        aiocompat.ensure_future(task, loop=other)
    other.close()


@api("Task")
@differs("3.7", "a task's set_result() and set_exception() set what comes of it")
@in_loop
def test_only_its_coroutine_says_what_comes_of_a_task():
    task = aiocompat.create_task(later(1))
    yield From(turns(1))
    for set_outcome, outcome in ((task.set_result, 2), (task.set_exception, ValueError())):
        with pytest.raises(RuntimeError):
            set_outcome(outcome)
    assert (yield From(task)) == 1


@api("ensure_future")
@differs("3.5", "only coroutines and futures can be awaited")
@in_loop
def test_ensure_future_of_an_awaitable():
    class Awaitable(object):
        def __await__(self):
            return later("awaited").__await__()

    assert (yield From(aiocompat.ensure_future(Awaitable()))) == "awaited"


@api("ensure_future", "wrap_future")
@pytest.mark.parametrize("name", ["ensure_future", "wrap_future"])
def test_runtime_error_where_there_is_no_loop(name):
    import concurrent.futures

    aiocompat.set_event_loop(None)
    argument = later(1) if name == "ensure_future" else concurrent.futures.Future()
    with pytest.raises(RuntimeError):
        getattr(aiocompat, name)(argument)
    getattr(argument, "close", lambda: None)()


@api("Future", "InvalidStateError")
@in_loop
def test_future():
    log = []
    future = aiocompat.Future()
    assert isinstance(future, aiocompat.Future)
    assert future.get_loop() is aiocompat.get_running_loop()
    with pytest.raises(aiocompat.InvalidStateError):
        future.result()
    with pytest.raises(aiocompat.InvalidStateError):
        future.exception()
    future.add_done_callback(log.append)
    future.set_result(5)
    assert log == []
    assert (yield From(future)) == 5
    yield From(turns())
    assert log == [future]
    with pytest.raises(aiocompat.InvalidStateError):
        future.set_result(6)
    cancelled = aiocompat.Future(loop=aiocompat.get_running_loop())
    assert cancelled.cancel(msg="no")
    assert cancelled.cancelled()
    with pytest.raises(aiocompat.CancelledError):
        cancelled.result()


@api("Future")
@differs("3.5.2", "loop.create_future() is there on the loops of aiocompat only")
@in_loop
def test_create_future_of_any_loop():
    assert hasattr(aiocompat.SelectorEventLoop, "create_future")
    yield From(None)


@api("isfuture", "iscoroutine")
@in_loop
def test_kinds_of_objects():
    future, waiting, sleeping = aiocompat.Future(), later(1), aiocompat.sleep(0)
    task = aiocompat.create_task(turns())
    assert aiocompat.isfuture(future)
    assert aiocompat.isfuture(task)
    assert not aiocompat.isfuture(waiting)
    assert aiocompat.iscoroutine(waiting)
    assert aiocompat.iscoroutine(sleeping)
    for no in (future, task, 5, later):
        assert not aiocompat.iscoroutine(no)
    yield From(waiting)
    yield From(sleeping)
    yield From(task)


@api("iscoroutine")
@differs("3.5", "plain generators cannot be told from coroutines")
def test_a_generator_is_no_coroutine():
    assert not aiocompat.iscoroutine(number for number in ())


@api("iscoroutinefunction")
def test_coroutine_functions():
    assert aiocompat.iscoroutinefunction(later)
    assert aiocompat.iscoroutinefunction(functools.partial(later, 1))
    assert not aiocompat.iscoroutinefunction(lambda: None)
    assert not aiocompat.iscoroutinefunction(5)


@api("to_thread")
@in_loop
def test_to_thread():
    def job(first, **named):
        return threading.current_thread(), first, named

    thread, first, named = yield From(aiocompat.to_thread(job, 1, two=2))
    assert thread is not threading.current_thread()
    assert (first, named) == (1, {"two": 2})
    with pytest.raises(KeyError):
        yield From(aiocompat.to_thread({}.__getitem__, 1))


@api("to_thread")
@in_loop
def test_stop_iteration_in_a_thread():
    with pytest.raises(RuntimeError):
        yield From(aiocompat.to_thread(next, iter([])))


@api("to_thread")
@differs("3.7", "there are no context variables")
@in_loop
def test_a_thread_has_the_context():
    import contextvars

    variable = contextvars.ContextVar("variable", default="default")
    variable.set("set")
    assert (yield From(aiocompat.to_thread(variable.get))) == "set"


@api("run_coroutine_threadsafe")
@in_loop
def test_run_coroutine_threadsafe():
    loop = aiocompat.get_running_loop()

    def ask():
        good = aiocompat.run_coroutine_threadsafe(later("value"), loop).result(5)
        bad = aiocompat.run_coroutine_threadsafe(failing(KeyError("x")), loop).exception(5)
        return good, type(bad)

    assert (yield From(aiocompat.to_thread(ask))) == ("value", KeyError)
    with pytest.raises(TypeError):
        aiocompat.run_coroutine_threadsafe(5, loop)


@api("run_coroutine_threadsafe")
@in_loop
def test_run_coroutine_threadsafe_is_cancelled_both_ways():
    loop, log = aiocompat.get_running_loop(), []

    @coroutine
    def waiting():
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError:
            log.append("cancelled")
            raise

    future = aiocompat.run_coroutine_threadsafe(waiting(), loop)
    yield From(aiocompat.sleep(0.01))
    future.cancel()
    yield From(aiocompat.sleep(0.01))
    assert log == ["cancelled"]


@api("wrap_future")
@in_loop
def test_wrap_future():
    import concurrent.futures

    theirs = concurrent.futures.Future()
    ours = aiocompat.wrap_future(theirs)
    assert aiocompat.isfuture(ours)
    aiocompat.get_running_loop().call_soon(theirs.set_result, 5)
    assert (yield From(ours)) == 5
    theirs = concurrent.futures.Future()
    ours = aiocompat.wrap_future(theirs, loop=aiocompat.get_running_loop())
    ours.cancel()
    yield From(turns())
    assert theirs.cancelled()


@api("Task")
def test_debug_mode_tells_where_a_task_was_made():
    loop = aiocompat.new_event_loop()
    loop.set_debug(True)
    try:
        task = aiocompat.Task(later("done"), loop=loop)
        loop.run_until_complete(task)
    finally:
        loop.close()
    assert "created at %s:" % __file__.replace(".pyc", ".py") in repr(task)

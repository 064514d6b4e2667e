"""``@coroutine``, ``From`` and ``Return``: the same on every runtime."""

import functools
import gc
import inspect
import sys
import traceback

import pytest

import aiocompat
from aiocompat import From, Return, coroutine


def run(function, *args):
    return aiocompat.run(function(*args))


@coroutine
def give(value):
    yield From(None)
    raise Return(value)


def test_returns_what_return_carries():
    @coroutine
    def several(count):
        yield From(None)
        raise Return(*range(count))

    assert run(give, "value") == "value"
    assert run(several, 0) is None
    assert run(several, 1) == 0
    assert run(several, 2) == (0, 1)


def test_return_class_and_falling_off_the_end_give_none():
    @coroutine
    def bare():
        yield From(None)
        raise Return

    @coroutine
    def silent():
        yield From(None)

    assert run(bare) is None
    assert run(silent) is None


def test_except_exception_does_not_take_return_for_an_error():
    @coroutine
    def careful():
        try:
            raise Return((yield From(give(1))))
        except Exception:
            raise Return("swallowed")

    assert run(careful) == 1


def test_return_is_raised_like_any_other_exception():
    seen = []

    class Watching(object):
        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            seen.append((kind, error.value))

    def helper():
        raise Return("from a function", 2)

    @coroutine
    def watched():
        try:
            with Watching():
                yield From(None)
                raise Return(1)
        except BaseException as error:
            seen.append(type(error))
        helper()

    assert run(watched) == ("from a function", 2)
    assert seen == [(Return, 1), Return]


def test_above_other_decorators():
    calls = []

    def counted(function):
        @functools.wraps(function)
        def wrapper(*args):
            calls.append(args)
            return function(*args)

        return wrapper

    @coroutine
    @counted
    def body(value):
        raise Return((yield From(give(value))))

    @coroutine
    @counted
    def without_yield(value):
        return value

    assert run(body, 1) == 1
    assert run(without_yield, 2) == 2
    assert calls == [(1,), (2,)]


def test_generators_of_values_are_errors_with_name_and_line():
    @coroutine
    def numbers():
        for number in range(3):
            yield number

    with pytest.raises(TypeError) as caught:
        run(numbers)
    for part in ("numbers()", "line %d" % line_of(numbers, "yield number"), "yields 0", "no coroutine"):
        assert part in str(caught.value)


def test_a_generator_that_is_data_is_the_result():
    @coroutine
    def giving():
        return (number for number in range(3))

    assert list(run(giving)) == [0, 1, 2]


def test_finally_may_wait():
    log = []

    @coroutine
    def cleaning():
        try:
            raise Return("result")
        finally:
            log.append((yield From(give("cleaned"))))

    assert run(cleaning) == "result"
    assert log == ["cleaned"]


def test_function_without_yield_returns_its_result_as_it_is():
    @coroutine
    def main():
        future = aiocompat.Future()

        @coroutine
        def giving():
            return future

        assert (yield From(giving())) is future
        future.cancel()

    run(main)


def test_function_without_yield_may_raise_return():
    @coroutine
    def giving():
        raise Return(3)

    assert run(giving) == 3


def test_body_runs_when_waited_for_not_when_called():
    log = []

    @coroutine
    def noting():
        log.append("run")
        yield From(None)

    @coroutine
    def main():
        waiting = noting()
        assert log == []
        yield From(waiting)
        assert log == ["run"]

    run(main)


def test_errors_pass_through_and_can_be_caught():
    @coroutine
    def failing():
        yield From(None)
        raise ValueError("inner")

    @coroutine
    def middle():
        yield From(failing())

    @coroutine
    def main():
        try:
            yield From(middle())
        except ValueError as error:
            raise Return(str(error))

    assert run(main) == "inner"
    with pytest.raises(ValueError):
        run(middle)


def test_traceback_shows_every_frame():
    @coroutine
    def innermost():
        yield From(None)
        raise ValueError("deep")

    @coroutine
    def between():
        yield From(innermost())

    @coroutine
    def outermost():
        yield From(between())

    try:
        run(outermost)
    except ValueError:
        names = [entry[2] for entry in traceback.extract_tb(sys.exc_info()[2])]
    wanted = ["outermost", "between", "innermost"]
    assert [name for name in names if name in wanted] == wanted


def test_nested_coroutine_runs_in_the_same_task():
    @coroutine
    def current():
        yield From(None)
        raise Return(aiocompat.current_task())

    @coroutine
    def main():
        assert (yield From(current())) is aiocompat.current_task()

    run(main)


def test_nested_call_gives_the_loop_no_turn():
    log = []

    @coroutine
    def nested(depth):
        if depth:
            yield From(nested(depth - 1))

    @coroutine
    def main():
        aiocompat.get_running_loop().call_soon(log.append, "callback")
        yield From(nested(20))
        log.append("nested calls done")
        yield From(None)

    run(main)
    assert log == ["nested calls done", "callback"]


def test_waits_for_futures_tasks_and_gather():
    @coroutine
    def main():
        loop = aiocompat.get_running_loop()
        future = aiocompat.Future()
        loop.call_soon(future.set_result, "future")
        task = aiocompat.create_task(give("task"))
        gathered = aiocompat.gather(give(1), give(2))
        raise Return((yield From(future)), (yield From(task)), (yield From(gathered)))

    assert run(main) == ("future", "task", [1, 2])


@pytest.mark.parametrize("kind", ["Lock", "Semaphore", "BoundedSemaphore", "Condition"])
def test_with_holds_a_lock(kind):
    @coroutine
    def main():
        lock = getattr(aiocompat, kind)()
        with (yield From(lock)) as nothing:
            assert nothing is None
            assert lock.locked()
        assert not lock.locked()
        try:
            with (yield From(lock)):
                raise KeyError
        except KeyError:
            assert not lock.locked()

    run(main)


def test_cancellation_reaches_the_innermost_coroutine():
    log = []

    @coroutine
    def sleeping():
        try:
            yield From(aiocompat.sleep(10))
        except aiocompat.CancelledError:
            log.append("cancelled")
            raise

    @coroutine
    def outer():
        yield From(sleeping())

    @coroutine
    def main():
        task = aiocompat.create_task(outer())
        yield From(aiocompat.sleep(0.01))
        task.cancel()
        try:
            yield From(task)
        except aiocompat.CancelledError:
            log.append("seen")

    run(main)
    assert log == ["cancelled", "seen"]


def line_of(function, text):
    source = inspect.getsource(getattr(function, "__wrapped__", function))
    first = getattr(function, "__wrapped__", function).__code__.co_firstlineno
    return first + source[: source.index(text)].count("\n")


def test_forgotten_from_is_an_error_with_name_and_line():
    @coroutine
    def forgetful():
        yield give(1)

    waiting = None
    with pytest.raises(TypeError) as caught:
        waiting = run(forgetful)
    assert waiting is None
    assert "forgetful()" in str(caught.value)
    assert "line %d" % line_of(forgetful, "yield give") in str(caught.value)
    assert "From" in str(caught.value)
    del caught
    with pytest.warns(None) if sys.version_info < (3,) else silenced():
        # PyPy finalizes what another object to finalize refers to in the next collection.
        for _ in range(3):
            gc.collect()


class silenced(object):
    """The coroutine that nobody waited for says so, as it should."""

    def __enter__(self):
        import warnings

        self.catching = warnings.catch_warnings()
        self.catching.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, *exc_info):
        self.catching.__exit__(*exc_info)


def test_waiting_for_what_is_not_awaitable_is_an_error_with_name_and_line():
    @coroutine
    def confused():
        yield From(5)

    with pytest.raises(TypeError) as caught:
        run(confused)
    assert "confused()" in str(caught.value)
    assert "line %d" % line_of(confused, "yield From") in str(caught.value)
    assert "5" in str(caught.value)


def test_the_errors_can_be_caught_where_they_happen():
    @coroutine
    def main():
        try:
            yield From("text")
        except TypeError:
            raise Return("caught")

    assert run(main) == "caught"


@pytest.mark.skipif((3, 5) <= sys.version_info < (3, 7), reason="until 3.7 Python itself warns first (PEP 479)")
def test_stop_iteration_does_not_end_a_coroutine():
    @coroutine
    def leaking():
        yield From(None)
        next(iter([]))

    with pytest.raises(RuntimeError):
        run(leaking)


def test_awaited_twice_is_an_error():
    @coroutine
    def main():
        waiting = give(1)
        yield From(waiting)
        yield From(waiting)

    with pytest.raises(RuntimeError):
        run(main)


def test_decorated_functions_know_their_kind():
    assert aiocompat.iscoroutinefunction(give)
    waiting = give(1)
    assert aiocompat.iscoroutine(waiting)
    waiting.close()
    assert give.__name__ == "give"


def test_decorating_twice_changes_nothing():
    assert coroutine(give) is give


def test_methods_closures_and_defaults():
    class Counter(object):
        def __init__(self):
            self.total = 0

        @coroutine
        def add(self, number=1, *more, **named):
            yield From(None)
            self.total += number + sum(more) + sum(named.values())
            raise Return(self.total)

        @classmethod
        @coroutine
        def made(cls):
            yield From(None)
            raise Return(cls())

    @coroutine
    def main():
        counter = yield From(Counter.made())
        yield From(counter.add())
        yield From(counter.add(2, 3, four=4))
        raise Return(counter.total)

    assert run(main) == 10


def test_close_runs_finally():
    log = []

    @coroutine
    def cleaning():
        try:
            yield From(aiocompat.sleep(10))
        finally:
            log.append("closed")

    waiting = cleaning()
    loop = aiocompat.new_event_loop()
    aiocompat.set_event_loop(loop)
    try:
        loop.run_until_complete(started(waiting))
    finally:
        aiocompat.set_event_loop(None)
        loop.close()
    assert log == ["closed"]


@coroutine
def started(waiting):
    task = aiocompat.create_task(waiting)
    yield From(aiocompat.sleep(0.01))
    task.cancel()
    try:
        yield From(task)
    except aiocompat.CancelledError:
        pass


class _Doors(object):
    """What can be waited for, and how it was."""

    def __init__(self):
        self.log = []

    @coroutine
    def open(self, how):
        try:
            self.log.append((yield From(give(how))))
        except aiocompat.CancelledError:
            self.log.append("cancelled")
            raise
        raise Return(self)

    def __enter__(self):
        self.log.append("enter")

    def __exit__(self, *exc_info):
        self.log.append("exit")


class Door(_Doors):
    @coroutine
    def __await__(self):
        raise Return((yield From(self.open("await"))))


class OldDoor(_Doors):
    @coroutine
    def __iter__(self):
        raise Return((yield From(self.open("iter"))))


class DoorOfTwoAges(Door, OldDoor):
    pass


class Unlocked:
    @coroutine
    def __await__(self):
        return "at once"


@pytest.mark.parametrize(("kind", "how"), [(Door, "await"), (OldDoor, "iter"), (DoorOfTwoAges, "await")])
def test_waits_for_objects(kind, how):
    @coroutine
    def main(door):
        opened = yield From(door)
        with (yield From(door)):
            pass
        raise Return(opened)

    door = kind()
    assert run(main, door) is door
    assert door.log == [how, how, "enter", "exit"]


def test_a_waiting_method_may_wait_for_nothing():
    @coroutine
    def main():
        unlocked = Unlocked()
        raise Return((yield From(unlocked)))

    assert run(main) == "at once"


def test_a_waiting_method_gives_an_iterator_that_can_be_waited_for():
    @coroutine
    def main(method):
        steps = method()
        assert iter(steps) is steps
        raise Return((yield From(steps)))

    door, old = Door(), OldDoor()
    assert run(main, door.__await__) is door
    assert run(main, old.__iter__) is old


@pytest.mark.parametrize("kind", [Door, OldDoor])
def test_cancelling_reaches_what_an_object_waits_for(kind):
    @coroutine
    def wait_for(door):
        yield From(door)

    @coroutine
    def main():
        door = kind()
        task = aiocompat.create_task(wait_for(door))
        yield From(None)
        task.cancel()
        with pytest.raises(aiocompat.CancelledError):
            yield From(task)
        raise Return(door.log)

    assert run(main) == ["cancelled"]


def test_waiting_methods_close():
    door = Door()
    steps = door.__await__()
    next(steps)
    steps.close()
    assert door.log == []


@pytest.mark.parametrize("values", [[1], {"a": 1}, "text", range(2)])
def test_does_not_wait_for_what_is_merely_iterable(values):
    @coroutine
    def main():
        yield From(values)

    with pytest.raises(TypeError, match="not awaitable"):
        run(main)

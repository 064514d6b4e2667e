"""Running: run, Runner, loops."""

import os
import signal
import sys
import threading

import pytest
from portable import api, differs, in_loop, later, turns

import aiocompat
from aiocompat import From, Return, coroutine


class Awaitable(object):
    def __await__(self):
        return later("awaited").__await__()


@api("run")
def test_run_gives_the_result():
    assert aiocompat.run(later("value")) == "value"


@api("run")
@differs("3.5", "only coroutines and futures can be awaited")
def test_run_takes_any_awaitable():
    assert aiocompat.run(Awaitable()) == "awaited"


@api("run")
@pytest.mark.parametrize("wrong", [5, None, "text", [1]])
def test_run_wants_an_awaitable(wrong):
    with pytest.raises(TypeError):
        aiocompat.run(wrong)


@api("run")
@in_loop
def test_run_not_inside_a_loop():
    waiting = later(1)
    with pytest.raises(RuntimeError):
        aiocompat.run(waiting)
    waiting.close()
    yield From(None)


@api("run", "Runner")
@pytest.mark.parametrize("debug", [True, False])
def test_debug(debug):
    @coroutine
    def main():
        yield From(None)
        raise Return(aiocompat.get_running_loop().get_debug())

    assert aiocompat.run(main(), debug=debug) is debug


@api("run", "new_event_loop", "EventLoop")
def test_loop_factory():
    made = []

    def factory():
        made.append(aiocompat.new_event_loop())
        return made[0]

    @coroutine
    def main():
        yield From(aiocompat.sleep(0.001))
        raise Return(aiocompat.get_running_loop())

    assert aiocompat.run(main(), loop_factory=factory) is made[0]
    assert made[0].is_closed()
    assert isinstance(aiocompat.run(main(), loop_factory=aiocompat.EventLoop), aiocompat.EventLoop)


@api("run", "Runner")
def test_unknown_arguments_are_errors():
    waiting = later(1)
    with pytest.raises(TypeError):
        aiocompat.run(waiting, loop=None)
    with pytest.raises(TypeError):
        aiocompat.run(waiting, True)
    waiting.close()
    with pytest.raises(TypeError):
        aiocompat.Runner(unknown=1)


@api("run")
def test_run_cancels_what_is_left_and_waits_for_it():
    log = []

    @coroutine
    def left():
        try:
            yield From(aiocompat.sleep(10))
        finally:
            yield From(turns())
            log.append("ended")

    @coroutine
    def main():
        aiocompat.create_task(left())
        yield From(turns())

    aiocompat.run(main())
    assert log == ["ended"]


@api("run")
def test_run_reports_what_fails_while_it_is_cancelled():
    seen = []

    @coroutine
    def left():
        try:
            yield From(aiocompat.sleep(10))
        finally:
            raise ValueError("while leaving")

    @coroutine
    def main():
        aiocompat.get_running_loop().set_exception_handler(lambda loop, context: seen.append(context))
        aiocompat.create_task(left())
        yield From(turns())

    aiocompat.run(main())
    assert [context["message"] for context in seen] == ["unhandled exception during asyncio.run() shutdown"]
    assert isinstance(seen[0]["exception"], ValueError)


@api("run")
def test_run_waits_for_the_threads_of_the_default_executor():
    log = []
    started = threading.Event()

    def job():
        started.set()
        threading.Event().wait(0.05)
        log.append("ended")

    @coroutine
    def main():
        aiocompat.get_running_loop().run_in_executor(None, job)
        yield From(None)
        started.wait(5)

    aiocompat.run(main())
    assert log == ["ended"]


@api("run", "get_event_loop")
def test_no_current_loop_after_run():
    aiocompat.run(later(1))
    with pytest.raises(RuntimeError):
        aiocompat.get_event_loop()


@api("run", "Runner")
@pytest.mark.skipif(sys.platform == "win32", reason="os.kill")
def test_ctrl_c_cancels_first():
    log = []

    @coroutine
    def main():
        aiocompat.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGINT)
        try:
            yield From(aiocompat.sleep(5))
        except aiocompat.CancelledError:
            log.append("cancelled")
            raise

    # A shell has what it starts in the background ignore SIGINT.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            aiocompat.run(main())
        assert log == ["cancelled"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


@api("Runner")
def test_runner_runs_several_on_one_loop():
    @coroutine
    def loop():
        yield From(None)
        raise Return(aiocompat.get_running_loop())

    with aiocompat.Runner() as runner:
        first = runner.run(loop())
        assert runner.run(loop()) is first
        assert runner.get_loop() is first
        assert not first.is_closed()
    assert first.is_closed()


@api("Runner")
def test_runner_opens_late_and_closes_once():
    runner = aiocompat.Runner()
    runner.close()
    assert runner.run(later(2)) == 2
    runner.close()
    runner.close()
    waiting = later(1)
    with pytest.raises(RuntimeError):
        runner.run(waiting)
    waiting.close()
    with pytest.raises(RuntimeError):
        runner.get_loop()


@api("Runner")
@differs("3.11", "each run has a copy of the context: the loops take none")
def test_runner_keeps_its_context():
    contextvars = pytest.importorskip("contextvars") if sys.version_info >= (3, 7) else None
    variable = contextvars.ContextVar("variable", default=0)

    @coroutine
    def count():
        yield From(None)
        variable.set(variable.get() + 1)
        raise Return(variable.get())

    with aiocompat.Runner() as runner:
        assert [runner.run(count()), runner.run(count())] == [1, 2]


@api("get_running_loop")
@in_loop
def test_get_running_loop():
    loop = aiocompat.get_running_loop()
    assert loop.is_running()
    yield From(aiocompat.sleep(0.001))
    assert aiocompat.get_running_loop() is loop
    assert aiocompat.get_event_loop() is loop


@api("get_running_loop", "new_event_loop")
def test_get_running_loop_where_it_is_not_the_current_one():
    @coroutine
    def main():
        yield From(aiocompat.sleep(0.001))
        raise Return(aiocompat.get_running_loop())

    loop = aiocompat.new_event_loop()
    try:
        assert loop.run_until_complete(loop.create_task(main())) is loop
    finally:
        loop.close()


@api("get_running_loop", "current_task", "all_tasks", "create_task", "as_completed", "timeout")
@pytest.mark.parametrize(
    "call",
    [
        lambda: aiocompat.get_running_loop(),
        lambda: aiocompat.current_task(),
        lambda: aiocompat.all_tasks(),
        lambda: aiocompat.create_task(None),
        lambda: aiocompat.as_completed([]),
        lambda: aiocompat.timeout(1),
    ],
)
def test_runtime_error_where_no_loop_runs(call):
    with pytest.raises(RuntimeError):
        call()


@api("get_event_loop", "set_event_loop")
def test_current_loop():
    aiocompat.set_event_loop(None)
    with pytest.raises(RuntimeError):
        aiocompat.get_event_loop()
    loop = aiocompat.new_event_loop()
    aiocompat.set_event_loop(loop)
    try:
        assert aiocompat.get_event_loop() is loop
    finally:
        aiocompat.set_event_loop(None)
        loop.close()


@api("get_event_loop")
def test_no_current_loop_in_a_thread():
    seen = []

    def ask():
        try:
            seen.append(aiocompat.get_event_loop())
        except RuntimeError:
            seen.append("none")

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert seen == ["none"]


@api("BaseEventLoop", "AbstractEventLoop", "SelectorEventLoop", "EventLoop", "new_event_loop")
def test_kinds_of_loops():
    assert issubclass(aiocompat.SelectorEventLoop, aiocompat.BaseEventLoop)
    assert issubclass(aiocompat.BaseEventLoop, aiocompat.AbstractEventLoop)
    loop = aiocompat.new_event_loop()
    assert isinstance(loop, aiocompat.EventLoop)
    loop.close()
    loop = aiocompat.SelectorEventLoop()
    assert isinstance(loop, aiocompat.AbstractEventLoop)
    loop.close()


@api("Handle", "TimerHandle")
@in_loop
def test_handles():
    log = []
    loop = aiocompat.get_running_loop()
    soon, timer = loop.call_soon(log.append, "soon"), loop.call_later(0.001, log.append, "later")
    assert isinstance(soon, aiocompat.Handle)
    assert isinstance(timer, aiocompat.TimerHandle)
    loop.call_soon(log.append, "never").cancel()
    yield From(aiocompat.sleep(0.01))
    assert log == ["soon", "later"]


@api("Handle", "TimerHandle")
@differs("3.7", "Handle.cancelled() and TimerHandle.when() are not there")
@in_loop
def test_handles_tell_when_and_whether():
    timer = aiocompat.get_running_loop().call_at(5, len)
    timer.cancel()
    assert timer.cancelled()
    assert timer.when() == 5
    yield From(None)

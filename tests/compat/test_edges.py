"""What a coroutine object does at its edges, and child processes: the same on every runtime."""

import sys

import pytest

from aiocompat import (
    From,
    Return,
    coroutine,
    create_subprocess_exec,
    create_subprocess_shell,
    new_event_loop,
    run,
    sleep,
)

PRINTS = "import sys; sys.stdout.write('out')"


@coroutine
def waiting(log):
    try:
        yield From(sleep(60))
    except ValueError as error:
        log.append(error.args)
        yield From(None)
    finally:
        log.append("left")


def test_thrown_into_from_outside():
    log = []
    started = waiting(log)
    loop = new_event_loop()
    try:
        task = loop.create_task(started)
        loop.call_soon(task.cancel)
        with pytest.raises(BaseException) as caught:
            loop.run_until_complete(task)
    finally:
        loop.close()
    assert type(caught.value).__name__ == "CancelledError"
    assert log == ["left"]


def test_closed_before_its_first_step():
    log = []
    waiting(log).close()
    assert log == []


def test_not_awaited_twice():
    @coroutine
    def answer():
        raise Return(42)
        yield

    @coroutine
    def main():
        once = answer()
        first = yield From(once)
        try:
            yield From(once)
        except RuntimeError as error:
            raise Return((first, "cannot reuse already awaited coroutine" in str(error)))

    assert run(main()) == (42, True)


def test_not_run_twice():
    @coroutine
    def answer():
        raise Return(42)
        yield

    once = answer()
    assert run(once) == 42
    with pytest.raises(RuntimeError):
        run(once)


def test_a_coroutine_function_stays_as_it_is():
    assert coroutine(waiting) is waiting


def test_child_processes():
    @coroutine
    def main():
        process = yield From(create_subprocess_exec(sys.executable, "-c", PRINTS, stdout=-1))
        executed, _ = yield From(process.communicate())
        process = yield From(create_subprocess_shell("exit 3"))
        raise Return((executed, (yield From(process.wait()))))

    assert run(main()) == (b"out", 3)

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

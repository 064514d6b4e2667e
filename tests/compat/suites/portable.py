"""Tests that pass, fail and misbehave: what becomes of each is in test_testing.py. Runs on every Python."""

import unittest

import aiocompat
from aiocompat import From, Return, coroutine, create_task, sleep
from aiocompat.testing import TestCase, async_test


@coroutine
def forever():
    yield From(sleep(60))


@coroutine
def failing():
    yield From(sleep(0))
    raise ValueError("nobody asked")


class Passing(TestCase):
    log = []

    def setUp(self):
        yield From(sleep(0))
        self.steps = ["setUp"]
        self.addCleanup(self.left, "cleanup")

    def asyncSetUp(self):
        yield From(sleep(0))
        self.steps.append("asyncSetUp")

    @coroutine
    def asyncTearDown(self):
        yield From(sleep(0))
        self.steps.append("asyncTearDown")

    def tearDown(self):
        yield From(sleep(0))
        self.steps.append("tearDown")

    def left(self, last):
        yield From(sleep(0))
        self.steps.append(last)
        Passing.log.append(self.steps)

    @classmethod
    def tearDownClass(cls):
        assert cls.log, "nothing ran"
        for steps in cls.log:
            assert steps == ["setUp", "asyncSetUp", "test", "asyncTearDown", "tearDown", "cleanup"], steps

    def test_generator(self):
        yield From(sleep(0))
        assert aiocompat.get_running_loop() is self.loop
        self.steps.append("test")

    @coroutine
    def test_coroutine(self):
        yield From(sleep(0))
        self.steps.append("test")

    def test_plain(self):
        assert aiocompat.get_event_loop() is self.loop
        assert not self.loop.is_running()
        assert not self.loop.get_debug()
        self.steps.append("test")

    @async_test(timeout=5)
    def test_decorated(self):
        yield From(sleep(0))
        assert aiocompat.get_running_loop() is self.loop
        self.steps.append("test")

    @async_test
    def test_ends_in_time(self):
        self.steps.append("test")
        create_task(forever()).cancel()
        yield From(sleep(0))


class Outcomes(TestCase):
    def test_failure(self):
        yield From(sleep(0))
        self.assertEqual(1, 2)

    def test_error(self):
        yield From(sleep(0))
        raise KeyError("in the test")

    def test_skips_itself(self):
        yield From(sleep(0))
        self.skipTest("while running")

    @unittest.skip("from outside")
    def test_skipped(self):
        yield From(sleep(0))

    @unittest.expectedFailure
    def test_expected_failure(self):
        yield From(sleep(0))
        self.fail()

    def test_system_exit(self):
        yield From(sleep(0))
        raise SystemExit(3)


class NeverRun(TestCase):
    def test_returns_coroutine(self):
        return forever()

    def test_hidden_generator(self):
        def hidden():
            yield From(sleep(0))

        return hidden()

    def test_returns_value(self):
        yield From(sleep(0))
        raise Return(3)

    def test_plain_returns_value(self):
        return False

    def test_forgotten_from(self):
        yield sleep(0)


class GeneratorSetUpClass(TestCase):
    @classmethod
    def setUpClass(cls):
        yield From(sleep(0))

    def test_set_up_class(self):
        pass


class Leaving(TestCase):
    def test_leaves_task(self):
        create_task(forever())
        yield From(sleep(0))

    def test_task_fails_when_cancelled(self):
        @coroutine
        def stubborn():
            try:
                yield From(sleep(60))
            finally:
                raise ValueError("on the way out")

        create_task(stubborn())
        yield From(sleep(0))

    def test_task_exception(self):
        create_task(failing())
        yield From(sleep(0.01))

    def test_future_exception(self):
        aiocompat.Future(loop=self.loop).set_exception(ValueError("nobody asked"))

    def test_task_exception_in_cycle(self):
        tasks = []
        tasks.append((create_task(failing()), tasks))
        yield From(sleep(0.01))

    def test_callback(self):
        self.loop.call_soon(lambda: 1 // 0)

    def test_retrieved(self):
        task = create_task(failing())
        yield From(aiocompat.wait([task]))
        self.assertIsInstance(task.exception(), ValueError)

    def test_cleanup_ends_task(self):
        self.addCleanup(create_task(forever()).cancel)
        yield From(sleep(0))


class Hanging(TestCase):
    timeout = 0.1

    def test_hangs(self):
        yield From(forever())

    def test_swallows_cancellation(self):
        try:
            yield From(forever())
        except aiocompat.CancelledError:
            pass

    @async_test(timeout=None)
    def test_has_no_limit(self):
        yield From(sleep(0.3))

    def test_beside_another(self):
        task = create_task(forever())
        self.addCleanup(task.cancel)
        yield From(aiocompat.Event().wait())


class HangingSetUp(TestCase):
    timeout = 0.1

    def setUp(self):
        yield From(forever())

    def test_set_up_hangs(self):
        raise SystemError("setUp has failed")


class OnPlainTestCase(unittest.TestCase):
    @async_test
    def test_on_plain_case(self):
        yield From(sleep(0))
        assert aiocompat.get_running_loop()

    @async_test(timeout=0.1)
    def test_hangs_on_plain_case(self):
        yield From(forever())

    @async_test
    def test_leaves_on_plain_case(self):
        create_task(forever())
        yield From(sleep(0))

    @unittest.expectedFailure
    @async_test
    def test_expected_on_plain_case(self):
        yield From(sleep(0))
        self.fail()


class LoopBefore(unittest.TestCase):
    def test_restored(self):
        before = aiocompat.new_event_loop()
        aiocompat.set_event_loop(before)
        try:
            seen = []

            @async_test
            def inner():
                yield From(sleep(0))
                seen.append(aiocompat.get_running_loop())

            inner()
            assert seen[0] is not before
            assert seen[0].is_closed()
            assert aiocompat.get_event_loop() is before
        finally:
            aiocompat.set_event_loop(None)
            before.close()

"""Tests with async def; what becomes of each is in test_testing.py."""

import asyncio
import contextlib
import sys

from aiocompat.testing import TestCase, async_test


class Entered:
    async def __aenter__(self):
        self.inside = True
        return self

    async def __aexit__(self, *exc_info):
        self.inside = False


class Native(TestCase):
    async def setUp(self):
        await asyncio.sleep(0)
        self.addCleanup(lambda: self.assertFalse(self.entered.inside))
        self.entered = await self.enterAsyncContext(Entered())
        self.addAsyncCleanup(asyncio.sleep, 0)

    async def test_native(self):
        await asyncio.sleep(0)
        self.assertTrue(self.entered.inside)

    @async_test(timeout=0.1)
    async def test_native_hangs(self):
        await self.nested()

    async def nested(self):
        await asyncio.sleep(60)

    async def test_sub_tests(self):
        for number in range(2):
            with self.subTest(number=number):
                await asyncio.sleep(0)
                self.assertEqual(number, 0)

    async def test_not_a_context_manager(self):
        with self.assertRaises(TypeError):
            await self.enterAsyncContext(contextlib.suppress())

    async def test_ignores_cancellation(self):
        async def stubborn():
            while True:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)

        self.task = asyncio.ensure_future(stubborn())
        await asyncio.sleep(0)

    async def test_executor_is_shut_down(self):
        self.assertEqual(await self.loop.run_in_executor(None, lambda: 5), 5)


if sys.version_info >= (3, 11):
    from contextvars import ContextVar

    variable = ContextVar("variable", default=0)

    class Contexts(TestCase):
        async def asyncSetUp(self):
            variable.set(variable.get() + 1)

        async def test_sees_set_up(self):
            self.assertEqual(variable.get(), 1)

        def test_plain_sees_set_up(self):
            self.assertEqual(variable.get(), 1)

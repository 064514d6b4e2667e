"""The original's own test_utils, with loops and tests that aiocompat's contract allows."""

import sys

import aiocompat
from stand_in import original_test_utils
from stand_in.original_test_utils import *
from stand_in.original_test_utils import mock, unittest

LOGGER = ("asyncio" if sys.version_info >= (3,) else "trollius") + ".base_events.logger"
# ssl.OP_IGNORE_UNEXPECTED_EOF, since 3.10.
_IGNORE_UNEXPECTED_EOF = 0x80


class TestLoop(original_test_utils.TestLoop):
    """The original's loop with its own clock, whose ``call_at`` takes the context it gets since 3.7."""

    def __init__(self, gen=None):
        super(TestLoop, self).__init__(gen)
        if sys.version_info < (3, 11):
            self.set_task_factory(_make_task)

    def call_at(self, when, callback, *args, **context):
        self._timers.append(when)
        return aiocompat.BaseEventLoop.call_at(self, when, callback, *args, **context)


def dummy_ssl_context():
    """A client's, for a server that ends a connection as they did then: OpenSSL 3 takes that for an error on 2.7."""
    context = original_test_utils.dummy_ssl_context()
    context.options |= _IGNORE_UNEXPECTED_EOF
    return context


def _make_task(loop, coro):
    return aiocompat.Task(coro, loop=loop)


class TestCase(original_test_utils.TestCase):
    """The original's, but the loop is made the current one where the original makes sure that none is."""

    if sys.version_info < (3,):
        assertRegex = unittest.TestCase.assertRegexpMatches
        assertRaisesRegex = unittest.TestCase.assertRaisesRegexp

    def set_event_loop(self, loop, cleanup=True):
        super(TestCase, self).set_event_loop(loop, cleanup=cleanup)
        aiocompat.set_event_loop(loop)

    def new_test_loop(self, gen=None):
        loop = TestLoop(gen)
        self.set_event_loop(loop)
        return loop

"""A test that takes longer than its limit."""

from aiocompat import From, sleep
from aiocompat.testing import TestCase


class Slow(TestCase):
    timeout = 0.05

    def test_slow(self):
        yield From(sleep(0.2))

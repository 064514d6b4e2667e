"""Futures and tasks that count their cancellations and know their names, and are taken for the runtime's own.

A loop makes such tasks when :func:`aiocompat.new_event_loop` or :func:`aiocompat.run` made the loop. A task that other
code made on a loop of its own is the runtime's: it is taken as it is, without names and counts.
"""

import itertools
import sys

from aiocompat.backends.library import asyncio

_numbers = itertools.count(1)


class _Kind(type):
    """Makes every future of the runtime an instance of our class, as it is of asyncio's."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, cls.of_runtime)


class _Extended(object):
    """What Future got late: ``get_loop()`` (3.7) and the message of ``cancel()`` (3.9)."""

    if sys.version_info < (3, 7):

        def get_loop(self):
            """The loop of this future."""
            return self._loop

    if sys.version_info < (3, 9):

        def cancel(self, msg=None):
            """Ask for a CancelledError; whether that will come. The message is lost before Python 3.11."""
            return super(_Extended, self).cancel()


class _Counting(object):
    """What Task got late: its name and coroutine (3.8) and the count of its cancellations (3.11)."""

    _requests = 0

    def cancel(self, msg=None):
        """Ask for a CancelledError in the task; whether that will come. The message is lost before Python 3.11."""
        if not self.done():
            self._requests += 1
        return super(_Counting, self).cancel(msg)

    def cancelling(self):
        """How many cancellations were asked for and not taken back."""
        return self._requests

    def uncancel(self):
        """Take back one cancellation; how many are left.

        Before 3.13 a CancelledError that is already on its way to the task still comes.
        """
        if self._requests > 0:
            self._requests -= 1
        return self._requests

    if sys.version_info < (3, 8):
        _name = None

        def __init__(self, coro, **options):
            name = options.pop("name", None)
            super(_Counting, self).__init__(coro, **options)
            # Where the task was made, as debug mode tells it, is not here.
            if self._source_traceback:
                del self._source_traceback[-1]
            if name is not None:
                self.set_name(name)

        def get_name(self):
            """The task's name; ``Task-1`` and so on where none was given."""
            if self._name is None:
                self._name = "Task-%d" % next(_numbers)
            return self._name

        def set_name(self, value):
            """Give the task another name."""
            self._name = str(value)

        def get_coro(self):
            """The coroutine that the task runs."""
            return self._coro


def _extended(base, *ours):
    members = {"of_runtime": base, "__doc__": base.__doc__, "__module__": "aiocompat"}
    return _Kind(base.__name__, ours + (base,), members)


Future = _extended(asyncio.Future, _Extended)
Task = _extended(asyncio.Task, _Counting, _Extended)


def make_task(loop, coro):
    """A task factory that makes tasks of ours."""
    return Task(coro, loop=loop)

"""Locks that belong to the loop on which they are first waited for (asyncio: since 3.10), held by ``with`` as well."""

import collections
import sys

from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_running_loop, new_future
from aiocompat.coroutines import From, Return, coroutine
from aiocompat.coroutines.marks import Releasing


class _Held(object):
    """``with (yield From(lock)):``, ``with (yield from lock):`` and ``with (await lock):``, beside ``async with``.

    asyncio dropped the last two in 3.9.
    """

    def __await__(self):
        return _hold(self).__await__()

    __iter__ = __await__


@coroutine
def _hold(lock):
    yield From(lock.acquire())
    raise Return(Releasing(lock))


class Line(object):
    """Futures of those who wait, in the order in which they came; of one loop."""

    def __init__(self):
        self._loop = None
        self._waiters = collections.deque()

    def __len__(self):
        return len(self._waiters)

    def anybody(self):
        """Whether somebody waits, or was called and has not come yet."""
        return any(not waiter.cancelled() for waiter in self._waiters)

    @coroutine
    def wait(self, missed=None):
        """Wait to be called. ``missed`` is called where the call comes to one that is cancelled meanwhile."""
        loop = get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RuntimeError("%r is bound to a different event loop" % (self,))
        waiter = new_future()
        self._waiters.append(waiter)
        try:
            yield From(waiter)
        except BaseException:
            self._waiters.remove(waiter)
            if missed is not None and waiter.done() and not waiter.cancelled():
                missed()
            raise
        self._waiters.remove(waiter)

    def call(self, count=1):
        """Call the next who was not called yet; how many there were."""
        called = 0
        for waiter in self._waiters:
            if called >= count:
                break
            if not waiter.done():
                waiter.set_result(None)
                called += 1
        return called


if sys.version_info >= (3, 10):

    class Lock(_Held, asyncio.Lock):
        """asyncio's lock, which ``with (yield From(lock)):`` holds as well."""

    class Semaphore(_Held, asyncio.Semaphore):
        """asyncio's semaphore, which ``with (yield From(semaphore)):`` holds as well."""

    class BoundedSemaphore(_Held, asyncio.BoundedSemaphore):
        """asyncio's bounded semaphore, which ``with (yield From(semaphore)):`` holds as well."""

    from asyncio import Event
else:

    class _Entered(_Held):
        @coroutine
        def __aenter__(self):
            yield From(self.acquire())

        @coroutine
        def __aexit__(self, exc_type, exc, tb):
            self.release()

    class Lock(_Entered, asyncio.Lock):
        """One task at a time, in the order in which they ask."""

        def __init__(self):
            self._held = False
            self._line = Line()

        def __repr__(self):
            return _described(self, self._held, self._line)

        def locked(self):
            """Whether somebody holds the lock."""
            return self._held

        @coroutine
        def acquire(self):
            """Wait for the lock and hold it. Gives True."""
            if self._held or self._line.anybody():
                yield From(self._line.wait(self._pass_on))
            self._held = True
            raise Return(True)

        def release(self):
            """Let go of the lock; RuntimeError if nobody holds it."""
            if not self._held:
                raise RuntimeError("Lock is not acquired.")
            self._held = False
            self._line.call()

        def _pass_on(self):
            if not self._held:
                self._line.call()

    class Semaphore(_Entered, asyncio.Semaphore):
        """So many tasks at a time, in the order in which they ask."""

        def __init__(self, value=1):
            if value < 0:
                raise ValueError("Semaphore initial value must be >= 0")
            self._value = value
            self._line = Line()

        def __repr__(self):
            return _described(self, self.locked(), self._line)

        def locked(self):
            """Whether acquire() would wait."""
            return self._value == 0 or self._line.anybody()

        @coroutine
        def acquire(self):
            """Wait for the semaphore and take one. Gives True."""
            if self.locked():
                # Who is called has been given the one that was released.
                yield From(self._line.wait(self._put_back))
            else:
                self._value -= 1
            raise Return(True)

        def release(self):
            """Give one back."""
            self._put_back()

        def _put_back(self):
            self._value += 1
            if self._line.call():
                self._value -= 1

    class BoundedSemaphore(Semaphore, asyncio.BoundedSemaphore):
        """A semaphore that is not given back more often than it was taken: ValueError."""

        def __init__(self, value=1):
            self._bound = value
            Semaphore.__init__(self, value)

        def release(self):
            """Give one back; ValueError if none was taken."""
            if self._value >= self._bound:
                raise ValueError("BoundedSemaphore released too many times")
            Semaphore.release(self)

    class Event(asyncio.Event):
        """A flag to wait for."""

        def __init__(self):
            self._flag = False
            self._line = Line()

        def __repr__(self):
            return _described(self, self._flag, self._line, ("set", "unset"))

        def is_set(self):
            """Whether the flag is set."""
            return self._flag

        def set(self):
            """Set the flag and wake up all who wait."""
            if not self._flag:
                self._flag = True
                self._line.call(len(self._line))

        def clear(self):
            """Take the flag down."""
            self._flag = False

        @coroutine
        def wait(self):
            """Wait until the flag is set. Gives True."""
            if not self._flag:
                yield From(self._line.wait())
            raise Return(True)


if sys.version_info >= (3, 13):

    class Condition(_Held, asyncio.Condition):
        """asyncio's condition, whose lock ``with (yield From(condition)):`` holds as well."""

else:

    class Condition(_Held, asyncio.Condition):
        """A lock, and tasks that wait to be notified of something that is done under it.

        A notification that comes to a task as it is cancelled goes to the next (asyncio: since 3.13), and the lock is
        held again when ``wait()`` ends, however it ends (asyncio: since 3.7).
        """

        def __init__(self, lock=None):
            self._lock = Lock() if lock is None else lock
            self._line = Line()
            self.locked = self._lock.locked
            self.acquire = self._lock.acquire
            self.release = self._lock.release

        def __repr__(self):
            return _described(self, self.locked(), self._line)

        @coroutine
        def __aenter__(self):
            yield From(self.acquire())

        @coroutine
        def __aexit__(self, exc_type, exc, tb):
            self.release()

        @coroutine
        def wait(self):
            """Let go of the lock, wait to be notified, hold the lock again. True; RuntimeError without the lock."""
            if not self.locked():
                raise RuntimeError("cannot wait on un-acquired lock")
            self.release()
            notified, error = False, None
            try:
                yield From(self._line.wait(self._line.call))
                notified = True
            except asyncio.CancelledError as cancelled:
                error = cancelled
            while True:
                try:
                    yield From(self.acquire())
                    break
                except asyncio.CancelledError as cancelled:
                    error = cancelled
            if error is None:
                raise Return(True)
            if notified:
                self._line.call()
            raise error

        @coroutine
        def wait_for(self, predicate):
            """Wait until ``predicate()`` is true and give its value."""
            result = predicate()
            while not result:
                yield From(self.wait())
                result = predicate()
            raise Return(result)

        def notify(self, n=1):
            """Wake up ``n`` of those who wait; RuntimeError without the lock."""
            if not self.locked():
                raise RuntimeError("cannot notify on un-acquired lock")
            self._line.call(n)

        def notify_all(self):
            """Wake up all who wait."""
            self.notify(len(self._line))


def _described(lock, locked, line, words=("locked", "unlocked")):
    waiting = ", waiters:%d" % len(line) if line else ""
    return "<%s [%s%s]>" % (object.__repr__(lock)[1:-1], words[0] if locked else words[1], waiting)

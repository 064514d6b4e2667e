"""``Barrier`` for runtimes before 3.11."""

from aiocompat.backends.exceptions import BrokenBarrierError
from aiocompat.backends.locks import Condition
from aiocompat.coroutines import From, Return, coroutine


class Barrier(object):
    """Tasks that wait for each other: the last of ``parties`` lets all go. asyncio's since 3.11."""

    def __init__(self, parties):
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self._parties = parties
        self._changed = Condition()
        # filling, then draining until all have left; resetting until all have seen it; broken
        self._state = "filling"
        self._inside = 0

    def __repr__(self):
        waiting = "" if self.broken else ", waiters:%d/%d" % (self.n_waiting, self._parties)
        return "<aiocompat.Barrier [%s%s]>" % (self._state, waiting)

    @property
    def parties(self):
        """How many tasks it takes."""
        return self._parties

    @property
    def n_waiting(self):
        """How many tasks wait now."""
        return self._inside if self._state == "filling" else 0

    @property
    def broken(self):
        """Whether the barrier was aborted."""
        return self._state == "broken"

    @coroutine
    def __aenter__(self):
        raise Return((yield From(self.wait())))

    @coroutine
    def __aexit__(self, exc_type, exc, tb):
        pass

    @coroutine
    def wait(self):
        """Wait for the others. Gives a number from 0 on, a different one to each; BrokenBarrierError, see reset()."""
        yield From(self._changed.acquire())
        try:
            while self._state in ("draining", "resetting"):
                yield From(self._changed.wait())
            if self._state == "broken":
                raise BrokenBarrierError("Barrier aborted")
            index = self._inside
            self._inside += 1
            try:
                if self._inside == self._parties:
                    self._state = "draining"
                    self._changed.notify_all()
                while self._state == "filling":
                    yield From(self._changed.wait())
                if self._state != "draining":
                    raise BrokenBarrierError("Abort or reset of barrier")
            finally:
                self._inside -= 1
                if self._inside == 0 and self._state in ("draining", "resetting"):
                    self._state = "filling"
                self._changed.notify_all()
        finally:
            self._changed.release()
        raise Return(index)

    @coroutine
    def reset(self):
        """Make the barrier empty; those who wait get BrokenBarrierError."""
        yield From(self._changed.acquire())
        try:
            if self._inside == 0:
                self._state = "filling"
            elif self._state != "draining":
                self._state = "resetting"
            self._changed.notify_all()
        finally:
            self._changed.release()

    @coroutine
    def abort(self):
        """Break the barrier: those who wait, and who come before a reset(), get BrokenBarrierError."""
        yield From(self._changed.acquire())
        try:
            self._state = "broken"
            self._changed.notify_all()
        finally:
            self._changed.release()

"""``StreamReader`` for runtimes before 3.13."""

import sys

from aiocompat.backends.iteration import StopAsyncIteration
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import new_future
from aiocompat.coroutines import From, Return, coroutine

if hasattr(asyncio, "LimitOverrunError"):
    from asyncio import LimitOverrunError
else:
    from aiocompat.backends.exceptions import LimitOverrunError


class StreamReader(asyncio.StreamReader):
    """Reads bytes of a stream; an asynchronous iterator of its lines."""

    @coroutine
    def readuntil(self, separator=b"\n"):
        """The bytes up to the separator, or to the first of a tuple of separators (asyncio: since 3.13), with it.

        IncompleteReadError where the stream ends before; LimitOverrunError where the limit comes before.
        """
        separators = separator if isinstance(separator, tuple) else (separator,)
        if not separators:
            raise ValueError("Separator should contain at least one element")
        if not all(separators):
            raise ValueError("Separator should be at least one-byte string")
        longest = max(len(item) for item in separators)
        if self._exception is not None:
            raise self._exception
        searched = 0
        while True:
            end = _first_end(self._buffer, separators, searched)
            if end is not None:
                start = max(end - len(item) for item in separators if self._buffer.endswith(item, 0, end))
                break
            searched = max(0, len(self._buffer) + 1 - longest)
            if searched > self._limit:
                raise LimitOverrunError("Separator is not found, and chunk exceed the limit", searched)
            if self._eof:
                partial = bytes(self._buffer)
                del self._buffer[:]
                raise asyncio.IncompleteReadError(partial, None)
            yield From(self._wait_for_data("readuntil"))
        if start > self._limit:
            raise LimitOverrunError("Separator is found, but chunk is longer than limit", start)
        chunk = bytes(self._buffer[:end])
        del self._buffer[:end]
        self._maybe_resume_transport()
        raise Return(chunk)

    if sys.version_info < (3, 6):
        # asyncio's meaning since then; and on 2.7 Trollius would run a task for each of these.

        @coroutine
        def readline(self):
            """The bytes up to the end of the line or of the stream; ValueError for more than the limit."""
            try:
                line = yield From(self.readuntil(b"\n"))
            except asyncio.IncompleteReadError as error:
                line = error.partial
            except LimitOverrunError as error:
                end = error.consumed + 1 if self._buffer.startswith(b"\n", error.consumed) else len(self._buffer)
                del self._buffer[:end]
                self._maybe_resume_transport()
                raise ValueError(error.args[0])
            raise Return(line)

        @coroutine
        def read(self, n=-1):
            """At most ``n`` bytes, as soon as there are some; all up to the stream's end where ``n`` is negative."""
            if self._exception is not None:
                raise self._exception
            if n < 0:
                blocks = []
                while not blocks or blocks[-1]:
                    blocks.append((yield From(self.read(self._limit))))
                raise Return(b"".join(blocks))
            if n and not self._buffer and not self._eof:
                yield From(self._wait_for_data("read"))
            raise Return(self._taken(n))

        @coroutine
        def readexactly(self, n):
            """The next ``n`` bytes. IncompleteReadError where the stream ends before; ValueError for less than none."""
            if n < 0:
                raise ValueError("readexactly size can not be less than zero")
            if self._exception is not None:
                raise self._exception
            while len(self._buffer) < n:
                if self._eof:
                    raise asyncio.IncompleteReadError(self._taken(len(self._buffer)), n)
                yield From(self._wait_for_data("readexactly"))
            raise Return(self._taken(n))

        def _taken(self, n):
            data = bytes(self._buffer[:n])
            del self._buffer[:n]
            self._maybe_resume_transport()
            return data

        @coroutine
        def _wait_for_data(self, func_name):
            if self._waiter is not None:
                raise RuntimeError("%s() called while another coroutine is already waiting for data" % func_name)
            if self._paused:
                # Or what is waited for would never come (asyncio: since 3.5.2).
                self._paused = False
                self._transport.resume_reading()
            self._waiter = new_future()
            try:
                yield From(self._waiter)
            finally:
                self._waiter = None

    def __aiter__(self):
        return self

    @coroutine
    def __anext__(self):
        line = yield From(self.readline())
        if not line:
            raise StopAsyncIteration
        raise Return(line)


def _first_end(data, separators, start):
    ends = [data.find(item, start) + len(item) for item in separators if data.find(item, start) >= 0]
    return min(ends) if ends else None

"""``StreamReader`` for runtimes before 3.13."""

import sys

from aiocompat.backends.iteration import StopAsyncIteration
from aiocompat.backends.library import asyncio
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

        @coroutine
        def readexactly(self, n):
            """The next ``n`` bytes. IncompleteReadError where the stream ends before; ValueError for less than none."""
            if n < 0:
                raise ValueError("readexactly size can not be less than zero")
            raise Return((yield From(super(StreamReader, self).readexactly(n))))

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

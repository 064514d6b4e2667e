"""``as_completed`` as asyncio has it since 3.13."""

import collections
import inspect

from aiocompat.backends.arguments import keywords
from aiocompat.backends.iteration import StopAsyncIteration
from aiocompat.backends.kinds import iscoroutine, isfuture
from aiocompat.backends.library import asyncio
from aiocompat.backends.locks import Line
from aiocompat.backends.loops import get_event_loop
from aiocompat.backends.spawning import ensure_future
from aiocompat.coroutines import From, Return, coroutine


class _Completing(object):
    """Gives awaitables of the results as a plain iterator, the futures themselves as an asynchronous one."""

    def __init__(self, fs, timeout):
        self._todo = {ensure_future(item) for item in set(fs)}
        self._left = len(self._todo)
        self._done = collections.deque()
        self._line = Line()
        self._expired = False
        self._timer = None
        for future in self._todo:
            future.add_done_callback(self._finished)
        if self._todo and timeout is not None:
            self._timer = get_event_loop().call_later(timeout, self._expire)

    def __iter__(self):
        return self

    def __next__(self):
        if not self._left:
            raise StopIteration
        self._left -= 1
        return self._result()

    next = __next__

    def __aiter__(self):
        return self

    @coroutine
    def __anext__(self):
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        raise Return((yield From(self._future())))

    @coroutine
    def _result(self):
        raise Return((yield From(self._future())).result())

    @coroutine
    def _future(self):
        while not self._done:
            if self._expired:
                raise asyncio.TimeoutError()
            yield From(self._line.wait(self._line.call))
        raise Return(self._done.popleft())

    def _finished(self, future):
        if self._expired:
            return
        self._todo.discard(future)
        self._done.append(future)
        self._line.call()
        if not self._todo and self._timer is not None:
            self._timer.cancel()

    def _expire(self):
        self._expired = True
        self._line.call(len(self._line))


def as_completed(fs, **options):
    """An iterator of awaitables that give the results in the order in which they come.

    As an asynchronous iterator it gives the futures themselves (asyncio: since 3.13). What is not there after
    ``timeout`` seconds gives TimeoutError. RuntimeError where no loop runs and none is the current one.
    """
    timeout = keywords(options, timeout=None)["timeout"]
    if isfuture(fs) or (iscoroutine(fs) and not inspect.isgenerator(fs)):
        raise TypeError("expects an iterable of awaitables, not %s" % type(fs).__name__)
    get_event_loop()
    return _Completing(fs, timeout)

"""Queues with ``shutdown()``, for runtimes before 3.13."""

import collections
import heapq
import sys

from aiocompat.backends.exceptions import QueueShutDown
from aiocompat.backends.library import asyncio
from aiocompat.backends.locks import Event, Line
from aiocompat.coroutines import From, Return, coroutine

if sys.version_info >= (3, 9):
    from types import GenericAlias


class Queue(asyncio.Queue):
    """First in, first out; at most ``maxsize`` items, any number if that is 0.

    Belongs to the loop on which it is first waited for (asyncio: since 3.10).
    """

    def __init__(self, maxsize=0):
        self._maxsize = maxsize
        self._getters = Line()
        self._putters = Line()
        self._unfinished = 0
        self._all_finished = Event()
        self._all_finished.set()
        self._is_shut_down = False
        self._init(maxsize)

    def __repr__(self):
        return "<%s maxsize=%r%s>" % (type(self).__name__, self._maxsize, " shutdown" if self._is_shut_down else "")

    if sys.version_info >= (3, 9):
        __class_getitem__ = classmethod(GenericAlias)

    # What a subclass with another order overrides, as with asyncio's.

    def _init(self, maxsize):
        self._queue = collections.deque()

    def _get(self):
        return self._queue.popleft()

    def _put(self, item):
        self._queue.append(item)

    @property
    def maxsize(self):
        """How many items there can be; 0 means any number."""
        return self._maxsize

    def qsize(self):
        """How many items there are."""
        return len(self._queue)

    def empty(self):
        """Whether there are none."""
        return not self._queue

    def full(self):
        """Whether there are ``maxsize``."""
        return 0 < self._maxsize <= self.qsize()

    @coroutine
    def put(self, item):
        """Put an item in, as soon as there is room. QueueShutDown after :meth:`shutdown`."""
        while self.full():
            if self._is_shut_down:
                raise QueueShutDown
            yield From(self._putters.wait(self._room))
        self.put_nowait(item)

    def put_nowait(self, item):
        """Put an item in; QueueFull where there is no room, QueueShutDown after :meth:`shutdown`."""
        if self._is_shut_down:
            raise QueueShutDown
        if self.full():
            raise asyncio.QueueFull
        self._put(item)
        self._unfinished += 1
        self._all_finished.clear()
        self._getters.call()

    @coroutine
    def get(self):
        """Take an item out, as soon as there is one. QueueShutDown when there is none after :meth:`shutdown`."""
        while self.empty():
            if self._is_shut_down:
                raise QueueShutDown
            yield From(self._getters.wait(self._item))
        raise Return(self.get_nowait())

    def get_nowait(self):
        """Take an item out; QueueEmpty where there is none, QueueShutDown after :meth:`shutdown`."""
        if self.empty():
            raise QueueShutDown if self._is_shut_down else asyncio.QueueEmpty
        item = self._get()
        self._putters.call()
        return item

    def task_done(self):
        """Tell that an item that was taken out is dealt with; ValueError if told more often than items were put in."""
        if self._unfinished <= 0:
            raise ValueError("task_done() called too many times")
        self._finish()

    @coroutine
    def join(self):
        """Wait until all items are dealt with."""
        if self._unfinished:
            yield From(self._all_finished.wait())

    def shutdown(self, immediate=False):
        """Let nothing more in, and nothing out once empty, or at once if ``immediate``. asyncio's since 3.13."""
        self._is_shut_down = True
        if immediate:
            while not self.empty():
                self._get()
                if self._unfinished:
                    self._finish()
        self._getters.call(len(self._getters))
        self._putters.call(len(self._putters))

    def _finish(self):
        self._unfinished -= 1
        if not self._unfinished:
            self._all_finished.set()

    def _room(self):
        if not self.full():
            self._putters.call()

    def _item(self):
        if not self.empty():
            self._getters.call()


class PriorityQueue(Queue, asyncio.PriorityQueue):
    """Smallest item first."""

    def _init(self, maxsize):
        self._queue = []

    def _get(self):
        return heapq.heappop(self._queue)

    def _put(self, item):
        heapq.heappush(self._queue, item)


class LifoQueue(Queue, asyncio.LifoQueue):
    """Last in, first out."""

    def _init(self, maxsize):
        self._queue = []

    def _get(self):
        return self._queue.pop()

    def _put(self, item):
        self._queue.append(item)

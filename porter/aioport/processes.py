"""One function over many files, in several processes, of which one may end before it is done."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TypeVar

_FEW_FILES = 8
"""Up to this many files starting worker processes costs more than they save."""

_CHUNK = 4

_MOST_JOBS = 61
"""Windows can wait for no more processes; see ProcessPoolExecutor."""

_T = TypeVar("_T")
_R = TypeVar("_R")


def each(function: Callable[[_T], _R], items: Sequence[_T], jobs: int, died: Callable[[_T], _R]) -> Iterator[_R]:
    """What ``function`` gives for each of ``items``, in several processes, and ``died`` for those that end theirs."""
    if jobs < 2 or len(items) <= _FEW_FILES:
        yield from map(function, items)
        return
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    workers = min(jobs, _MOST_JOBS, len(items) // _CHUNK)
    while chunks:
        try:
            for results in _in_processes(partial(_of_chunk, function), chunks, workers):
                yield from results
                chunks = chunks[1:]
        except BrokenProcessPool:
            # All that had begun may have done it; each item gets a process of its own to end.
            begun = 2 * workers + 1
            for item in (item for chunk in chunks[:begun] for item in chunk):
                yield _alone(function, item, died)
            chunks = chunks[begun:]


def _in_processes(function: Callable[[_T], _R], items: Sequence[_T], workers: int) -> Iterator[_R]:
    with ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_parent) as pool:
        yield from pool.map(function, items)


def _alone(function: Callable[[_T], _R], item: _T, died: Callable[[_T], _R]) -> _R:
    try:
        return next(_in_processes(function, [item], 1))
    except BrokenProcessPool:
        return died(item)


def _of_chunk(function: Callable[[_T], _R], chunk: Sequence[_T]) -> list[_R]:
    return list(map(function, chunk))


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

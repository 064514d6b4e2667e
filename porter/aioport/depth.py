"""Room for deeply nested trees: long chains of operators or strings nest thousands of levels.

libcst's parser overflows the C stack on them and takes the process with it, and Python's recursion limit is 1000.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from aioport.source import SourceError

_RECURSION_LIMIT = 10_000
_STACK_SIZE = 512 * 1024 * 1024
"""Bytes. Only what is used of it is ever allocated; enough for chains of some hundred thousand operators."""

_R = TypeVar("_R")


def with_deep_stack(function: Callable[..., _R], *arguments: object) -> _R:
    """Call ``function`` in a thread of its own with a large stack, and give its result or raise what it raised."""
    results: list[_R] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function(*arguments))
        except BaseException as error:
            errors.append(error)

    before = threading.stack_size(_STACK_SIZE)
    try:
        thread = threading.Thread(target=call)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


@contextlib.contextmanager
def deep_recursion(path: str) -> Iterator[None]:
    """Allow deeply nested trees. Raises :class:`SourceError` for those nested too deeply even so."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    except RecursionError:
        message = "it is nested too deeply to be worked on"
        raise SourceError(path, "not-python", message, "leave it out with --exclude") from None
    finally:
        sys.setrecursionlimit(before)

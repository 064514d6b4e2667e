"""How far a long run has come, for who waits at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Protocol, TypeVar

_T = TypeVar("_T")

_FEW = 20
"""Up to this many files are done before anybody wonders."""


class Watch(Protocol):
    """Passes items on, as they are done; ``count`` of them will come, and ``doing`` says what is done with them."""

    def __call__(self, items: Iterator[_T], count: int, doing: str) -> Iterator[_T]:
        """The same items."""


def unwatched(items: Iterator[_T], count: int, doing: str) -> Iterator[_T]:
    """Tells nobody."""
    return items


def on_terminal(items: Iterator[_T], count: int, doing: str) -> Iterator[_T]:
    """A bar on stderr where that is a terminal. It is gone when the last item came."""
    if count <= _FEW or sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    # Importing rich takes as long as porting a small file.
    from rich.console import Console
    from rich.progress import Progress

    # No thread of its own to refresh it: the worker processes are forks on many systems.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        yield from progress.track(items, total=count, description=doing)

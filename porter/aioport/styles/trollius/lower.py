"""Trollius as a target: Python 2.7."""

from __future__ import annotations

from aioport.history import ADDED
from aioport.styles import Target
from aioport.styles.trollius.names import VOCABULARY

TARGET = Target(
    vocabulary=VOCABULARY,
    oldest=(2, 7),
    newest=(2, 7),
    default=(2, 7),
    # pip gives Python 3 the older 2.1, which lacks names (history.md, C1).
    limits="Trollius 2.2 is for Python 2.7 alone",
    # It has all of asyncio 3.4.3 (history.md, C2), and of what came later only this.
    # Tasks take coroutines, futures and Trollius's own locks (tasks.py, Task._step).
    waits_for_objects=False,
    has_waiting_iterators_since=None,
    # It has tasks for nested coroutines, which asyncio runs in their caller's: aiocompat leaves those out.
    lacks=(frozenset(ADDED) - {"ensure_future"}) | {"Task.current_task", "Task.all_tasks"},
)

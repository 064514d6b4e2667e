"""The portable style as a target: one source for 2.7 to 3.15."""

from __future__ import annotations

from aioport.styles import Target
from aioport.styles.compat.names import VOCABULARY

TARGET = Target(
    vocabulary=VOCABULARY,
    oldest=(2, 7),
    newest=(3, 15),
    default=(2, 7),
    limits="aiocompat is for 2.7 and 3.3 to 3.15",
    # A decorated function is a native coroutine function from 3.5 on.
    mixes_since=(3, 5),
    native_since=(3, 5),
    async_locks_since=(2, 7),
    meaning=(3, 15),
    # Before, aiocompat waits for objects by coroutines of that name.
    has_waiting_iterators_since=(3, 5),
)

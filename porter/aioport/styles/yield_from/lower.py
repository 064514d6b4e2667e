"""``yield from`` as a target: for Pythons that have asyncio and not yet, or not only, async/await."""

from __future__ import annotations

from aioport.styles import Target
from aioport.styles.yield_from.names import VOCABULARY

TARGET = Target(
    vocabulary=VOCABULARY,
    oldest=(3, 3),
    newest=(3, 10),
    default=(3, 4),
    limits="asyncio came with 3.3, and asyncio.coroutine went with 3.11",
    # types.coroutine, which asyncio.coroutine uses, marks generators that await takes (PEP 492).
    mixes_since=(3, 5),
    with_lock_until=(3, 8),
    async_locks_since=(3, 5),
)

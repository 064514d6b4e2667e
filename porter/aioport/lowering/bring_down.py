"""Where constructs that no target can express are brought down: async/await text to simpler async/await text.

A pass takes a :class:`~aioport.lowering.down.Down` and one native function that nothing blocks, and adds rewrites of
its statements to ``down.edits``. The passes of :data:`BROUGHT_DOWN` run one after another, each over the text that the
one before left, parsed again; where a pass finds nothing that costs nothing. So a pass may write what a later one
brings down (a comprehension becomes a loop with ``async for``), and need not know what an earlier one took away. What
the last one leaves is lowered by :data:`aioport.lowering.PASSES`, and with that text, not with what was lifted,
:func:`aioport.verify.check_read_back` compares what the lowered file reads back as. A construct that a pass takes must
be no blocker (:mod:`aioport.lowering.blockers`); where it cannot take one, that has to be a blocker, with the reason.

What passes write is async/await of the pivot. Where the target has helpers (``down.has_helpers``), ``down.helper``
gives ``asyncio.aenter`` and the like, as if asyncio had them; lowering makes them aiocompat's as it does with every
name that the target lacks, and reports the dependency. ``StopAsyncIteration`` is the builtin, and treated the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aioport.functions import Function
from aioport.lowering.async_for import bring_down_async_for
from aioport.lowering.async_with import bring_down_async_with
from aioport.lowering.block_returns import bring_down_returns
from aioport.lowering.blockers import find_blockers
from aioport.lowering.comprehension import bring_down_comprehensions
from aioport.lowering.context import Lower
from aioport.lowering.down import Down

BROUGHT_DOWN: tuple[Callable[[Down, Function], None], ...] = (
    bring_down_comprehensions,
    bring_down_returns,
    bring_down_async_with,
    bring_down_async_for,
)
"""The passes, in this order."""


@dataclass(frozen=True)
class Pivot:
    """One file as the lowering passes get it."""

    text: str
    lower: Lower
    blocked: bool
    """Whether something keeps all of the file from being lowered."""


def bring_down(text: str, analysed: Callable[[str], Lower]) -> Pivot:
    """What async/await ``text`` is brought down to; ``analysed`` parses a text."""
    lower = analysed(text)
    blocked = find_blockers(lower)
    for bring_construct_down in BROUGHT_DOWN:
        while not blocked:
            down = Down(lower)
            for function in lower.lowered():
                bring_construct_down(down, function)
            if not down.edits:
                break
            text = down.text()
            lower = analysed(text)
            blocked = find_blockers(lower)
    return Pivot(text, lower, blocked)

"""Locks, events and queues that are made at import, in a program that ``asyncio.run()`` runs, for 3.9 and older.

Up to 3.9 they belong to the loop that is current when they are made, and ``run()`` makes another one: the first wait
that has to wait ends in "attached to a different loop". Since 3.10 they find their loop then (history.md, B3).
"""

from __future__ import annotations

from aioport.findings import Severity
from aioport.library import TOOK_LOOP
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift

SINCE = (2, 7)

_FREE_SINCE = (3, 10)
_RUNNERS = frozenset(["Runner", "run"])


def apply(lift: Lift) -> None:
    """Report each of them."""
    if lift.target_version >= _FREE_SINCE:
        return
    called = [(call, api_name(lift.analysis.names.origins(call.func))) for call in lift.analysis.calls]
    if not any(found is not None and found[1] in _RUNNERS for _, found in called):
        return
    for call, found in called:
        if found is not None and found[1] in TOOK_LOOP and lift.analysis.function_around(call) is None:
            lift.report(
                call,
                "early-object",
                Severity.WARNING,
                f"up to Python 3.9 this {found[1]} belongs to the loop that is current at import, not to that of run()",
                "make it in the coroutine that run() is given",
            )

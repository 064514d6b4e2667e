"""``with await lock:`` in a native coroutine: locks are no longer awaitable since 3.9, ``async with lock:`` is for all.

(history.md, B6. What generators say, ``with (yield from lock):``, is lifted in :mod:`aioport.lifting.managers`.)
"""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.blockers import is_async_with
from aioport.entered import is_used_as_object
from aioport.lifting.context import Lift
from aioport.lifting.managers import report_undecided, to_async_with

SINCE = (3, 9)


def apply(lift: Lift) -> None:
    """Rewrite the with statements over what surely are locks, and report those over what may be one."""
    for function in lift.analysis.functions:
        for older in function.withs:
            if is_async_with(lift.values, function, older):
                lift.breaks(older, SINCE, "`with (yield from lock):` is a TypeError since Python 3.9")
    for statement in lift.analysis.nodes:
        if not isinstance(statement, cst.With) or statement.asynchronous is not None:
            continue
        awaited = [item.item.expression for item in statement.items if isinstance(item.item, cst.Await)]
        if len(awaited) != len(statement.items):
            continue
        if all(lift.values.is_made_by(operand, library.LOCKS) for operand in awaited):
            lift.breaks(statement, SINCE, "`with await lock:` is a TypeError since Python 3.9")
            place = lift.analysis.positions[statement.items[0].item]
            if place.start.line == lift.analysis.positions[statement.items[-1].item].end.line:
                lift.edits.on(statement, _without_parentheses)
            lift.edits.on(statement, to_async_with)
        elif any(not isinstance(operand, cst.Call) for operand in awaited) and not any(
            is_used_as_object(lift.analysis.names, statement, item) for item in statement.items
        ):
            report_undecided(lift, statement)


def _without_parentheses(updated: cst.CSTNode) -> cst.CSTNode:
    return updated.with_changes(lpar=cst.MaybeSentinel.DEFAULT, rpar=cst.MaybeSentinel.DEFAULT)

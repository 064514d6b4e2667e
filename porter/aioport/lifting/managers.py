"""``with (yield from lock):`` becomes ``async with lock:``."""

from __future__ import annotations

import libcst as cst

from aioport.blockers import is_async_with
from aioport.findings import Severity
from aioport.functions import Function
from aioport.lifting.context import Lift


def lift_managers(lift: Lift, function: Function) -> None:
    """Rewrite the with statements over locks; what is no lock keeps its ``with``, and the yield in it becomes await."""
    for statement in function.withs:
        if is_async_with(lift.values, function, statement):
            lift.edits.on(statement, to_async_with)
        elif statement in lift.values.presumed:
            report_undecided(lift, statement)


def report_undecided(lift: Lift, statement: cst.With) -> None:
    """Say that ``with await x:`` fails where ``x`` is a lock."""
    lift.report(
        statement,
        "undecided-context-manager",
        Severity.WARNING,
        "if this waits for a lock, it is a TypeError since Python 3.9, and what it waits for cannot be told",
        "write `async with lock:` if it is a lock, a condition or a semaphore",
    )


def to_async_with(updated: cst.CSTNode) -> cst.CSTNode:
    """``async with x:`` for ``with await x:``."""
    assert isinstance(updated, cst.With)
    items = []
    for item in updated.items:
        # The suspension in it has become `await lock` already.
        assert isinstance(item.item, cst.Await)
        lock = item.item.expression
        if item.item.lpar and not lock.lpar:
            lock = lock.with_changes(lpar=item.item.lpar, rpar=item.item.rpar)
        items.append(item.with_changes(item=lock))
    return updated.with_changes(
        items=items, asynchronous=cst.Asynchronous(), whitespace_after_with=cst.SimpleWhitespace(" ")
    )

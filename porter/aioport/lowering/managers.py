"""``async with lock:`` becomes what the target has for a lock."""

from __future__ import annotations

import libcst as cst

from aioport.analysis import Function
from aioport.lifting.parentheses import parenthesized
from aioport.lowering.context import Lower
from aioport.lowering.waits import wait, wait_word


def lower_managers(lower: Lower, function: Function) -> None:
    """Rewrite the ``async with`` statements; that all they enter are locks, the blockers have seen to."""
    idiom = _to_with if lower.target.has_with_lock(lower.version) else _to_try
    for statement in lower.managers.get(function, ()):
        idiom(lower, statement)


def _to_with(lower: Lower, statement: cst.With) -> None:
    """``with (yield from lock):``."""
    word = wait_word(lower)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.With)
        items = [item.with_changes(item=parenthesized(wait(word, item.item))) for item in updated.items]
        return updated.with_changes(items=items, asynchronous=None)

    lower.edits.on(statement, rewrite)


def _to_try(lower: Lower, statement: cst.With) -> None:
    """``yield from lock.acquire()``, then ``try`` and ``finally: lock.release()``, where locks are no managers."""
    lower.unlike.append(statement)
    word = wait_word(lower)

    def rewrite(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        assert isinstance(updated, cst.With)
        lock = updated.items[0].item.with_changes(lpar=[], rpar=[])
        acquire = wait(word, cst.Call(cst.Attribute(lock, cst.Name("acquire"))))
        release = cst.Expr(cst.Call(cst.Attribute(lock, cst.Name("release"))))
        return cst.FlattenSentinel(
            [
                cst.SimpleStatementLine([cst.Expr(acquire)], leading_lines=updated.leading_lines),
                cst.Try(
                    body=updated.body,
                    finalbody=cst.Finally(cst.IndentedBlock([cst.SimpleStatementLine([release])])),
                ),
            ]
        )

    lower.edits.on(statement, rewrite)

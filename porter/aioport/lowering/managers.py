"""``async with lock:`` becomes what the target has for a lock."""

from __future__ import annotations

import libcst as cst

from aioport.functions import Function
from aioport.lifting.parentheses import parenthesized
from aioport.lowering.context import Lower
from aioport.lowering.waits import wait, wait_word
from aioport.names import dotted
from aioport.tree import has_item_in_parentheses, walk


def has_idiom(lower: Lower, node: cst.With) -> bool:
    """Whether all that an ``async with`` enters are locks that the target enters in a way of its own."""
    alone = lower.target.has_with_lock(lower.version) or len(node.items) == 1
    return alone and all(is_entered_as_lock(lower, node, item) for item in node.items)


def is_entered_as_lock(lower: Lower, node: cst.With, item: cst.WithItem) -> bool:
    """Whether one of the things that ``node`` enters, alone, is a lock and the target has a way of its own for it."""
    return lower.is_lock(item) and (lower.target.has_with_lock(lower.version) or _can_be_tried(node, item))


def lower_managers(lower: Lower, function: Function) -> None:
    """Rewrite the ``async with`` statements; what else than locks they enter was brought down."""
    idiom = _to_with if lower.target.has_with_lock(lower.version) else _to_try
    for statement in lower.managers.get(function, ()):
        idiom(lower, statement)


def _can_be_tried(node: cst.With, item: cst.WithItem) -> bool:
    """Whether the lock that ``item`` is can be named again where it is released."""
    name = dotted(item.item)
    return (
        item.asname is None
        and name is not None
        and not any(
            isinstance(part, (cst.AssignTarget, cst.For, cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.AsName))
            and any(dotted(target) == name for target in walk(part))
            for part in walk(node)
        )
    )


def _to_with(lower: Lower, statement: cst.With) -> None:
    """``with (yield from lock):``."""
    word = wait_word(lower)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.With)
        around = (lambda node: node) if has_item_in_parentheses(updated) else parenthesized
        items = [item.with_changes(item=around(wait(word, item.item))) for item in updated.items]
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

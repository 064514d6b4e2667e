"""What a decorated function without ``yield`` returns: its decorator awaited that, and ``async def`` does not."""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.functions import Function
from aioport.lifting.added_imports import import_module
from aioport.lifting.context import Lift
from aioport.lifting.parentheses import as_primary
from aioport.returned import Move, move_of
from aioport.values import Awaitability


def lift_returned(lift: Lift, function: Function) -> None:
    """Await what a function returns, where it surely is awaitable; where that is not known have it asked."""
    asked = [r for r in function.returns if lift.values.awaitability(r.value) is Awaitability.ASK]
    for statement in function.returns:
        if lift.values.awaitability(statement.value) is Awaitability.YES:
            lift.edits.on(statement, _returning_await)
    move = move_of(lift.analysis, lift.values, function) if asked else None
    for statement in asked:
        moves = move is not None and statement is move.returning
        if move is not None and moves:
            _move(lift, move)
        else:
            _ask(lift, statement)
        lift.report(
            statement,
            "returned-awaitable",
            Severity.WARNING,
            "the coroutine decorator awaits a future or coroutine returned here once the statement around it was "
            "left, so below that it is asked whether the value is one"
            if moves
            else "the coroutine decorator awaits a future or coroutine returned here, and whether this value is one "
            "cannot be told from the source, so it is asked when it runs",
            "write `return await ...` if it always is, or a plain `return` if it never is",
            applicability=Applicability.SAFE,
        )


def _returning_await(updated: cst.CSTNode) -> cst.CSTNode:
    """``return await value`` for ``return value``."""
    assert isinstance(updated, cst.Return)
    assert updated.value is not None
    return updated.with_changes(
        value=cst.Await(as_primary(updated.value)),
        whitespace_after_return=cst.SimpleWhitespace(" "),
    )


def _ask(lift: Lift, statement: cst.Return) -> None:
    """Return the value awaited if it is awaitable, which is what the decorator went by."""
    if isinstance(statement.value, cst.Name):
        answer = _answer(lift, statement.value.value)
        lift.edits.on(statement, lambda updated: updated.with_changes(value=answer))
        return
    name = lift.unused_name("result")
    returning = cst.Return(_answer(lift, name))
    line = lift.analysis.names.parents[statement]
    if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
        lift.edits.on(statement, lambda updated: _kept(updated, name))
        lift.edits.on(line, lambda updated: cst.FlattenSentinel([updated, cst.SimpleStatementLine([returning])]))
    else:

        def rewrite(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
            assert isinstance(updated, cst.Return)
            semicolon = cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" "))
            kept = _kept(updated, name).with_changes(semicolon=semicolon)
            return cst.FlattenSentinel([kept, returning.with_changes(semicolon=updated.semicolon)])

        lift.edits.on(statement, rewrite)


def _move(lift: Lift, move: Move) -> None:
    """Keep the value, and return it, awaited if it is awaitable, below the statement that a return would leave."""
    name = lift.unused_name("result")
    first = cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], cst.Name("None"))])
    last = cst.SimpleStatementLine([cst.Return(_answer(lift, name))])
    lift.edits.on(move.returning, lambda updated: _kept(updated, name))
    lift.edits.on(move.statement, lambda updated: cst.FlattenSentinel([first, updated, last]))


def _kept(updated: cst.CSTNode, name: str) -> cst.Assign:
    assert isinstance(updated, cst.Return)
    assert updated.value is not None
    return cst.Assign([cst.AssignTarget(cst.Name(name))], updated.value, semicolon=updated.semicolon)


def _answer(lift: Lift, name: str) -> cst.BaseExpression:
    module = "inspect" if import_module(lift, "inspect") else '__import__("inspect")'
    return cst.parse_expression(f"await {name} if {module}.isawaitable({name}) else {name}")

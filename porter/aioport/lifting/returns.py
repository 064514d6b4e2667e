"""``raise Return(v)`` becomes ``return v``, with a word where something around it would have seen the exception."""

from __future__ import annotations

import libcst as cst

from aioport.blockers import is_async_with
from aioport.findings import Applicability, Severity
from aioport.functions import Function
from aioport.lifting.context import Lift
from aioport.lifting.parentheses import parenthesized_if_broken, unwrapped
from aioport.names import Names
from aioport.seen_returns import handlers_passing_return, idle_questions
from aioport.styles import vocabularies
from aioport.tree import caught_classes, walk


def lift_returns(lift: Lift, function: Function) -> None:
    """Rewrite every ``raise Return`` of a function that becomes ``async def``."""
    for node in walk(function.node.body):
        if isinstance(node, cst.Try):
            for handler in handlers_passing_return(lift.analysis.names, node):
                lift.consume(handler)
                lift.edits.remove(handler)
    for question in idle_questions(lift.analysis, function):
        lift.report(
            question,
            "except-return",
            Severity.NOTE,
            "nothing above this handler raises Return any more, so this asks for a StopIteration of something else",
            "take the question away if it was only for Return",
            applicability=Applicability.SAFE,
        )
    for statement in function.raises:
        exception = statement.exc
        lift.consume(exception.func if isinstance(exception, cst.Call) else statement)
        lift.edits.on(statement, _to_return)
        if (what := _seen_by(lift, function, statement)) is not None:
            lift.report(
                statement,
                "return-caught",
                Severity.WARNING,
                f"`raise Return` was seen by {what}; the `return` it became is not",
                "check that nothing relied on that",
                applicability=Applicability.SAFE,
            )


def _to_return(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Raise)
    call = updated.exc
    if not isinstance(call, cst.Call) or not call.args:
        return cst.Return(semicolon=updated.semicolon)
    if len(call.args) == 1:
        value = unwrapped(call)
    else:
        elements = [cst.Element(arg.value, comma=arg.comma) for arg in call.args]
        elements[-1] = elements[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        value = cst.Tuple(elements, lpar=[], rpar=[])
    return cst.Return(parenthesized_if_broken(value), semicolon=updated.semicolon)


def _seen_by(lift: Lift, function: Function, statement: cst.Raise) -> str | None:
    """What around ``statement`` would have seen the exception it raised."""
    parents = lift.analysis.names.parents
    exception = statement.exc.func if isinstance(statement.exc, cst.Call) else statement.exc
    styles = lift.analysis.names.origins(exception)
    bases = frozenset[str]().union(*(v.value_bases for v in vocabularies() if styles & v.value))
    child: cst.CSTNode = statement
    while child is not function.node:
        parent = parents[child]
        if isinstance(parent, cst.Try) and child is parent.body:
            handler = next((h for h in parent.handlers if may_catch(lift.analysis.names, h, bases)), None)
            if handler is not None and not handlers_passing_return(lift.analysis.names, parent):
                return f"the except clause in line {lift.analysis.positions[handler].start.line}"
        if isinstance(parent, cst.With) and child is parent.body and not is_async_with(lift.values, function, parent):
            return f"the with statement in line {lift.analysis.positions[parent].start.line}"
        child = parent
    return None


def may_catch(names: Names, handler: cst.ExceptHandler, bases: frozenset[str]) -> bool:
    """Whether a handler surely is for everything, or for one of the builtin exceptions ``bases``."""
    return any(part is None or names.origins(part) & bases for part in caught_classes(handler))

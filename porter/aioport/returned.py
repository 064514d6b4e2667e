"""Where a function without ``yield`` returns what its caller, or its decorator, may wait for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from aioport.analysis import Analysis
from aioport.functions import Definition, Function
from aioport.tree import awaited_by_hand
from aioport.values import Awaitability, Values

_CLEANING_UP = (cst.With, cst.Try, cst.TryStar)


@dataclass(frozen=True)
class Move:
    """A ``return`` in a ``try`` or ``with`` statement at a function's end, which may as well stand below of that."""

    returning: cst.Return
    statement: cst.BaseStatement
    """The last statement of the function."""


def left_before_awaiting(analysis: Analysis, returning: cst.Return, function: Function) -> bool:
    """Whether returning leaves a statement that handles exceptions or cleans up."""
    return any(_cleans_up(parent, child) for child, parent in _around(analysis, returning, function))


def hands_on(analysis: Analysis, function: Function) -> bool:
    """Whether it is an ``__await__`` that does nothing but return what that of something else gives.

    As a generator that delegates to it, or as a coroutine that waits for it, it would do the same: what asks for it
    takes the first step at once (PEP 492).
    """
    return (
        function.definition is Definition.PLAIN
        and function.node.name.value == "__await__"
        and bool(function.owner)
        and not function.node.decorators
        and bool(function.returns)
        and all(awaited_by_hand(returning.value) is not None for returning in function.returns)
        and not any(left_before_awaiting(analysis, returning, function) for returning in function.returns)
    )


def move_of(analysis: Analysis, values: Values, function: Function) -> Move | None:
    """The one ``return`` of what may be awaitable that leaves such a statement, if it can as well stand below.

    It can where what follows it is the end of the function, and nothing in between raises what the function handles:
    then the value is kept if and only if it would have been returned.
    """
    may_wait = [r for r in function.returns if values.awaitability(r.value) is not Awaitability.NO]
    leaving = [r for r in may_wait if left_before_awaiting(analysis, r, function)]
    if len(leaving) != 1:
        return None
    ways = list(_around(analysis, leaving[0], function))
    cleaning = [(parent, child) for child, parent in ways if isinstance(parent, _CLEANING_UP)]
    last = function.node.body.body[-1]
    if len(cleaning) != 1 or not all(_ends_with(child, parent) for child, parent in ways):
        return None
    return Move(leaving[0], last) if isinstance(last, cst.BaseStatement) else None


def _around(analysis: Analysis, returning: cst.Return, function: Function) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """Every node around a ``return``, up to the function, each below the one around it."""
    child: cst.CSTNode = returning
    while child is not function.node:
        parent = analysis.names.parents[child]
        yield child, parent
        child = parent


def _cleans_up(parent: cst.CSTNode, child: cst.CSTNode) -> bool:
    return isinstance(parent, cst.With) or (
        isinstance(parent, (cst.Try, cst.TryStar))
        and child is not parent.finalbody
        and (parent.finalbody is not None or child is parent.body)
    )


def _ends_with(child: cst.CSTNode, parent: cst.CSTNode) -> bool:
    """Whether nothing of ``parent`` runs once its part ``child`` came to its end, but what a return runs too."""
    if isinstance(parent, (cst.IndentedBlock, cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        return _is_last(child, parent.body)
    if isinstance(parent, cst.With):
        return len(parent.items) == 1
    if isinstance(parent, (cst.Try, cst.TryStar)):
        return parent.orelse is None or child is not parent.body
    return isinstance(parent, (cst.If, cst.Else, cst.ExceptHandler, cst.FunctionDef))


def _is_last(child: cst.CSTNode, body: Sequence[cst.CSTNode]) -> bool:
    return body[-1] is child

"""The loops that the clauses of a comprehension stand for.

As in the language reference, "Displays for lists, sets and dictionaries".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from aioport.lifting.parentheses import parenthesized, parenthesized_if_broken
from aioport.tree import walk


def loops_of(clause: cst.CompFor, innermost: Sequence[cst.BaseStatement]) -> cst.BaseStatement:
    """The loop for one ``for`` of a comprehension and what follows it there."""
    body = innermost if clause.inner_for_in is None else [loops_of(clause.inner_for_in, innermost)]
    tests = [condition.test for condition in clause.ifs]
    # What waits in a test is unrolled in its turn, and may not run unless those before it hold.
    if len(tests) > 1 and not any(isinstance(part, cst.BaseComp) for test in tests for part in walk(test)):
        tests = [_joined(tests)]
    for test in reversed(tests):
        body = [cst.If(parenthesized_if_broken(test), cst.IndentedBlock(body))]
    iterable = parenthesized_if_broken(clause.iter)
    return cst.For(clause.target, iterable, cst.IndentedBlock(body), asynchronous=clause.asynchronous)


def _joined(tests: Sequence[cst.BaseExpression]) -> cst.BaseExpression:
    first, *others = (in_parentheses(test, cst.BooleanOperation) for test in tests)
    for test in others:
        first = cst.BooleanOperation(first, cst.And(), test)
    return first


def in_parentheses(node: cst.BaseExpression, *kinds: type[cst.CSTNode]) -> cst.BaseExpression:
    """``node`` in parentheses if it is of one of ``kinds``, or binds less than all operators."""
    binds_less = isinstance(node, (cst.IfExp, cst.Lambda, cst.NamedExpr, *kinds))
    return parenthesized(node) if binds_less else parenthesized_if_broken(node)


def line_of(small: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
    """``small`` on a line of its own."""
    return cst.SimpleStatementLine([small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])


def below(above: Sequence[cst.EmptyLine], lines: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """``lines``, the first of them with ``above`` above it."""
    first, *others = lines
    return [first.with_changes(leading_lines=[*above, *first.leading_lines]), *others]  # type: ignore[attr-defined]


def own_comments(node: cst.CSTNode) -> Iterator[cst.Comment]:
    """The comments of a comprehension itself, not of the expressions in it."""
    for child in node.children:
        if isinstance(child, cst.Comment):
            yield child
        elif not isinstance(child, cst.BaseExpression):
            yield from own_comments(child)

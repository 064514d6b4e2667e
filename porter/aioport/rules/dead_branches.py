"""Branches for versions of Python older than the target: with ``--unsafe`` they go, else they are only said.

Taking them away is not safe because the file no longer runs on those versions, and because names that only they bound
may be imported from elsewhere.
"""

from __future__ import annotations

import operator

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.history import Version
from aioport.lifting.context import Lift

SINCE = (3, 5)

_COMPARISONS = {
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
}
_NEWEST = (9, 99)
"""No Python is newer."""


def apply(lift: Lift) -> None:
    """Report the branches, and take them away where that is asked for."""
    if lift.oldest is None:
        return
    for node in lift.analysis.nodes:
        if isinstance(node, cst.If):
            holds = version_answer(lift, node.test, (lift.oldest, _NEWEST))
            if holds is not None and (node.orelse is not None or not holds):
                _report(lift, node, holds)
                if lift.unsafe and _can_go(node):
                    _take_away(lift, node, holds)


def _report(lift: Lift, node: cst.If, holds: bool) -> None:
    version = ".".join(map(str, lift.oldest or ()))
    lift.report(
        node.test,
        "dead-branch",
        Severity.WARNING if lift.unsafe and _can_go(node) else Severity.NOTE,
        f"this is always {'true' if holds else 'false'} on Python {version} and later",
        "take the other branch away, or use --unsafe",
        applicability=Applicability.UNSAFE,
    )


def version_answer(lift: Lift, node: cst.BaseExpression, pythons: tuple[Version, ...], depth: int = 0) -> bool | None:
    """What a test of the version gives in all of ``pythons``; ``None`` where it differs, or is another test."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        holds = version_answer(lift, node.expression, pythons, depth)
        return None if holds is None else not holds
    if isinstance(node, cst.Name) and depth < 2:
        scope = lift.analysis.names.binding_scope(node)
        bindings = scope.bindings[node.value] if scope is not None else []
        value = bindings[0].value if len(bindings) == 1 else None
        return version_answer(lift, value, pythons, depth + 1) if value is not None else None
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return None
    compare = _COMPARISONS.get(type(node.comparisons[0].operator))
    version = _version(node.comparisons[0].comparator)
    if compare is None or version is None or not _is_version_info(lift, node.left):
        return None
    answers = {bool(compare(python, version)) for python in pythons}
    return answers.pop() if len(answers) == 1 else None


def _is_version_info(lift: Lift, node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Subscript) and len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Slice):
        node = node.value if node.slice[0].slice.lower is None else node
    return lift.analysis.names.means(node, frozenset(["sys.version_info"]))


def _version(node: cst.BaseExpression) -> tuple[int, ...] | None:
    parts = [element.value for element in node.elements] if isinstance(node, cst.Tuple) else []
    numbers = [int(part.value) for part in parts if isinstance(part, cst.Integer) and part.value.isdigit()]
    # A micro version could only be compared with one.
    return tuple(numbers) if 0 < len(numbers) == len(parts) <= 2 else None


def _can_go(node: cst.If) -> bool:
    bodies = [node.body, node.orelse.body if isinstance(node.orelse, cst.Else) else node.body]
    return not isinstance(node.orelse, cst.If) and all(isinstance(body, cst.IndentedBlock) for body in bodies)


def _take_away(lift: Lift, node: cst.If, holds: bool) -> None:
    parent = lift.analysis.names.parents[node]
    if isinstance(parent, cst.If):
        return
    if not holds and node.orelse is None and len(getattr(parent, "body", ())) == 1:
        return

    def rewrite(updated: cst.CSTNode) -> cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        assert isinstance(updated, cst.If)
        kept = updated if holds else updated.orelse
        if kept is None:
            return cst.RemoveFromParent()
        body = list(cst.ensure_type(kept.body, cst.IndentedBlock).body)
        leading = [*updated.leading_lines, *getattr(body[0], "leading_lines", ())]
        body[0] = body[0].with_changes(leading_lines=leading)
        return cst.FlattenSentinel(body)

    lift.edits.on(node, rewrite)

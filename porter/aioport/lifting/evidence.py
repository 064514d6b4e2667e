"""Where a value came from, as far as the assignments of one file show: what version rules go by."""

from __future__ import annotations

import libcst as cst

from aioport.lifting.context import Lift


def comes_from(lift: Lift, node: cst.BaseExpression, functions: frozenset[str], methods: frozenset[str]) -> bool:
    """Whether every value of ``node`` that is known, and at least one, is the result of one of some calls.

    The calls are of ``functions``, by canonical name, or of ``methods``, by last name; that they are awaited makes no
    difference.
    """
    values = [node] if isinstance(node, (cst.Call, cst.Await, cst.Yield)) else lift.values.assigned(node)
    told = [value for value in values if not (isinstance(value, cst.Name) and value.value == "None")]
    return bool(told) and all(_is_call(lift, value, functions, methods) for value in told)


def _is_call(lift: Lift, node: cst.BaseExpression | None, functions: frozenset[str], methods: frozenset[str]) -> bool:
    node = waited_for(lift, node)
    if not isinstance(node, cst.Call):
        return False
    named = isinstance(node.func, cst.Attribute) and node.func.attr.value in methods
    return named or lift.analysis.names.means(node.func, functions)


def waited_for(lift: Lift, node: cst.BaseExpression | None) -> cst.BaseExpression | None:
    """The operand of an ``await``, or of the yield that becomes one; anything else as it is."""
    if isinstance(node, cst.Await):
        return node.expression
    if isinstance(node, cst.Yield):
        function = lift.analysis.function_around(node)
        suspensions = function.suspensions if function is not None else []
        return next((suspension.operand for suspension in suspensions if suspension.node is node), node)
    return node


def is_waited_for(lift: Lift, call: cst.Call) -> bool:
    """Whether a call is the operand of an ``await`` or a yield, or of the ``From(...)`` in one."""
    parent = lift.analysis.names.parents[call]
    if isinstance(parent, cst.Arg):
        parent = lift.analysis.names.parents[lift.analysis.names.parents[parent]]
    return isinstance(parent, (cst.Await, cst.From)) or (
        isinstance(parent, cst.Yield) and waited_for(lift, parent) is not parent
    )

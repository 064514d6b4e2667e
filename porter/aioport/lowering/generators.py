"""Generators that stay generators and delegate to what was native."""

from __future__ import annotations

import libcst as cst

from aioport.analysis import Definition, Function
from aioport.facts import CallUses
from aioport.findings import Severity
from aioport.lowering.context import Lower


def lower_kept_delegations(lower: Lower) -> None:
    """``yield from x.__await__()`` becomes ``yield from x`` where x is a coroutine that is lowered.

    The generator that such a coroutine is has no ``__await__``, and a plain generator may delegate to it.
    """
    uses = CallUses(lower.analysis)
    lowered = {function.qualname for function in lower.lowered()}
    for function in lower.analysis.functions:
        if function.definition is not Definition.GENERATOR or lower.vocabulary.wait:
            continue
        for suspension in function.suspensions:
            value = suspension.node.value
            call = value.item if isinstance(value, cst.From) else None
            if not _is_await_call(call):
                continue
            inner = call.func.value  # type: ignore[union-attr]
            target = uses.target(inner.func) if isinstance(inner, cst.Call) else None
            if target is not None and _qualname(target.scope, target.name) in lowered:
                lower.edits.on(call, lambda updated: updated.func.value)  # type: ignore[arg-type, attr-defined]
            else:
                _report(lower, function, suspension.node)


def _is_await_call(call: cst.BaseExpression | None) -> bool:
    return (
        isinstance(call, cst.Call)
        and isinstance(call.func, cst.Attribute)
        and call.func.attr.value == "__await__"
        and not call.args
    )


def _qualname(scope: str, name: str) -> str:
    return f"{scope[len('class ') :]}.{name}" if scope.startswith("class ") else scope


def _report(lower: Lower, function: Function, node: cst.CSTNode) -> None:
    lower.report(
        node,
        "native-in-generator",
        Severity.WARNING,
        "this generator delegates to the __await__() of what may have become a generator, which has none",
        "delegate to the generator itself if it has",
        whole=function.node,
    )

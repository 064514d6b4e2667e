"""Generators that stay generators and delegate to what was native."""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.facts import CallUses
from aioport.findings import Applicability, Severity
from aioport.functions import Definition, Function, Target
from aioport.lowering.context import Lower
from aioport.names import dotted
from aioport.tree import awaited_by_hand


def lower_kept_delegations(lower: Lower) -> None:
    """``yield from x.__await__()`` becomes ``yield from x`` where x is a coroutine that is lowered, or a future.

    The generator that such a coroutine is has no ``__await__``, and a plain generator may delegate to it. What may be
    one or not is asked when it runs, if it can be named twice.
    """
    uses = CallUses(lower.analysis)
    _report_asking(lower)
    for function in lower.analysis.functions:
        if function.definition is not Definition.GENERATOR or lower.vocabulary.wait:
            continue
        for suspension in function.suspensions:
            value = suspension.node.value
            call = value.item if isinstance(value, cst.From) else None
            inner = awaited_by_hand(call)
            if call is None or inner is None:
                continue
            target = uses.target(inner.func) if isinstance(inner, cst.Call) else None
            reaches = target is not None and _reaches_lowered(lower, target)
            # A future can be iterated, always; it has an __await__ since Python 3.5.
            if reaches or lower.values.is_made_by(inner, library.FUTURES):
                # Lifting knows less of what an abstract method may be.
                lower.unlike.append(suspension.node)
                lower.edits.on(call, lambda updated: updated.func.value)  # type: ignore[attr-defined]
            elif dotted(inner) is not None:
                lower.unlike.append(suspension.node)
                lower.edits.on(call, _asked)
                _report_asked(lower, suspension.node)
            else:
                _report(lower, function, suspension.node)


def _report_asking(lower: Lower) -> None:
    """Report each ``x.__await__()`` that no generator delegates to."""
    if not lower.target.gives_generators(lower.version):
        return
    parents = lower.analysis.names.parents
    for call in lower.analysis.calls:
        inner = awaited_by_hand(call)
        if inner is None or lower.values.is_made_by(inner, library.FUTURES):
            continue
        if isinstance(parents[call], (cst.From, cst.Await)):
            continue
        lower.report(
            call,
            "native-in-generator",
            Severity.WARNING,
            "this asks for the __await__() of what may have become a generator, which has none",
            "delegate to it from a generator or a coroutine",
        )


def _reaches_lowered(lower: Lower, target: Target) -> bool:
    """Whether a call surely reaches functions that are lowered, apart from abstract methods that return nothing."""
    if target.scope.startswith("class "):
        reached = [f for f in lower.analysis.functions if f.owner and f.node.name.value == target.name]
    else:
        reached = [f for f in lower.analysis.functions if target.scope and f.qualname == target.scope]
    lowered = lower.lowered()
    returning = [function for function in reached if function in lower.natives or function.returns]
    return bool(returning) and all(function in lowered for function in returning)


def _asked(updated: cst.CSTNode) -> cst.CSTNode:
    """``getattr(x, "__await__", lambda: x)()`` for ``x.__await__()``."""
    assert isinstance(updated, cst.Call)
    assert isinstance(updated.func, cst.Attribute)
    value = updated.func.value
    args = [value, cst.SimpleString('"__await__"'), cst.Lambda(cst.Parameters(), value)]
    return updated.with_changes(func=cst.Call(cst.Name("getattr"), [cst.Arg(arg) for arg in args]))


def _report_asked(lower: Lower, node: cst.CSTNode) -> None:
    lower.report(
        node,
        "native-in-generator",
        Severity.NOTE,
        "this generator delegates to what may have become a generator, which has no __await__, so that is asked first",
        "delegate to the generator itself if it always is one",
        applicability=Applicability.SAFE,
    )


def _report(lower: Lower, function: Function, node: cst.CSTNode) -> None:
    lower.report(
        node,
        "native-in-generator",
        Severity.WARNING,
        "this generator delegates to the __await__() of what may have become a generator, which has none",
        "delegate to the generator itself if it has",
        whole=function.node,
    )

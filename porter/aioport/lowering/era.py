"""What shows that a function was written for Python 3.7 or older, where CancelledError is an Exception.

A handler for Exception that asks whether what it caught is a CancelledError is no use later: the answer is always no.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.analysis import Function
from aioport.findings import Applicability, Severity
from aioport.lifting.returns import may_catch
from aioport.lowering.context import Lower
from aioport.names import dotted
from aioport.tree import walk

_EXCEPTION = frozenset(["builtins.Exception"])
_CANCELLED = frozenset(["asyncio.CancelledError"])
_ISINSTANCE = frozenset(["builtins.isinstance"])


def handler_asking(lower: Lower, function: Function) -> cst.ExceptHandler | None:
    """A handler for Exception that asks whether it caught a CancelledError, itself or in a function it calls."""
    for node in walk(function.node.body):
        if (
            isinstance(node, cst.ExceptHandler)
            and node.name is not None
            and isinstance(node.name.name, cst.Name)
            and may_catch(lower.analysis.names, node, _EXCEPTION)
            and _asks(lower, node.body, node.name.name.value)
        ):
            return node
    return None


def _asks(lower: Lower, body: cst.CSTNode, name: str, *, deep: bool = True) -> bool:
    """Whether ``body`` asks if ``name`` is a CancelledError; ``deep``: or a function of this file that it calls."""
    for node in walk(body):
        if not isinstance(node, cst.Call):
            continue
        place = next((i for i, arg in enumerate(node.args) if dotted(arg.value) == name and arg.keyword is None), None)
        if place is None:
            continue
        if lower.analysis.names.means(node.func, _ISINSTANCE):
            if any(lower.analysis.names.means(part, _CANCELLED) for part in walk(node.args[-1].value)):
                return True
        elif deep and any(_asks(lower, f.node.body, given, deep=False) for f, given in _given(lower, node, place)):
            return True
    return False


def _given(lower: Lower, call: cst.Call, place: int) -> Iterator[tuple[Function, str]]:
    """The functions of this file that a call may reach by its name, with the parameter that gets an argument."""
    called = (dotted(call.func) or "").rpartition(".")[2]
    for function in lower.analysis.functions:
        index = place + (1 if function.owner else 0)
        if function.node.name.value == called and index < len(function.node.params.params):
            yield function, function.node.params.params[index].name.value


def report_asking(lower: Lower, function: Function, handler: cst.ExceptHandler) -> None:
    """Say that a function's handlers go on catching CancelledError."""
    lower.report(
        handler,
        "cancelled-passes",
        Severity.WARNING,
        "this handler asks for CancelledError, which it gets until Python 3.7 only, so the handlers of "
        f"{function.node.name.value}() go on catching it",
        "catch CancelledError in a handler of its own, if the program is for newer versions as well",
        applicability=Applicability.SAFE,
    )

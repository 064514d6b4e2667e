"""A coroutine function given where a callback is wanted: it is called, and what it gives is never waited for.

asyncio 3.4.3 refused it with a TypeError; since then nothing happens, but in debug mode (history.md, B8 41).
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.functions import Function
from aioport.inference import Verdict
from aioport.lifting.context import Lift

SINCE = (3, 5)

_TAKERS = {
    "add_done_callback": 0,
    "add_reader": 1,
    "add_signal_handler": 1,
    "add_writer": 1,
    "call_at": 1,
    "call_later": 1,
    "call_soon": 0,
    "call_soon_threadsafe": 0,
    "run_in_executor": 1,
}
"""Methods of loops and futures, and which argument is the callback."""


def apply(lift: Lift) -> None:
    """Report the coroutine functions of this file that are given as callbacks."""
    for call in lift.analysis.calls:
        index = _TAKERS.get(call.func.attr.value) if isinstance(call.func, cst.Attribute) else None
        if index is None or len(call.args) <= index or call.args[index].keyword is not None:
            continue
        function = _function(lift, call.args[index].value)
        if function is not None and lift.verdict(function) in (Verdict.NATIVE, Verdict.LEFT_COROUTINE):
            lift.report(
                call.args[index].value,
                "coroutine-callback",
                Severity.WARNING,
                f"{function.node.name.value}() is a coroutine function: as a callback it never runs",
                "give a function that makes a task of it: lambda: asyncio.ensure_future(...)",
            )


def _function(lift: Lift, node: cst.BaseExpression) -> Function | None:
    """The function of this file that ``node`` surely is: by its name, or a method of the class around."""
    if isinstance(node, cst.Name):
        scope = lift.analysis.names.binding_scope(node)
        bindings = scope.bindings[node.value] if scope is not None else []
        found = [b.node for b in bindings if isinstance(b.node, cst.FunctionDef)]
        return lift.analysis.function_of(found[0]) if len(found) == len(bindings) == 1 else None
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == "self":
        around = lift.analysis.function_around(node)
        named = [f for f in lift.analysis.functions if f.node.name.value == node.attr.value and f.owner]
        return named[0] if around is not None and len(named) == 1 and named[0].owner == around.owner else None
    return None

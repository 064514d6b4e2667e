"""Waits that end otherwise: a timeout of nothing, and cancelled children of ``gather(return_exceptions=True)``.

``wait_for(x, 0)`` lets a coroutine run up to its first wait before 3.7, and not at all since (history.md, B7). The
results of gather that are cancellations are no ``Exception`` since 3.8 (B1 1).
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.functions import Function
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift

SINCE = (3, 7)

_EXCEPTION = frozenset(["builtins.Exception"])
_QUESTION = frozenset(["builtins.isinstance"])


def apply(lift: Lift) -> None:
    """Report both."""
    collecting: set[Function | None] = set()
    for call in lift.analysis.calls:
        found = api_name(lift.analysis.names.origins(call.func))
        if found is None:
            continue
        if found[1] == "wait_for":
            given = [arg for arg in call.args if arg.keyword is None or arg.keyword.value == "timeout"]
            if len(given) > 1 and isinstance(given[1].value, cst.Integer) and given[1].value.evaluated_value == 0:
                lift.report(
                    call,
                    "wait-for-nothing",
                    Severity.WARNING,
                    "since Python 3.7 wait_for() with a timeout of 0 does not even start a coroutine",
                    "call it directly if it may run up to its first wait",
                )
        elif found[1] == "gather" and any(
            arg.keyword and arg.keyword.value == "return_exceptions" for arg in call.args
        ):
            collecting.add(lift.analysis.function_around(call))
    if lift.target_version < (3, 8):
        return
    collecting &= lift.generators_so_far()
    for call in lift.analysis.calls:
        if len(call.args) == 2 and lift.analysis.function_around(call) in collecting:
            kind = call.args[1].value
            if lift.analysis.names.means(call.func, _QUESTION) and lift.analysis.names.means(kind, _EXCEPTION):
                lift.report(
                    call,
                    "cancellation-passes",
                    Severity.WARNING,
                    "a cancelled child of gather() is no Exception since Python 3.8, but a BaseException",
                    "ask for BaseException, or for asyncio.CancelledError as well",
                )

"""Findings on mocks that can be iterated, and stood in for coroutines so far."""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.mocks import empty_results, patched


def report_mocks(lift: Lift) -> None:
    """Report each mock of something that is awaited from now on."""
    for function, call, name in patched(lift.analysis):
        if name in lift.decisions[function.key].mocked:
            _report(lift, call, f"the mock of {name} stands in for coroutines that are awaited now")
    for node in empty_results(lift.analysis):
        _report(lift, node, "this empty result of a mock can be waited for with `yield from` and not with await")


def _report(lift: Lift, node: cst.CSTNode, message: str) -> None:
    lift.report(
        node,
        "mocked-coroutine",
        Severity.WARNING,
        message,
        "give the mock coroutine functions, or a finished future as its result",
    )

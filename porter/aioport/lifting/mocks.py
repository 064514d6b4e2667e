"""Mocks that can be iterated, and stood in for coroutines so far."""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.lifting.added_definitions import define
from aioport.lifting.context import Lift
from aioport.mocks import empty_results, patched

_CLASS = '''\
class {name}(tuple):
    """What a mock gives where that is waited for: there is nothing to wait for."""

    def __await__(self):
        return iter(self)
'''


def lift_mocks(lift: Lift) -> None:
    """Report each mock of something that is awaited from now on, and let the empty tuple that it gives be awaited."""
    for function, call, name in patched(lift.analysis):
        if name in lift.decisions[function.key].mocked:
            _report(lift, call, f"the mock of {name} stands in for coroutines that are awaited now")
    results = list(empty_results(lift.analysis))
    tuples = [node.value for node in results if isinstance(node.value, cst.Tuple)] if lift.keeps_helpers else []
    if tuples:
        name = define(lift, "AwaitableTuple", _CLASS)
        for value in tuples:
            lift.edits.replace(value, cst.Call(cst.Name(name)))
    for node in results:
        if node.value in tuples:
            lift.report(
                node,
                "mocked-coroutine",
                Severity.NOTE,
                "`yield from` takes this empty result of a mock and await does not, so it is a tuple that both take",
                "give the mock coroutine functions, or a finished future as its result",
                applicability=Applicability.SAFE,
            )
        else:
            _report(lift, node, "this empty result of a mock can be waited for with `yield from` and not with await")


def _report(lift: Lift, node: cst.CSTNode, message: str) -> None:
    lift.report(
        node,
        "mocked-coroutine",
        Severity.WARNING,
        message,
        "give the mock coroutine functions, or a finished future as its result",
    )

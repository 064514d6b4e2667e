"""Mocks that can be iterated, and stood in for coroutines so far."""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.findings import Applicability, Severity
from aioport.lifting.context import Lift
from aioport.lifting.empty_tuples import is_empty_tuple, make_awaitable
from aioport.mocks import empty_results, patched, patched_attributes

_ASYNC_MOCKS = (3, 8)
"""From here on ``patch()`` gives an AsyncMock for coroutine functions (bpo-26467), which asyncio's are since 3.7."""


def lift_mocks(lift: Lift) -> None:
    """Report each mock of something that is awaited from now on, and let the empty tuple that it gives be awaited."""
    for function, call, name in patched(lift.analysis):
        if lift.target_version >= _ASYNC_MOCKS and ".".join(name.split(".")[-2:]) in library.COROUTINE_FUNCTIONS:
            _report(
                lift,
                call,
                f"since Python 3.8 the mock of {name} is an AsyncMock, and waiting for its call gives what side_effect "
                "or return_value is without waiting for that",
            )
        elif name in lift.decisions[function.key].mocked:
            _report(lift, call, f"the mock of {name} stands in for coroutines that are awaited now")
    converted = {function.node.name.value for function in lift.converted()}
    for call, name in patched_attributes(lift.analysis):
        if name in converted:
            _report(lift, call, f"the mock of {name} stands in for coroutines that are awaited now")
    for node in empty_results(lift.analysis):
        if lift.keeps_helpers and is_empty_tuple(node.value):
            make_awaitable(lift, node.value)
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

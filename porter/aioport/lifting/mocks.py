"""Mocks that can be iterated, and stood in for coroutines so far."""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.findings import Applicability, Severity
from aioport.lifting.awaitable_mocks import can_be_awaitable, gives_awaitables, make_mock_awaitable
from aioport.lifting.context import Lift
from aioport.lifting.empty_tuples import is_empty_tuple, make_awaitable
from aioport.mocks import empty_results, patched, patched_attributes

_ASYNC_MOCKS = (3, 8)
"""From here on ``patch()`` gives an AsyncMock for coroutine functions (bpo-26467), which asyncio's are since 3.7."""

_ADVICE = "give the mock coroutine functions, or a finished future as its result"


def lift_mocks(lift: Lift) -> None:
    """Let what mocks stand in with be awaited, where they stood in for coroutines, and say so; else report them."""
    for function, call, name in patched(lift.analysis):
        decision = lift.decisions[function.key]
        if name in decision.mocked_classes:
            _lift_mock(lift, call, name, is_exact=True)
        elif name in decision.mocked:
            _lift_mock(lift, call, name, is_exact=_is_plain_mock(lift, call))
        elif lift.target_version >= _ASYNC_MOCKS and ".".join(name.split(".")[-2:]) in library.COROUTINE_FUNCTIONS:
            _lift_mock(lift, call, name, is_exact=_is_plain_mock(lift, call) and bool(lift.converted()))
    converted = {function.node.name.value for function in lift.converted()}
    for call, name in patched_attributes(lift.analysis):
        if name in converted:
            _lift_mock(lift, call, name, is_exact=_is_plain_mock(lift, call))
    for node in empty_results(lift.analysis):
        if lift.keeps_helpers and is_empty_tuple(node.value):
            make_awaitable(lift, node.value)
            lift.report(
                node,
                "mocked-coroutine",
                Severity.NOTE,
                "`yield from` takes this empty result of a mock and await does not, so it is a tuple that both take",
                _ADVICE,
                applicability=Applicability.SAFE,
            )
        else:
            _report(lift, node, "this empty result of a mock can be waited for with `yield from` and not with await")


def _is_plain_mock(lift: Lift, patch: cst.Call) -> bool:
    """Whether the mock of a coroutine function was a MagicMock: by the version, or as it is told to give awaitables."""
    return lift.target_version < _ASYNC_MOCKS or gives_awaitables(lift, patch)


def _lift_mock(lift: Lift, patch: cst.Call, name: str, *, is_exact: bool) -> None:
    if is_exact and lift.keeps_helpers and can_be_awaitable(lift, patch):
        make_mock_awaitable(lift, patch)
        lift.report(
            patch,
            "mocked-coroutine",
            Severity.NOTE,
            f"`yield from` takes this mock of {name} and what it gives, and await does not, so its class is one that "
            "both take",
            _ADVICE,
            applicability=Applicability.SAFE,
        )
    elif lift.target_version >= _ASYNC_MOCKS and not is_exact:
        _report(
            lift,
            patch,
            f"since Python 3.8 the mock of {name} is an AsyncMock, and waiting for its call gives what side_effect "
            "or return_value is without waiting for that",
        )
    else:
        _report(lift, patch, f"the mock of {name} stands in for coroutines that are awaited now")


def _report(lift: Lift, node: cst.CSTNode, message: str) -> None:
    lift.report(node, "mocked-coroutine", Severity.WARNING, message, _ADVICE)

"""Methods that Python itself calls: ``__iter__`` and ``__await__`` that wait, ``async def __aiter__``."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from aioport import library
from aioport.analysis import Analysis, Definition, Function
from aioport.findings import Severity
from aioport.inference import CALLED, Decision, Verdict
from aioport.lifting.context import Lift
from aioport.tree import walk


def make_aiters_plain(lift: Lift) -> None:
    """Have each ``async def __aiter__`` that waits for nothing give its iterator at once.

    ``async for`` waited for what it gave up to 3.6, which was the only way in 3.5.0 and 3.5.1 (documentation of
    ``object.__aiter__``; bpo-27243).
    """
    if lift.target_version < library.PLAIN_AITER:
        return
    for function in lift.analysis.functions:
        name = function.node.name
        if (
            name.value != "__aiter__"
            or not function.owner
            or function.definition is not Definition.NATIVE
            or function.is_asynchronous_generator
        ):
            continue
        if function.node.decorators or _waits(lift, function) or lift.decisions[function.key].reason == CALLED:
            if lift.target_version > library.PLAIN_AITER:
                lift.report(
                    name,
                    "protocol-method",
                    Severity.ERROR,
                    "since Python 3.7 __aiter__ has to give the iterator itself, and this gives a coroutine",
                    "make it a plain function, and wait in __anext__",
                )
        else:
            lift.edits.on(function.node, _plain)


def with_protocols(analysis: Analysis, decisions: dict[str, Decision]) -> dict[str, Decision]:
    """``decisions`` with each ``__iter__`` and ``__await__`` that waits a coroutine.

    So it is where nothing but a call of such a method can be waited for.
    """
    result = dict(decisions)
    for function in analysis.functions:
        decision = decisions[function.key]
        blocked = {blocker.code for blocker in function.blockers} - {"protocol-method"}
        if decision.waits_as_protocol and not blocked and function.node.asynchronous is None:
            native = replace(decision, verdict=Verdict.NATIVE, to_native=frozenset(), to_both=frozenset())
            result[function.key] = replace(native, awaits_as_well=False)
    return result


def _waits(lift: Lift, function: Function) -> bool:
    return any(
        (isinstance(node, cst.Await) or getattr(node, "asynchronous", None) is not None)
        and lift.analysis.function_around(node) is function
        for node in walk(function.node.body)
    )


def _plain(updated: cst.CSTNode) -> cst.CSTNode:
    return updated.with_changes(asynchronous=None)

"""``@asyncio.coroutine def __iter__``: a method that Python itself calls, and that has to stay a generator."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from aioport.analysis import Analysis, Function
from aioport.findings import Applicability, Severity
from aioport.inference import Decision, Verdict
from aioport.lifting.added_imports import import_module
from aioport.lifting.context import Lift


def mark_iterators(lift: Lift) -> None:
    """Have ``types.coroutine`` mark each ``__iter__`` that ``asyncio.coroutine`` did.

    For a generator function asyncio's decorator was that one and a note for ``iscoroutinefunction``, debug mode apart
    (Lib/asyncio/coroutines.py of 3.5 to 3.10); asyncio has none from 3.11 on. ``yield from`` takes what such a method
    gives, and it may itself delegate to native coroutines.
    """
    for function in lift.analysis.functions:
        if lift.verdict(function) is not Verdict.LEFT_COROUTINE or not _is_generator_for_yield_from(lift, function):
            continue
        assert function.decorator is not None
        if not import_module(lift, "types"):
            continue
        lift.marked.add(function)
        lift.consume(function.decorator)
        lift.edits.replace(function.decorator.decorator, cst.parse_expression("types.coroutine"))
        lift.report(
            function.node.name,
            "protocol-method",
            Severity.NOTE,
            "this has to stay a generator, so types.coroutine marks it now",
            "take it away where no generator waits for these objects any more, and __await__ is there",
            applicability=Applicability.SAFE,
        )


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


def _is_generator_for_yield_from(lift: Lift, function: Function) -> bool:
    return (
        lift.keeps_helpers
        and function.node.name.value == "__iter__"
        and bool(function.suspensions)
        and function.decorator is not None
        and lift.analysis.names.means(function.decorator.decorator, frozenset(["asyncio.coroutine"]))
        and {blocker.code for blocker in function.blockers} == {"protocol-method"}
    )

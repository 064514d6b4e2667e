"""Methods that Python itself calls: ``__iter__`` and ``__await__`` that wait, ``async def __aiter__``."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.findings import Applicability, Severity
from aioport.functions import Definition, Function
from aioport.inference import CALLED, Decision, Verdict
from aioport.late_iterators import given_last
from aioport.lifting.context import Lift
from aioport.lifting.parentheses import parenthesized
from aioport.returned import hands_on
from aioport.tree import awaited_by_hand, walk

_LOOP = """\
while True:
    try:
        {item} = await {iterator}.__anext__()
    except StopAsyncIteration:
        return
    yield {item}
"""


def settle_aiters(lift: Lift) -> None:
    """Have each coroutine function ``__aiter__`` give its iterator at once.

    ``async for`` waited for what it gave up to 3.6, which was the only way in 3.5.0 and 3.5.1 (documentation of
    ``object.__aiter__``; bpo-27243). What waits for nothing becomes a plain function, what waits first an asynchronous
    generator.
    """
    if lift.target_version < library.PLAIN_AITER:
        return
    for function in lift.analysis.functions:
        if function.node.name.value != "__aiter__" or not function.owner or function.is_asynchronous_generator:
            continue
        if function.definition is Definition.NATIVE:
            _settle_native(lift, function)
        elif function.suspensions and function in lift.converted():
            _go_through(lift, function)


def _settle_native(lift: Lift, function: Function) -> None:
    is_called = bool(function.node.decorators) or lift.decisions[function.key].reason == CALLED
    if not is_called and not _waits(lift, function):
        lift.edits.on(function.node, _plain)
    elif lift.target_version == library.PLAIN_AITER:
        # That version still waits for it.
        return
    elif not is_called and given_last(function):
        _go_through(lift, function)
    else:
        lift.report(
            function.node.name,
            "protocol-method",
            Severity.ERROR,
            "since Python 3.7 __aiter__ has to give the iterator itself, and this gives a coroutine",
            "make it a plain function, and wait in __anext__",
        )


def _go_through(lift: Lift, function: Function) -> None:
    """Hand on what the iterator gives that the last line returned.

    ``async for`` in its place would ask the iterator for its own ``__aiter__``, which may be this function.
    """
    last = given_last(function)
    assert last is not None
    iterator, item = lift.unused_name("iterator", function), lift.unused_name("item", function)

    def rewrite(updated: cst.CSTNode) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        assert isinstance(updated, cst.SimpleStatementLine)
        returning = updated.body[0]
        assert isinstance(returning, cst.Return)
        value = returning.value
        assert value is not None
        if isinstance(value, cst.Name) and not value.lpar and updated.trailing_whitespace.comment is None:
            loop = cst.parse_statement(_LOOP.format(iterator=value.value, item=item))
            return loop.with_changes(leading_lines=updated.leading_lines)
        loop = cst.parse_statement(_LOOP.format(iterator=iterator, item=item))
        given = cst.Assign([cst.AssignTarget(cst.Name(iterator))], value)
        return cst.FlattenSentinel([updated.with_changes(body=[given]), loop])

    lift.edits.on(last, rewrite)
    lift.report(
        function.node.name,
        "protocol-method",
        Severity.NOTE,
        "since Python 3.7 __aiter__ has to give the iterator itself, so this is an asynchronous generator now, which "
        "waits in its first step and hands on what the iterator gives",
        "nothing, unless something else than `async for` calls it",
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


def lift_handed_on(lift: Lift) -> None:
    """Have each ``__await__`` that only returns that of something else wait for it, for a style with generators.

    What it waits for may have become a generator, which has no ``__await__``.
    """
    for function in lift.analysis.functions:
        if not lift.lowered_again or not hands_on(lift.analysis, function):
            continue
        rewrite = _awaiting if lift.verdict(function) is Verdict.NATIVE else _delegating
        for returning in function.returns:
            assert returning.value is not None
            lift.edits.on(returning.value, rewrite)


def _awaiting(updated: cst.CSTNode) -> cst.CSTNode:
    operand = awaited_by_hand(updated)
    assert operand is not None
    return cst.Await(operand)


def _delegating(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Call)
    return parenthesized(cst.Yield(cst.From(updated)))


def _waits(lift: Lift, function: Function) -> bool:
    return any(
        (isinstance(node, cst.Await) or getattr(node, "asynchronous", None) is not None)
        and lift.analysis.function_around(node) is function
        for node in walk(function.node.body)
    )


def _plain(updated: cst.CSTNode) -> cst.CSTNode:
    return updated.with_changes(asynchronous=None)

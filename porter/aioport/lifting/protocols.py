"""Methods that Python itself calls: ``@asyncio.coroutine def __iter__`` stays a generator, ``async def __aiter__`` goes."""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.analysis import Definition, Function
from aioport.findings import Applicability, Severity
from aioport.inference import CALLED, Verdict
from aioport.lifting.added_imports import import_module
from aioport.lifting.context import Lift
from aioport.tree import walk


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


def _is_generator_for_yield_from(lift: Lift, function: Function) -> bool:
    return (
        lift.keeps_helpers
        and function.node.name.value == "__iter__"
        and bool(function.suspensions)
        and function.decorator is not None
        and lift.analysis.names.means(function.decorator.decorator, frozenset(["asyncio.coroutine"]))
        and {blocker.code for blocker in function.blockers} == {"protocol-method"}
    )


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


def _waits(lift: Lift, function: Function) -> bool:
    return any(
        (isinstance(node, cst.Await) or getattr(node, "asynchronous", None) is not None)
        and lift.analysis.function_around(node) is function
        for node in walk(function.node.body)
    )


def _plain(updated: cst.CSTNode) -> cst.CSTNode:
    return updated.with_changes(asynchronous=None)

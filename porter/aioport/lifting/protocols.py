"""Decorated generators that stay generators: ``types.coroutine`` stands in for ``asyncio.coroutine``.

For a generator function asyncio's decorator was that one and a note for ``iscoroutinefunction``, debug mode apart
(Lib/asyncio/coroutines.py of 3.5 to 3.10); asyncio has none from 3.11 on.
"""

from __future__ import annotations

import libcst as cst

from aioport.analysis import Function
from aioport.findings import Applicability, Severity
from aioport.inference import Verdict
from aioport.lifting.added_imports import import_module
from aioport.lifting.context import Lift

_NO_COROUTINE = (3, 11)
"""First version without ``asyncio.coroutine``: what is left with it cannot even be imported there."""


def mark_iterators(lift: Lift) -> None:
    """Have ``types.coroutine`` mark what ``asyncio.coroutine`` did: each ``__iter__``, and what is left for 3.11 on.

    ``yield from`` takes what such an ``__iter__`` gives, and it may itself delegate to native coroutines. Anything else
    stays with its finding, and the module can be imported.
    """
    for function in lift.analysis.functions:
        if lift.verdict(function) is not Verdict.LEFT_COROUTINE or not _is_generator(lift, function):
            continue
        stays_for_good = _is_for_yield_from(function)
        if not (stays_for_good or lift.target_version >= _NO_COROUTINE) or not import_module(lift, "types"):
            continue
        assert function.decorator is not None
        lift.consume(function.decorator)
        lift.edits.replace(function.decorator.decorator, cst.parse_expression("types.coroutine"))
        if not stays_for_good:
            continue
        lift.marked.add(function)
        lift.report(
            function.node.name,
            "protocol-method",
            Severity.NOTE,
            "this has to stay a generator, so types.coroutine marks it now",
            "take it away where no generator waits for these objects any more, and __await__ is there",
            applicability=Applicability.SAFE,
        )


def _is_generator(lift: Lift, function: Function) -> bool:
    return (
        lift.keeps_helpers
        and bool(function.suspensions)
        and function.decorator is not None
        and lift.analysis.names.means(function.decorator.decorator, frozenset(["asyncio.coroutine"]))
    )


def _is_for_yield_from(function: Function) -> bool:
    codes = {blocker.code for blocker in function.blockers}
    return function.node.name.value == "__iter__" and codes == {"protocol-method"}

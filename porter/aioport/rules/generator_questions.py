"""``asyncio.iscoroutine(x)`` says no to every generator since Python 3.12 (history.md, B5 21).

It said yes to all of them. Where a coroutine of the file has to stay a generator, generators are still what the file
works with, so they are asked for as well. Elsewhere the question is only reported, as any of its kind: what the file
makes is no generator any more.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.lifting.added_imports import import_module
from aioport.lifting.context import Lift
from aioport.lifting.stand_ins import is_generator_for_yield_from
from aioport.names import dotted

SINCE = (3, 12)

_QUESTION = frozenset(["asyncio.iscoroutine"])


def apply(lift: Lift) -> None:
    """Ask for generators too, of what may be evaluated twice."""
    if all(is_generator_for_yield_from(function) for function in lift.marked):
        return
    for call in lift.analysis.calls:
        if lift.analysis.names.means(call.func, _QUESTION) and len(call.args) == 1:
            _ask(lift, call)


def _ask(lift: Lift, call: cst.Call) -> None:
    asks = dotted(call.args[0].value) is not None and import_module(lift, "inspect")
    if asks:
        lift.edits.on(call, _question)
    lift.report(
        call,
        "kind-question",
        Severity.NOTE if asks else Severity.WARNING,
        "asyncio.iscoroutine() says no to generators since Python 3.12" + asks * ", so these are asked for as well",
        "take that away where no generators come here" if asks else "ask inspect.isgenerator() as well",
        applicability=Applicability.SAFE if asks else Applicability.MANUAL,
    )


def _question(call: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(call, cst.Call)
    generator = call.with_changes(func=cst.parse_expression("inspect.isgenerator"), lpar=[], rpar=[])
    either = cst.BooleanOperation(call, cst.Or(), generator)
    return either.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])

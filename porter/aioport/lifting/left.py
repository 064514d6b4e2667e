"""What stays as it was: a finding for each function that was not converted, and what has to change around it."""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.functions import Definition, Function, Wait
from aioport.inference import ASSUMED, CALLED, ITERATED, Decision, Verdict
from aioport.lifting.context import Lift
from aioport.lifting.stand_ins import is_generator_for_yield_from
from aioport.lifting.statements import with_alias
from aioport.lifting.suspensions import lift_kept_delegations


def report_left(lift: Lift) -> None:
    """Report every coroutine, or what may be one, that stays a generator."""
    for function in lift.analysis.functions:
        decision = lift.decisions[function.key]
        if decision.reason == ASSUMED:
            _report_undecided(lift, function, Severity.WARNING, "it is ported because of --unsafe")
        if decision.verdict is Verdict.LEFT_COROUTINE and not (
            function in lift.marked and is_generator_for_yield_from(function)
        ):
            _report_coroutine(lift, function, decision)
        elif decision.verdict in (Verdict.GENERATOR, Verdict.UNDECIDED):
            _report_generator(lift, function, decision)
        if decision.awaits_as_well:
            _add_await(lift, function)
        if function.definition in (Definition.PLAIN, Definition.GENERATOR) and decision.verdict is not Verdict.NATIVE:
            _report_raises(lift, function)


def _add_await(lift: Lift, function: Function) -> None:
    """``__await__ = __iter__`` below an ``__iter__``: await asks for the former, and gets from it what it needs."""
    lift.edits.on(function.node, lambda updated: with_alias(updated, "__await__", "__iter__"))
    lift.report(
        function.node.name,
        "awaited-iterator",
        Severity.NOTE,
        "coroutines wait for objects of this class, and await takes only what has an __await__",
        "the class now has `__await__ = __iter__`",
        applicability=Applicability.SAFE,
    )


def report_star_imports(lift: Lift) -> bool:
    """Report a star import that a coroutine which was left needs, and all of the file with it; whether there is one.

    Two star imports, one for each library, would take each other's names.
    """
    if not any(map(lift.stays, lift.analysis.functions)):
        return False
    imports = lift.analysis.foreign_star_imports()
    for node in imports:
        lift.report(
            node,
            "star-import",
            Severity.ERROR,
            "a coroutine that is left needs the names of this star import, the rest of the file would need asyncio's",
            "port what the other findings are about by hand, or import the names one by one",
            whole=lift.analysis.module,
        )
    return bool(imports)


def _report_coroutine(lift: Lift, function: Function, decision: Decision) -> None:
    for blocker in function.blockers:
        lift.report(blocker.node, blocker.code, Severity.ERROR, blocker.message, blocker.advice, whole=function.node)
    if decision.reason == ITERATED:
        lift.report(
            function.node.name,
            "driven-by-hand",
            Severity.ERROR,
            "this coroutine is iterated somewhere, which a coroutine object cannot be",
            "await it there, or make it a plain generator",
            whole=function.node,
        )
    if decision.reason == CALLED:
        lift.report(
            function.node.name,
            "protocol-method",
            Severity.ERROR,
            "async for wants the iterator itself from __aiter__, and somebody who calls it may wait for it"
            if function.node.name.value == "__aiter__"
            else "await wants an iterator from __await__, and somebody does something else with it than to wait for it",
            "make it a plain function, and take its result as it is where it is called",
            whole=function.node,
        )
    _report_obstacle(lift, function, decision)
    _report_waiter(lift, function, decision)


def _report_waiter(lift: Lift, function: Function, decision: Decision) -> None:
    if decision.is_awaited_by_left:
        lift.report(
            function.node.name,
            "depends-on-left",
            Severity.ERROR,
            "a coroutine that stays as it is waits for this, and cannot wait for what it would become",
            f"port that one first: {_said(decision)}",
            whole=function.node,
        )


def _said(decision: Decision) -> str:
    return ", because of ".join(decision.chain)


def _report_obstacle(lift: Lift, function: Function, decision: Decision) -> None:
    if decision.obstacle is None:
        return
    waits = [s for s in function.suspensions if s.wait is Wait.AWAIT]
    lift.report(
        waits[decision.obstacle].node,
        "depends-on-left",
        Severity.ERROR,
        "this waits for a generator that stays one, or stays a coroutine of Trollius, and await takes neither",
        f"port that one first: {_said(decision)}",
        whole=function.node,
    )


def _report_generator(lift: Lift, function: Function, decision: Decision) -> None:
    if decision.verdict is Verdict.UNDECIDED:
        _report_undecided(
            lift,
            function,
            Severity.ERROR,
            "if it is one decorate it with asyncio.coroutine and port again, or port with --unsafe",
        )
    elif decision.reason or decision.obstacle is not None:
        for blocker in function.blockers:
            lift.report(
                blocker.node, blocker.code, Severity.ERROR, blocker.message, blocker.advice, whole=function.node
            )
        _report_obstacle(lift, function, decision)
        _report_waiter(lift, function, decision)
    _adapt_delegations(lift, function, decision)


def _report_undecided(lift: Lift, function: Function, severity: Severity, advice: str) -> None:
    lift.report(
        function.node.name,
        "undecided-generator",
        severity,
        "nothing in sight says whether this generator is a coroutine: what it delegates to is not known, and nothing "
        "runs, awaits or iterates it",
        advice,
        applicability=Applicability.UNSAFE,
        whole=function.node,
    )


def _adapt_delegations(lift: Lift, function: Function, decision: Decision) -> None:
    if lift.lowered_again:
        return
    if any(lift.analysis.names.means(d.decorator, frozenset(["types.coroutine"])) for d in function.node.decorators):
        return
    waits = [s for s in function.suspensions if s.wait is Wait.AWAIT]
    lift_kept_delegations(lift, function, decision.to_native)
    for index in sorted(decision.to_native | decision.to_both):
        if not isinstance(waits[index].node.value, cst.From):
            continue
        certain = index in decision.to_native
        lift.report(
            waits[index].node,
            "native-in-generator",
            Severity.NOTE if certain else Severity.WARNING,
            "this generator stays one and delegates to what has become a coroutine"
            if certain
            else "this generator stays one and delegates to what may have become a coroutine",
            "it now goes through `__await__()`; an async def would not need to"
            if certain
            else "delegate to `x.__await__()` if it has",
            applicability=Applicability.SAFE if certain else Applicability.MANUAL,
        )


def _report_raises(lift: Lift, function: Function) -> None:
    for statement in function.raises:
        lift.report(
            statement,
            "return-outside-coroutine",
            Severity.ERROR,
            "this function is no coroutine, so its Return ends the coroutine that called it",
            "return the value from here, and return it again in the caller",
            whole=function.node,
        )

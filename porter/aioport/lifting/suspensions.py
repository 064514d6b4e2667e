"""``yield from x``, ``yield From(x)``, ``yield x`` and bare ``yield``: what becomes of the places that wait."""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.functions import Function, Suspension, Wait
from aioport.lifting.context import Lift
from aioport.lifting.parentheses import as_primary, bare, parenthesized, unwrapped
from aioport.lifting.statements import remove_block, remove_statement
from aioport.tree import awaited_by_hand


def lift_suspensions(lift: Lift, function: Function) -> None:
    """Rewrite every ``yield`` of a function that is converted."""
    if lift.gives_iterator(function):
        for suspension in function.suspensions:
            _delegate(lift, suspension)
        return
    decision = lift.decisions[function.key]
    methods = {} if lift.waits_for_objects else dict(decision.objects)
    iterated = decision.to_native | decision.to_both if lift.has_waiting_iterators else frozenset()
    waits = [s for s in function.suspensions if s.wait is Wait.AWAIT]
    by_method = {wait: methods.get(index, "") for index, wait in enumerate(waits)}
    by_hand = {wait for index, wait in enumerate(waits) if isinstance(wait.node.value, cst.From) or index in iterated}
    for suspension in function.suspensions:
        if suspension.wait is Wait.AWAIT:
            _lift_await(lift, suspension, by_method[suspension], by_hand=suspension in by_hand)
        elif suspension.wait is Wait.ITEM:
            _lift_item(lift, suspension)
        elif suspension.wait is Wait.TURN:
            _lift_turn(lift, suspension)
        elif suspension.wait is Wait.NOTHING:
            _lift_nothing(lift, suspension)


def to_await(operand: cst.BaseExpression, like: cst.Yield) -> cst.Await:
    """``await operand`` with the spacing and parentheses that the yield ``like`` had."""
    gap = like.value.whitespace_after_from if isinstance(like.value, cst.From) else like.whitespace_after_yield
    if isinstance(like.whitespace_after_yield, cst.ParenthesizedWhitespace):
        gap = like.whitespace_after_yield
    if isinstance(gap, cst.MaybeSentinel) or gap.empty:
        gap = cst.SimpleWhitespace(" ")
    return cst.Await(as_primary(operand), lpar=like.lpar, rpar=like.rpar, whitespace_after_await=gap)


def fitted(lift: Lift, original: cst.Yield, new: cst.BaseExpression) -> cst.BaseExpression:
    """``new`` with the parentheses its place needs, and without those that only ``yield`` needed there."""
    parent = lift.analysis.names.parents[original]
    if (
        (isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is original)
        or (isinstance(parent, cst.Call) and parent.func is original)
        or isinstance(parent, cst.Decorator)
    ):
        return parenthesized(new)
    before, after = lift.text_around(original)
    if new.lpar and (before.isalnum() or after.isalnum() or before == "_" or after == "_"):
        return new
    return bare(new)


def _delegate(lift: Lift, suspension: Suspension) -> None:
    """``yield from x.__await__()`` for ``yield From(x)``, and ``yield`` for the turn that is given to the loop."""
    wrappers = _consumed_wrappers(lift, suspension) if suspension.wait is Wait.AWAIT else 0
    gives_turn = suspension.wait is Wait.TURN or _is_turn(lift, suspension.operand)
    if gives_turn:
        lift.consume(suspension.node)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Yield)
        if gives_turn:
            return updated.with_changes(value=None, whitespace_after_yield=cst.MaybeSentinel.DEFAULT)
        operand = _operand(updated, wrappers)
        if awaited_by_hand(operand) is None:
            operand = cst.Call(cst.Attribute(as_primary(operand), cst.Name("__await__")))
        return updated.with_changes(value=cst.From(operand), whitespace_after_yield=cst.SimpleWhitespace(" "))

    lift.edits.on(suspension.node, rewrite)


def _is_turn(lift: Lift, operand: cst.BaseExpression | None) -> bool:
    """Whether it is ``sleep(0)``, which is a bare ``yield`` (Lib/asyncio/tasks.py)."""
    return (
        isinstance(operand, cst.Call)
        and lift.analysis.names.means(operand.func, library.SLEEP)
        and len(operand.args) == 1
        and operand.args[0].keyword is None
        and isinstance(operand.args[0].value, cst.Integer)
        and operand.args[0].value.value == "0"
    )


def _lift_await(lift: Lift, suspension: Suspension, method: str, *, by_hand: bool) -> None:
    """``await x`` for ``yield from x``; ``await x.method()`` with a ``method``.

    ``by_hand``: whether ``x.__await__()`` gives an iterator, so that it is ``x`` that is waited for.
    """
    wrappers = _consumed_wrappers(lift, suspension)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Yield)
        operand = _operand(updated, wrappers)
        if by_hand:
            operand = awaited_by_hand(operand) or operand
        if method:
            operand = cst.Call(cst.Attribute(as_primary(operand), cst.Name(method)))
        return fitted(lift, suspension.node, to_await(operand, updated))

    lift.edits.on(suspension.node, rewrite)


def _lift_item(lift: Lift, suspension: Suspension) -> None:
    """``yield From(yield_(x))`` is what an asynchronous generator writes as ``yield x``."""
    wrappers = _consumed_wrappers(lift, suspension)
    assert isinstance(suspension.operand, cst.Call)
    lift.consume(suspension.operand.func)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Yield)
        call = _operand(updated, wrappers)
        assert isinstance(call, cst.Call)
        value = unwrapped(call) if call.args else None
        # A generator expression needs no parentheses of its own as the only argument.
        if isinstance(value, cst.GeneratorExp):
            value = parenthesized(value)
        elif isinstance(value, cst.Tuple):
            value = bare(value)
        gap = cst.MaybeSentinel.DEFAULT if value is None else updated.whitespace_after_yield
        return updated.with_changes(value=value, whitespace_after_yield=gap)

    lift.edits.on(suspension.node, rewrite)


def _consumed_wrappers(lift: Lift, suspension: Suspension) -> int:
    """How many calls of ``From`` stand around the operand; they go away."""
    wrappers = 0
    value = suspension.node.value
    item = value.item if isinstance(value, cst.From) else value
    while item is not suspension.operand:
        assert isinstance(item, cst.Call)
        wrappers += 1
        lift.consume(item.func)
        item = item.args[0].value
    return wrappers


def _operand(updated: cst.Yield, wrappers: int) -> cst.BaseExpression:
    assert updated.value is not None
    operand = updated.value.item if isinstance(updated.value, cst.From) else updated.value
    for _ in range(wrappers):
        assert isinstance(operand, cst.Call)
        operand = unwrapped(operand)
    return operand


def _lift_turn(lift: Lift, suspension: Suspension) -> None:
    lift.wanted.add("sleep")
    lift.consume(suspension.node)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Yield)
        call = cst.Call(lift.asyncio("sleep"), [cst.Arg(cst.Integer("0"))])
        return fitted(lift, suspension.node, cst.Await(call, lpar=updated.lpar, rpar=updated.rpar))

    lift.edits.on(suspension.node, rewrite)


def _lift_nothing(lift: Lift, suspension: Suspension) -> None:
    """``yield from []`` and ``if False: yield`` only made the function a generator."""
    parent = lift.analysis.names.parents[suspension.node]
    if suspension.node.value is None and (never := lift.analysis.never_run(suspension.node)) is not None:
        remove_block(lift, never)
    elif isinstance(parent, cst.Expr):
        remove_statement(lift, parent)
    else:
        lift.edits.replace(suspension.node, cst.Name("None"))


def lift_kept_delegations(lift: Lift, function: Function, to_native: frozenset[int]) -> None:
    """In a generator that stays one, have ``yield from`` reach into coroutines that become native.

    A plain generator may not delegate to a coroutine object; ``__await__()`` gives an iterator that it may delegate to
    (PEP 492), and that hands up the same futures.
    """
    waits = [s for s in function.suspensions if s.wait is Wait.AWAIT]
    for index in sorted(to_native):
        value = waits[index].node.value
        if not isinstance(value, cst.From):
            continue

        def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(updated, cst.From)
            iterator = cst.Call(cst.Attribute(as_primary(updated.item), cst.Name("__await__")))
            return updated.with_changes(item=iterator)

        lift.edits.on(value, rewrite)

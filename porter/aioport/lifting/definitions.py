"""``@coroutine def`` and ``f = coroutine(f)``: functions become ``async def``."""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.functions import Definition, Function
from aioport.lifting.context import Lift
from aioport.lifting.parentheses import as_primary
from aioport.lifting.returned import lift_returned
from aioport.lifting.statements import comment_lines, remove_statement
from aioport.names import dotted
from aioport.styles import words
from aioport.values import Awaitability


def lift_definition(lift: Lift, function: Function) -> None:
    """Take the coroutine decorator of ``function`` away and make it an ``async def``, unless it gives an iterator."""
    marks = {mark for mark in (function.decorator, function.generator) if mark is not None}
    indexes = [index for index, mark in enumerate(function.node.decorators) if mark in marks]
    for mark in marks:
        lift.consume(mark)
    if function.wrapping is not None:
        remove_statement(lift, function.wrapping)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.FunctionDef)
        for index in reversed(indexes):
            updated = _without_decorator(updated, index)
        # What has this name and does not wait only returns: `async for` takes the iterator itself.
        waits = function.generator is not None or function.suspensions
        at_once = function.owner and function.node.name.value == "__aiter__" and not waits
        stays_def = at_once or lift.gives_iterator(function)
        return updated.with_changes(asynchronous=None if stays_def else cst.Asynchronous())

    lift.edits.on(function.node, rewrite)
    if function.awaits_returned and not function.suspensions and function.definition is Definition.DECORATED:
        lift_returned(lift, function)


def _without_decorator(node: cst.FunctionDef, index: int) -> cst.FunctionDef:
    decorators = list(node.decorators)
    removed = decorators.pop(index)
    lines = comment_lines(removed.leading_lines, removed.trailing_whitespace)
    if index < len(decorators):
        following = decorators[index]
        decorators[index] = following.with_changes(leading_lines=[*lines, *following.leading_lines])
        return node.with_changes(decorators=decorators)
    return node.with_changes(decorators=decorators, lines_after_decorators=[*lines, *node.lines_after_decorators])


def lift_calls(lift: Lift) -> list[cst.Call]:
    """``name = coroutine(lambda ...: value)`` becomes a function of that name; gives the calls that are left."""
    left = []
    for call in lift.analysis.calls:
        if not lift.analysis.names.means(call.func, words().coroutine):
            continue
        done = [*lift.converted(), *lift.marked]
        if any(function.wrapping is not None and function.wrapping.value is call for function in done):
            continue
        if not _lift_lambda(lift, call) and not _drop_call(lift, call):
            left.append(call)
    return left


def _drop_call(lift: Lift, call: cst.Call) -> bool:
    """``f = coroutine(f)`` in a decorator of the project goes where what it decorates are ``async def`` now."""
    around = lift.analysis.function_around(call)
    argument = call.args[0].value if len(call.args) == 1 else None
    if (
        around is None
        or not isinstance(argument, cst.Name)
        or lift.analysis.positions[call].start.line not in lift.decisions[around.key].given_coroutines
    ):
        return False
    assign = lift.analysis.names.parents[call]
    lift.report(
        call,
        "coroutine-call",
        Severity.WARNING,
        "this call went, as all that the project gives here is an async def; what somebody else gives stays what it is",
        "give it coroutine functions only",
        applicability=Applicability.SAFE,
    )
    if isinstance(assign, cst.Assign) and [dotted(t.target) for t in assign.targets] == [argument.value]:
        remove_statement(lift, assign)
    else:
        lift.consume(call.func)
        lift.edits.on(call, lambda updated: updated.args[0].value)  # type: ignore[attr-defined]
    return True


def _lift_lambda(lift: Lift, call: cst.Call) -> bool:
    parents = lift.analysis.names.parents
    assign = parents[call]
    line = parents.get(assign)
    function = call.args[0].value if len(call.args) == 1 else None
    if not (
        isinstance(assign, cst.Assign)
        and len(assign.targets) == 1
        and isinstance(name := assign.targets[0].target, cst.Name)
        and isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
        and isinstance(function, cst.Lambda)
        and not any(parents_within(lift, node, function) for node in lift.analysis.foreign_yields)
    ):
        return False
    kind = lift.values.awaitability(function.body)
    if kind is Awaitability.MAYBE:
        return False
    lift.consume(call.func)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.SimpleStatementLine)
        value = updated.body[0].value.args[0].value  # type: ignore[attr-defined]
        body = cst.Await(as_primary(value.body)) if kind is Awaitability.YES else value.body
        return cst.FunctionDef(
            name=name,
            params=value.params,
            body=cst.IndentedBlock([cst.SimpleStatementLine([cst.Return(body)])], header=updated.trailing_whitespace),
            asynchronous=cst.Asynchronous(),
            leading_lines=updated.leading_lines or [cst.EmptyLine(indent=False)],
        )

    lift.edits.on(line, rewrite)
    return True


def parents_within(lift: Lift, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
    """Whether ``node`` stands somewhere in ``outer``."""
    current: cst.CSTNode | None = node
    while current is not None:
        if current is outer:
            return True
        current = lift.analysis.names.parents.get(current)
    return False

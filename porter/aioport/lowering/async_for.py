"""``async for`` becomes a loop that waits for one value after another (PEP 492)."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from aioport.functions import Function
from aioport.lowering.down import Down, as_block, assign, breaks, starting_with


def bring_down_async_for(down: Down, function: Function) -> None:
    """Rewrite the ``async for`` statements of ``function``."""
    for node in down.lower.loops.get(function, ()):
        _bring_down(down, node)


def _bring_down(down: Down, node: cst.For) -> None:
    target = node.target.value if isinstance(node.target, cst.Name) else ""
    iterator = down.fresh(node, "iterator", *([f"{target}_iterator"] if target else []), "async_iterator")
    # What a target raises is not the end of the iteration, and a name raises nothing.
    item = target or down.fresh(node, "item", "value", "async_item")
    flag = down.fresh(node, "exhausted", "loop_ended") if _needs_else(node) else ""

    def rewrite(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        assert isinstance(updated, cst.For)
        statements = [*_iterator(down, iterator, updated.iter), *([assign(flag, cst.Name("False"))] if flag else [])]
        statements[0] = statements[0].with_changes(
            leading_lines=updated.leading_lines, trailing_whitespace=as_block(updated.body).header
        )
        unpacking = cst.Assign([cst.AssignTarget(updated.target)], cst.Name(item))
        unpacked = [] if target else [cst.SimpleStatementLine([unpacking])]
        step = assign(item, cst.Await(_next(down, iterator)))
        if flag:
            body = starting_with(updated.body, *unpacked)
            return cst.FlattenSentinel([*statements, _with_flag(flag, step, body, updated.orelse)])
        waiting = _step(step, cst.SimpleStatementLine([cst.Break()]))
        loop = cst.While(cst.Name("True"), starting_with(updated.body, waiting, *unpacked))
        return cst.FlattenSentinel([*statements, loop, *_after(updated.orelse)])

    down.edits.on(node, rewrite)


def _needs_else(node: cst.For) -> bool:
    """Whether what ``else`` holds cannot just stand after the loop."""
    if node.orelse is None:
        return False
    return breaks(node.body) or any(line.comment for line in as_block(node.orelse.body).footer)


def _iterator(down: Down, name: str, iterable: cst.BaseExpression) -> list[cst.SimpleStatementLine]:
    """The statements that make ``name`` the asynchronous iterator of ``iterable``."""
    if down.has_helpers:
        return [assign(name, cst.Call(down.helper("aiter"), [cst.Arg(iterable)]))]
    if isinstance(iterable, cst.Name):
        return [assign(name, _called(down, iterable.value, "aiter"))]
    return [assign(name, iterable), assign(name, _called(down, name, "aiter"))]


def _next(down: Down, iterator: str) -> cst.Call:
    if down.has_helpers:
        return cst.Call(down.helper("anext"), [cst.Arg(cst.Name(iterator))])
    return _called(down, iterator, "anext")


def _called(down: Down, name: str, method: str) -> cst.Call:
    return cst.Call(down.special(name, method), [cst.Arg(cst.Name(name))])


def _step(step: cst.BaseStatement, end: cst.BaseStatement) -> cst.Try:
    handler = cst.ExceptHandler(cst.IndentedBlock([end]), cst.Name("StopAsyncIteration"))
    return cst.Try(cst.IndentedBlock([step]), [handler])


def _with_flag(flag: str, step: cst.BaseStatement, body: cst.BaseSuite, orelse: cst.Else | None) -> cst.While:
    """The expansion that PEP 492 has: the ``else`` of ``while`` runs unless ``break`` left the loop."""
    trying = _step(step, assign(flag, cst.Name("True"))).with_changes(orelse=cst.Else(body))
    return cst.While(cst.UnaryOperation(cst.Not(), cst.Name(flag)), cst.IndentedBlock([trying]), orelse)


def _after(orelse: cst.Else | None) -> Sequence[cst.BaseStatement]:
    """What an ``else`` that always runs holds, to stand after the loop."""
    if orelse is None:
        return ()
    block = as_block(orelse.body)
    comments = [line for line in orelse.leading_lines if line.comment]
    if block.header.comment is not None:
        comments.append(cst.EmptyLine(comment=block.header.comment))
    first, *others = block.body
    lines = [*comments, *first.leading_lines]  # type: ignore[attr-defined]
    return [first.with_changes(leading_lines=lines), *others]

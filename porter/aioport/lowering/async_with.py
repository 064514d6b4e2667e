"""``async with`` over what is no lock becomes ``try`` with the calls that it makes (PEP 492)."""

from __future__ import annotations

import re

import libcst as cst

from aioport.functions import Function
from aioport.lifting.parentheses import bare
from aioport.lowering.down import Down, as_block, assign, starting_with
from aioport.lowering.managers import has_idiom, is_entered_as_lock
from aioport.names import dotted
from aioport.tree import children, walk


def bring_down_async_with(down: Down, function: Function) -> None:
    """Rewrite the ``async with`` statements of ``function`` that enter more than locks."""
    for node in down.lower.managers.get(function, ()):
        if not has_idiom(down.lower, node):
            _bring_down(down, function, node)


def _bring_down(down: Down, function: Function, node: cst.With) -> None:
    jumps = _leaves(node.body, in_loop=False)
    names = [
        "" if is_entered_as_lock(down.lower, node, item) else _name(down, function, node, item) for item in node.items
    ]
    flags = [down.fresh(node, "failed", f"{name}_failed") if jumps and name else "" for name in names]
    values = [down.fresh(node, "value", "entered") if _needs_value(item) else "" for item in node.items]

    def rewrite(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        assert isinstance(updated, cst.With)
        header = as_block(updated.body).header
        body = starting_with(updated.body)
        statements: list[cst.BaseStatement] = []
        for item, name, value, flag in reversed(list(zip(updated.items, names, values, flags))):
            if name:
                statements = _expanded(down, item, name, value, body, flag)
            else:
                statements = [_alone(updated, item).with_changes(body=body, leading_lines=())]
            body = cst.IndentedBlock(statements)
        first = statements[0].with_changes(leading_lines=updated.leading_lines)
        if isinstance(first, cst.With):
            first = first.with_changes(body=as_block(first.body).with_changes(header=header))
        else:
            first = first.with_changes(trailing_whitespace=header)
        return cst.FlattenSentinel([first, *statements[1:]])

    down.edits.on(node, rewrite)


def _alone(node: cst.With, item: cst.WithItem) -> cst.With:
    """``node`` with only one of its items."""
    return node.with_changes(
        items=[item.with_changes(comma=cst.MaybeSentinel.DEFAULT)],
        lpar=cst.MaybeSentinel.DEFAULT,
        rpar=cst.MaybeSentinel.DEFAULT,
    )


def _needs_value(item: cst.WithItem) -> bool:
    """Whether assigning to the target can fail, which the manager has to hear of."""
    return item.asname is not None and not isinstance(item.asname.name, cst.Name)


def _name(down: Down, function: Function, node: cst.With, item: cst.WithItem) -> str:
    """What the manager of ``item`` is called, also where it is left."""
    if isinstance(item.item, cst.Name) and _stays(down, function, node, item.item):
        return item.item.value
    target = item.asname.name.value if item.asname is not None and isinstance(item.asname.name, cst.Name) else ""
    candidates = [_of_class(item.item), "manager", target and f"{target}_manager", "context_manager"]
    return down.fresh(node, *filter(None, candidates))


def _of_class(operand: cst.BaseExpression) -> str:
    """``file_lock`` for ``locks.FileLock(path)``: what people call an object of a class."""
    name = (dotted(operand.func) or "").rpartition(".")[2] if isinstance(operand, cst.Call) else ""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() if name[:1].isupper() else ""


def _stays(down: Down, function: Function, node: cst.With, name: cst.Name) -> bool:
    """Whether ``name`` surely means the same all through ``node``: a local one that nothing there binds or deletes."""
    names = down.lower.analysis.names
    if names.binding_scope(name) is not function.scope:
        return False
    inside = set(walk(node))
    deleted = any(isinstance(part, cst.Del) and name.value in _loads(part) for part in inside)
    return not deleted and not any(
        binding.node in inside or names.scope_of(binding.node) is not function.scope
        for binding in function.scope.bindings[name.value]
    )


def _loads(node: cst.CSTNode) -> set[str]:
    return {part.value for part in walk(node) if isinstance(part, cst.Name)}


def _leaves(node: cst.CSTNode, *, in_loop: bool) -> bool:
    """Whether ``return``, ``break`` or ``continue`` may leave the block that ``node`` is in."""
    if isinstance(node, cst.Return) or (isinstance(node, (cst.Break, cst.Continue)) and not in_loop):
        return True
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        return False
    if isinstance(node, (cst.For, cst.While)):
        after = node.orelse is not None and _leaves(node.orelse, in_loop=in_loop)
        return after or _leaves(node.body, in_loop=True)
    return any(_leaves(child, in_loop=in_loop) for child in children(node))


def _expanded(
    down: Down, item: cst.WithItem, name: str, value: str, body: cst.IndentedBlock, flag: str
) -> list[cst.BaseStatement]:
    """The statements that enter ``item``, run ``body``, and leave it."""
    statements: list[cst.BaseStatement] = []
    if not (isinstance(item.item, cst.Name) and item.item.value == name):
        statements.append(assign(name, item.item))
    entering = cst.Await(_enter(down, name))
    if value:
        assert item.asname is not None
        statements.append(assign(value, entering))
        target = bare(item.asname.name)
        assert isinstance(target, cst.BaseAssignTargetExpression)
        unpacking = cst.Assign([cst.AssignTarget(target)], cst.Name(value))
        body = starting_with(body, cst.SimpleStatementLine([unpacking]))
    elif item.asname is not None:
        assert isinstance(item.asname.name, cst.Name)
        statements.append(assign(item.asname.name.value, entering))
    else:
        statements.append(cst.SimpleStatementLine([cst.Expr(entering)]))
    leaving = cst.SimpleStatementLine([cst.Expr(cst.Await(_leave(down, name)))])
    handling = [_handle(down, name)]
    if not flag:
        handler = cst.ExceptHandler(cst.IndentedBlock(handling), cst.Name("BaseException"))
        return [*statements, cst.Try(body, [handler], orelse=cst.Else(cst.IndentedBlock([leaving])))]
    # `else` does not run after a jump, and `finally` does not know of an exception that the manager dealt with.
    handler = cst.ExceptHandler(
        cst.IndentedBlock([assign(flag, cst.Name("True")), *handling]), cst.Name("BaseException")
    )
    last = cst.If(cst.UnaryOperation(cst.Not(), cst.Name(flag)), cst.IndentedBlock([leaving]))
    trying = cst.Try(body, [handler], finalbody=cst.Finally(cst.IndentedBlock([last])))
    return [*statements, assign(flag, cst.Name("False")), trying]


def _enter(down: Down, name: str) -> cst.Call:
    function = down.helper("aenter") if down.has_helpers else down.special(name, "aenter")
    return cst.Call(function, [cst.Arg(cst.Name(name))])


def _leave(down: Down, name: str, *details: cst.Arg) -> cst.Call:
    if down.has_helpers:
        return cst.Call(down.helper("aexit"), [cst.Arg(cst.Name(name)), *details])
    nothing = [cst.Arg(cst.Name("None")) for _ in range(3)]
    return cst.Call(down.special(name, "aexit"), [cst.Arg(cst.Name(name)), *(details or nothing)])


def _handle(down: Down, name: str) -> cst.BaseStatement:
    """What tells the manager of an exception, and raises it again unless the manager deals with it."""
    details = cst.Arg(cst.Call(cst.Attribute(down.module("sys"), cst.Name("exc_info"))), star="*")
    leaving = cst.Await(_leave(down, name, details))
    if down.has_helpers:
        return cst.SimpleStatementLine([cst.Expr(leaving)])
    again = cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise()])])
    return cst.If(cst.UnaryOperation(cst.Not(), leaving), again)

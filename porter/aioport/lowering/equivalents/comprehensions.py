"""List comprehensions, whose names leak on Python 2, and ``yield from`` in generators that stay generators."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.functions import Definition
from aioport.lowering.context import Equivalent, Lower
from aioport.names import Scope
from aioport.tree import walk

_PYTHON3, _YIELD_FROM = (3, 0), (3, 3)
_PLAIN = (cst.List, cst.Tuple, cst.Set, cst.Dict, cst.BaseString, cst.ListComp, cst.SetComp, cst.DictComp)


def of_comprehensions(lower: Lower) -> Iterator[Equivalent]:
    """Comprehensions and delegations that would do something else, or nothing, on Python 2."""
    if lower.version < _PYTHON3 and lower.is_python3:
        for node in lower.analysis.nodes:
            if isinstance(node, cst.ListComp) and _leaks(lower, node):
                yield Equivalent(node, node, _as_list_call)
    if lower.version < _YIELD_FROM:
        for function in lower.analysis.functions:
            if function.definition is Definition.GENERATOR:
                for suspension in function.suspensions:
                    if _can_be_loop(lower, suspension.node):
                        line = lower.analysis.names.parents[lower.analysis.names.parents[suspension.node]]
                        yield Equivalent(suspension.node, line, _as_loop)


def _leaks(lower: Lower, node: cst.ListComp) -> bool:
    """Whether it is seen that a list comprehension binds its names in the scope around it."""
    names = lower.analysis.names
    scope = names.scopes[node]
    outer = names.scope_of(node)
    if not lower.is_free("list"):
        return False
    if isinstance(outer.opener, cst.ClassDef):
        return True
    return any(
        any(_is_kept(lower, load, scope) for load in lower.analysis.loads.get((scope, name), ()))
        or (
            any(_is_seen(lower, node, load, name) for load in lower.analysis.loads.get((outer, name), ()))
            if name in outer.bindings
            else _is_read(lower, outer, node, name)
        )
        for name in scope.bindings
    )


def _is_kept(lower: Lower, load: cst.Name, scope: Scope) -> bool:
    """Whether a name is looked up later, by a lambda or a generator that was made of it."""
    inner: Scope | None = lower.analysis.names.scope_of(load)
    while inner is not None and inner is not scope:
        parent = lower.analysis.names.parents[inner.opener]
        if isinstance(inner.opener, cst.Lambda) or (
            isinstance(inner.opener, cst.GeneratorExp) and not isinstance(parent, cst.Arg)
        ):
            return True
        inner = inner.parent
    return False


def _is_read(lower: Lower, outer: Scope, node: cst.ListComp, name: str) -> bool:
    """Whether a scope uses a name that it does not bind: on Python 2 the comprehension binds it."""
    names = lower.analysis.names
    inside = set(walk(node))
    further: list[Scope | None] = [None]
    around = outer.parent
    while around is not None:
        further.append(around)
        around = around.parent
    return any(
        isinstance(part, cst.Name)
        and part.value == name
        and part not in inside
        and names.is_evaluated(part)
        and names.binding_scope(part) in further
        for part in walk(outer.opener)
    )


def _is_seen(lower: Lower, node: cst.ListComp, load: cst.Name, name: str) -> bool:
    """Whether a use of a name may come upon what the comprehension left in it."""
    names = lower.analysis.names
    if isinstance(names.parents[load], cst.AssignTarget):
        return False
    if names.function_of(load) is not names.function_of(node):
        return True
    made, used = _place(lower, node), _place(lower, load)
    above = list(_above(lower, load))
    loops = {part for part in above if isinstance(part, (cst.For, cst.While))}
    if used < made and not loops.intersection(_above(lower, node)):
        return False
    for child, parent in zip([load, *above], above):
        if isinstance(parent, cst.For) and child is not parent.iter and _binds(parent, name):
            # In the loop the name is the loop's, until a comprehension in it.
            return _place(lower, parent) < made < used
        for statement in getattr(parent, "body", ()) if isinstance(parent, (cst.IndentedBlock, cst.Module)) else ():
            place = _place(lower, statement)
            if not isinstance(statement, cst.SimpleStatementLine) or place >= _place(lower, child):
                continue
            if any(_binds(small, name) for small in statement.body) and not place <= made < used:
                return False
    return True


def _binds(statement: cst.CSTNode, name: str) -> bool:
    targets: list[cst.CSTNode] = [statement.target] if isinstance(statement, cst.For) else []
    if isinstance(statement, cst.Assign):
        targets = [target.target for target in statement.targets]
    return any(isinstance(part, cst.Name) and part.value == name for target in targets for part in walk(target))


def _above(lower: Lower, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What stands around ``node``, up to its function."""
    current = lower.analysis.names.parents.get(node)
    while current is not None and not isinstance(current, cst.FunctionDef):
        yield current
        current = lower.analysis.names.parents.get(current)


def _place(lower: Lower, node: cst.CSTNode) -> tuple[int, int]:
    start = lower.analysis.positions[node].start
    return start.line, start.column


def _as_list_call(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.ListComp)
    inner = cst.GeneratorExp(updated.elt, updated.for_in, lpar=[], rpar=[])
    arg = cst.Arg(inner, whitespace_after_arg=updated.rbracket.whitespace_before)
    before = updated.lbracket.whitespace_after
    return cst.Call(cst.Name("list"), [arg], whitespace_before_args=before, lpar=updated.lpar, rpar=updated.rpar)


def _can_be_loop(lower: Lower, node: cst.Yield) -> bool:
    """Whether ``yield from`` stands alone, over something that takes no more than ``next()``."""
    statement = lower.analysis.names.parents[node]
    line = lower.analysis.names.parents.get(statement)
    if not isinstance(node.value, cst.From) or not isinstance(statement, cst.Expr):
        return False
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1 or not lower.is_free("item"):
        return False
    iterated = node.value.item
    if isinstance(iterated, cst.Call):
        origins = lower.analysis.names.origins(iterated.func)
        return bool(origins) and all(map(library.gives_iterable, origins)) and "builtins.iter" not in origins
    return isinstance(iterated, _PLAIN)


def _as_loop(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.SimpleStatementLine)
    statement = updated.body[0]
    assert isinstance(statement, cst.Expr)
    assert isinstance(statement.value, cst.Yield)
    assert isinstance(statement.value.value, cst.From)
    header = updated.trailing_whitespace
    body = cst.IndentedBlock([cst.parse_statement("yield item")], header=header)
    return cst.For(cst.Name("item"), statement.value.value.item, body, leading_lines=updated.leading_lines)

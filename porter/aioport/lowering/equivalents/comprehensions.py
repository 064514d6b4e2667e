"""List comprehensions, whose names leak on Python 2, and ``yield from`` in generators that stay generators."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.analysis import Definition
from aioport.lowering.context import Equivalent, Lower
from aioport.tree import walk

_PYTHON3, _YIELD_FROM = (3, 0), (3, 3)
_LATER = (cst.Lambda, cst.GeneratorExp)
_PLAIN = (cst.List, cst.Tuple, cst.Set, cst.Dict, cst.BaseString, cst.ListComp, cst.SetComp, cst.DictComp)


def of_comprehensions(lower: Lower) -> Iterator[Equivalent]:
    """Comprehensions and delegations that would do something else, or nothing, on Python 2."""
    if lower.version < _PYTHON3 and lower.is_python3:
        for node in walk(lower.analysis.module):
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
    if any(isinstance(part, (cst.Await, cst.Yield)) for part in walk(node)) or not lower.is_free("list"):
        return False
    if isinstance(outer.opener, cst.ClassDef) or any(isinstance(part, _LATER) for part in walk(node.elt)):
        return True
    return any(name in outer.bindings or _is_read(lower, outer.opener, node, name) for name in scope.bindings)


def _is_read(lower: Lower, opener: cst.CSTNode, node: cst.ListComp, name: str) -> bool:
    names = lower.analysis.names
    inside = set(walk(node))
    own = names.scopes[node]
    return any(
        isinstance(part, cst.Name)
        and part.value == name
        and part not in inside
        and names.is_evaluated(part)
        and (found := names.binding_scope(part)) is not own
        and (found is None or not isinstance(found.opener, (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)))
        for part in walk(opener)
    )


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

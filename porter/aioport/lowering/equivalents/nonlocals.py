"""``nonlocal`` (PEP 3104): the variable becomes a list of one element, which inner functions may change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Union

import libcst as cst

from aioport.lifting.parentheses import parenthesized
from aioport.lifting.statements import comment_lines
from aioport.lowering.context import Equivalent, Lower, unchanged
from aioport.names import Scope
from aioport.tree import below_docstring, walk

_PYTHON3 = (3, 0)
_READING_VARIABLES = frozenset(f"builtins.{name}" for name in ("dir", "eval", "exec", "locals", "vars"))

_Variable = tuple[Scope, str]
_First = Union[cst.Param, cst.Assign]


def of_nonlocals(lower: Lower) -> Iterator[Equivalent]:
    """The ``nonlocal`` statements whose variables surely have a value before anything uses them.

    Any other keeps the file as it is, whatever this makes of the variables that both name.
    """
    if lower.version >= _PYTHON3:
        return
    held: dict[_Variable, tuple[cst.Nonlocal, _First]] = {}
    removed: list[cst.Nonlocal] = []
    for node in lower.analysis.nodes:
        if isinstance(node, cst.Nonlocal):
            firsts = {variable: _first_binding(lower, *variable) for variable in _variables(lower, node)}
            known = {variable: (node, first) for variable, first in firsts.items() if first is not None}
            if len(known) == len(node.names):
                held = {**known, **held}
                removed.append(node)
    yield from _taken_out(lower, removed)
    yield from _as_lists(lower, held)


def _taken_out(lower: Lower, nodes: Sequence[cst.Nonlocal]) -> Iterator[Equivalent]:
    parents = lower.analysis.names.parents
    blocks: dict[cst.CSTNode, cst.Nonlocal] = {}
    for node in nodes:
        line = parents[node]
        if isinstance(line, cst.SimpleStatementLine):
            yield Equivalent(node, node, unchanged)
            blocks.setdefault(parents[line], node)
        else:
            yield Equivalent(node, node, lambda updated: cst.Pass(semicolon=updated.semicolon))  # type: ignore[attr-defined]
    yield from (Equivalent(node, block, _without_nonlocals) for block, node in blocks.items())


def _without_nonlocals(updated: cst.CSTNode) -> cst.CSTNode:
    """A block without its ``nonlocal`` statements, with the comments on them."""
    assert isinstance(updated, cst.IndentedBlock)
    body: list[cst.BaseStatement] = []
    above: list[cst.EmptyLine] = []
    for line in updated.body:
        assert isinstance(line, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        rest = line
        if isinstance(line, cst.SimpleStatementLine):
            kept = [small for small in line.body if not isinstance(small, cst.Nonlocal)]
            if not kept:
                above += comment_lines(line.leading_lines, line.trailing_whitespace) or line.leading_lines
                continue
            last = kept[-1].with_changes(semicolon=line.body[-1].semicolon)
            rest = line.with_changes(body=[*kept[:-1], last])
        # Where there is a line between them already it is enough.
        apart = above if any(empty.comment for empty in above) or not line.leading_lines else []
        body.append(rest.with_changes(leading_lines=[*apart, *line.leading_lines]) if apart else rest)
        above = []
    footer = [*(empty for empty in above if empty.comment), *updated.footer]
    return updated.with_changes(body=body or [cst.SimpleStatementLine([cst.Pass()])], footer=footer)


def _variables(lower: Lower, node: cst.Nonlocal) -> Iterator[_Variable]:
    """The variables that a statement names, each with the function that it is of."""
    here = lower.analysis.names.scope_of(node)
    for item in node.names:
        name, outer = item.name.value, here.parent
        while outer is not None and not (outer.is_function and (name in outer.bindings or name in outer.elsewhere)):
            outer = outer.parent
        found = outer.elsewhere.get(name, outer) if outer is not None else None
        # Names resolves the statement by what stands before it.
        if found is not None and found is here.elsewhere.get(name):
            yield found, name


def _first_binding(lower: Lower, scope: Scope, name: str) -> _First | None:
    """What gives a variable its first value, if that surely comes before all else, and all may say ``name[0]``."""
    names, positions = lower.analysis.names, lower.analysis.positions
    bindings = [binding.node for binding in scope.bindings.get(name, ())]
    function, first = scope.opener, bindings[0] if bindings else None
    if not isinstance(function, cst.FunctionDef) or not all(_can_be_element(names.parents, node) for node in bindings):
        return None
    uses = list(_uses(lower, scope, name))
    if any(_is_no_element(names.parents, use) for use in uses) or any(
        isinstance(node, cst.Name) and names.means(node, _READING_VARIABLES) for node in walk(function)
    ):
        return None
    if isinstance(first, cst.Param):
        return first
    if not isinstance(first, cst.Assign) or names.parents[names.parents[first]] is not function.body:
        return None
    own = set(walk(first))
    others = [use for use in uses if use not in own]
    after = (positions[use].start.line > positions[first].start.line for use in others)
    return first if len(others) == len(uses) - 1 and all(after) else None


def _uses(lower: Lower, scope: Scope, name: str) -> Iterator[cst.Name]:
    names = lower.analysis.names
    for node in walk(scope.opener):
        if isinstance(node, cst.Name) and node.value == name and names.binding_scope(node) is scope:
            parent = names.parents[node]
            if not (isinstance(parent, cst.Param) and parent.name is node):
                yield node


def _can_be_element(parents: Mapping[cst.CSTNode, cst.CSTNode], binding: cst.CSTNode) -> bool:
    """Whether what binds a name may bind ``name[0]`` as well, or is a parameter."""
    if isinstance(binding, cst.AsName):
        return isinstance(parents[binding], cst.WithItem)
    return isinstance(binding, (cst.Param, cst.Assign, cst.AugAssign, cst.For))


def _is_no_element(parents: Mapping[cst.CSTNode, cst.CSTNode], use: cst.CSTNode) -> bool:
    """Whether ``name[0]`` cannot stand here: in a decorator (PEP 614), or where ``del`` leaves no value."""
    while not isinstance(use, cst.BaseStatement):
        if isinstance(use, (cst.Decorator, cst.Del)):
            return True
        use = parents[use]
    return False


def _as_lists(lower: Lower, held: Mapping[_Variable, tuple[cst.Nonlocal, _First]]) -> Iterator[Equivalent]:
    parents = lower.analysis.names.parents
    parameters: dict[cst.CSTNode, list[str]] = defaultdict(list)
    above: dict[cst.CSTNode, list[str]] = defaultdict(list)
    because: dict[cst.CSTNode, cst.Nonlocal] = {}
    for (scope, name), (node, first) in held.items():
        value = _own_value(first, name)
        own = set(walk(first.targets[0])) if isinstance(first, cst.Assign) and value is not None else set()
        yield from (Equivalent(node, use, _as_element) for use in _uses(lower, scope, name) if use not in own)
        if value is not None:
            yield Equivalent(node, value, _in_list)
        else:
            is_parameter = isinstance(first, cst.Param)
            place = scope.opener if is_parameter else parents[first]
            (parameters if is_parameter else above)[place].append(name)
            because[place] = node
    for place, found in parameters.items():
        lines = [_assigned(name, cst.Name(name)) for name in found]
        yield Equivalent(because[place], place, lambda updated, lines=lines: below_docstring(updated, *lines))  # type: ignore[misc]
    for place, found in above.items():
        lines = [_assigned(name, cst.Name("None")) for name in found]
        yield Equivalent(because[place], place, lambda updated, lines=lines: _below(lines, updated))  # type: ignore[misc]


def _own_value(first: _First, name: str) -> cst.CSTNode | None:
    """The expression, or the element of a tuple, that is all the value of a name and of nothing else."""
    if not isinstance(first, cst.Assign) or len(first.targets) > 1:
        return None
    target, value = first.targets[0].target, first.value
    if isinstance(target, cst.Name):
        return value
    if isinstance(target, cst.Tuple) and isinstance(value, cst.Tuple) and len(target.elements) == len(value.elements):
        pairs = list(zip(target.elements, value.elements))
        if all(isinstance(element, cst.Element) for pair in pairs for element in pair):
            return next((v.value for t, v in pairs if isinstance(t.value, cst.Name) and t.value.value == name), None)
    return None


def _as_element(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Name)
    index = [cst.SubscriptElement(cst.Index(cst.Integer("0")))]
    return cst.Subscript(cst.Name(updated.value), index, lpar=updated.lpar, rpar=updated.rpar)


def _in_list(updated: cst.CSTNode) -> cst.List:
    assert isinstance(updated, cst.BaseExpression)
    return cst.List([cst.Element(parenthesized(updated) if isinstance(updated, (cst.Tuple, cst.Yield)) else updated)])


def _assigned(name: str, value: cst.BaseExpression) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], _in_list(value))])


def _below(lines: Sequence[cst.SimpleStatementLine], updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
    """``updated`` with other lines between it and what stands above it."""
    assert isinstance(updated, cst.SimpleStatementLine)
    first = lines[0].with_changes(leading_lines=updated.leading_lines)
    return cst.FlattenSentinel([first, *lines[1:], updated.with_changes(leading_lines=[])])

"""Mocks that can be awaited: what ``yield from`` finds in a MagicMock, which ``await`` does not take."""

from __future__ import annotations

from itertools import takewhile

import libcst as cst

from aioport.lifting.added_definitions import define
from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.tree import walk
from aioport.values import Awaitability

_CLASS = '''\
class {{name}}({base}):
    """A mock that can be awaited: whoever waits for it gets what iterating over it gives."""

    def __await__(self):
        return iter(self)
'''
_TAKEN = frozenset(["autospec", "spec", "spec_set"])
"""With these ``patch()`` makes mocks of another class, for coroutine functions of what it replaces."""
_COMMA = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
_GIVEN = frozenset(["return_value", "side_effect"])


def can_be_awaitable(lift: Lift, patch: cst.Call) -> bool:
    """Whether a ``patch()`` can be told which class of mocks to make."""
    return not _TAKEN & {arg.keyword.value for arg in patch.args if arg.keyword} and _base(lift, patch) is not None


def make_mock_awaitable(lift: Lift, patch: cst.Call) -> None:
    """Have ``patch()`` make mocks that can be awaited. The mocks that they give are of the same class.

    An AsyncMock (3.8) would not do: it gives a coroutine where MagicMock gives what it was told to, an unknown object
    where ``yield from`` gave None, and as a class it makes no object.
    """
    base, alias = _base(lift, patch) or ("", None)
    if alias is not None and "MagicMock" not in lift.defined:
        lift.defined.add("MagicMock")
        lift.edits.on(lift.analysis.names.parents[alias], _importing_mocks)
    value = cst.Name(define(lift, "AwaitableMock", _CLASS.format(base=base)))

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Call)
        *args, last = updated.args
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        added = last.with_changes(value=value, keyword=cst.Name("new_callable"), equal=equal)
        between = last.with_changes(comma=args[0].comma if args else _COMMA)
        return updated.with_changes(args=[*args, between, added])

    lift.edits.on(patch, rewrite)


def gives_awaitables(lift: Lift, patch: cst.Call) -> bool:
    """Whether the mock that a ``patch()`` makes is told to give something that can be awaited."""
    given = [arg.value for arg in patch.args if arg.keyword is not None and arg.keyword.value in _GIVEN]
    item = lift.analysis.names.parents[patch]
    if isinstance(item, cst.WithItem) and item.asname is not None:
        given += _told(lift, dotted(item.asname.name) or "", lift.analysis.names.parents[item])
    results = [value.body if isinstance(value, cst.Lambda) else value for value in given]
    return any(lift.values.awaitability(value) is Awaitability.YES for value in results)


def _told(lift: Lift, name: str, block: cst.CSTNode) -> list[cst.BaseExpression]:
    return [
        node.value
        for node in walk(block)
        if isinstance(node, cst.Assign) and any(dotted(t.target) in _results_of(name) for t in node.targets)
    ]


def _results_of(name: str) -> frozenset[str]:
    return frozenset(f"{name}.{given}" for given in _GIVEN)


def _base(lift: Lift, patch: cst.Call) -> tuple[str, cst.CSTNode | None] | None:
    """How the file spells MagicMock, with the import that it has to be added to, where it does not import it."""
    names = lift.analysis.names
    function = patch.func
    if isinstance(function, cst.Attribute) and function.attr.value == "object":
        function = function.value
    module = dotted(function.value) if isinstance(function, cst.Attribute) else ""
    first = (dotted(function) or "").partition(".")[0]
    bindings = names.top.bindings.get(first, [])
    if len(bindings) != 1 or not _is_imported_first(lift, bindings[0].node):
        return None
    if module:
        return f"{module}.MagicMock", None
    origin = (bindings[0].origin or "").rpartition(".")[0]
    known = names.top.bindings.get("MagicMock")
    if known is None:
        return "MagicMock", bindings[0].node
    return ("MagicMock", None) if all(b.origin == f"{origin}.MagicMock" for b in known) else None


def _is_imported_first(lift: Lift, node: cst.CSTNode) -> bool:
    """Whether it is imported before the first definition of the file, which the added class comes before."""
    parents = lift.analysis.names.parents
    lines = takewhile(lambda line: not isinstance(line, (cst.FunctionDef, cst.ClassDef)), lift.analysis.module.body)
    return isinstance(node, cst.ImportAlias) and parents[parents[node]] in [*lines]


def _importing_mocks(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.ImportFrom)
    assert not isinstance(updated.names, cst.ImportStar)
    names = list(updated.names)
    place = next((i for i, alias in enumerate(names) if (dotted(alias.name) or "") > "MagicMock"), len(names))
    names.insert(place, cst.ImportAlias(cst.Name("MagicMock")))
    commas = [
        *(alias.comma for alias in updated.names[:-1]),
        updated.names[0].comma if len(updated.names) > 1 else _COMMA,
        updated.names[-1].comma,
    ]
    return updated.with_changes(names=[alias.with_changes(comma=comma) for alias, comma in zip(names, commas)])

"""The keys of dictionaries that calls are given by ``**``: they name parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from aioport.keywords.tree import WORDS, Place, Tree
from aioport.names import Scope

_KEY_METHODS = frozenset(["get", "pop", "setdefault"])
_Words = list[tuple[Place, str]]


@dataclass(frozen=True)
class Keys:
    """The keys of a dictionary that is given to calls by ``**``, or of the ``**`` parameter of a function."""

    places: tuple[tuple[Place, str], ...]
    """The strings that are one of the words, and which."""
    names: tuple[tuple[Place, str], ...]
    """The same for the keywords of ``dict(...)``."""
    callees: tuple[str, ...]
    spread: Place
    """Where a call is given it."""
    parameter_of: str = ""
    """The function, where it is a ``**`` parameter."""
    closed: bool = True
    """Whether all that is done to it can be seen."""


class Dictionaries:
    """Finds them in one file."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names = tree.names
        self._parents = tree.parents
        self._loads: dict[tuple[Scope, str], list[cst.Name]] = {}
        for node in tree.nodes:
            if isinstance(node, cst.Name) and (scope := self._names.binding_scope(node)) is not None:
                self._loads.setdefault((scope, node.value), []).append(node)

    def keys(self) -> Iterator[Keys]:
        """Of every dictionary that is given to a call, and of every ``**`` parameter."""
        variables: dict[tuple[Scope, str], list[cst.Call]] = {}
        for call in (node for node in self._tree.nodes if isinstance(node, cst.Call)):
            for arg in call.args:
                if arg.star != "**":
                    continue
                scope = self._names.binding_scope(arg.value) if isinstance(arg.value, cst.Name) else None
                if scope is not None and isinstance(arg.value, cst.Name):
                    variables.setdefault((scope, arg.value.value), []).append(call)
                else:
                    yield self._written_out(call, arg)
        for scope in self._names.scopes.values():
            if isinstance(scope.opener, cst.FunctionDef) and isinstance(scope.opener.params.star_kwarg, cst.Param):
                variables.setdefault((scope, scope.opener.params.star_kwarg.name.value), [])
        for (scope, name), calls in variables.items():
            yield self._of_variable(scope, name, calls)

    def _written_out(self, call: cst.Call, arg: cst.Arg) -> Keys:
        places, names, closed = self._in_display(arg.value)
        return Keys(tuple(places), tuple(names), (self._tree.last_callee(call),), self._tree.place(arg), closed=closed)

    def _in_display(self, node: cst.CSTNode | None) -> tuple[_Words, _Words, bool]:
        if isinstance(node, cst.Dict):
            keys = [e.key if isinstance(e, cst.DictElement) else e for e in node.elements]
            strings = [key for key in keys if isinstance(key, cst.SimpleString)]
            return [found for key in strings for found in self._word(key)], [], len(strings) == len(keys)
        if isinstance(node, cst.Call) and self._names.origins(node.func) == {"builtins.dict"}:
            keywords = [arg.keyword for arg in node.args if arg.keyword is not None]
            words = [(self._tree.place(k), self._tree.words[k.value]) for k in keywords if k.value in self._tree.words]
            return [], words, len(keywords) == len(node.args)
        return [], [], False

    def _of_variable(self, scope: Scope, name: str, calls: list[cst.Call]) -> Keys:
        places: _Words = []
        names: _Words = []
        closed = True
        parameter_of = ""
        for binding in scope.bindings[name]:
            if isinstance(scope.opener, cst.FunctionDef) and scope.opener.params.star_kwarg is binding.node:
                parameter_of = self._tree.called(scope.opener)
                continue
            found, keywords, known = self._in_display(binding.value)
            places += found
            names += keywords
            closed = closed and known
        for load in self._loads.get((scope, name), []):
            asked, known = self._of_load(load)
            places += asked
            closed = closed and known
        callees = tuple(self._tree.last_callee(call) for call in calls)
        spread = self._tree.place(calls[0]) if calls else Place(1, 0)
        return Keys(tuple(places), tuple(names), callees, spread, parameter_of, closed)

    def _of_load(self, load: cst.Name) -> tuple[_Words, bool]:
        """The string with which a dictionary is asked here, and whether all that is done to it can be seen."""
        parent = self._parents[load]
        if isinstance(parent, cst.Subscript) and parent.value is load:
            index = parent.slice[0].slice if len(parent.slice) == 1 else None
            return self._constant(index.value if isinstance(index, cst.Index) else None)
        if isinstance(parent, cst.ComparisonTarget):
            comparison = self._parents[parent]
            return self._constant(comparison.left if isinstance(comparison, cst.Comparison) else None)
        if isinstance(parent, cst.Attribute) and parent.attr.value in _KEY_METHODS:
            call = self._parents[parent]
            return self._constant(call.args[0].value if isinstance(call, cst.Call) and call.args else None)
        if isinstance(parent, cst.Attribute) and parent.attr.value in ("items", "keys", "values", "copy"):
            return [], True
        if isinstance(parent, cst.Arg):
            return [], parent.star == "**"
        return [], isinstance(parent, (cst.AssignTarget, cst.Param))

    def _constant(self, node: cst.CSTNode | None) -> tuple[_Words, bool]:
        return (self._word(node), True) if isinstance(node, cst.SimpleString) else ([], False)

    def _word(self, node: cst.SimpleString) -> _Words:
        value = node.evaluated_value
        return [(self._tree.place(node), value)] if isinstance(value, str) and value in WORDS else []

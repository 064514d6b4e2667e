"""One parsed file, as the parts of this package look at it."""

from __future__ import annotations

from typing import NamedTuple

import libcst as cst

from aioport.names import UNKNOWN, Names, Scope, dotted
from aioport.shield import Shielded
from aioport.tree import positions_of, walk

WORDS = ("async", "await")
LIBRARY = frozenset(["asyncio.async", "trollius.async"])
"""What lifting calls ``ensure_future``."""

BUILDERS = frozenset(["__init__", "__new__"])
"""Methods that are called by the name of their class."""


class Place(NamedTuple):
    """Line (from 1) and column (from 0)."""

    line: int
    col: int


class Tree:
    """The nodes of a module with their places, and what is called in it."""

    def __init__(self, module: cst.Module, shielded: Shielded) -> None:
        self.words = shielded.words
        self.names = Names(module, LIBRARY, self.words)
        self.parents = self.names.parents
        self.nodes = list(walk(module))
        self._positions = positions_of(module)

    def place(self, node: cst.CSTNode) -> Place:
        """Where ``node`` starts."""
        start = self._positions[node].start
        return Place(start.line, start.column)

    def real(self, name: str) -> str:
        """A dotted name with the words that are shielded in it."""
        return ".".join(self.words.get(part, part) for part in name.split("."))

    def last_callee(self, call: cst.Call) -> str:
        """The name by which the callee of a call is compared."""
        return last_name(self.callee(call)[0])

    def function(self, call: cst.Call) -> cst.BaseExpression:
        """What a call is of, by itself or by way of ``functools.partial``."""
        partial = self.names.origins(call.func) == {"functools.partial"} and call.args
        return call.args[0].value if partial else call.func

    def callee(self, call: cst.Call) -> tuple[str, bool]:
        """The last name of what is called, or all of it with True where it surely comes from outside of this file."""
        func = self.function(call)
        if isinstance(func, cst.Attribute) and func.attr.value in BUILDERS:
            return self._built(func), False
        origins = self.names.origins(func)
        if UNKNOWN not in origins:
            return self.real(min(origins)), True
        return self.real((dotted(func) or "").rpartition(".")[2] or _last(func)), False

    def _built(self, func: cst.Attribute) -> str:
        """The class whose ``__init__`` is called: ``X`` of ``X.__init__``, ``X.super`` of ``super().__init__``."""
        if not isinstance(func.value, cst.Call):
            return self.real((dotted(func.value) or "").rpartition(".")[2])
        scope: Scope | None = self.names.scope_of(func)
        while scope is not None and not isinstance(scope.opener, cst.ClassDef):
            scope = scope.parent
        return f"{self.real(scope.opener.name.value)}.super" if scope is not None else ""  # type: ignore[union-attr]

    def is_variable(self, func: cst.BaseExpression) -> bool:
        """Whether what is called has a name that may stand for any function: a parameter, or what is assigned to."""
        scope = self.names.binding_scope(func) if isinstance(func, cst.Name) else None
        bindings = scope.bindings[func.value] if scope is not None and isinstance(func, cst.Name) else []
        return any(b.origin is None and not isinstance(b.node, (cst.FunctionDef, cst.ClassDef)) for b in bindings)

    def called(self, node: cst.FunctionDef) -> str:
        """The name by which a function is called: its own, or its class's."""
        name = self.real(node.name.value)
        around = self.names.scope_of(node).opener
        return self.real(around.name.value) if name in BUILDERS and isinstance(around, cst.ClassDef) else name


def last_name(callee: str) -> str:
    """The name that callees are compared by: the last part, and what ``super()`` is of."""
    return callee if callee.endswith(".super") else callee.rpartition(".")[2]


def _last(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else ""

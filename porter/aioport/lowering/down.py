"""What a pass that brings a construct down works with."""

from __future__ import annotations

import builtins

import libcst as cst

from aioport.lowering.context import Lower
from aioport.lowering.imports import add_at_top
from aioport.tree import Edits, children, parents_of, walk

_BUILTINS = frozenset(dir(builtins))


class Down:
    """One file on its way to simpler async/await; ``lower`` is what is known of it."""

    def __init__(self, lower: Lower) -> None:
        self.lower = lower
        self.edits = Edits()
        self._imports: dict[str, str] = {}
        self._given: dict[cst.CSTNode, set[str]] = {}

    @property
    def has_helpers(self) -> bool:
        """Whether the target writes ``aenter`` and friends: its words come from a library, and 2.7 needs aexit."""
        return bool(self.lower.vocabulary.wait)

    def fresh(self, node: cst.CSTNode, *candidates: str) -> str:
        """The first of ``candidates`` that its function does not use and that nothing around ``node`` was given.

        ``node`` is the statement that is brought down. If none is free, the last one is numbered.
        """
        around = self._used_around(node) | self._given_around(node) | _BUILTINS
        number = 1
        name = next((name for name in candidates if name not in around), "")
        while not name:
            number += 1
            name = f"{candidates[-1]}{number}" if f"{candidates[-1]}{number}" not in around else ""
        self._given.setdefault(node, set()).add(name)
        return name

    def _used_around(self, node: cst.CSTNode) -> set[str]:
        analysis = self.lower.analysis
        function = analysis.function_around(node) if node is not analysis.module else None
        found = set()
        for part in walk(function.node if function is not None else analysis.module):
            if isinstance(part, cst.Name):
                parent = analysis.names.parents[part]
                label = parent.attr if isinstance(parent, cst.Attribute) else getattr(parent, "keyword", None)
                if label is not part:
                    found.add(part.value)
        return found

    def _given_around(self, node: cst.CSTNode) -> set[str]:
        given: set[str] = set()
        current: cst.CSTNode | None = node
        while current is not None:
            given |= self._given.get(current, set())
            current = self.lower.analysis.names.parents.get(current)
        return given

    def module(self, name: str) -> cst.Name:
        """The module ``name``, which the file imports if it does not yet."""
        for bound in self.lower.analysis.names.top.bindings:
            if self._is_always(bound, name):
                return cst.Name(bound)
        if name not in self._imports:
            plain = self._is_always(name, name)
            self._imports[name] = name if plain else self.fresh(self.lower.analysis.module, name, f"{name}_module")
        return cst.Name(self._imports[name])

    def _is_always(self, bound: str, module: str) -> bool:
        """Whether a name that the file binds is that module in all of its scopes."""
        scopes = self.lower.analysis.names.scopes.values()
        bindings = [binding for scope in scopes for binding in scope.bindings.get(bound, ())]
        return bool(bindings) and all(binding.origin == module for binding in bindings)

    def helper(self, name: str) -> cst.Attribute:
        """``asyncio.aenter`` and the like, which lowering makes aiocompat's."""
        return cst.Attribute(self.module("asyncio"), cst.Name(name))

    def special(self, holder: str, method: str) -> cst.Attribute:
        """``type(holder).__method__``: where Python looks up its special methods."""
        scopes = self.lower.analysis.names.scopes.values()
        # Methods do not see what the class calls so.
        taken = any("type" in scope.bindings and not isinstance(scope.opener, cst.ClassDef) for scope in scopes)
        kind = cst.Attribute(self.module("builtins"), cst.Name("type")) if taken else cst.Name("type")
        return cst.Attribute(cst.Call(kind, [cst.Arg(cst.Name(holder))]), cst.Name(f"__{method}__"))

    def text(self) -> str:
        """The file, brought down."""
        analysis = self.lower.analysis
        module = self.edits.apply(analysis.module, analysis.names.parents)
        if self._imports:
            imports = Edits()
            add_at_top(imports, module, [cst.Import([_alias(*item)]) for item in self._imports.items()])
            module = imports.apply(module, parents_of(module))
        return analysis.shielded.unshield(module.code)


def _alias(module: str, name: str) -> cst.ImportAlias:
    return cst.ImportAlias(cst.Name(module), cst.AsName(cst.Name(name)) if name != module else None)


def assign(name: str, value: cst.BaseExpression) -> cst.SimpleStatementLine:
    """``name = value``."""
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], value)])


def starting_with(body: cst.BaseSuite, *statements: cst.BaseStatement) -> cst.IndentedBlock:
    """``body`` on lines of its own after ``statements``, which take the place of a mere ``pass``."""
    block = as_block(body).with_changes(header=cst.TrailingWhitespace())
    only = block.body[0]
    empty = len(block.body) == 1 and only.deep_equals(cst.SimpleStatementLine([cst.Pass()]))
    return block.with_changes(body=[*statements, *(() if empty and statements else block.body)])


def as_block(body: cst.BaseSuite) -> cst.IndentedBlock:
    """``body`` on lines of its own."""
    if isinstance(body, cst.IndentedBlock):
        return body
    assert isinstance(body, cst.SimpleStatementSuite)
    lines: list[cst.BaseStatement] = [
        cst.SimpleStatementLine([small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)]) for small in body.body
    ]
    return cst.IndentedBlock(lines, header=body.trailing_whitespace)


def breaks(node: cst.CSTNode) -> bool:
    """Whether there is a ``break`` in ``node`` that leaves the loop whose body it is in."""
    if isinstance(node, cst.Break):
        return True
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        return False
    if isinstance(node, (cst.For, cst.While)):
        return node.orelse is not None and breaks(node.orelse)
    return any(map(breaks, children(node)))

"""Imports: asyncio's become those of the target's library, which also brings the words of its style."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Sequence
from functools import partial
from typing import Union

import libcst as cst

from aioport.history import OLDER
from aioport.lifting.statements import is_import_line, is_prologue, remove_line
from aioport.lowering.api import Fate, fate_of, report_helper, report_missing, report_older
from aioport.lowering.context import Lower
from aioport.names import dotted
from aioport.tree import Edits

Statement = Union[cst.Import, cst.ImportFrom]


class Imports:
    """Rewrites the imports of one file, once all other passes have said which names they need."""

    def __init__(self, lower: Lower) -> None:
        self._lower = lower
        self._parents = lower.analysis.names.parents
        self._bound = {
            binding.node: (scope, name)
            for scope in lower.analysis.names.scopes.values()
            for name, bindings in scope.bindings.items()
            for binding in bindings
        }
        self._helped: list[str] = []

    def rewrite(self) -> None:
        """Add the edits for all imports of the file."""
        anchor = self._anchor()
        typing = self._typing_import()
        results: list[tuple[Statement, list[Statement]]] = []
        for node in self._lower.analysis.nodes:
            if isinstance(node, cst.Import):
                results.append((node, self._module_imports(node)))
            elif isinstance(node, cst.ImportFrom) and not node.relative:
                results.append((node, self._name_imports(node, node is anchor)))
        added = self._added(anchor)
        names = self._lower.typing
        if names and typing is not None:
            self._lower.edits.on(typing, partial(_with_names, names))
        elif names:
            added.append(_import_from("typing", sorted(names)))
        for node, statements in results:
            self._put(node, [*statements, *added] if node is anchor else statements)
        if anchor is None and added:
            add_at_top(self._lower.edits, self._lower.analysis.module, added)

    def _anchor(self) -> Statement | None:
        """The first import of asyncio, or of a name of it, at the top level, that is not there for what stays."""
        stays = None
        for line in self._lower.analysis.module.body:
            for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(small, cst.Import) and any(_is_asyncio(alias.name) for alias in small.names):
                    if any(self._bound[alias][1] == self._lower.module_binding for alias in small.names):
                        return small
                    stays = stays or small
                if isinstance(small, cst.ImportFrom) and not small.relative and _is_asyncio(small.module):
                    return small
        return stays

    def _typing_import(self) -> cst.ImportFrom | None:
        """The first import of names from ``typing``, at the top level."""
        lines = (line for line in self._lower.analysis.module.body if isinstance(line, cst.SimpleStatementLine))
        for small in (small for line in lines for small in line.body):
            if isinstance(small, cst.ImportFrom) and not small.relative and dotted(small.module) == "typing":
                return small if not isinstance(small.names, cst.ImportStar) else None
        return None

    def _added(self, anchor: Statement | None) -> list[Statement]:
        lower = self._lower
        bare = any(not word or not lower.is_imported_by_name(word) for word in lower.words)
        added: list[Statement] = []
        found = lower.analysis.names.top.bindings.get(lower.module_binding or "", ())
        if bare and all(self._is_missing(binding.node) for binding in found):
            added.append(_import(lower.module, lower.module_name))
        bound = lower.analysis.names.top.bindings
        if lower.helpers and not any(binding.origin == "aiocompat" for binding in bound.get("aiocompat", ())):
            added.append(_import("aiocompat", "aiocompat"))
        if self._helped:
            added.append(_import_from("aiocompat", sorted(self._helped)))
        # Modules below the library do not have its words.
        of_library = isinstance(anchor, cst.ImportFrom) and dotted(anchor.module) == "asyncio"
        joined = of_library and not isinstance(anchor.names, cst.ImportStar)  # type: ignore[union-attr]
        if (words := self._words()) and not joined:
            added.append(_import_from(lower.module, words))
        added.extend(_import(module, module) for module in sorted(lower.modules) if module not in bound)
        return added

    def _is_missing(self, node: cst.CSTNode) -> bool:
        """Whether it imports a module below asyncio that nothing else has."""
        below = (dotted(node.name) or "").partition(".")[2] if isinstance(node, cst.ImportAlias) else ""
        return bool(below) and fate_of(self._lower, below) is Fate.MISSING

    def _words(self) -> list[str]:
        """The words that are used by their bare names, and that the file does not import itself."""
        lower = self._lower
        origins = {name: {b.origin for b in found} for name, found in lower.analysis.names.top.bindings.items()}
        used = (word for word in lower.words if word and lower.is_imported_by_name(word))
        return sorted(word for word in used if origins.get(word) != {f"{lower.module}.{word}"})

    # import asyncio

    def _module_imports(self, node: cst.Import) -> list[Statement]:
        """``node`` as one import or, where some of its uses stay asyncio's, two."""
        if not any(_is_asyncio(alias.name) for alias in node.names):
            return [node]
        # Lifting takes an import away that only the words of the style used.
        unused = [alias for alias in node.names if self._bound[alias] not in self._lower.analysis.loads]
        self._lower.unlike.extend(alias for alias in unused if _is_asyncio(alias.name))
        kept: list[cst.ImportAlias] = []
        names: list[cst.ImportAlias] = []
        for alias in node.names:
            if not _is_asyncio(alias.name):
                names.append(alias)
                continue
            if self._is_missing(alias):
                report_missing(self._lower, alias, (dotted(alias.name) or "").partition(".")[2])
                kept.append(alias)
                continue
            moved, stays = self._move_uses(alias)
            if self._lower.module == "asyncio":
                names.append(alias)
                continue
            if stays:
                kept.append(alias)
            if moved or not stays:
                names.append(self._renamed(alias))
        if names == list(node.names):
            return [node]
        return self._parted(node, kept, node, names)

    def _parted(
        self,
        node: Statement,
        kept: list[cst.ImportAlias],
        changed: Statement,
        names: list[cst.ImportAlias],
    ) -> list[Statement]:
        """``node`` with what stays asyncio's, and ``changed`` with the names that do not."""
        assert not isinstance(node.names, cst.ImportStar)
        return [
            *([node.with_changes(names=_closed(kept, node.names))] if kept else []),
            *([changed.with_changes(names=_closed(names, node.names))] if names else []),
        ]

    def _move_uses(self, alias: cst.ImportAlias) -> tuple[bool, bool]:
        """Rename what uses an import; whether something uses the target's library, and something still asyncio."""
        scope, name = self._bound[alias]
        lower = self._lower
        moved = scope is lower.analysis.names.top and bool(lower.words) and name == lower.module_binding
        stays = False
        for use in lower.analysis.loads.get((scope, name), ()):
            to = name if lower.is_left(use) else lower.settled.get(use)
            if to is None:
                moved = True
                to = lower.module_name if name in ("asyncio", lower.module_binding) else name
            elif to == name:
                stays = True
            if to != name:
                if name != "asyncio" or lower.module_binding != "asyncio":
                    # Lifting calls the module by one name, whatever else it is called.
                    lower.unlike.append(use)
                lower.edits.on(use, lambda updated, to=to: updated.with_changes(value=to))  # type: ignore[misc]
        return moved, stays

    def _renamed(self, alias: cst.ImportAlias) -> cst.ImportAlias:
        module = self._lower.module
        name = cst.parse_expression(module + (dotted(alias.name) or "")[len("asyncio") :])
        assert isinstance(name, (cst.Name, cst.Attribute))
        bound, called = self._bound[alias][1], self._lower.module_name
        asname = alias.asname
        if bound != called and bound == self._lower.module_binding:
            asname = cst.AsName(cst.Name(called)) if called != module else None
        elif asname is None and called == "asyncio":
            asname = cst.AsName(cst.Name("asyncio"))
        return alias.with_changes(name=name, asname=asname)

    # from asyncio import sleep

    def _name_imports(self, node: cst.ImportFrom, is_anchor: bool) -> list[Statement]:
        if not _is_asyncio(node.module):
            return [node]
        lower = self._lower
        below = (dotted(node.module) or "").partition(".")[2]
        module = cst.parse_expression(lower.module + (f".{below}" if below else ""))
        assert isinstance(module, (cst.Name, cst.Attribute))
        changed = node.with_changes(module=module)
        if isinstance(node.names, cst.ImportStar):
            return [changed]
        kept: list[cst.ImportAlias] = []
        names: list[cst.ImportAlias] = []
        for alias in node.names:
            self._alias(alias, below, names, kept)
        if is_anchor and not below:
            # On a line of its own each, where the names are.
            comma = node.names[0].comma if len(node.names) > 1 else cst.MaybeSentinel.DEFAULT
            names = [*(cst.ImportAlias(cst.Name(word), comma=comma) for word in self._words()), *names]
        if list(node.names) == names and lower.module == "asyncio":
            return [node]
        if (kept and names) or below.partition(".")[0] in lower.vocabulary.missing:
            # Lifting joins no imports, and leaves what asyncio no longer has.
            lower.unlike.append(node)
        return self._parted(node, kept, changed, names)

    def _alias(
        self, alias: cst.ImportAlias, below: str, names: list[cst.ImportAlias], kept: list[cst.ImportAlias]
    ) -> None:
        lower = self._lower
        name = dotted(alias.name) or ""
        fate = fate_of(lower, f"{below}.{name}" if below else name)
        scope, bound = self._bound[alias]
        if name == "coroutine" and any(map(lower.is_left, lower.analysis.loads.get((scope, bound), ()))):
            # What is left stays under the decorator it has.
            kept.append(alias)
        elif fate is Fate.THERE:
            names.append(alias)
            if name == "coroutine" and lower.module != "asyncio":
                # Lifting leaves what another file may import from here.
                lower.unlike.append(alias)
        elif fate is Fate.MISSING:
            report_missing(lower, alias, name)
            kept.append(alias)
        elif fate is Fate.HELPED:
            report_helper(lower, alias, name)
            self._helped.append(name if alias.asname is None else f"{name} as {self._bound[alias][1]}")
        else:
            self._use_older(alias, name, names)

    def _use_older(self, alias: cst.ImportAlias, name: str, names: list[cst.ImportAlias]) -> None:
        lower = self._lower
        scope, bound = self._bound[alias]
        older = OLDER[name]
        names.append(cst.ImportAlias(cst.Name(older.partition(".")[0]), comma=alias.comma))
        uses = lower.analysis.loads.get((scope, bound), ())
        for use in uses:
            report_older(lower, use, name)
            lower.edits.on(use, lambda updated: _spelled(older, updated))

    # Putting the results in place

    def _put(self, node: Statement, statements: Sequence[Statement]) -> None:
        if list(statements) == [node]:
            return
        if not statements:
            remove_line(self._lower.edits, self._parents, node)
            return
        line = self._parents[node]
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
            self._lower.edits.replace(node, cst.FlattenSentinel(statements))
            return

        def split(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
            assert isinstance(updated, cst.SimpleStatementLine)
            first = updated.with_changes(body=[statements[0]])
            rest = [cst.SimpleStatementLine([statement]) for statement in statements[1:]]
            return cst.FlattenSentinel([first, *rest])

        self._lower.edits.on(line, split)


def add_at_top(edits: Edits, module: cst.Module, added: Sequence[Statement]) -> None:
    """Put imports above all others, or where those would stand."""
    body = module.body
    anchor = next((line for line in body if is_import_line(line)), None)
    if anchor is None:
        anchor = next((line for line in body if not is_prologue(line)), body[-1])

    def insert(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        lines = updated.leading_lines  # type: ignore[attr-defined]
        first, *others = [cst.SimpleStatementLine([statement]) for statement in added]
        blank = cst.EmptyLine(indent=False)
        above: Sequence[cst.EmptyLine] = lines
        rest: Sequence[cst.EmptyLine] = []
        if not is_import_line(anchor):
            above = [blank] if anchor is not body[0] else []
            apart = [blank] * (2 if isinstance(anchor, cst.BaseCompoundStatement) else 1)
            rest = lines if lines and lines[0].comment is None else [*apart, *lines]
        return cst.FlattenSentinel(
            [
                first.with_changes(leading_lines=above),
                *others,
                updated.with_changes(leading_lines=rest),
            ]
        )

    edits.on(anchor, insert)


def _is_asyncio(name: cst.CSTNode | None) -> bool:
    return (dotted(name) or "").partition(".")[0] == "asyncio"


def _import(module: str, name: str) -> cst.Import:
    asname = None if name == module else cst.AsName(cst.Name(name))
    return cst.Import([cst.ImportAlias(cst.Name(module), asname)])


def _import_from(module: str, names: Sequence[str]) -> cst.ImportFrom:
    statement = cst.parse_statement(f"from {module} import {', '.join(names)}\n")
    assert isinstance(statement, cst.SimpleStatementLine)
    imported = statement.body[0]
    assert isinstance(imported, cst.ImportFrom)
    return imported


def _with_names(names: Collection[str], updated: cst.CSTNode) -> cst.CSTNode:
    """An import with more names: each where it belongs, if those that are there are in order."""
    assert isinstance(updated, cst.ImportFrom)
    assert not isinstance(updated.names, cst.ImportStar)
    aliases = list(updated.names)
    last, comma = aliases[-1].comma, aliases[0].comma if len(aliases) > 1 else cst.MaybeSentinel.DEFAULT
    spelled = [dotted(alias.name) or "" for alias in aliases]
    for name in sorted(names):
        at = bisect(spelled, name) if spelled == sorted(spelled) else len(spelled)
        spelled.insert(at, name)
        aliases.insert(at, cst.ImportAlias(cst.Name(name)))
    inner = [alias.with_changes(comma=comma) for alias in aliases[:-1]]
    return updated.with_changes(names=[*inner, aliases[-1].with_changes(comma=last)])


def _spelled(name: str, like: cst.CSTNode) -> cst.BaseExpression:
    assert isinstance(like, cst.Name)
    return cst.parse_expression(name).with_changes(lpar=like.lpar, rpar=like.rpar)


def _closed(aliases: Sequence[cst.ImportAlias], before: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """``aliases`` with the last one's comma as the last one had it before."""
    last = aliases[-1].with_changes(comma=before[-1].comma)
    inner = [
        alias if isinstance(alias.comma, cst.Comma) else alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        for alias in aliases[:-1]
    ]
    return [*inner, last]

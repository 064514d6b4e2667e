"""Imports: of a style's library they become imports of asyncio; what only the old style needed goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.lifting.api import keep_helper, report_missing
from aioport.lifting.context import Lift
from aioport.lifting.statements import is_import_line, is_prologue, remove_statement
from aioport.names import Scope, dotted
from aioport.rules.moved_names import package_has
from aioport.styles import Vocabulary, libraries, vocabularies, words
from aioport.tree import Replacement, walk

Statement = Union[cst.Import, cst.ImportFrom]


@dataclass(frozen=True)
class _Imported:
    """One name that an import binds, and what is left of its uses."""

    scope: Scope
    name: str
    uses: tuple[cst.Name, ...]
    remaining: tuple[cst.Name, ...]

    def no_longer_used(self, lift: Lift) -> bool:
        """Whether the port took away all uses, and no text mentions the name either."""
        return bool(self.uses) and not self.remaining and not self._is_mentioned(lift)

    def never_used(self, lift: Lift) -> bool:
        """Whether nothing ever used it, neither in this file nor in another of the project, as far as that is known.

        In a file without coroutines of its own it is there for others, which may not be among the files given.
        """
        spare = self.name in lift.spare and bool(lift.converted())
        return not self.uses and spare and not self._is_mentioned(lift)

    def _is_mentioned(self, lift: Lift) -> bool:
        mentioned = re.compile(rf"""# type:.*\b{self.name}\b|['"]{self.name}['"]""")
        return any(mentioned.search(line) for line in lift.lines)


class Imports:
    """Rewrites the imports of one file, once all other passes have said which names they take away or need."""

    def __init__(self, lift: Lift) -> None:
        self._lift = lift
        self._kept: set[cst.CSTNode] = set()
        self._bound: dict[cst.CSTNode, tuple[Scope, str]] = {}
        for scope in lift.analysis.names.scopes.values():
            for name, bindings in scope.bindings.items():
                for binding in bindings:
                    self._bound[binding.node] = (scope, name)
        self._needs_import = bool(lift.wanted) and not all(map(lift.can_spell, lift.wanted))
        self._has_plain_import = any(
            isinstance(line, cst.SimpleStatementLine)
            and any(isinstance(small, cst.Import) and _imports_plainly(small, "asyncio") for small in line.body)
            for line in lift.analysis.module.body
        )

    def rewrite(self) -> None:
        """Add the edits for all imports of the file."""
        for node in self._lift.analysis.nodes:
            if isinstance(node, cst.Import):
                self._rewrite_import(node)
            elif isinstance(node, cst.ImportFrom):
                self._rewrite_from(node)
            elif isinstance(node, cst.Try) and _only_import(node.body) is not None:
                self._lift.edits.on(node, _collapsed)
        if self._needs_import:
            self._add_import()

    def _imported(self, alias: cst.ImportAlias) -> _Imported:
        scope, name = self._bound[alias]
        parents = self._lift.analysis.names.parents
        uses = tuple(
            node
            for node in self._lift.analysis.loads.get((scope, name), ())
            if not isinstance(parents[node], (cst.AssignTarget, cst.NameItem))
        )
        return _Imported(scope, name, uses, tuple(use for use in uses if use not in self._lift.consumed))

    def _keep(self, alias: cst.ImportAlias, style: Vocabulary, old: list[cst.ImportAlias]) -> None:
        """Leave an import of a style's library for what is left in that style."""
        old.append(alias)
        statement = self._lift.analysis.names.parents[alias]
        if style.module != "asyncio" and statement not in self._kept:
            self._kept.add(statement)
            self._lift.report(
                statement,
                "kept-import",
                Severity.NOTE,
                f"{style.module} is still imported, for what was left in its style",
                "port what the other findings are about by hand and run aioport again",
            )

    # import trollius

    def _rewrite_import(self, node: cst.Import) -> None:
        old: list[cst.ImportAlias] = []
        new: list[cst.ImportAlias] = []
        for alias in node.names:
            name = dotted(alias.name) or ""
            style = _style_of(name)
            if style is None:
                new.append(alias)
            elif style.module == "asyncio":
                if not self._imported(alias).no_longer_used(self._lift) or self._is_wanted(alias):
                    new.append(alias)
            else:
                self._rewrite_module(alias, name, style, old, new)
        self._put(node, node, old, new)

    def _is_wanted(self, alias: cst.ImportAlias) -> bool:
        name = self._bound[alias][1]
        spelled = "asyncio" if name in libraries() else name
        return bool(self._lift.wanted) and self._lift.module_name() in (name, spelled)

    def _rewrite_module(
        self,
        alias: cst.ImportAlias,
        name: str,
        style: Vocabulary,
        old: list[cst.ImportAlias],
        new: list[cst.ImportAlias],
    ) -> None:
        below = name.partition(".")[2]
        if below in style.missing:
            report_missing(self._lift, alias, below, style)
            old.append(alias)
            return
        imported = self._imported(alias)
        statement = self._lift.analysis.names.parents[alias]
        left = [use for use in imported.remaining if self._lift.is_left(use) or use in self._lift.staying]
        if left and alias.asname is None:
            self._keep(alias, style, old)
            if len(left) == len(imported.remaining) and not self._is_wanted(alias):
                return
        if imported.no_longer_used(self._lift) and not self._is_wanted(alias):
            return
        module = cst.parse_expression("asyncio" + name[len(style.module) :])
        spelled = self._lift.module_name()
        if alias.asname is not None:
            same = isinstance(alias.asname.name, cst.Name) and alias.asname.name.value == dotted(module)
            changed = alias.with_changes(name=module, asname=None if same else alias.asname)
        elif spelled == style.module:
            changed = alias.with_changes(name=module, asname=cst.AsName(cst.Name(spelled)))
        else:
            changed = alias.with_changes(name=module)
            for use in imported.remaining:
                if use not in left:
                    self._lift.edits.on(use, lambda updated: updated.with_changes(value="asyncio"))
        if changed.asname is None and dotted(module) == "asyncio":
            if self._has_plain_import:
                return
            self._has_plain_import = self._is_at_top(statement)
        new.append(changed)

    # from trollius import From

    def _rewrite_from(self, node: cst.ImportFrom) -> None:
        name = dotted(node.module) or ""
        style = _style_of(name) if not node.relative else None
        if style is None:
            self._drop_aliases(node)
            return
        module = node.module
        below = name.partition(".")[2]
        if style.module != "asyncio":
            module = cst.parse_expression("asyncio" + name[len(style.module) :])  # type: ignore[assignment]
        if isinstance(node.names, cst.ImportStar):
            self._rewrite_star(node, style, node.with_changes(module=module))
            return
        if package_has(self._lift, node):
            module = cst.Name("asyncio")
        old: list[cst.ImportAlias] = []
        new: list[cst.ImportAlias] = []
        for alias in node.names:
            self._rewrite_alias(alias, below, style, old, new)
        self._put(node, node.with_changes(module=module), old, new)

    def _drop_aliases(self, node: cst.ImportFrom) -> None:
        """Take away what is imported from a module of the project that hands on words of a style."""
        if isinstance(node.names, cst.ImportStar):
            return
        names = self._lift.analysis.names
        base = "." * len(node.relative) + (dotted(node.module) or "")
        dot = "" if base.endswith(".") else "."
        kept = [
            alias
            for alias in node.names
            if f"{base}{dot}{dotted(alias.name)}" not in names.aliases
            or not self._imported(alias).no_longer_used(self._lift)
        ]
        if len(kept) < len(node.names):
            self._put(node, node, [], kept)

    def _rewrite_star(self, node: cst.ImportFrom, style: Vocabulary, changed: cst.ImportFrom) -> None:
        if style.module != "asyncio":
            self._lift.edits.replace(node, changed)

    def _rewrite_alias(
        self,
        alias: cst.ImportAlias,
        below: str,
        style: Vocabulary,
        old: list[cst.ImportAlias],
        new: list[cst.ImportAlias],
    ) -> None:
        name = self._lift.real_name(dotted(alias.name) or "")
        imported = self._imported(alias)
        if f"{style.module}.{name}" in words().coroutine | words().wait | words().value:
            if style.module != "asyncio" and imported.never_used(self._lift):
                self._report_dropped(alias, name, style)
                return
            # What this file never used others may import from here, but not out of a function.
            if imported.remaining or not (imported.scope.is_function or imported.no_longer_used(self._lift)):
                kept = new if style.module == "asyncio" else old
                if imported.remaining:
                    self._keep(alias, style, kept)
                else:
                    kept.append(alias)
                if name in style.missing:
                    self._report_kept(alias, name, style, imported)
        elif style.module != "asyncio" and imported.remaining and all(map(self._lift.is_left, imported.remaining)):
            self._keep(alias, style, old)
        elif below in style.missing and name not in style.builtins:
            report_missing(self._lift, alias, below, style)
            old.append(alias)
        elif name in style.builtins:
            for use in imported.remaining:
                self._lift.edits.on(use, lambda updated: updated.with_changes(value=name))
        elif name in style.missing:
            (keep_helper if name in style.helpers else report_missing)(self._lift, alias, name, style)
            old.append(alias)
        elif name in style.renamed:
            self._rename_alias(alias, style.renamed[name], imported, new)
        elif not imported.no_longer_used(self._lift):
            new.append(alias)

    def _report_dropped(self, alias: cst.ImportAlias, name: str, style: Vocabulary) -> None:
        self._lift.report(
            alias,
            "missing-name",
            Severity.NOTE,
            f"this import of {name} went: asyncio has none, and nothing in the project used it",
            f"import {name} from {style.module} where something elsewhere takes it from here",
            applicability=Applicability.SAFE,
        )

    def _report_kept(self, alias: cst.ImportAlias, name: str, style: Vocabulary, imported: _Imported) -> None:
        """Say where a construct is used as something else, or the import serves other files."""
        reported = {use for function in self._lift.analysis.functions for use in map(_raised, function.raises)}
        for use in imported.remaining:
            if use not in reported and not self._lift.is_left(use):
                report_missing(self._lift, use, name, style)
        if not imported.remaining:
            report_missing(self._lift, alias, name, style)

    def _rename_alias(self, alias: cst.ImportAlias, name: str, imported: _Imported, new: list[cst.ImportAlias]) -> None:
        changed = alias.with_changes(name=cst.Name(name))
        if alias.asname is None:
            for use in imported.remaining:
                self._lift.edits.on(use, lambda updated: updated.with_changes(value=name))
        elif isinstance(alias.asname.name, cst.Name) and alias.asname.name.value == name:
            changed = changed.with_changes(asname=None)
        new.append(changed)

    # Putting the results in place

    def _put(
        self,
        node: Statement,
        changed: Statement,
        old: Sequence[cst.ImportAlias],
        new: Sequence[cst.ImportAlias],
    ) -> None:
        assert not isinstance(node.names, cst.ImportStar)
        statements = [
            *([node.with_changes(names=_closed(old, node.names))] if old else []),
            *([changed.with_changes(names=_closed(new, node.names))] if new else []),
        ]
        if not statements:
            if self._needs_import and self._is_at_top(node):
                self._needs_import = False
                self._lift.edits.replace(node, _import_asyncio())
            else:
                remove_statement(self._lift, node)
        elif list(old or new) != list(node.names) or (new and (old or changed is not node)):
            self._replace(node, statements)

    def _is_at_top(self, node: cst.CSTNode) -> bool:
        parents = self._lift.analysis.names.parents
        line = parents[node]
        return isinstance(line, cst.SimpleStatementLine) and isinstance(parents[line], cst.Module)

    def _replace(self, node: Statement, statements: Sequence[Statement]) -> None:
        line = self._lift.analysis.names.parents[node]
        if len(statements) == 1:
            self._lift.edits.replace(node, statements[0])
        elif isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:

            def split(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
                assert isinstance(updated, cst.SimpleStatementLine)
                first = updated.with_changes(body=[statements[0]], trailing_whitespace=cst.TrailingWhitespace())
                return cst.FlattenSentinel([first, updated.with_changes(body=[statements[1]], leading_lines=[])])

            self._lift.edits.on(line, split)
        else:
            self._lift.edits.replace(node, cst.FlattenSentinel(statements))

    def _add_import(self) -> None:
        body = self._lift.analysis.module.body
        anchor = next((line for line in body if is_import_line(line)), None)
        if anchor is None:
            anchor = next((line for line in body if not is_prologue(line)), body[-1])

        def insert(updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
            lines = updated.leading_lines  # type: ignore[attr-defined]
            added = cst.SimpleStatementLine([_import_asyncio()], leading_lines=lines)
            rest = [] if is_import_line(anchor) else [cst.EmptyLine(indent=False)]
            return cst.FlattenSentinel([added, updated.with_changes(leading_lines=rest)])

        self._lift.edits.on(anchor, insert)


def _import_asyncio() -> cst.Import:
    return cst.Import([cst.ImportAlias(cst.Name("asyncio"))])


def _imports_plainly(node: cst.Import, module: str) -> bool:
    return any(dotted(alias.name) == module and alias.asname is None for alias in node.names)


def _raised(statement: cst.Raise) -> cst.BaseExpression | None:
    return statement.exc.func if isinstance(statement.exc, cst.Call) else statement.exc


def _style_of(module: str) -> Vocabulary | None:
    return next((v for v in vocabularies() if module.partition(".")[0] == v.module), None)


def _closed(aliases: Sequence[cst.ImportAlias], before: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """``aliases`` with the last one's comma as the last one had it before."""
    return [*aliases[:-1], aliases[-1].with_changes(comma=before[-1].comma)]


def _collapsed(updated: cst.CSTNode) -> Replacement:
    """``try: import asyncio / except ImportError: import asyncio``, as the port leaves it, is one import.

    Where the ``try`` guards nothing any more its handlers cannot run, and all of it goes.
    """
    assert isinstance(updated, cst.Try)
    if _guards_nothing(updated):
        return cst.RemoveFromParent()
    blocks = [updated.body, *(handler.body for handler in updated.handlers)]
    lines = [_only_import(block) for block in blocks]
    if updated.orelse or updated.finalbody or any(line is None for line in lines) or len(lines) < 2:
        return updated
    first = lines[0]
    assert first is not None
    if any(line is None or not line.body[0].deep_equals(first.body[0]) for line in lines):
        return updated
    return first.with_changes(leading_lines=[*updated.leading_lines, *first.leading_lines])


def _guards_nothing(node: cst.Try) -> bool:
    body = node.body.body[0] if len(node.body.body) == 1 else None
    return (
        isinstance(body, cst.SimpleStatementLine)
        and isinstance(body.body[0], cst.Pass)
        and not node.orelse
        and not node.finalbody
        and not any(isinstance(part, cst.Comment) for part in walk(node))
        and not any(line.comment for line in node.leading_lines)
    )


def _only_import(block: cst.BaseSuite) -> cst.SimpleStatementLine | None:
    if not isinstance(block, cst.IndentedBlock) or len(block.body) != 1:
        return None
    line = block.body[0]
    if isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], (cst.Import, cst.ImportFrom)):
        return line if len(line.body) == 1 else None
    return None

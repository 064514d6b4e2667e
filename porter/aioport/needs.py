"""What the output needs of the standard library, as vermin sees it: the porter rewrites syntax, not what is imported.

vermin matches spellings and reads no version switch, so what it says is asked again of the names of the file.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst
from vermin import Backports, Config, InvalidVersionException, SourceVisitor
from vermin.formats import ParsableFormat

from aioport.analysis import Analysis
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.history import Version

_PYTHON3 = (3, 0)
_ABSENCE = frozenset(["AttributeError", "Exception", "ImportError", "ModuleNotFoundError", "NameError"])
_SWITCHES = re.compile(r"\b(version_info|PY2|PY3|hasattr|TYPE_CHECKING|platform|name)\b")
_OURS = ("asyncio", "concurrent.futures", "trollius")
"""asyncio's names have tables of their own; the others are what Trollius and aiocompat bring with them."""
_MISREAD = ("multiple context expressions",)
"""What vermin finds by looking at text, where it takes the parentheses of an item for those around all."""
_TYPES = frozenset("bytearray bytes dict float frozenset int list memoryview set str tuple".split())


@dataclass(frozen=True)
class _Need:
    line: int
    what: str
    """In the words of vermin: ``'contextlib.suppress' member``."""
    since: Version | None

    @property
    def name(self) -> str:
        """The dotted name in it, or nothing where it is syntax."""
        match = re.match(r"'([\w.]+)", self.what)
        return match.group(1) if match else ""


class _Collected(ParsableFormat):  # type: ignore[misc]
    """Takes what vermin finds before it is made text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[tuple[int, str], tuple[Version | None, Version | None]] = {}

    def format_output_line(
        self,
        msg: str | None,
        path: str | None = None,
        line: int | None = None,
        col: int | None = None,
        versions: list[Version | None] | None = None,
        plural: bool | None = None,
        violation: bool = False,
    ) -> str:
        """Note one line; it is not printed."""
        if line is not None and msg and versions:
            old, new = versions
            self.found[line, msg] = (old, new)
        return ""


def find_needs(
    path: str, text: str, analysed: Callable[[], Analysis], version: Version, lines: tuple[int, ...]
) -> Iterator[Finding]:
    """Findings on what ``text``, a port for ``version``, needs of newer Pythons.

    ``analysed`` gives its analysis, which most files do not need, and ``lines`` has the line of the original for each
    of its lines.
    """
    tree = ast.parse(text)
    guarded = _guarded_lines(tree)
    asked = (need for need in _asked(text, version) if not need.what.startswith(_MISREAD))
    needs = [need for need in asked if need.line not in guarded and not need.name.startswith(_OURS)]
    if not needs:
        return
    meant, imported = _meant(analysed())
    absent = _imported_in(tree, guarded)
    absent |= {need.name for need in needs if need.what.endswith("module")}
    for need in needs:
        module, root = need.name.rpartition(".")[0], need.name.partition(".")[0]
        if need.what.endswith("module"):
            if need.name not in imported[need.line]:
                continue
        elif need.name and (
            module in absent or (root not in _TYPES and not meant[need.line] & {need.name, f"builtins.{need.name}"})
        ):
            continue
        since = f"Python {need.since[0]}.{need.since[1]}" if need.since is not None else "Python 3"
        line = lines[min(need.line, len(lines)) - 1]
        yield Finding(
            Location(path, line, 1, line, line),
            "needs-newer-python",
            Severity.WARNING,
            Applicability.MANUAL,
            f"{need.what} needs {since}, as vermin says",
            f"add the package {root} for older versions to what the project depends on"
            if Backports.is_backport(root)
            else "write it with what is there, or behind a version switch",
        )


def _asked(text: str, version: Version) -> list[_Need]:
    collected = _Collected()
    config = Config()
    config.set_format(collected)
    config.set_parse_comments(False)
    visitor = SourceVisitor(config, "", text)
    visitor.set_no_lines(set())
    visitor.tour(ast.parse(text))
    # It says what it found of modules and their members when it sums up; that nothing runs it all does not matter.
    with contextlib.suppress(InvalidVersionException):
        visitor.minimum_versions()
    return [
        _Need(line, what, new)
        for (line, what), (old, new) in collected.found.items()
        if (_is_missing_on_2(old, version) if version < _PYTHON3 else new is not None and new > version)
    ]


def _is_missing_on_2(old: Version | None, version: Version) -> bool:
    return old is None or old > version


def _guarded_lines(tree: ast.AST) -> set[int]:
    """The lines of which the program sees for itself whether they can run."""
    guarded: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(map(_is_for_absence, node.handlers)):
            guarded.update(_lines([*node.body, *(part for handler in node.handlers for part in handler.body)]))
        elif isinstance(node, ast.If) and _SWITCHES.search(ast.unparse(node.test)):
            guarded.update(_lines([*node.body, *node.orelse]))
    return guarded


def _is_for_absence(handler: ast.ExceptHandler) -> bool:
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(part is None or (isinstance(part, ast.Name) and part.id in _ABSENCE) for part in parts)


def _lines(statements: list[ast.stmt]) -> Iterator[int]:
    for statement in statements:
        yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _imported_in(tree: ast.AST, lines: set[int]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and node.lineno in lines:
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.lineno in lines:
            found.add(node.module or "")
    return found


def _meant(analysis: Analysis) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """For each line what its names mean, and which modules it imports."""
    meant: dict[int, set[str]] = defaultdict(set)
    imported: dict[int, set[str]] = defaultdict(set)
    loads = (node for nodes in analysis.loads.values() for node in nodes)
    for node in (*analysis.attributes, *analysis.free, *loads):
        meant[analysis.positions[node].start.line] |= analysis.names.origins(node)
    for scope in analysis.names.scopes.values():
        for binding in (binding for bindings in scope.bindings.values() for binding in bindings):
            if binding.origin is not None:
                line = analysis.positions[binding.node].start.line
                meant[line].add(binding.origin)
                imported[line] |= {binding.origin, binding.origin.rpartition(".")[0]}
                if isinstance(binding.node, cst.ImportAlias):
                    imported[line].add(cst.Module([]).code_for_node(binding.node.name))
    return meant, imported

"""The words of a style under the names that modules of the project give them: ``from .compat import coroutine, From``.

A module hands on a word where each binding of a name in it is the word itself, imported or assigned, or does the same:
a function that only calls the coroutine decorator, a ``From`` that gives back what it gets, or a ``Return`` that is a
mere StopIteration, beside one that is imported.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from aioport.keywords.modules import Modules, location_of
from aioport.keywords.uses import FileUses
from aioport.names import UNKNOWN, Binding, Names, dotted
from aioport.styles import libraries, words

Aliases = Mapping[str, frozenset[str]]
"""What dotted names, as one file spells them, stand for."""

_IMPORT = re.compile(
    rb"^[ \t]*from[ \t]+(?P<module>[\w.]+)[ \t]+import\b[ \t]*(?P<names>\([^)]*\)|[^\n(]*)"
    rb"|^[ \t]*import[ \t]+(?P<whole>[\w.]+)",
    re.MULTILINE,
)
_WORDS = frozenset(["From", "Return", "asyncio", "coroutine", "trollius"])
_HANDS_ON = re.compile(
    rb"=\s*(?:asyncio|trollius)\.(?:coroutine|From|Return)\b|\bdef\s+(?:coroutine|From)\b|\bclass\s+Return\b"
    rb"|\b(?:coroutine|From|Return|asyncio|trollius)\s+as\b"
)
"""Matches what a file that gives a word another name has in it."""

_CONSTRUCTS = frozenset(["From", "Return", "coroutine"])
_ATTRIBUTE = re.compile(rb"\b(\w+)\s*\.\s*(From|Return|coroutine)\b")


@dataclass(frozen=True)
class Glance:
    """What can be seen of a file without parsing it, and its uses of names that became keywords."""

    uses: FileUses | None = None
    imports: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The modules it imports from, as it spells them, and the names it imports from each."""
    hands_on: bool = False
    """Whether it gives a word of a style a name of its own."""
    taken: frozenset[str] = frozenset()
    """The constructs that it takes as attributes of anything but a style's library."""


def glance(data: bytes, uses: FileUses | None) -> Glance:
    """What can be seen of a file; some of what its strings import is taken for imports of its own."""
    imports = []
    for match in _IMPORT.finditer(data):
        names = re.findall(rb"(\w+|\*)(?:\s+as\s+\w+)?\s*(?:,|\)|#|$)", match["names"] or b"", re.MULTILINE)
        module = match["module"] or match["whole"]
        imports.append((module.decode(errors="replace"), tuple(name.decode(errors="replace") for name in names)))
    attributes = ((base.decode(errors="replace"), word.decode()) for base, word in _ATTRIBUTE.findall(data))
    taken = frozenset(word for base, word in attributes if base not in libraries())
    return Glance(uses, tuple(imports), bool(_HANDS_ON.search(data)), taken)


class Imports:
    """Which modules of the project hand on words to which files."""

    def __init__(self, glances: Sequence[Glance], paths: Sequence[str]) -> None:
        self._modules = Modules(paths)
        self._words: dict[str, Aliases] = {}
        self._imported: dict[str, dict[str, str]] = {}
        """For each file the locations of the modules that it imports, by what it calls them."""
        asked: set[str] = set()
        self._taken: dict[str, set[str]] = defaultdict(set)
        """The constructs that others import from each module, which may be all."""
        self._taken_somewhere = frozenset[str]().union(*(seen.taken for seen in glances))
        for path, seen in zip(paths, glances):
            found = self._imported[path] = {}
            for module, names in seen.imports:
                spellings = [module, *(join(module, name) for name in names)]
                found.update((s, location) for s in spellings if (location := self._modules.find(s, path)) is not None)
                if module in found:
                    self._taken[found[module]] |= _CONSTRUCTS if "*" in names else _CONSTRUCTS & set(names)
                if module in found and _WORDS & set(names):
                    asked.add(found[module])
        imported = frozenset[str]().union(*(found.values() for found in self._imported.values()))
        self.candidates = [
            path
            for path, seen in zip(paths, glances)
            if (location := location_of(path)) in asked or (seen.hands_on and location in imported)
        ]

    def learn(self, found: Sequence[Aliases]) -> bool:
        """Take in what the candidates hand on; whether that is more than was known."""
        words_of = {location_of(path): handed for path, handed in zip(self.candidates, found) if handed}
        changed = words_of != self._words
        self._words = words_of
        return changed

    def spare(self, path: str) -> frozenset[str]:
        """The constructs of a style that no other file of the project takes from this one."""
        is_package = location_of(path) == os.path.dirname(os.path.abspath(path))
        return frozenset() if is_package else _CONSTRUCTS - self._taken[location_of(path)] - self._taken_somewhere

    def aliases(self, path: str) -> Aliases:
        """The words that a file imports, as it spells them."""
        return {
            join(name, word): meant
            for name, location in self._imported[path].items()
            for word, meant in self._words.get(location, {}).items()
        }


def handed_on(names: Names) -> dict[str, frozenset[str]]:
    """The names of a module that stand for words of a style, and for which."""
    found = {}
    for name, bindings in names.top.bindings.items():
        origins = names.origins(cst.Name(name))
        known = origins - {UNKNOWN}
        if known and not any(known <= kind for kind in _kinds()):
            continue
        own = [binding for binding in bindings if binding.origin is None and binding.value is None]
        meant = known | frozenset[str]().union(*(_same(names, binding, known) for binding in own))
        if meant and all(_same(names, binding, meant) for binding in own) and any(meant <= kind for kind in _kinds()):
            found[name] = meant
    return found


def join(module: str, name: str) -> str:
    """The dotted name of ``name`` in a module, which may be one that is called by dots alone."""
    return module + name if module.endswith(".") else f"{module}.{name}"


def _kinds() -> tuple[frozenset[str], ...]:
    return words().coroutine, words().wait, words().value, libraries()


def _same(names: Names, binding: Binding, meant: frozenset[str]) -> frozenset[str]:
    """The words that a function or class of the module does the same as."""
    node = binding.node
    statement = _only_statement(node)
    if isinstance(node, cst.FunctionDef) and isinstance(statement, cst.Return) and len(node.params.params) == 1:
        parameter = node.params.params[0].name.value
        if dotted(statement.value) == parameter and meant and meant <= words().wait:
            return meant
        call = statement.value
        if isinstance(call, cst.Call) and [dotted(arg.value) for arg in call.args] == [parameter]:
            origins = names.origins(call.func)
            return origins if origins and origins <= words().coroutine else frozenset()
    if isinstance(node, cst.ClassDef) and isinstance(statement, cst.Pass) and meant and meant <= words().value:
        bases = frozenset[str]().union(*(names.origins(base.value) for base in node.bases))
        return meant if bases == {"builtins.StopIteration"} else frozenset()
    return frozenset()


def _only_statement(node: cst.CSTNode) -> cst.CSTNode | None:
    """The one statement in the body of a definition, its docstring aside."""
    if not isinstance(node, (cst.FunctionDef, cst.ClassDef)) or not isinstance(node.body, cst.IndentedBlock):
        return None
    lines = [line.body for line in node.body.body if isinstance(line, cst.SimpleStatementLine)]
    statements = [small for line in lines for small in line]
    if len(statements) == 2 and isinstance(statements[0], cst.Expr):
        del statements[0]
    return statements[0] if len(lines) == len(node.body.body) and len(statements) == 1 else None

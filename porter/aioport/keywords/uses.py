"""Where one file uses ``async`` and ``await`` as names, and in strings: small picklable facts, as in ``facts.py``."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import libcst as cst
from libcst.metadata import CodeRange

from aioport.names import UNKNOWN, Binding, Names, Scope, dotted
from aioport.shield import Shielded
from aioport.tree import positions_of, walk

WORDS = ("async", "await")
MENTIONS = re.compile(rb"\b(?:async|await)\b")
"""Matches what a file with anything for this package to do has in it."""

_DOTTED = re.compile(r"(?:\w+\.)*(?:async|await)(?:\.\w+)*")
LIBRARY = frozenset(["asyncio.async", "trollius.async"])
"""What lifting calls ``ensure_future``."""

_BUILDERS = frozenset(["__init__", "__new__"])
_KEY_METHODS = frozenset(["get", "pop", "setdefault"])


class Kind(enum.Enum):
    """What a name stands for."""

    OWN = "bound in this file"
    MODULE = "a module in an import"
    IMPORTED = "imported from a module"
    FREE = "a builtin, or what a star import brings"
    KEYWORD = "the keyword of an argument"
    ATTRIBUTE = "an attribute"


class Role(enum.Enum):
    """What the definition of a name makes, as far as others can see it."""

    NONE = "a use, or nothing that others see"
    PARAMETER = "parameter"
    FUNCTION = "function"
    CLASS = "class"
    METHOD = "method"
    ATTRIBUTE = "attribute"
    GLOBAL = "global name"


class Place(NamedTuple):
    """Line (from 1) and column (from 0)."""

    line: int
    col: int


@dataclass(frozen=True)
class Use:
    """One name. ``where`` is the dotted module of an import, the callee of a keyword or the receiver of an attribute."""

    kind: Kind
    place: Place
    word: str
    where: str = ""
    role: Role = Role.NONE
    owner: str = ""
    """The function or class around a definition."""
    certain: bool = False
    """Whether ``where`` is a name that only an import can have given its meaning."""
    own: bool = False
    """Whether an attribute is one of ``self`` or ``cls``."""


@dataclass(frozen=True)
class Text:
    """A string that says the word. ``path`` is all of it, with the dots."""

    place: Place
    path: str
    exported: bool = False
    """Whether it stands in ``__all__``."""


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


@dataclass(frozen=True)
class FileUses:
    """What the plan needs to know of one file."""

    path: str
    uses: tuple[Use, ...]
    texts: tuple[Text, ...]
    keys: tuple[Keys, ...]
    takers: tuple[tuple[str, str], ...]
    """Functions with a parameter of the name, called by their own name or their class's; and the word."""
    bases: tuple[tuple[str, tuple[str, ...]], ...]
    """Each class without an ``__init__`` of its own, with the last names of its bases; ``X.super`` for those of X."""
    stars: tuple[str, ...]
    """The modules of star imports, relative ones with their dots."""
    taken: tuple[str, ...]
    """All identifiers that start with one of the words and go on with something else than a letter or digit."""


def uses_of(module: cst.Module, shielded: Shielded, path: str) -> FileUses:
    """The uses in one parsed file."""
    return _Collector(module, shielded, path).collect()


_Words = list[tuple[Place, str]]


class _Collector:
    def __init__(self, module: cst.Module, shielded: Shielded, path: str) -> None:
        self._path = path
        self._words = shielded.words
        self._names = Names(module, LIBRARY, self._words)
        self._parents = self._names.parents
        self._positions = positions_of(module)
        self._nodes = list(walk(module))
        self._loads: dict[tuple[Scope, str], list[cst.Name]] = {}
        for node in self._nodes:
            if isinstance(node, cst.Name) and (scope := self._names.binding_scope(node)) is not None:
                self._loads.setdefault((scope, node.value), []).append(node)
        self._keyed: set[Place] = set()

    def collect(self) -> FileUses:
        keys = tuple(self._keys())
        return FileUses(
            path=self._path,
            uses=tuple(self._uses()),
            texts=tuple(self._texts()),
            keys=keys,
            takers=tuple(self._takers()),
            bases=tuple(self._bases()),
            stars=tuple(self._names.top.star_imports.values()),
            taken=tuple(
                sorted(
                    {
                        node.value
                        for node in self._nodes
                        if isinstance(node, cst.Name)
                        and node.value not in self._words
                        and re.match(r"(?:async|await)_", node.value)
                    }
                )
            ),
        )

    def _place(self, node: cst.CSTNode) -> Place:
        start = self._positions[node].start
        return Place(start.line, start.column)

    # Names.

    def _uses(self) -> Iterator[Use]:
        for node in self._nodes:
            if isinstance(node, cst.Name) and node.value in self._words:
                use = self._use(node, self._words[node.value])
                if use is not None:
                    yield use

    def _use(self, node: cst.Name, word: str) -> Use | None:
        parent = self._parents[node]
        imported = self._import_around(node)
        if imported is not None:
            return self._in_import(node, word, imported)
        if isinstance(parent, cst.Attribute) and parent.attr is node:
            return self._attribute(node, word, parent)
        if isinstance(parent, cst.Arg) and parent.keyword is node:
            call = self._parents[parent]
            if not isinstance(call, cst.Call):
                return None
            callee, certain = self.callee(call)
            return Use(Kind.KEYWORD, self._place(node), word, callee, certain=certain)
        return self._bound(node, word, parent)

    def _bound(self, node: cst.Name, word: str, parent: cst.CSTNode) -> Use | None:
        if isinstance(parent, cst.NameItem):
            statement = self._names.scope_of(self._parents[parent])
            scope = statement.elsewhere.get(node.value, statement)
        else:
            found = self._names.binding_scope(node)
            if found is None:
                if self._names.origins(node) & LIBRARY:
                    return None
                return Use(Kind.FREE, self._place(node), word)
            scope = found
        bindings = scope.bindings.get(node.value, [])
        if any(binding.origin in LIBRARY for binding in bindings):
            return None
        role, owner = self._role(node, parent, scope)
        return Use(Kind.OWN, self._place(node), word, role=role, owner=owner)

    def _role(self, node: cst.Name, parent: cst.CSTNode, scope: Scope) -> tuple[Role, str]:
        opener = scope.opener
        if isinstance(parent, cst.Param) and parent.name is node:
            if not isinstance(opener, cst.FunctionDef) or not self._is_reached(opener):
                return Role.NONE, ""
            return Role.PARAMETER, self._called(opener)
        in_class = isinstance(opener, cst.ClassDef)
        owner = opener.name.value if isinstance(opener, cst.ClassDef) else ""
        if not in_class and not isinstance(opener, cst.Module):
            return Role.NONE, ""
        if isinstance(parent, cst.FunctionDef) and parent.name is node:
            return (Role.METHOD if in_class else Role.FUNCTION), owner
        if isinstance(parent, cst.ClassDef) and parent.name is node:
            return Role.CLASS, owner
        if isinstance(parent, (cst.AssignTarget, cst.AnnAssign)) and parent.target is node:
            return (Role.ATTRIBUTE if in_class else Role.GLOBAL), owner
        return Role.NONE, ""

    def _is_reached(self, node: cst.FunctionDef) -> bool:
        """Whether a function is one of the module or of a class, so that others can call it."""
        scope: Scope | None = self._names.scope_of(node)
        return scope is not None and not scope.is_function

    def _attribute(self, node: cst.Name, word: str, attribute: cst.Attribute) -> Use | None:
        origins = self._names.origins(attribute)
        if origins & LIBRARY:
            return None
        certain = UNKNOWN not in origins and not any(origin.startswith("builtins.") for origin in origins)
        parent = self._parents[attribute]
        owner = self._class_of(attribute.value)
        stored = isinstance(parent, (cst.AssignTarget, cst.AnnAssign)) and parent.target is attribute
        return Use(
            Kind.ATTRIBUTE,
            self._place(node),
            word,
            min(origins).rpartition(".")[0] if certain else "",
            role=Role.ATTRIBUTE if stored else Role.NONE,
            owner=owner,
            certain=certain,
            own=bool(owner),
        )

    def _class_of(self, node: cst.BaseExpression) -> str:
        """The class whose method has ``node`` as its first parameter."""
        scope = self._names.binding_scope(node) if isinstance(node, cst.Name) else None
        if scope is None or not isinstance(scope.opener, cst.FunctionDef):
            return ""
        first = next(iter((*scope.opener.params.posonly_params, *scope.opener.params.params)), None)
        around = self._names.scope_of(scope.opener).opener
        is_first = first is not None and isinstance(node, cst.Name) and first.name.value == node.value
        return self._real(around.name.value) if is_first and isinstance(around, cst.ClassDef) else ""

    # Imports.

    def _import_around(self, node: cst.Name) -> cst.Import | cst.ImportFrom | None:
        current: cst.CSTNode = node
        while isinstance(current, (cst.Name, cst.Attribute, cst.ImportAlias)):
            current = self._parents[current]
        return current if isinstance(current, (cst.Import, cst.ImportFrom)) else None

    def _in_import(self, node: cst.Name, word: str, statement: cst.Import | cst.ImportFrom) -> Use | None:
        path = self._path_up_to(node)
        if isinstance(statement, cst.Import):
            return Use(Kind.MODULE, self._place(node), word, path)
        dots = "." * len(statement.relative)
        if any(node is part for part in walk(statement.module) if statement.module is not None):
            return Use(Kind.MODULE, self._place(node), word, dots + path)
        module = dots + (self._real(dotted(statement.module) or ""))
        if f"{module}.{word}" in LIBRARY:
            return None
        return Use(Kind.IMPORTED, self._place(node), word, module)

    def _path_up_to(self, node: cst.Name) -> str:
        """The dotted name that ends with ``node``, inside of a longer one."""
        parent = self._parents[node]
        whole = parent if isinstance(parent, cst.Attribute) and parent.attr is node else node
        return self._real(dotted(whole) or "")

    def _real(self, name: str) -> str:
        return ".".join(self._words.get(part, part) for part in name.split("."))

    # Calls.

    def callee(self, call: cst.Call) -> tuple[str, bool]:
        """The last name of what is called, or all of it with True where it surely comes from outside of this file."""
        func = call.func
        if self._names.origins(func) == {"functools.partial"} and call.args:
            func = call.args[0].value
        if isinstance(func, cst.Attribute) and func.attr.value in _BUILDERS:
            return self._built(func), False
        origins = self._names.origins(func)
        if UNKNOWN not in origins:
            return self._real(min(origins)), True
        return self._real((dotted(func) or "").rpartition(".")[2] or _last(func)), False

    def _built(self, func: cst.Attribute) -> str:
        """The class whose ``__init__`` is called: ``X`` of ``X.__init__``, ``X.super`` of ``super().__init__``."""
        if not isinstance(func.value, cst.Call):
            return self._real((dotted(func.value) or "").rpartition(".")[2])
        scope: Scope | None = self._names.scope_of(func)
        while scope is not None and not isinstance(scope.opener, cst.ClassDef):
            scope = scope.parent
        return f"{self._real(scope.opener.name.value)}.super" if scope is not None else ""  # type: ignore[union-attr]

    def _takers(self) -> Iterator[tuple[str, str]]:
        for node in self._nodes:
            if isinstance(node, cst.FunctionDef):
                for param in walk(node.params):
                    if isinstance(param, cst.Param) and param.name.value in self._words and param.star in ("", None):
                        if self._names.scopes[node] is self._names.binding_scope(param.name):
                            yield self._called(node), self._words[param.name.value]

    def _called(self, node: cst.FunctionDef) -> str:
        """The name by which a function is called: its own, or its class's."""
        name = self._real(node.name.value)
        around = self._names.scope_of(node).opener
        return self._real(around.name.value) if name in _BUILDERS and isinstance(around, cst.ClassDef) else name

    def _bases(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for node in self._nodes:
            if isinstance(node, cst.ClassDef):
                names = (dotted(base.value) for base in node.bases)
                bases = tuple(self._real(n.rpartition(".")[2]) for n in names if n)
                name = self._real(node.name.value)
                yield f"{name}.super", bases
                if not _BUILDERS & self._names.scopes[node].bindings.keys():
                    yield name, bases

    # Dictionaries given by `**`.

    def _keys(self) -> Iterator[Keys]:
        variables: dict[tuple[Scope, str], list[cst.Call]] = {}
        for call in (node for node in self._nodes if isinstance(node, cst.Call)):
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
        self._keyed.update(place for place, _ in places)
        return Keys(tuple(places), tuple(names), (self._last_callee(call),), self._place(arg), closed=closed)

    def _last_callee(self, call: cst.Call) -> str:
        return last_name(self.callee(call)[0])

    def _in_display(self, node: cst.CSTNode | None) -> tuple[_Words, _Words, bool]:
        if isinstance(node, cst.Dict):
            keys = [e.key if isinstance(e, cst.DictElement) else e for e in node.elements]
            strings = [key for key in keys if isinstance(key, cst.SimpleString)]
            return [found for key in strings for found in self._word(key)], [], len(strings) == len(keys)
        if isinstance(node, cst.Call) and self._names.origins(node.func) == {"builtins.dict"}:
            keywords = [arg.keyword for arg in node.args if arg.keyword is not None]
            words = [(self._place(k), self._words[k.value]) for k in keywords if k.value in self._words]
            return [], words, len(keywords) == len(node.args)
        return [], [], False

    def _of_variable(self, scope: Scope, name: str, calls: list[cst.Call]) -> Keys:
        places: _Words = []
        names: _Words = []
        closed = True
        parameter_of = ""
        for binding in scope.bindings[name]:
            if isinstance(binding.node, cst.Param) and isinstance(scope.opener, cst.FunctionDef):
                if scope.opener.params.star_kwarg is binding.node:
                    parameter_of = self._called(scope.opener)
                    continue
            found, keywords, known = self._in_display(binding.value)
            places += found
            names += keywords
            closed = closed and known
        for load in self._loads.get((scope, name), []):
            asked, known = self._of_load(load)
            places += asked
            closed = closed and known
        self._keyed.update(place for place, _ in places)
        callees = tuple(self._last_callee(call) for call in calls)
        spread = self._place(calls[0]) if calls else Place(1, 0)
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

    # Strings.

    def _word(self, node: cst.SimpleString) -> _Words:
        value = node.evaluated_value
        return [(self._place(node), value)] if isinstance(value, str) and value in WORDS else []

    def _texts(self) -> Iterator[Text]:
        for node in self._nodes:
            if not isinstance(node, cst.SimpleString) or isinstance(self._parents[node], cst.Expr):
                continue
            value = node.evaluated_value
            if isinstance(value, str) and _DOTTED.fullmatch(value) and self._place(node) not in self._keyed:
                if not self._is_mere_key(node):
                    yield Text(self._place(node), value, self._is_exported(node))

    def _is_mere_key(self, node: cst.SimpleString) -> bool:
        """Whether a string is the key of a dictionary, which has nothing to do with names."""
        parent = self._parents[node]
        return isinstance(parent, (cst.DictElement, cst.Index))

    def _is_exported(self, node: cst.SimpleString) -> bool:
        element = self._parents[node]
        collection = self._parents[element] if isinstance(element, cst.Element) else element
        statement = self._parents.get(collection)
        if isinstance(statement, cst.Assign):
            return any(dotted(target.target) == "__all__" for target in statement.targets)
        return isinstance(statement, cst.AugAssign) and dotted(statement.target) == "__all__"


def last_name(callee: str) -> str:
    """The name that callees are compared by: the last part, and what ``super()`` is of."""
    return callee if callee.endswith(".super") else callee.rpartition(".")[2]


def _last(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else ""

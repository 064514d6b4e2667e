"""Where one file uses ``async`` and ``await`` as names, and in strings: small picklable facts, as in ``facts.py``."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from aioport.keywords.keys import Dictionaries, Keys
from aioport.keywords.tree import BUILDERS, LIBRARY, Place, Tree
from aioport.names import UNKNOWN, Scope, dotted
from aioport.shield import Shielded
from aioport.tree import walk

MENTIONS = re.compile(rb"\b(?:async|await)\b")
"""Matches what a file with anything for this package to do has in it."""

_DOTTED = re.compile(r"(?:\w+\.)*(?:async|await)(?:\.\w+)*")


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


@dataclass(frozen=True)
class Use:
    """One name. ``where`` is the module of an import, the callee of a keyword or the receiver of an attribute."""

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
    """Whether an attribute is one of ``self`` or ``cls``, or a keyword is for a function whose name is all of it."""
    variable: bool = False
    """Whether a keyword is for what a variable or parameter stands for."""


@dataclass(frozen=True)
class Text:
    """A string that says the word. ``path`` is all of it, with the dots."""

    place: Place
    path: str
    exported: bool = False
    """Whether it stands in ``__all__``."""


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
    aliases: tuple[tuple[str, str], ...]
    """Names and attributes with those of the functions that are assigned to them."""
    stars: tuple[str, ...]
    """The modules of star imports, relative ones with their dots."""
    taken: tuple[str, ...]
    """All identifiers that start with one of the words and go on with something else than a letter or digit."""


def uses_of(module: cst.Module, shielded: Shielded, path: str) -> FileUses:
    """The uses in one parsed file."""
    return _Collector(module, shielded, path).collect()


class _Collector:
    def __init__(self, module: cst.Module, shielded: Shielded, path: str) -> None:
        self._path = path
        self._tree = tree = Tree(module, shielded)
        self._words, self._names, self._parents = tree.words, tree.names, tree.parents
        self._keys = tuple(Dictionaries(tree).keys())
        self._keyed = {place for keys in self._keys for place, _ in keys.places}

    def collect(self) -> FileUses:
        return FileUses(
            path=self._path,
            uses=tuple(self._uses()),
            texts=tuple(self._texts()),
            keys=self._keys,
            takers=tuple(self._takers()),
            bases=tuple(self._bases()),
            aliases=tuple(self._aliases()),
            stars=tuple(self._names.top.star_imports.values()),
            taken=tuple(
                sorted(
                    {
                        node.value
                        for node in self._tree.nodes
                        if isinstance(node, cst.Name)
                        and node.value not in self._words
                        and re.match(r"(?:async|await)_", node.value)
                    }
                )
            ),
        )

    # Names.

    def _uses(self) -> Iterator[Use]:
        for node in self._tree.nodes:
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
            callee, certain = self._tree.callee(call)
            func = self._tree.function(call)
            own = isinstance(func, cst.Name) or self._is_own_method(func)
            variable = self._tree.is_variable(func)
            return Use(Kind.KEYWORD, self._tree.place(node), word, callee, certain=certain, own=own, variable=variable)
        return self._bound(node, word, parent)

    def _is_own_method(self, func: cst.BaseExpression) -> bool:
        """Whether a call is of a method of ``self``, ``cls`` or ``super()``."""
        receiver = func.value if isinstance(func, cst.Attribute) else func
        asked = receiver.func if isinstance(receiver, cst.Call) else None
        return self._names.means(asked, frozenset(["builtins.super"])) or bool(self._class_of(receiver))

    def _bound(self, node: cst.Name, word: str, parent: cst.CSTNode) -> Use | None:
        if isinstance(parent, cst.NameItem):
            statement = self._names.scope_of(self._parents[parent])
            scope = statement.elsewhere.get(node.value, statement)
        else:
            found = self._names.binding_scope(node)
            if found is None:
                if self._names.origins(node) & LIBRARY:
                    return None
                return Use(Kind.FREE, self._tree.place(node), word)
            scope = found
        bindings = scope.bindings.get(node.value, [])
        if any(binding.origin in LIBRARY for binding in bindings):
            return None
        role, owner = self._role(node, parent, scope)
        return Use(Kind.OWN, self._tree.place(node), word, role=role, owner=owner)

    def _role(self, node: cst.Name, parent: cst.CSTNode, scope: Scope) -> tuple[Role, str]:
        opener = scope.opener
        if isinstance(parent, cst.Param) and parent.name is node:
            if not isinstance(opener, cst.FunctionDef) or not self._is_reached(opener):
                return Role.NONE, ""
            return Role.PARAMETER, self._tree.called(opener)
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
            self._tree.place(node),
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
        return self._tree.real(around.name.value) if is_first and isinstance(around, cst.ClassDef) else ""

    # Imports.

    def _import_around(self, node: cst.Name) -> cst.Import | cst.ImportFrom | None:
        current: cst.CSTNode = node
        while isinstance(current, (cst.Name, cst.Attribute, cst.ImportAlias)):
            current = self._parents[current]
        return current if isinstance(current, (cst.Import, cst.ImportFrom)) else None

    def _in_import(self, node: cst.Name, word: str, statement: cst.Import | cst.ImportFrom) -> Use | None:
        path = self._path_up_to(node)
        if isinstance(statement, cst.Import):
            return Use(Kind.MODULE, self._tree.place(node), word, path)
        dots = "." * len(statement.relative)
        if statement.module is not None and any(node is part for part in walk(statement.module)):
            return Use(Kind.MODULE, self._tree.place(node), word, dots + path)
        module = dots + (self._tree.real(dotted(statement.module) or ""))
        if f"{module}.{word}" in LIBRARY:
            return None
        return Use(Kind.IMPORTED, self._tree.place(node), word, module)

    def _path_up_to(self, node: cst.Name) -> str:
        """The dotted name that ends with ``node``, inside of a longer one."""
        parent = self._parents[node]
        whole = parent if isinstance(parent, cst.Attribute) and parent.attr is node else node
        return self._tree.real(dotted(whole) or "")

    def _takers(self) -> Iterator[tuple[str, str]]:
        for node in self._tree.nodes:
            if isinstance(node, (cst.FunctionDef, cst.Lambda)):
                for word in self._words.keys() & self._names.scopes[node].bindings.keys():
                    bindings = self._names.scopes[node].bindings[word]
                    if any(isinstance(b.node, cst.Param) and b.node.star in ("", None) for b in bindings):
                        yield from ((name, self._words[word]) for name in self._called(node))

    def _called(self, node: cst.FunctionDef | cst.Lambda) -> list[str]:
        """The names by which a function is called; of a lambda what it is assigned to."""
        if isinstance(node, cst.FunctionDef):
            return [self._tree.called(node)]
        statement = self._parents[node]
        targets = statement.targets if isinstance(statement, cst.Assign) else ()
        return [self._tree.real(dotted(target.target) or "").rpartition(".")[2] for target in targets]

    def _aliases(self) -> Iterator[tuple[str, str]]:
        for node in self._tree.nodes:
            if isinstance(node, cst.Assign):
                value = self._tree.function(node.value) if isinstance(node.value, cst.Call) else node.value
                if value is getattr(node.value, "func", None):
                    continue
                name = self._tree.real(dotted(value) or "").rpartition(".")[2]
                targets = (dotted(target.target) or "" for target in node.targets)
                yield from ((target.rpartition(".")[2], name) for target in targets if target and name)

    def _bases(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for node in self._tree.nodes:
            if isinstance(node, cst.ClassDef):
                names = (dotted(base.value) for base in node.bases)
                bases = tuple(self._tree.real(n.rpartition(".")[2]) for n in names if n)
                name = self._tree.real(node.name.value)
                yield f"{name}.super", bases
                if not BUILDERS & self._names.scopes[node].bindings.keys():
                    yield name, bases

    # Strings.

    def _texts(self) -> Iterator[Text]:
        for node in self._tree.nodes:
            if not isinstance(node, cst.SimpleString) or isinstance(self._parents[node], cst.Expr):
                continue
            value = node.evaluated_value
            place = self._tree.place(node)
            if (
                isinstance(value, str)
                and _DOTTED.fullmatch(value)
                and place not in self._keyed
                and not self._is_mere_key(node)
            ):
                yield Text(place, value, self._is_exported(node))

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

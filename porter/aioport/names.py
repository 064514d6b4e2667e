"""What a name means: the set of things it may stand for, through imports, aliases and shadowing.

Only imports and plain re-assignments are followed; whatever else binds a name makes it :data:`UNKNOWN`. The result of
every question is a set, because ``try: import asyncio / except ImportError: import trollius as asyncio`` binds one name
to two things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Union

import libcst as cst

from aioport.tree import children, parents_of

UNKNOWN = "?"
"""Stands in a set of origins for everything that is not an import or an alias of one."""

_SUBMODULES = frozenset(
    "base_events base_futures base_subprocess base_tasks coroutines events exceptions futures locks "
    "proactor_events protocols queues runners selector_events streams taskgroups tasks threads timeouts "
    "transports unix_events windows_events".split()
)
"""Modules below asyncio and trollius whose public names the package itself has too (``asyncio.tasks.sleep``)."""

_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
Opener = Union[
    cst.Module, cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp
]


@dataclass(frozen=True)
class Binding:
    """One place that gives a name a meaning.

    ``origin`` is the dotted name an import binds (``import a.b`` binds ``a``); ``value`` the expression of a plain
    ``name = expression``; with neither, the name stands for something only a run can tell.
    """

    node: cst.CSTNode
    origin: str | None = None
    value: cst.BaseExpression | None = None


@dataclass(eq=False)
class Scope:
    """The names bound in a module, class, function, lambda or comprehension."""

    opener: Opener
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)
    star_imports: dict[cst.ImportFrom, str] = field(default_factory=dict)

    def bind(self, name: str, binding: Binding) -> None:
        """Add a meaning of ``name``, in the scope that ``global`` or ``nonlocal`` names if there is one."""
        self.elsewhere.get(name, self).bindings.setdefault(name, []).append(binding)

    def find(self, name: str) -> Scope | None:
        """The scope in which a use of ``name`` here finds it, ``None`` for builtins and star imports."""
        scope: Scope | None = self.elsewhere.get(name, self)
        first = True
        while scope is not None:
            # A class body's names are seen in the body itself, not in the functions inside it.
            if name in scope.bindings and (first or not isinstance(scope.opener, cst.ClassDef)):
                return scope
            first = False
            scope = scope.parent
        return None

    @property
    def is_function(self) -> bool:
        """Whether ``yield`` in this scope makes a generator of it."""
        return isinstance(self.opener, (cst.FunctionDef, cst.Lambda))


def dotted(node: cst.CSTNode | None) -> str | None:
    """``a.b.c`` for a chain of attributes on a name, ``None`` for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(parts)])


class Names:
    """The scopes of one module and what its names stand for."""

    def __init__(
        self,
        module: cst.Module,
        known: Iterable[str] = (),
        renamed: Mapping[str, str] | None = None,
        aliases: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """``known`` are the dotted names a star import may bring; ``renamed`` maps shielded spellings to real ones.

        ``aliases`` are what dotted names of other modules stand for.
        """
        self.module = module
        self.parents = parents_of(module)
        self.scopes: dict[cst.CSTNode, Scope] = {}
        self._known = frozenset(known)
        self._renamed = renamed or {}
        self.aliases = aliases or {}
        self._asked: dict[cst.CSTNode | None, frozenset[str]] = {}
        root = Scope(module, None)
        self.scopes[module] = root
        self._scope_of: dict[cst.CSTNode, Scope] = {}
        for statement in module.body:
            self._enter(statement, root)

    @property
    def top(self) -> Scope:
        """The module's own scope."""
        return self.scopes[self.module]

    @cached_property
    def imported(self) -> frozenset[str]:
        """The packages that names are imported from, anywhere in the module; not those of star imports."""
        bindings = [b for scope in self.scopes.values() for found in scope.bindings.values() for b in found]
        return frozenset(binding.origin.split(".")[0] for binding in bindings if binding.origin is not None)

    def scope_of(self, node: cst.CSTNode) -> Scope:
        """The scope ``node`` is evaluated in (for a function, the one its definition stands in)."""
        return self._scope_of[node]

    def is_evaluated(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` is looked up when the program runs, unlike the parts of an import."""
        return node in self._scope_of

    def binding_scope(self, node: cst.Name) -> Scope | None:
        """The scope that gives ``node`` its meaning; ``None`` for builtins, star imports and what is not looked up."""
        scope = self._scope_of.get(node)
        return scope.find(node.value) if scope is not None else None

    def function_of(self, node: cst.CSTNode) -> Scope | None:
        """The nearest function or lambda scope around ``node``, looking out of comprehensions, not of classes."""
        scope: Scope | None = self._scope_of[node]
        while scope is not None and isinstance(scope.opener, _COMPREHENSIONS):
            scope = scope.parent
        return scope if scope is not None and scope.is_function else None

    def origins(self, node: cst.CSTNode | None) -> frozenset[str]:
        """All that the expression may stand for, as canonical dotted names; ``UNKNOWN`` among them where unsure.

        >>> module = cst.parse_module("import asyncio.tasks as t; t.sleep")
        >>> Names(module).origins(module.body[0].body[1].value)
        frozenset({'asyncio.sleep'})
        """
        found = self._asked.get(node)
        if found is None:
            # Many rules ask for the same node.
            found = frozenset(_canonical(origin) for origin in self._origins(node, frozenset()))
            self._asked[node] = found
        return found

    def means(self, node: cst.CSTNode | None, wanted: frozenset[str]) -> bool:
        """Whether ``node`` certainly stands for one of ``wanted``."""
        origins = self.origins(node)
        return bool(origins) and origins <= wanted

    def _origins(self, node: cst.CSTNode | None, seen: frozenset[cst.CSTNode]) -> frozenset[str]:
        if isinstance(node, cst.Name):
            return self._name_origins(node.value, self._scope_of.get(node, self.top), seen)
        if isinstance(node, cst.Attribute):
            attribute = self._renamed.get(node.attr.value, node.attr.value)
            return self._meant(
                UNKNOWN if origin == UNKNOWN else f"{origin}.{attribute}" for origin in self._origins(node.value, seen)
            )
        if isinstance(node, cst.IfExp):
            return self._origins(node.body, seen) | self._origins(node.orelse, seen)
        return frozenset([UNKNOWN])

    def _name_origins(self, name: str, scope: Scope, seen: frozenset[cst.CSTNode]) -> frozenset[str]:
        found = scope.find(name)
        if found is None:
            name = self._renamed.get(name, name)
            starred = {f"{module}.{name}" for module in self.top.star_imports.values()}
            return frozenset(starred & self._known) or frozenset([f"builtins.{name}"])
        result: set[str] = set()
        for binding in found.bindings[name]:
            if binding.origin is not None:
                result.add(binding.origin)
            elif binding.value is None or binding.node in seen:
                result.add(UNKNOWN)
            elif not (isinstance(binding.value, cst.Name) and binding.value.value == "None"):
                # `asyncio = None` where an import failed says nothing about the uses that follow.
                result |= self._origins(binding.value, seen | {binding.node})
        return self._meant(result or {UNKNOWN})

    def _meant(self, origins: Iterable[str]) -> frozenset[str]:
        return frozenset(meant for origin in origins for meant in self.aliases.get(origin, (origin,)))

    # Building the scopes.

    def _enter(self, node: cst.CSTNode, scope: Scope) -> None:
        self._scope_of[node] = scope
        # By class: every node comes by, and isinstance() of libcst's abstract classes is slow.
        enter = _ENTER.get(type(node))
        if enter is not None:
            enter(self, node, scope)
            return
        bind = _BIND.get(type(node))
        if bind is not None:
            bind(self, node, scope)
        for child in _evaluated(node):
            self._enter(child, scope)

    def _enter_lambda(self, node: cst.Lambda, scope: Scope) -> None:
        inner = self._open(node, scope)
        self._enter_parameters(node.params, scope, inner)
        self._enter(node.body, inner)

    def _open(self, node: Opener, scope: Scope) -> Scope:
        # Functions see past a class body they stand in; Scope.find leaves those out.
        self.scopes[node] = inner = Scope(node, scope)
        return inner

    def _enter_function(self, node: cst.FunctionDef, scope: Scope) -> None:
        scope.bind(node.name.value, Binding(node))
        self._scope_of[node.name] = scope
        inner = self._open(node, scope)
        for decorator in node.decorators:
            self._enter(decorator, scope)
        self._enter_parameters(node.params, scope, inner)
        if node.returns is not None:
            self._enter(node.returns, scope)
        self._enter(node.body, inner)

    def _enter_parameters(self, params: cst.Parameters, outer: Scope, inner: Scope) -> None:
        self._scope_of[params] = outer
        for child in _parameters(params):
            self._scope_of[child] = self._scope_of[child.name] = inner
            inner.bind(child.name.value, Binding(child))
            for part in (child.default, child.annotation):
                if part is not None:
                    self._enter(part, outer)

    def _enter_class(self, node: cst.ClassDef, scope: Scope) -> None:
        scope.bind(node.name.value, Binding(node))
        self._scope_of[node.name] = scope
        inner = self._open(node, scope)
        for child in (*node.decorators, *node.bases, *node.keywords):
            self._enter(child, scope)
        self._enter(node.body, inner)

    def _enter_comprehension(
        self, node: cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp, scope: Scope
    ) -> None:
        inner = self._open(node, scope)
        # PEP 289: the outermost iterable is evaluated outside, all else inside.
        self._scope_of[node.for_in] = inner
        self._enter(node.for_in.iter, scope)
        for child in children(node.for_in):
            if child is not node.for_in.iter:
                self._enter(child, inner)
        self._bind_target(node.for_in.target, inner, node.for_in)
        for child in children(node):
            if child is not node.for_in:
                self._enter(child, inner)

    def _bind_assign(self, node: cst.Assign, scope: Scope) -> None:
        for target in node.targets:
            self._bind_target(target.target, scope, node, node.value)

    def _bind_its_target(self, node: cst.AnnAssign | cst.AugAssign | cst.For | cst.CompFor, scope: Scope) -> None:
        self._bind_target(node.target, scope, node)

    def _bind_named(self, node: cst.NamedExpr, scope: Scope) -> None:
        while scope.parent is not None and isinstance(scope.opener, _COMPREHENSIONS):
            scope = scope.parent
        self._bind_target(node.target, scope, node)

    def _bind_as(self, node: cst.AsName, scope: Scope) -> None:
        if not isinstance(self.parents.get(node), cst.ImportAlias):
            self._bind_target(node.name, scope, node)

    def _bind_match(self, node: cst.MatchAs | cst.MatchStar, scope: Scope) -> None:
        if node.name is not None:
            scope.bind(node.name.value, Binding(node))

    def _redirect(self, node: cst.Global | cst.Nonlocal, scope: Scope) -> None:
        for item in node.names:
            name = item.name.value
            target = self.top
            if isinstance(node, cst.Nonlocal) and scope.parent is not None:
                target = scope.parent.find(name) or self.top
            if target is not scope:
                scope.elsewhere[name] = target

    def _bind_target(
        self, target: cst.CSTNode, scope: Scope, node: cst.CSTNode, value: cst.BaseExpression | None = None
    ) -> None:
        if isinstance(target, cst.Name):
            scope.bind(target.value, Binding(node, value=value))
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._bind_target(element.value, scope, node)
        elif isinstance(target, cst.StarredElement):
            self._bind_target(target.value, scope, node)

    def _bind_import(self, node: cst.Import, scope: Scope) -> None:
        for alias in node.names:
            name = self._real(dotted(alias.name) or "")
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                scope.bind(alias.asname.name.value, Binding(alias, origin=name))
            else:
                first = name.split(".")[0]
                scope.bind(first, Binding(alias, origin=first))

    def _bind_import_from(self, node: cst.ImportFrom, scope: Scope) -> None:
        base = "." * len(node.relative) + self._real(dotted(node.module) or "")
        if isinstance(node.names, cst.ImportStar):
            scope.star_imports[node] = base
            return
        for alias in node.names:
            name = self._real(dotted(alias.name) or "")
            bound = alias.asname.name if alias.asname is not None else alias.name
            if isinstance(bound, cst.Name):
                dot = "" if base.endswith(".") else "."
                scope.bind(bound.value, Binding(alias, origin=f"{base}{dot}{name}"))

    def _real(self, name: str) -> str:
        return ".".join(self._renamed.get(part, part) for part in name.split("."))


_ENTER: dict[type[cst.CSTNode], Callable[..., None]] = {
    cst.FunctionDef: Names._enter_function,
    cst.Lambda: Names._enter_lambda,
    cst.ClassDef: Names._enter_class,
    **dict.fromkeys(_COMPREHENSIONS, Names._enter_comprehension),
}
_BIND: dict[type[cst.CSTNode], Callable[..., None]] = {
    cst.Import: Names._bind_import,
    cst.ImportFrom: Names._bind_import_from,
    cst.Assign: Names._bind_assign,
    **dict.fromkeys((cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor), Names._bind_its_target),
    cst.NamedExpr: Names._bind_named,
    cst.AsName: Names._bind_as,
    **dict.fromkeys((cst.Global, cst.Nonlocal), Names._redirect),
    **dict.fromkeys((cst.MatchAs, cst.MatchStar), Names._bind_match),
}
_NOT_LOOKED_UP = frozenset([cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal])


def _evaluated(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children of ``node`` whose names are looked up: not attributes, keywords or what an import names."""
    kind = type(node)
    if kind is cst.Attribute or kind is cst.Arg:
        assert isinstance(node, (cst.Attribute, cst.Arg))
        return [node.value]
    return [] if kind in _NOT_LOOKED_UP else children(node)


def _parameters(params: cst.Parameters) -> Iterator[cst.Param]:
    for child in children(params):
        if isinstance(child, cst.Param):
            yield child


def _canonical(origin: str) -> str:
    parts = origin.split(".")
    if len(parts) > 2 and parts[0] in ("asyncio", "trollius") and parts[1] in _SUBMODULES:
        del parts[1]
    return ".".join(parts)

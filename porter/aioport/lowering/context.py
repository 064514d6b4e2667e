"""What every lowering pass works with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst

from aioport.analysis import Analysis
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.functions import Blocker, Definition, Function
from aioport.history import Version
from aioport.lifting.returns import may_catch
from aioport.names import UNKNOWN
from aioport.styles import Target, Vocabulary
from aioport.tree import Edits, Rewrite, caught_classes
from aioport.values import Manager, Values


@dataclass(frozen=True)
class Equivalent:
    """A construct that the target version lacks, and what says the same there."""

    construct: cst.CSTNode
    node: cst.CSTNode
    """What is rewritten: the construct, or something around or in it."""
    rewrite: Rewrite
    requires: str = ""
    """The package that the equivalent comes from, which the file has to import."""


def unchanged(updated: cst.CSTNode) -> cst.CSTNode:
    """The rewrite of a construct that something else has brought down."""
    return updated


@dataclass(frozen=True)
class Lower:
    """One file, as async/await text, on its way to another style."""

    path: str
    source_lines: tuple[int, ...]
    """For each line of the text, the line of the original file that it came from."""
    analysis: Analysis
    values: Values
    target: Target
    version: Version
    always_native: frozenset[str] = frozenset()
    """Qualified names of the functions that are ``async def`` in the original file."""
    annotated: frozenset[str] = frozenset()
    """Qualified names of those whose annotation said in the original file what a generator returns."""
    left: frozenset[str] = frozenset()
    """Qualified names of the functions that may be coroutines and that lifting left as they are."""
    is_python3: bool = True
    """Whether the original file means what Python 3 makes of it: its style does not run on Python 2."""
    equivalents: list[Equivalent] = field(default_factory=list)
    """What newer syntax becomes; the constructs are not in the file's way then."""
    futures: set[str] = field(default_factory=set)
    """What the file has to import from ``__future__``."""
    modules: set[str] = field(default_factory=set)
    """Modules, apart from the target's library, that rewrites use."""
    typing: set[str] = field(default_factory=set)
    """Names of ``typing`` that rewrites use and the file does not import."""
    edits: Edits = field(default_factory=Edits)
    findings: list[Finding] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    """Words of the target's library that rewrites brought in: ``coroutine``, ``From``, ``Return``."""
    helpers: set[str] = field(default_factory=set)
    """Names that come from aiocompat because the target's library lacks them."""
    settled: dict[cst.Name, str] = field(default_factory=dict)
    """Uses of the module asyncio that become another name, or stay."""
    blockers: dict[Function, list[Blocker]] = field(default_factory=lambda: defaultdict(list))
    """What keeps a function from being lowered; one that is not in it is."""
    unlike: list[cst.CSTNode] = field(default_factory=list)
    """Places whose lowered form does not lift to what it came from."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the target."""
        assert self.target.vocabulary is not None
        return self.target.vocabulary

    @property
    def module(self) -> str:
        """The target's library."""
        return self.vocabulary.module

    @cached_property
    def natives(self) -> list[Function]:
        """The functions that are ``async def``."""
        return [f for f in self.analysis.functions if f.definition is Definition.NATIVE]

    def is_left(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` stands in a coroutine that lifting left in its style, decorators included."""
        current: cst.CSTNode | None = node
        while current is not None:
            function = self.analysis.function_of(current) if isinstance(current, cst.FunctionDef) else None
            if function is not None and (
                function.definition is Definition.DECORATED
                or (function.definition is Definition.GENERATOR and function.qualname in self.left)
            ):
                return True
            current = self.analysis.names.parents.get(current)
        return False

    def lowered(self) -> list[Function]:
        """The functions that are rewritten."""
        return [function for function in self.natives if not self.blockers.get(function)]

    @cached_property
    def waits(self) -> dict[Function, list[cst.Await]]:
        """Where each native function waits in its own scope."""
        found: dict[Function, list[cst.Await]] = defaultdict(list)
        for node in self.analysis.nodes:
            if isinstance(node, cst.Await):
                function = self.analysis.function_around(node)
                if function is not None and self.analysis.names.scope_of(node) is function.scope:
                    found[function].append(node)
        return found

    @cached_property
    def managers(self) -> dict[Function, list[cst.With]]:
        """The ``async with`` statements of each native function."""
        found: dict[Function, list[cst.With]] = defaultdict(list)
        for node in self.analysis.nodes:
            if isinstance(node, cst.With) and node.asynchronous is not None:
                function = self.analysis.function_around(node)
                if function is not None:
                    found[function].append(node)
        return found

    @cached_property
    def loops(self) -> dict[Function, list[cst.For]]:
        """The ``async for`` statements of each native function."""
        found: dict[Function, list[cst.For]] = defaultdict(list)
        for node in self.analysis.nodes:
            if isinstance(node, cst.For) and node.asynchronous is not None:
                function = self.analysis.function_around(node)
                if function is not None:
                    found[function].append(node)
        return found

    @cached_property
    def inner_waits(self) -> dict[Function, list[cst.CSTNode]]:
        """Where the comprehensions of each native function wait, or iterate asynchronously."""
        found: dict[Function, list[cst.CSTNode]] = defaultdict(list)
        for node in self.analysis.nodes:
            if isinstance(node, cst.Await) or (isinstance(node, cst.CompFor) and node.asynchronous is not None):
                function = self.analysis.function_around(node)
                if function is not None and self.analysis.names.scope_of(node) is not function.scope:
                    found[function].append(node)
        return found

    def suspending(self, function: Function) -> list[cst.CSTNode]:
        """All that makes the lowered function a generator: where it may wait, in its own scope."""
        items = [suspension.node for suspension in function.suspensions]
        found = [*self.waits.get(function, ()), *self.managers.get(function, ()), *self.loops.get(function, ())]
        return [*found, *items, *self.inner_waits.get(function, ())]

    def waits_at_all(self, function: Function) -> bool:
        """Whether the lowered function will be a generator because of what it waits for."""
        return bool(self.suspending(function))

    def is_lock(self, item: cst.WithItem) -> bool:
        """Whether a context manager surely is a lock, condition or semaphore."""
        return self.values.manager(item.item) is Manager.LOCK

    def sees_return(self, handler: cst.ExceptHandler) -> bool:
        """Whether a handler catches the exception that returns a value, or may do so."""
        names = self.analysis.names
        if may_catch(names, handler, self.vocabulary.value_bases):
            return True
        return any(UNKNOWN in names.origins(part) and not self._is_own_class(part) for part in caught_classes(handler))

    def _is_own_class(self, node: cst.CSTNode | None) -> bool:
        scope = self.analysis.names.binding_scope(node) if isinstance(node, cst.Name) else None
        bindings = scope.bindings[node.value] if scope is not None and isinstance(node, cst.Name) else []
        return bool(bindings) and all(isinstance(binding.node, cst.ClassDef) for binding in bindings)

    def name(self, name: str) -> cst.BaseExpression:
        """The expression for a name of asyncio that the target's library has as well."""
        for bound, bindings in self.analysis.names.top.bindings.items():
            if bindings and all(binding.origin == f"asyncio.{name}" for binding in bindings):
                return cst.Name(bound)
        return self.of_module(name)

    def is_taken(self, name: str) -> bool:
        """Whether a name means something else than an import of a library somewhere in the file."""
        return any(
            binding.origin is None or binding.origin.split(".")[0] not in ("asyncio", self.module)
            for scope in self.analysis.names.scopes.values()
            for binding in scope.bindings.get(name, ())
        )

    def is_free(self, name: str) -> bool:
        """Whether nothing in the file binds a name."""
        return not any(name in scope.bindings for scope in self.analysis.names.scopes.values())

    def is_module(self, name: str) -> bool:
        """Whether a module may be used by its own name: nothing in the file gives that another meaning."""
        return all(
            binding.origin == name
            for scope in self.analysis.names.scopes.values()
            for binding in scope.bindings.get(name, ())
        )

    @property
    def has_six(self) -> bool:
        """Whether a file may use six, which the target's library needs on Python 2 as well."""
        return self.is_module("six")

    @cached_property
    def module_binding(self) -> str | None:
        """What the file calls the module asyncio at its top level, if it imports it: a name that can move, best."""
        names = [
            name
            for name, bindings in self.analysis.names.top.bindings.items()
            if bindings and all(binding.origin == "asyncio" for binding in bindings)
        ]
        return next((name for name in names if not self._stays_in_part(name)), names[0] if names else None)

    @property
    def module_name(self) -> str:
        """What the file calls the target's library once it is lowered."""
        name = self.module_binding
        if name is None or name == "asyncio" or self._stays_in_part(name):
            return "asyncio" if self.is_taken(self.module) else self.module
        return name

    def _stays_in_part(self, name: str) -> bool:
        """Whether some uses of a name for asyncio go on meaning that, where the library is another."""
        uses = self.analysis.loads.get((self.analysis.names.top, name), ())
        return self.module != "asyncio" and any(self.settled.get(use) == name or self.is_left(use) for use in uses)

    def word(self, name: str) -> cst.BaseExpression:
        """The expression for a word of the target's library; the import of it is seen to."""
        self.words.add(name)
        return cst.Name(name) if self.is_imported_by_name(name) else self.of_module(name)

    def is_imported_by_name(self, name: str) -> bool:
        """Whether a word is used by its bare name: ``From``, and the decorator where the module has no name."""
        return not self.is_taken(name) and (name != "coroutine" or self._imports_names_only)

    @cached_property
    def _imports_names_only(self) -> bool:
        names = self.analysis.names
        imported = [b.origin for bindings in names.top.bindings.values() for b in bindings if b.origin is not None]
        is_other = any(binding.origin != self.module for binding in names.top.bindings.get(self.module, ()))
        return self.module_binding is None and (is_other or any(o.startswith("asyncio.") for o in imported))

    def of_module(self, name: str) -> cst.BaseExpression:
        """``asyncio.name``, with the module as the lowered file calls it."""
        self.words.add("")
        expression: cst.BaseExpression = cst.Name(self.module_name)
        for part in name.split("."):
            expression = cst.Attribute(expression, cst.Name(part))
        return expression

    def block(self, function: Function, node: cst.CSTNode, code: str, message: str, advice: str) -> None:
        """Note why a function is left."""
        self.blockers[function].append(Blocker(node, code, message, advice))

    def report(
        self,
        node: cst.CSTNode,
        code: str,
        severity: Severity,
        message: str,
        advice: str,
        *,
        applicability: Applicability = Applicability.MANUAL,
        whole: cst.CSTNode | None = None,
    ) -> None:
        """Add a finding at ``node``; ``whole`` is all that was left because of it. Lines are the original file's."""
        place = self.analysis.positions[node]
        extent = self.analysis.positions[whole or node]
        first = extent.start.line
        if isinstance(whole, cst.FunctionDef) and whole.decorators:
            first = self.analysis.positions[whole.decorators[0]].start.line
        line, first, last = (self.source_line(number) for number in (place.start.line, first, extent.end.line))
        location = Location(self.path, line, place.start.column + 1, first, last)
        self.findings.append(Finding(location, code, severity, applicability, message, advice))

    def source_line(self, number: int) -> int:
        """The line of the original file that a line of the text came from."""
        return self.source_lines[min(number, len(self.source_lines)) - 1]

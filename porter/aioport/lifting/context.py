"""What every lifting pass works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, count

import libcst as cst

from aioport.analysis import Analysis
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.functions import Function
from aioport.inference import Decision, Verdict
from aioport.keywords.plan import Renames
from aioport.styles import libraries
from aioport.tree import Edits, walk
from aioport.values import Values


@dataclass(frozen=True)
class Break:
    """A use of asyncio that breaks in some version, rewritten for the target by a rule: what an audit tells."""

    node: cst.CSTNode
    since: tuple[int, int]
    message: str
    sure: bool = True
    """Whether it breaks whatever the rest of the program does."""


@dataclass(frozen=True)
class Lift:
    """One file on its way to async/await: what is known of it, and what was decided to change so far."""

    path: str
    lines: tuple[str, ...]
    analysis: Analysis
    values: Values
    decisions: dict[str, Decision]
    target_version: tuple[int, int]
    lowered_again: bool = False
    """Whether the coroutines become generators again, in another style: then generators may delegate to them."""
    keeps_helpers: bool = True
    """Whether aiocompat's functions in the place of syntax stay aiocompat's: lowering finds them a place itself."""
    waits_for_objects: bool = True
    """Whether what it becomes in the end can wait for objects, by their ``__iter__`` or ``__await__``."""
    has_waiting_iterators: bool = True
    """Whether a method ``__await__`` gives an iterator there, and is no coroutine function."""
    lacks: frozenset[str] = frozenset()
    """Names of asyncio's first version that what it becomes in the end does not have in their meaning."""
    reads_back: bool = False
    """Whether it reads what was lowered for the target version, so that generators have the meaning of that already."""
    renames: Renames = field(default_factory=Renames)
    spare: frozenset[str] = frozenset()
    """Words of a style that no other file of the project takes from this one."""
    oldest: tuple[int, int] | None = None
    """The oldest Python that the result runs on, where no newer one is left out."""
    unsafe: bool = False
    audits: bool = False
    """Whether nothing is ported, so that a coroutine which would be left is looked at like all others."""
    edits: Edits = field(default_factory=Edits)
    findings: list[Finding] = field(default_factory=list)
    consumed: set[cst.CSTNode] = field(default_factory=set)
    """Names whose use goes away: what only they used need not be imported any more."""
    staying: set[cst.CSTNode] = field(default_factory=set)
    """Uses of a style's library that stay, as asyncio has nothing for them."""
    keywords: dict[cst.Arg, str] = field(default_factory=dict)
    """Keywords that arguments given by position will get."""
    wanted: set[str] = field(default_factory=set)
    """Names of asyncio that rewrites brought in."""
    modules: set[str] = field(default_factory=set)
    """Other modules that rewrites brought in."""
    defined: set[str] = field(default_factory=set)
    """Names of functions and classes that rewrites brought in."""
    annotated: set[str] = field(default_factory=set)
    """Qualified names of the functions whose annotation said what a generator returns, and says what they return."""
    marked: set[Function] = field(default_factory=set)
    """Decorated generators that have to stay generators, and are up to date under another decorator."""
    broken: list[Break] = field(default_factory=list)

    def breaks(self, node: cst.CSTNode, since: tuple[int, int], message: str, *, sure: bool = True) -> None:
        """Note what is rewritten because of a version, or needs no word in a port, for those who only ask."""
        self.broken.append(Break(node, since, message, sure))

    def verdict(self, function: Function) -> Verdict:
        """What becomes of a function of this file."""
        return self.decisions[function.key].verdict

    def converted(self) -> list[Function]:
        """The functions that become ``async def``, or generators for those: see :meth:`gives_iterator`."""
        return [
            function
            for function in self.analysis.functions
            if self.verdict(function) is Verdict.NATIVE and function.node.asynchronous is None
        ]

    def gives_iterator(self, function: Function) -> bool:
        """Whether ``function`` becomes a generator that delegates to the ``__await__()`` of what it waits for."""
        return self.has_waiting_iterators and function.may_give_iterator and self.verdict(function) is Verdict.NATIVE

    def generators_so_far(self) -> set[Function]:
        """The functions that are converted and were generators on every Python that ran them.

        Those of aiocompat are native coroutines from 3.5 on, and had their meaning already.
        """
        if "aiocompat" in self.analysis.names.imported or self.reads_back:
            return set()
        left = {f for f in self.analysis.functions if self.audits and self.stays(f) and not f.node.asynchronous}
        return left | set(self.converted())

    def is_left(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` stands in a coroutine that stays as it was, its decorators and defaults included."""
        current: cst.CSTNode | None = None if self.audits else node
        while current is not None:
            if isinstance(current, cst.FunctionDef) and self.stays(self.analysis.function_of(current)):
                return True
            current = self.analysis.names.parents.get(current)
        return False

    def stays(self, function: Function) -> bool:
        """Whether a function waits and stays as it was."""
        return function not in self.marked and self.decisions[function.key].leaves_coroutine(function.explicit)

    def runs_in_coroutine(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` is evaluated by a coroutine function, so surely while a loop runs."""
        function = self.analysis.function_around(node)
        return function is not None and self.verdict(function) in (Verdict.NATIVE, Verdict.LEFT_COROUTINE)

    def argument_index(self, call: cst.Call, keyword: str) -> int | None:
        """Which argument of ``call`` is given for ``keyword``: by that keyword, or by a position that becomes it."""
        for index, arg in enumerate(call.args):
            if (arg.keyword.value if arg.keyword else self.keywords.get(arg)) == keyword:
                return index
        return None

    def drop_argument(self, call: cst.Call, index: int, *, is_used_again: bool = False) -> None:
        """Take one argument of ``call`` away; its names stay in use where it is said again elsewhere."""

        def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(updated, cst.Call)
            args = list(updated.args)
            removed = args.pop(index)
            if args and index == len(args):
                args[-1] = args[-1].with_changes(comma=removed.comma, whitespace_after_arg=removed.whitespace_after_arg)
            if not args:
                # Nothing stays on lines of its own.
                return updated.with_changes(args=args, whitespace_before_args=cst.SimpleWhitespace(""))
            return updated.with_changes(args=args)

        if not is_used_again:
            self.consume(call.args[index])
        self.edits.on(call, rewrite)

    def module_name(self) -> str:
        """What the file calls the module asyncio once it is ported."""
        top = self.analysis.names.top
        for name, bindings in top.bindings.items():
            origins = {binding.origin for binding in bindings if binding.origin is not None}
            if origins and origins <= libraries() and len(origins) == len(bindings):
                if name not in libraries():
                    return name
                return name if self._means_something_else("asyncio") else "asyncio"
        return "asyncio"

    def _means_something_else(self, name: str) -> bool:
        bindings = self.analysis.names.top.bindings.get(name, [])
        return any(binding.origin not in libraries() for binding in bindings)

    def can_spell(self, name: str) -> bool:
        """Whether the file imports asyncio, or ``name`` from it."""
        top = self.analysis.names.top
        wanted = {spelled for library in libraries() for spelled in (library, f"{library}.{name}")}
        return any(binding.origin in wanted for bindings in top.bindings.values() for binding in bindings)

    def asyncio(self, name: str) -> cst.BaseExpression:
        """The expression for ``asyncio.name`` in this file."""
        top = self.analysis.names.top
        for bound, bindings in top.bindings.items():
            if any(binding.origin in {f"{library}.{name}" for library in libraries()} for binding in bindings):
                return cst.Name(bound)
        return cst.Attribute(cst.Name(self.module_name()), cst.Name(name))

    def real_name(self, name: str) -> str:
        """The name behind a shielded spelling."""
        return self.analysis.shielded.words.get(name, name)

    def unused_name(self, name: str, function: Function | None = None) -> str:
        """``name``, or that with a number, so that nothing in the file goes by it, or in ``function``."""
        nodes = self.analysis.nodes if function is None else walk(function.node)
        used = {node.value for node in nodes if isinstance(node, cst.Name)}
        return next(name for name in chain([name], (f"{name}_{n}" for n in count(2))) if name not in used)

    def consume(self, node: cst.CSTNode) -> None:
        """Note that all names below ``node`` go away."""
        self.consumed.update(child for child in walk(node) if isinstance(child, cst.Name))

    def text_around(self, node: cst.CSTNode) -> tuple[str, str]:
        """The characters right before and right after an expression and the parentheses that are its own."""
        place = self.analysis.positions[node]
        before = self.lines[place.start.line - 1][: place.start.column]
        after = self.lines[place.end.line - 1][place.end.column :]
        for _ in getattr(node, "lpar", ()):
            before, after = before.rstrip()[:-1], after.lstrip()[1:]
        return before[-1:], after[:1]

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
        """Add a finding at ``node``; ``whole`` is all that was left because of it."""
        place = self.analysis.positions[node]
        extent = self.analysis.positions[whole or node]
        first = extent.start.line
        if isinstance(whole, cst.FunctionDef) and whole.decorators:
            first = self.analysis.positions[whole.decorators[0]].start.line
        location = Location(self.path, place.start.line, place.start.column + 1, first, extent.end.line)
        self.findings.append(Finding(location, code, severity, applicability, message, advice))

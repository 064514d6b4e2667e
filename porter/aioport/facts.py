"""Small picklable facts about a file: what the inference over the whole project works on.

Trees never travel between processes (pickling one costs more than parsing again), facts do.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from aioport import library
from aioport.analysis import Analysis, Definition, Function, Target, Wait
from aioport.names import UNKNOWN, dotted
from aioport.styles import libraries, words


class Use(enum.Enum):
    """What is done with the result of calling a function."""

    AWAITED = "awaited"
    RUN = "run as a task"
    ITERATED = "iterated"
    OTHER = "used in some other way"


@dataclass(frozen=True)
class Call:
    """One call of something that may be a function of the project."""

    target: Target
    use: Use
    caller: str
    """Key of the function around, or empty at module level."""


@dataclass(frozen=True)
class Delegation:
    """What is waited for, or what a plain function returns: a call, something of the library, or neither."""

    target: Target | None
    library: str
    line: int
    callee: str = ""
    """The call as it is written, where that is an attribute of ``self``: ``self.client.get``."""


@dataclass(frozen=True)
class FunctionFact:
    """What the inference needs to know of one function."""

    path: str
    key: str
    name: str
    owner: str
    qualname: str
    line: int
    definition: Definition
    delegations: tuple[Delegation, ...]
    hands_out: bool
    """Whether some yield hands out a value, or takes one that only a ``send`` by hand can give."""
    explicit: bool
    """Whether a yield says that it waits: ``yield From(x)``, ``with (yield from x)``."""
    trollius: bool
    """Whether it is a coroutine of Trollius, which nothing but Trollius can wait for."""
    wants_generator: bool
    """Whether its name or a decorator wants it to be a generator."""
    blocked: str
    """Code of what keeps it from being converted, or empty."""


@dataclass(frozen=True)
class FileFacts:
    """What the inference needs to know of one file."""

    path: str
    digest: bytes
    """Of the file's bytes, to see that what is ported later is what the facts are about."""
    functions: tuple[FunctionFact, ...]
    calls: tuple[Call, ...]
    bases: tuple[tuple[str, tuple[str, ...]], ...]
    """Each class with the last names of its bases."""
    aliases: tuple[tuple[str, Target], ...]
    """Names and attributes that functions of the file are assigned to: ``self.connect = connect``."""
    asynchronous: bool
    """Whether the file imports asyncio or a style's library at all."""
    starred: bool
    """Whether the names of a library that the port takes away come by a star import."""


def facts_of(analysis: Analysis, path: str, digest: bytes) -> FileFacts:
    """The facts of one analysed file, whose bytes have the given digest."""
    uses = CallUses(analysis)
    return FileFacts(
        path=path,
        digest=digest,
        functions=tuple(_function_fact(analysis, function, path, uses) for function in analysis.functions),
        calls=tuple(uses.calls()),
        bases=tuple(_bases(analysis)),
        aliases=tuple(uses.aliases()),
        asynchronous=any(
            origin.split(".")[0] in libraries()
            for bindings in analysis.names.top.bindings.values()
            for binding in bindings
            if (origin := binding.origin) is not None
        )
        or bool(libraries() & {name.split(".")[0] for name in analysis.names.top.star_imports.values()}),
        starred=bool(analysis.foreign_star_imports()),
    )


def _function_fact(analysis: Analysis, function: Function, path: str, uses: CallUses) -> FunctionFact:
    decorators = [
        analysis.names.origins(d.decorator.func if isinstance(d.decorator, cst.Call) else d.decorator)
        for d in function.node.decorators
    ]
    return FunctionFact(
        path=path,
        key=function.key,
        name=function.node.name.value,
        owner=function.owner,
        qualname=function.qualname,
        line=function.place.start.line,
        definition=function.definition,
        delegations=tuple(_delegations(analysis, function, uses)),
        hands_out=any(
            s.wait is Wait.VALUE or (s.wait is Wait.TURN and s.used and not s.explicit) for s in function.suspensions
        ),
        explicit=function.explicit,
        trollius=function.trollius,
        wants_generator=function.node.name.value in library.PROTOCOL_METHODS
        or any(origins & library.GENERATOR_DECORATORS for origins in decorators),
        blocked=function.blockers[0].code if function.blockers else "",
    )


def _delegations(analysis: Analysis, function: Function, uses: CallUses) -> Iterator[Delegation]:
    if function.definition is Definition.PLAIN:
        for returning in function.returns:
            yield uses.delegation(returning, returning.value)
    for suspension in function.suspensions:
        if suspension.wait is Wait.AWAIT:
            yield uses.delegation(suspension.node, suspension.operand)


def _bases(analysis: Analysis) -> Iterator[tuple[str, tuple[str, ...]]]:
    for opener in analysis.names.scopes:
        if isinstance(opener, cst.ClassDef):
            names = (dotted(base.value) for base in opener.bases)
            yield opener.name.value, tuple(name.rpartition(".")[2] for name in names if name)


class CallUses:
    """Finds what calls reach and what becomes of their results."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._names = analysis.names
        self._parents = analysis.names.parents
        self._attributes: dict[str, list[cst.BaseExpression]] = defaultdict(list)
        for node in self._parents:
            if isinstance(node, cst.Assign):
                for target in node.targets:
                    if isinstance(target.target, cst.Attribute):
                        self._attributes[target.target.attr.value].append(node.value)

    def calls(self) -> Iterator[Call]:
        """Every call whose target has a name."""
        for call in self._analysis.calls:
            target = self.target(call.func)
            if target is not None:
                around = self._analysis.function_around(call)
                yield Call(target, self.use(call), around.key if around else "")

    def aliases(self) -> Iterator[tuple[str, Target]]:
        """Other names for functions of this file."""
        for node in self._parents:
            if isinstance(node, cst.Assign) and isinstance(node.value, cst.Name):
                target = self._target_of_name(node.value)
                if target is None or not target.scope:
                    continue
                for assigned in node.targets:
                    name = (dotted(assigned.target) or "").rpartition(".")[2]
                    if name and name != target.name:
                        yield name, target

    def delegation(self, node: cst.CSTNode, operand: cst.BaseExpression | None) -> Delegation:
        """What ``node`` delegates to by waiting for ``operand``, looking through a variable that is assigned once."""
        line = self._analysis.positions[node].start.line
        operand = self.assigned(operand)
        if not isinstance(operand, cst.Call):
            return Delegation(None, "", line)
        known = library.COROUTINE_FUNCTIONS | library.FUTURES
        origins = self._names.origins(operand.func)
        if origins and origins <= known:
            return Delegation(None, min(origins), line)
        if isinstance(operand.func, cst.Attribute) and operand.func.attr.value in library.AWAITABLE_METHODS:
            return Delegation(None, operand.func.attr.value, line)
        written = dotted(operand.func) or ""
        return Delegation(self.target(operand.func), "", line, written if written.startswith("self.") else "")

    def assigned(self, node: cst.BaseExpression | None) -> cst.BaseExpression | None:
        """The call that a variable bound once, or an attribute, is assigned; else ``node``."""
        if isinstance(node, cst.Attribute):
            calls = [value for value in self._attributes.get(node.attr.value, ()) if isinstance(value, cst.Call)]
            return calls[0] if len(calls) == 1 else node
        if isinstance(node, cst.Name):
            scope = self._names.binding_scope(node)
            bindings = scope.bindings[node.value] if scope is not None else []
            if len(bindings) == 1 and bindings[0].value is not None:
                return bindings[0].value
        return node

    def target(self, func: cst.BaseExpression) -> Target | None:
        """What calling ``func`` reaches; ``None`` where no project function can be meant."""
        if isinstance(func, cst.Name):
            return self._target_of_name(func)
        if isinstance(func, cst.Attribute):
            owner = self._class_of(func.value)
            origins = self._names.origins(func.value)
            imported = UNKNOWN not in origins and not any(origin.startswith("builtins.") for origin in origins)
            return Target(func.attr.value, f"class {owner}" if owner else "", of_unknown=not owner and not imported)
        return None

    def _target_of_name(self, func: cst.Name) -> Target | None:
        scope = self._names.binding_scope(func)
        if scope is None:
            origins = self._names.origins(func)
            return None if any(origin.startswith("builtins.") for origin in origins) else Target(func.value)
        for binding in scope.bindings[func.value]:
            if isinstance(binding.node, cst.FunctionDef):
                function = self._analysis.function_of(binding.node)
                return Target(function.node.name.value, function.qualname)
            if binding.origin is not None:
                return Target(binding.origin.rpartition(".")[2])
        return None

    def _class_of(self, receiver: cst.BaseExpression) -> str:
        """The class whose method a call on ``receiver`` is, where that is ``self`` or ``cls``."""
        if not isinstance(receiver, cst.Name):
            return ""
        function = self._analysis.function_around(receiver)
        while function is not None:
            first = next(iter(function.node.params.params), None)
            if function.owner and first is not None and first.name.value == receiver.value:
                return function.owner
            function = self._analysis.function_around(function.node)
        return ""

    def use(self, node: cst.CSTNode, depth: int = 0) -> Use:
        """What is done with the value of the expression ``node``."""
        parent = self._parents[node]
        if isinstance(parent, (cst.From, cst.Await)):
            return Use.AWAITED
        if isinstance(parent, cst.Yield):
            around = self._analysis.function_around(parent)
            return Use.AWAITED if around is not None and around.trollius else Use.OTHER
        if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is node:
            return Use.RUN if isinstance(parent, cst.For) and parent.asynchronous else Use.ITERATED
        if isinstance(parent, cst.StarredElement):
            return Use.ITERATED
        if isinstance(parent, cst.Attribute):
            # send() and throw() say nothing: coroutine objects have them too.
            return Use.ITERATED if parent.attr.value in ("next", "__next__") else Use.OTHER
        if isinstance(parent, cst.Arg):
            return self._use_as_argument(node, parent, depth)
        if isinstance(parent, cst.Element):
            return self._use_in_collection(self._parents[parent], depth)
        if isinstance(parent, (cst.ListComp, cst.GeneratorExp, cst.SetComp)) and parent.elt is node:
            return self._use_in_collection(parent, depth)
        if isinstance(parent, cst.Assign) and depth < 2:
            return self._use_of_variable(parent, depth)
        return Use.OTHER

    def _use_in_collection(self, collection: cst.CSTNode, depth: int) -> Use:
        use = self.use(collection, depth)
        return Use.OTHER if use is Use.ITERATED else use

    def _use_as_argument(self, node: cst.CSTNode, arg: cst.Arg, depth: int) -> Use:
        call = self._parents[arg]
        if not isinstance(call, cst.Call):
            return Use.OTHER
        origins = self._names.origins(call.func)
        if origins <= words().wait:
            return self.use(call, depth)
        if origins <= library.TASK_MAKERS:
            return Use.RUN
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in library.TASK_MAKING_METHODS:
            return Use.RUN
        if origins <= library.ITERATING_BUILTINS:
            return Use.ITERATED
        return Use.OTHER

    def _use_of_variable(self, assign: cst.Assign, depth: int) -> Use:
        target = assign.targets[0].target if len(assign.targets) == 1 else None
        if not isinstance(target, cst.Name):
            return Use.OTHER
        scope = self._names.binding_scope(target)
        loads = self._analysis.loads.get((scope, target.value), []) if scope is not None else []
        uses = {self.use(load, depth + 1) for load in loads if load is not target}
        for use in (Use.ITERATED, Use.RUN, Use.AWAITED):
            if use in uses:
                return use
        return Use.OTHER

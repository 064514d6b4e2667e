"""What a function reaches by waiting for something: by what that evaluates to, else by the name that is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from aioport import library
from aioport.facts import Alternatives, Call, ClassFact, Delegation, FileFacts, FunctionFact, Use
from aioport.functions import Target
from aioport.inference.answers import awaitability
from aioport.inference.evaluation import Evaluation
from aioport.inference.things import OBJECTS, Kind, Thing, ordered
from aioport.values import Awaitability


@dataclass(frozen=True)
class Reach:
    """What one delegation may reach."""

    functions: tuple[FunctionFact, ...]
    is_certain: bool
    """Whether it surely reaches nothing else."""
    is_guess: bool
    """Whether only a name that means little says so: a method of an unknown object, called like one of a builtin."""
    awaitable: str = ""
    """What is waited for that certainly is awaitable, and no function of the project."""
    iterators: tuple[FunctionFact, ...] = ()
    """The ``__iter__`` of objects that are waited for and have no ``__await__``."""
    is_iterable: bool = False
    """Whether it reaches nothing but such objects."""
    objects: tuple[tuple[str, tuple[FunctionFact, ...]], ...] = ()
    """Of each object that is waited for, the name of the method that does it, and what that may be."""
    is_object: bool = False
    """Whether it reaches nothing but such objects."""


class Reaches:
    """Finds what the delegations of a project's functions reach."""

    def __init__(self, files: list[FileFacts], evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._by_name: dict[str, list[FunctionFact]] = defaultdict(list)
        self._by_qualname: dict[tuple[str, str], list[FunctionFact]] = defaultdict(list)
        self._as_attribute: dict[str, list[FunctionFact]] = defaultdict(list)
        for fact in (fact for file in files for fact in file.functions):
            self._by_qualname[fact.path, fact.qualname].append(fact)
            if fact.owner or "." not in fact.qualname:
                self._by_name[fact.name].append(fact)
            if fact.owner:
                self._as_attribute[fact.name].append(fact)
        for file in files:
            for name, target in file.aliases:
                aliased = [f for f in self._by_qualname[file.path, target.scope] if f not in self._by_name[name]]
                self._by_name[name].extend(aliased)
                self._as_attribute[name].extend(self._by_qualname[file.path, target.scope])
        self._families = _families([fact for file in files for fact in file.classes])
        self._asynchronous = {file.path for file in files if file.asynchronous}
        self._found: dict[tuple[str, str], tuple[Reach, ...]] = {}

    def of(self, fact: FunctionFact) -> tuple[Reach, ...]:
        """What each delegation of a function reaches."""
        key = fact.path, fact.key
        if key not in self._found:
            self._found[key] = tuple(self._reach(fact.path, delegation) for delegation in fact.delegations)
        return self._found[key]

    def named(self, path: str, target: Target) -> list[FunctionFact]:
        """The project's functions that a call may reach, as far as its spelling says."""
        if target.scope.startswith("class "):
            family = self._families.get(target.scope[len("class ") :], frozenset())
            return [f for f in self._by_name[target.name] if f.owner in family or f.name != target.name]
        if target.scope:
            return self._by_qualname[path, target.scope]
        return self._as_attribute[target.name] if target.of_unknown else self._by_name[target.name]

    def _reach(self, path: str, delegation: Delegation) -> Reach:
        things = self._evaluation.evaluate(path, delegation.values)
        results = tuple(self._evaluation.functions[t.path, t.name] for t in ordered(things) if t.kind is Kind.RESULT)
        unknown = any(thing.kind is Kind.UNKNOWN for thing in things)
        told = [t for t in ordered(things) if t.kind not in (Kind.UNKNOWN, Kind.NOTHING)]
        awaitable = next((what for thing in told if (what := self._awaitable(thing))), "")
        if told:
            iterators = [self._iterators(thing) for thing in told]
            every = tuple(f for found in iterators for f in found)
            methods = [self._waited_by(thing) for thing in told]
            return Reach(
                results,
                not unknown,
                False,
                awaitable,
                every,
                all(iterators) and not unknown,
                tuple(method for method in methods if method is not None),
                None not in methods and not unknown,
            )
        target = delegation.target
        named = self.named(path, target) if target is not None else []
        is_guess = (
            target is not None
            and target.of_unknown
            and (target.name in library.BUILTIN_METHODS or path not in self._asynchronous)
        )
        return Reach(tuple(named), target is not None and not target.of_unknown, is_guess)

    def _iterators(self, thing: Thing) -> list[FunctionFact]:
        if thing.kind not in OBJECTS or self._evaluation.may_have(thing, "__await__"):
            return []
        return self._evaluation.methods(thing, "__iter__") if self._evaluation.has(thing, "__iter__") else []

    def _waited_by(self, thing: Thing) -> tuple[str, tuple[FunctionFact, ...]] | None:
        if thing.kind in OBJECTS:
            for name in ("__iter__", "__await__"):
                if self._evaluation.has(thing, name):
                    return name, tuple(self._evaluation.methods(thing, name))
        return None

    def _awaitable(self, thing: Thing) -> str:
        if thing.kind is Kind.RESULT or awaitability(self._evaluation, thing) is not Awaitability.YES:
            return ""
        return thing.name if thing.kind is Kind.MADE else f"an object of {thing.name}"


def is_common(call: Call) -> bool:
    """Whether a call of a method of an unknown object may as well be of one of asyncio's or of a builtin type's."""
    return (
        call.use is not Use.ITERATED
        and call.target is not None
        and call.target.of_unknown
        and call.target.name in library.ASYNCIO_METHODS | library.BUILTIN_METHODS
    )


def _families(classes: list[ClassFact]) -> dict[str, frozenset[str]]:
    """Each class with its ancestors and descendants, by name: what a method called on ``self`` may belong to."""
    bases: dict[str, set[str]] = defaultdict(set)
    for fact in classes:
        bases[fact.qualname.rpartition(".")[2]].update(name for base in fact.bases for name in _last_names(base))
    descendants: dict[str, set[str]] = defaultdict(set)
    ancestors: dict[str, set[str]] = {}
    for name in list(bases):
        ancestors[name] = set(_ancestors(name, bases))
        for ancestor in ancestors[name]:
            descendants[ancestor].add(name)
    return {
        name: frozenset({name} | ancestors[name] | descendants[name] | _mixed_in(descendants[name], ancestors))
        for name in ancestors
    }


def _last_names(base: Alternatives) -> Iterator[str]:
    for expression in base:
        if expression.name:
            yield expression.name.rpartition(".")[2]


def _mixed_in(descendants: set[str], ancestors: dict[str, set[str]]) -> set[str]:
    # A mixin calls methods that only the class it is mixed into, or that class's other bases, define.
    return set().union(*(ancestors[name] for name in descendants)) if descendants else set()


def _ancestors(name: str, bases: dict[str, set[str]]) -> Iterator[str]:
    seen: set[str] = set()
    todo = list(bases.get(name, ()))
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            yield current
            todo.extend(bases.get(current, ()))

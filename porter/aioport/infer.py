"""Which functions of a project are coroutines: a fixpoint over the calls between them.

A decorated function says what it is. An undecorated generator is a coroutine when it delegates to coroutines, or is run
or awaited as one, and nothing iterates it. What stays a generator cannot be awaited, so a function that delegates to
one stays as well, and so on.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from aioport import library
from aioport.analysis import Definition, Target
from aioport.facts import Call, Delegation, FileFacts, FunctionFact, Use


class Verdict(enum.Enum):
    """What becomes of a function."""

    NATIVE = "async def"
    LEFT_COROUTINE = "stays a decorated generator, which can be awaited"
    GENERATOR = "stays a generator"
    UNDECIDED = "may be a coroutine or a generator: stays"
    FUNCTION = "stays a plain function"
    FORWARDER = "stays a plain function, which returns a coroutine"


ITERATED = "it is iterated"
ASSUMED = "--unsafe takes it for one"
STARRED = "a star import serves it together with a coroutine that was left"

_COROUTINES = frozenset([Verdict.NATIVE, Verdict.LEFT_COROUTINE, Verdict.FORWARDER])
_GENERATORS = frozenset([Verdict.GENERATOR, Verdict.UNDECIDED])


@dataclass(frozen=True)
class Decision:
    """What becomes of one function and why. Delegations are meant by their index in ``FunctionFact.delegations``."""

    verdict: Verdict
    reason: str = ""
    obstacle: int | None = None
    """The delegation to something that stays a generator."""
    to_native: frozenset[int] = frozenset()
    """Delegations that reach only functions which become native."""
    to_both: frozenset[int] = frozenset()
    """Delegations that reach some function which becomes native, and some that does not."""

    def leaves_coroutine(self, explicit: bool) -> bool:
        """Whether a coroutine, or what may be one, stays in its style; ``explicit`` as in ``FunctionFact``."""
        if self.verdict is Verdict.GENERATOR:
            return explicit or self.obstacle is not None or self.reason not in ("", ITERATED)
        return self.verdict in (Verdict.LEFT_COROUTINE, Verdict.UNDECIDED)


FunctionId = tuple[str, str]
"""Path and key."""


def infer(files: Iterable[FileFacts], *, unsafe: bool = False) -> dict[str, dict[str, Decision]]:
    """Decide for every function; the result maps path, then function key, to the decision.

    ``unsafe`` takes a generator that may be a coroutine for one.
    """
    project = _Project(list(files))
    project.leave_iterated()
    project.promote()
    if unsafe:
        project.assume()
    project.demote()
    result: dict[str, dict[str, Decision]] = defaultdict(dict)
    for fact in project.functions:
        result[fact.path][fact.key] = project.with_delegations(fact)
    return dict(result)


class _Project:
    def __init__(self, files: list[FileFacts]) -> None:
        self.functions = [fact for file in files for fact in file.functions]
        self._by_name: dict[str, list[FunctionFact]] = defaultdict(list)
        self._by_qualname: dict[tuple[str, str], list[FunctionFact]] = defaultdict(list)
        for fact in self.functions:
            self._by_qualname[fact.path, fact.qualname].append(fact)
            if fact.owner or "." not in fact.qualname:
                self._by_name[fact.name].append(fact)
        for file in files:
            for name, target in file.aliases:
                self._by_name[name].extend(self._by_qualname[file.path, target.scope])
        self._families = _families(files)
        self._decisions = {(fact.path, fact.key): _first_decision(fact) for fact in self.functions}
        self._awaited_callees = {
            (fact.path, fact.owner, delegation.callee)
            for fact in self.functions
            if fact.definition in (Definition.DECORATED, Definition.NATIVE)
            for delegation in fact.delegations
            if delegation.callee
        }
        self._asynchronous = {file.path for file in files if file.asynchronous}
        self._starred = {file.path for file in files if file.starred}
        self._uses: dict[FunctionId, list[tuple[Use, FunctionId]]] = defaultdict(list)
        self._iterated: set[FunctionId] = set()
        """Functions that certainly are iterated, not only something with a method of that name."""
        for file in files:
            for call in file.calls:
                reached = self.reached(file.path, call.target)
                # A name that several functions share says too little about each of them, and so does one of asyncio's.
                if _is_common(call):
                    continue
                if len(reached) == 1 or call.target.scope:
                    for fact in reached:
                        self._uses[fact.path, fact.key].append((call.use, (file.path, call.caller)))
                        if call.use is Use.ITERATED and not call.target.of_unknown:
                            self._iterated.add((fact.path, fact.key))

    def reached(self, path: str, target: Target | None) -> list[FunctionFact]:
        """The project's functions that a call may reach."""
        if target is None:
            return []
        if target.scope.startswith("class "):
            family = self._families.get(target.scope[len("class ") :], frozenset())
            return [f for f in self._by_name[target.name] if f.owner in family or f.name != target.name]
        if target.scope:
            return self._by_qualname[path, target.scope]
        return self._by_name[target.name]

    def verdicts(self, path: str, delegation: Delegation) -> set[Verdict]:
        """What becomes of the functions that a delegation may reach; nothing where only a common name says so."""
        if self._is_guess(path, delegation):
            return set()
        return {self._decisions[f.path, f.key].verdict for f in self.reached(path, delegation.target)}

    def _is_guess(self, path: str, delegation: Delegation) -> bool:
        """Whether a delegation is known by a name alone that means little.

        That is a method of an unknown object, called like one of the builtin types', or in a file without asyncio.
        """
        target = delegation.target
        return (
            target is not None
            and target.of_unknown
            and (target.name in library.BUILTIN_METHODS or path not in self._asynchronous)
        )

    def promote(self) -> None:
        """Find the undecorated coroutines, until there are no more."""
        pending = [fact for fact in self.functions if self._verdict(fact) in (Verdict.UNDECIDED, Verdict.FUNCTION)]
        changed = True
        while changed:
            changed = False
            for fact in list(pending):
                if (decision := self._promoted(fact)) is not None:
                    self._decisions[fact.path, fact.key] = decision
                    pending.remove(fact)
                    changed = True
        for fact in pending:
            if self._verdict(fact) is Verdict.UNDECIDED and self._is_plain(fact):
                self._decisions[fact.path, fact.key] = Decision(Verdict.GENERATOR)

    def _verdict(self, fact: FunctionFact) -> Verdict:
        return self._decisions[fact.path, fact.key].verdict

    def _promoted(self, fact: FunctionFact) -> Decision | None:
        if fact.definition is Definition.PLAIN:
            reached = [self.verdicts(fact.path, delegation) for delegation in fact.delegations]
            forwards = any(found & _COROUTINES and not found & _GENERATORS for found in reached)
            return Decision(Verdict.FORWARDER) if forwards else None
        uses = self._uses[fact.path, fact.key]
        if any(use is Use.ITERATED for use, _ in uses):
            return Decision(Verdict.GENERATOR, ITERATED)
        reason = self._evidence(fact, uses)
        if reason is None:
            return None
        if fact.blocked:
            return Decision(Verdict.GENERATOR, reason)
        return Decision(Verdict.NATIVE, reason)

    def _evidence(self, fact: FunctionFact, uses: list[tuple[Use, FunctionId]]) -> str | None:
        if fact.explicit:
            return "it waits in the words of its style"
        for delegation in fact.delegations:
            if delegation.library:
                return f"it delegates to {delegation.library} in line {delegation.line}"
            if (fact.path, fact.owner, delegation.callee) in self._awaited_callees:
                return f"coroutines of its class wait for {delegation.callee}() as well"
            verdicts = self.verdicts(fact.path, delegation)
            # A plain function of the same name may be an abstract method, or return a coroutine.
            if verdicts & _COROUTINES and not verdicts & _GENERATORS:
                return f"it delegates to a coroutine in line {delegation.line}"
        for use, caller in uses:
            if use is Use.RUN:
                return "it is run as a task"
            if use is Use.AWAITED and caller in self._decisions and self._decisions[caller].verdict in _COROUTINES:
                return f"the coroutine {caller[1].split('@')[0]} waits for it"
        return None

    def _is_plain(self, fact: FunctionFact) -> bool:
        """Whether an undecided generator shows no sign of waiting for anything."""
        if fact.path not in self._asynchronous:
            return not any(self._names_coroutines(fact.path, delegation) for delegation in fact.delegations)
        reaches = [self.verdicts(fact.path, d) for d in fact.delegations]
        return not reaches or any(verdicts and verdicts <= {Verdict.GENERATOR} for verdicts in reaches)

    def _names_coroutines(self, path: str, delegation: Delegation) -> bool:
        """Whether what is delegated to has the name of coroutines of the project, and of no generator of it."""
        target = delegation.target
        if target is None or target.name in library.ASYNCIO_METHODS | library.BUILTIN_METHODS:
            return False
        verdicts = {self._verdict(fact) for fact in self.reached(path, target)}
        return bool(verdicts & _COROUTINES) and not verdicts & _GENERATORS

    def assume(self) -> None:
        """Take what is still undecided for coroutines."""
        for fact in self.functions:
            if self._verdict(fact) is Verdict.UNDECIDED and not fact.blocked:
                self._decisions[fact.path, fact.key] = Decision(Verdict.NATIVE, ASSUMED)

    def leave_iterated(self) -> None:
        """Leave the decorated generators that somebody iterates: a coroutine object cannot be."""
        for fact in self.functions:
            if fact.definition is Definition.DECORATED and (fact.path, fact.key) in self._iterated:
                self._decisions[fact.path, fact.key] = Decision(Verdict.LEFT_COROUTINE, ITERATED)

    def demote(self) -> None:
        """Leave what delegates to a generator that stays one, until nothing more has to be left."""
        changed = True
        while changed:
            changed = self._leave_starred()
            for fact in self.functions:
                if self._verdict(fact) is not Verdict.NATIVE or fact.definition is Definition.NATIVE:
                    continue
                for index, delegation in enumerate(fact.delegations):
                    if self._cannot_be_awaited(fact.path, delegation):
                        self._decisions[fact.path, fact.key] = Decision(_left(fact), obstacle=index)
                        changed = True
                        break

    def _cannot_be_awaited(self, path: str, delegation: Delegation) -> bool:
        """Whether something that a delegation may reach stays what ``await`` does not take."""
        if self._is_guess(path, delegation):
            return False
        return any(
            self._verdict(fact) in _GENERATORS or (fact.trollius and self._verdict(fact) is Verdict.LEFT_COROUTINE)
            for fact in self.reached(path, delegation.target)
        )

    def _leave_starred(self) -> bool:
        """Leave all of a file whose star import has to stay for one of its functions; whether that left more."""
        starred = [f for f in self.functions if f.path in self._starred and f.definition is not Definition.PLAIN]
        stuck = {f.path for f in starred if self._decisions[f.path, f.key].leaves_coroutine(f.explicit)}
        more = [f for f in starred if f.path in stuck and self._becomes_native(f)]
        for fact in more:
            self._decisions[fact.path, fact.key] = Decision(_left(fact), STARRED)
        return bool(more)

    def with_delegations(self, fact: FunctionFact) -> Decision:
        """The decision on ``fact``, with what its delegations reach."""
        to_native: set[int] = set()
        to_both: set[int] = set()
        for index, delegation in enumerate(fact.delegations):
            converted = [self._becomes_native(f) for f in self.reached(fact.path, delegation.target)]
            # What __await__ delegates to is awaitable, whatever else is known of it.
            awaited = fact.name == "__await__" and not delegation.library
            if self._is_guess(fact.path, delegation) and not awaited:
                continue
            certain = awaited or (delegation.target is not None and not delegation.target.of_unknown)
            if converted and all(converted) and certain:
                to_native.add(index)
            elif any(converted) or (awaited and not converted):
                to_both.add(index)
        decision = self._decisions[fact.path, fact.key]
        return replace(decision, to_native=frozenset(to_native), to_both=frozenset(to_both))

    def _becomes_native(self, fact: FunctionFact) -> bool:
        """Whether a call of ``fact`` gives a coroutine object where it gave a generator."""
        verdict = self._verdict(fact)
        return verdict is Verdict.FORWARDER or (verdict is Verdict.NATIVE and fact.definition is not Definition.NATIVE)


def _is_common(call: Call) -> bool:
    """Whether a call of a method of an unknown object may as well be of one of asyncio's or of a builtin type's."""
    return (
        call.use is not Use.ITERATED
        and call.target.of_unknown
        and call.target.name in library.ASYNCIO_METHODS | library.BUILTIN_METHODS
    )


def _left(fact: FunctionFact) -> Verdict:
    return Verdict.LEFT_COROUTINE if fact.definition is Definition.DECORATED else Verdict.GENERATOR


def _first_decision(fact: FunctionFact) -> Decision:
    if fact.definition is Definition.NATIVE:
        return Decision(Verdict.NATIVE)
    if fact.definition is Definition.DECORATED:
        return Decision(Verdict.LEFT_COROUTINE if fact.blocked else Verdict.NATIVE)
    if fact.definition is Definition.PLAIN:
        return Decision(Verdict.FUNCTION)
    if fact.wants_generator or fact.hands_out:
        return Decision(Verdict.GENERATOR)
    return Decision(Verdict.UNDECIDED)


def _families(files: list[FileFacts]) -> dict[str, frozenset[str]]:
    """Each class with its ancestors and descendants, by name: what a method called on ``self`` may belong to."""
    bases: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for name, parents in file.bases:
            bases[name].update(parents)
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

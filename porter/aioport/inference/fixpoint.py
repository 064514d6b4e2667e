"""Which functions of a project are coroutines: a fixpoint over the calls between them.

A decorated function says what it is. An undecorated generator is a coroutine when it delegates to coroutines, or is run
or awaited as one, and nothing iterates it. What stays a generator cannot be awaited, so a function that delegates to
one stays as well, and so on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from aioport import library
from aioport.facts import Call, FileFacts, FunctionFact, Use
from aioport.functions import Asked, Definition
from aioport.inference.answers import answers, is_open
from aioport.inference.decisions import (
    ASSUMED,
    CALLED,
    COROUTINES,
    GENERATORS,
    ITERATED,
    STARRED,
    Decision,
    FunctionId,
    Verdict,
    first_decision,
    left,
)
from aioport.inference.evaluation import Evaluation
from aioport.inference.given import given_coroutines
from aioport.inference.loopless import loopless_calls
from aioport.inference.protocol_methods import ProtocolMethods
from aioport.inference.reach import Reach, Reaches, is_common
from aioport.inference.runners import runners
from aioport.inference.wrappers import Wrappers


def infer(
    files: Iterable[FileFacts],
    *,
    unsafe: bool = False,
    coroutine_decorators: Sequence[str] = (),
    asks_later: bool = True,
    has_waiting_iterators: bool = True,
) -> dict[str, dict[str, Decision]]:
    """Decide for every function; the result maps path, then function key, to the decision.

    ``unsafe`` takes a generator that may be a coroutine for one. ``coroutine_decorators`` are patterns for the dotted
    names of decorators whose functions are coroutines. ``asks_later``: whether what is not known of a returned value
    may be asked when it runs. Without ``has_waiting_iterators`` the methods by which objects are waited for may be
    coroutines.
    """
    project = _Project(list(files), coroutine_decorators, asks_later, has_waiting_iterators)
    project.leave_iterated()
    project.promote()
    if unsafe:
        project.assume()
    project.demote()
    result: dict[str, dict[str, Decision]] = defaultdict(dict)
    for fact in project.functions:
        result[fact.path][fact.key] = project.decided(fact)
    return dict(result)


class _Project:
    def __init__(
        self, files: list[FileFacts], coroutine_decorators: Sequence[str], asks_later: bool, has_waiting_iterators: bool
    ) -> None:
        self._has_waiting_iterators = has_waiting_iterators
        self.functions = [fact for file in files for fact in file.functions]
        self._evaluation = Evaluation(files)
        self._reaches = Reaches(files, self._evaluation)
        wrappers = Wrappers(files, self._evaluation)
        self._answers = {
            _id(fact): answers(self._evaluation, wrappers, fact, asks_later=asks_later) for fact in self.functions
        }
        self._wrapped_by = {
            _id(fact): [f for q in fact.questions if q.asked is Asked.WRAPPED for f in wrappers.of(fact.path, q.about)]
            for fact in self.functions
        }
        self._decisions = {_id(fact): first_decision(fact, blocked=self._is_blocked(fact)) for fact in self.functions}
        self._runners = runners(self.functions, files, self._evaluation, coroutine_decorators)
        self._awaited_callees = {
            (fact.path, fact.owner, delegation.callee)
            for fact in self.functions
            if fact.definition in (Definition.DECORATED, Definition.NATIVE)
            for delegation in fact.delegations
            if delegation.callee
        }
        self._asynchronous = {file.path for file in files if file.asynchronous}
        self._with_coroutines: set[str] = set()
        """Files with coroutines, whatever they import."""
        self._files = files
        self._starred = {file.path for file in files if file.starred}
        self._uses: dict[FunctionId, list[tuple[Use, FunctionId, int]]] = defaultdict(list)
        self._protocols = ProtocolMethods(files, has_waiting_iterators=has_waiting_iterators)
        self._iterated: set[FunctionId] = set()
        """Functions that certainly are iterated, not only something with a method of that name."""
        for file in files:
            for call in file.calls:
                self._note_uses(file.path, call)

    def _note_uses(self, path: str, call: Call) -> None:
        found = self._evaluation.called(path, call)
        known = bool(found)
        if not found and call.target is not None and not is_common(call):
            found = self._reaches.named(path, call.target)
            # A name that several functions share says too little about each of them.
            if len(found) > 1 and not call.target.scope:
                found = []
        for fact in found:
            self._uses[_id(fact)].append((call.use, (path, call.caller), call.line))
            if call.use is Use.ITERATED and (known or (call.target is not None and not call.target.of_unknown)):
                self._iterated.add(_id(fact))
        if call.target is not None and call.target.name in library.HANDLER_TAKING_METHODS:
            for _, given in call.arguments:
                for fact in self._evaluation.functions_of(path, given):
                    self._uses[_id(fact)].append((Use.RUN, (path, call.caller), call.line))

    def _is_blocked(self, fact: FunctionFact) -> bool:
        return bool(fact.blocked) or any(map(is_open, self._answers[_id(fact)]))

    def _verdicts(self, reach: Reach) -> set[Verdict]:
        """What becomes of the functions that a delegation may reach; nothing where only a common name says so."""
        return set() if reach.is_guess else {self._decisions[_id(f)].verdict for f in reach.functions}

    def promote(self) -> None:
        """Find the undecorated coroutines, until there are no more."""
        pending = [fact for fact in self.functions if self._verdict(fact) in (Verdict.UNDECIDED, Verdict.FUNCTION)]
        changed = True
        while changed:
            changed = False
            for fact in list(pending):
                if (decision := self._promoted(fact)) is not None:
                    self._decisions[_id(fact)] = decision
                    pending.remove(fact)
                    changed = True
        self._with_coroutines = {
            path for (path, _), decision in self._decisions.items() if decision.verdict in COROUTINES
        }
        for fact in pending:
            if self._verdict(fact) is not Verdict.UNDECIDED:
                continue
            related = (f for f in self._evaluation.related(fact) if f.definition is Definition.GENERATOR)
            plain = next((f for f in related if self._verdict(f) is Verdict.GENERATOR), None)
            if plain is not None and not plain.blocked:
                self._decisions[_id(fact)] = Decision(Verdict.GENERATOR, because=_id(plain))
            elif self._is_plain(fact):
                self._decisions[_id(fact)] = Decision(Verdict.GENERATOR)

    def _verdict(self, fact: FunctionFact) -> Verdict:
        return self._decisions[_id(fact)].verdict

    def _promoted(self, fact: FunctionFact) -> Decision | None:
        if fact.definition is Definition.PLAIN:
            reached = [self._verdicts(reach) for reach in self._reaches.of(fact)]
            forwards = any(found & COROUTINES and not found & GENERATORS for found in reached)
            return Decision(Verdict.FORWARDER, "it returns what a coroutine function gives") if forwards else None
        if any(use is Use.ITERATED for use, _, _ in self._uses[_id(fact)]):
            return Decision(Verdict.GENERATOR, ITERATED)
        found = next(self._evidence(fact), None)
        if found is None:
            return None
        reason, because = found
        return Decision(Verdict.GENERATOR if self._is_blocked(fact) else Verdict.NATIVE, reason, because)

    def _evidence(self, fact: FunctionFact) -> Iterator[tuple[str, FunctionId | None]]:
        """What says that an undecorated generator is a coroutine, with the function that says so."""
        if fact.explicit:
            yield "it waits in the words of its style", None
        if fact.only_returns and fact.path in self._asynchronous:
            yield "it returns a value, and its yield only makes a generator of it", None
        if (runner := self._runners.get(_id(fact))) is not None:
            yield runner, None
        for delegation, reach in zip(fact.delegations, self._reaches.of(fact)):
            if delegation.library or reach.awaitable:
                what = delegation.library or reach.awaitable
                yield f"it delegates to {what} in line {delegation.line}", None
            if (fact.path, fact.owner, delegation.callee) in self._awaited_callees:
                yield f"coroutines of its class wait for {delegation.callee}() as well", None
            verdicts = self._verdicts(reach)
            # A plain function of the same name may be an abstract method, or return a coroutine.
            if verdicts & COROUTINES and not verdicts & GENERATORS:
                because = next(_id(f) for f in reach.functions if self._verdict(f) in COROUTINES)
                yield f"it delegates to a coroutine in line {delegation.line}", because
        for use, caller, line in self._uses[_id(fact)]:
            if use is Use.RUN:
                yield f"it is run as a task, {_place(caller[0], line)}", None
            if use is Use.AWAITED and caller in self._decisions and self._decisions[caller].verdict in COROUTINES:
                yield f"the coroutine {caller[1].split('@')[0]} waits for it, {_place(caller[0], line)}", caller
        for other in self._evaluation.related(fact):
            if other.definition is not Definition.PLAIN and self._verdict(other) in COROUTINES:
                yield f"{other.qualname}, above or below it, is a coroutine", _id(other)

    def _is_plain(self, fact: FunctionFact) -> bool:
        """Whether an undecided generator shows no sign of waiting for anything."""
        reaches = self._reaches.of(fact)
        if fact.path not in self._asynchronous and fact.path not in self._with_coroutines:
            return not any(self._names_coroutines(reach) for reach in reaches)
        verdicts = [self._verdicts(reach) for reach in reaches]
        return not verdicts or any(found and found <= {Verdict.GENERATOR} for found in verdicts)

    def _names_coroutines(self, reach: Reach) -> bool:
        """Whether what is delegated to has the name of coroutines of the project, and of no generator of it."""
        if any(f.name in library.ASYNCIO_METHODS | library.BUILTIN_METHODS for f in reach.functions):
            return False
        verdicts = {self._verdict(fact) for fact in reach.functions}
        return bool(verdicts & COROUTINES) and not verdicts & GENERATORS

    def assume(self) -> None:
        """Take what is still undecided for coroutines."""
        for fact in self.functions:
            if self._verdict(fact) is Verdict.UNDECIDED and not self._is_blocked(fact):
                self._decisions[_id(fact)] = Decision(Verdict.NATIVE, ASSUMED)

    def leave_iterated(self) -> None:
        """Leave the decorated generators that somebody iterates: a coroutine object cannot be.

        An ``__aiter__`` becomes a plain function, so it is left where somebody may wait for what it gives; an
        ``__await__`` a generator, so it is left where something else is done with it than to wait for it at once.
        """
        for fact in self.functions:
            if fact.definition is Definition.NATIVE and self._protocols.aiter_is_called and fact.name == "__aiter__":
                self._decisions[_id(fact)] = Decision(Verdict.NATIVE, CALLED)
            if fact.definition is not Definition.DECORATED:
                continue
            if _id(fact) in self._iterated:
                self._decisions[_id(fact)] = Decision(Verdict.LEFT_COROUTINE, ITERATED)
            elif self._protocols.is_called(fact) and not self._is_blocked(fact):
                self._decisions[_id(fact)] = Decision(Verdict.LEFT_COROUTINE, CALLED)

    def demote(self) -> None:
        """Leave what delegates to a generator that stays one, until nothing more has to be left."""
        changed = True
        while changed:
            changed = self._leave_starred()
            for fact in self.functions:
                if self._decisions[_id(fact)].leaves_coroutine(fact.explicit):
                    changed = self._leave_awaited(fact) or changed
                if self._verdict(fact) is not Verdict.NATIVE or fact.definition is Definition.NATIVE:
                    continue
                for index, reach in enumerate(self._reaches.of(fact)):
                    if (obstacle := self._obstacle(fact, reach)) is not None:
                        self._decisions[_id(fact)] = self._held_up(fact, index, obstacle)
                        changed = True
                        break

    def _leave_awaited(self, fact: FunctionFact) -> bool:
        """Leave what a coroutine of Trollius that stays waits for: it cannot wait for an async def.

        Others can, but not for what an ``__await__`` gives.
        """
        awaited = [f for reach in self._reaches.of(fact) if not reach.is_guess for f in reach.functions]
        awaited += [f for f in self.functions if fact in self._wrapped_by[_id(f)]]
        awaited = [f for f in awaited if fact.trollius or self._protocols.gives_iterator(f)]
        more = [f for f in awaited if self._becomes_native(f) and f.definition is not Definition.PLAIN]
        cause = self._decisions[_id(fact)]
        for other in more:
            reason = f"{fact.qualname}, which stays as it is, waits for it"
            chain = (self._said(fact), *cause.chain)
            self._decisions[_id(other)] = Decision(left(other), reason, _id(fact), is_awaited_by_left=True, chain=chain)
        return bool(more)

    def _obstacle(self, waiting: FunctionFact, reach: Reach) -> FunctionFact | None:
        """Something that a delegation may reach and that stays what ``await`` or ``__await__()`` does not take."""
        if reach.is_guess:
            return None
        for fact in reach.functions:
            verdict = self._verdict(fact)
            stays = verdict is Verdict.LEFT_COROUTINE
            if verdict in GENERATORS or (stays and (fact.trollius or self._protocols.gives_iterator(waiting))):
                return fact
        # What is waited for in many ways may be too much: a wrapper's value is that of all it wraps.
        stuck = [fact for fact in reach.iterators if not self._can_be_awaited(fact)]
        return stuck[0] if reach.is_iterable and len(stuck) == len(reach.iterators) else None

    def _can_be_awaited(self, fact: FunctionFact) -> bool:
        """Whether an ``__iter__`` may serve as ``__await__``: it waits for something, and hands out nothing itself."""
        if not self._has_waiting_iterators:
            return self._waits_as_protocol(fact)
        # What the coroutine decorator makes is no plain iterator, which __await__ has to give (PEP 492).
        return fact.definition is Definition.GENERATOR and not fact.hands_out and any(self._evidence(fact))

    @cached_property
    def _waited_for(self) -> set[str]:
        """The names of all that functions wait for which become native, whatever they mean there."""
        return {
            delegation.target.name
            for fact in self.functions
            if self._becomes_native(fact)
            for delegation in fact.delegations
            if delegation.target is not None
        }

    @cached_property
    def _given_coroutines(self) -> dict[FunctionId, frozenset[int]]:
        return given_coroutines(self._files, self._evaluation, self._decisions)

    @cached_property
    def _loopless(self) -> dict[FunctionId, frozenset[tuple[int, str]]]:
        return loopless_calls(self._files, self._evaluation)

    @cached_property
    def _awaited_iterators(self) -> set[FunctionId]:
        """Each ``__iter__`` that a function which becomes native waits for."""
        return {
            _id(iterator)
            for fact in self.functions
            if self._becomes_native(fact)
            for reach in self._reaches.of(fact)
            for iterator in reach.iterators
            if self._can_be_awaited(iterator)
        }

    def _held_up(self, fact: FunctionFact, index: int, obstacle: FunctionFact) -> Decision:
        cause = self._decisions[_id(obstacle)]
        reason = f"it waits for {obstacle.qualname} in line {fact.delegations[index].line}"
        return Decision(left(fact), reason, _id(obstacle), index, chain=(self._said(obstacle), *cause.chain))

    def _said(self, fact: FunctionFact) -> str:
        cause = self._decisions[_id(fact)]
        why = ITERATED if cause.reason == ITERATED else cause.verdict.value
        blocked = f" ({fact.blocked})" if fact.blocked else ""
        return f"{fact.qualname} in {_place(fact.path, fact.line)} {why}{blocked}"

    def _leave_starred(self) -> bool:
        """Leave all of a file whose star import has to stay for one of its functions; whether that left more."""
        starred = [f for f in self.functions if f.path in self._starred and f.definition is not Definition.PLAIN]
        stuck = {f.path for f in starred if self._decisions[f.path, f.key].leaves_coroutine(f.explicit)}
        more = [f for f in starred if f.path in stuck and self._becomes_native(f)]
        for fact in more:
            self._decisions[_id(fact)] = Decision(left(fact), STARRED)
        return bool(more)

    def decided(self, fact: FunctionFact) -> Decision:
        """The decision on ``fact``, with what its delegations reach and what its questions are answered."""
        to_native: set[int] = set()
        to_both: set[int] = set()
        reaches = self._reaches.of(fact)
        for index, (delegation, reach) in enumerate(zip(fact.delegations, reaches)):
            converted = [self._becomes_native(f) for f in reach.functions]
            # What __await__ delegates to is awaitable, whatever else is known of it.
            awaited = fact.name == "__await__" and not delegation.library
            if reach.is_guess and not awaited:
                continue
            certain = awaited or reach.is_certain
            if converted and all(converted) and certain:
                to_native.add(index)
            elif any(converted) or (awaited and not converted and not reach.is_certain):
                to_both.add(index)
        decision = self._decisions[_id(fact)]
        return replace(
            decision,
            to_native=frozenset(to_native),
            to_both=frozenset(to_both),
            answers=self._answers[_id(fact)],
            is_waited_for=fact.name in self._waited_for,
            mocked=self._mocked(fact, self._evaluation.functions_named),
            mocked_classes=self._mocked(fact, self._evaluation.methods_below),
            awaits_as_well=_id(fact) in self._awaited_iterators,
            waits_as_protocol=self._waits_as_protocol(fact),
            objects=tuple((index, found) for index, reach in enumerate(reaches) if (found := self._method_of(reach))),
            given_coroutines=self._given_coroutines.get(_id(fact), frozenset()),
            loopless=self._loopless.get(_id(fact), frozenset()),
        )

    def _waits_as_protocol(self, fact: FunctionFact) -> bool:
        if not fact.owner or fact.hands_out or fact.name not in library.ITERATOR_METHODS:
            return False
        if fact.definition is Definition.DECORATED or fact.hands_on:
            return True
        return fact.definition is Definition.GENERATOR and (fact.name == "__await__" or any(self._evidence(fact)))

    def _method_of(self, reach: Reach) -> str:
        """The method by which all that is waited for is waited for, or nothing."""
        names = {name if all(map(self._waits_as_protocol, found)) else "" for name, found in reach.objects}
        return names.pop() if len(names) == 1 and reach.is_object else ""

    def _mocked(self, fact: FunctionFact, functions: Callable[[str, str], list[FunctionFact]]) -> frozenset[str]:
        return frozenset(name for name in fact.patches if any(map(self._becomes_native, functions(fact.path, name))))

    def _becomes_native(self, fact: FunctionFact) -> bool:
        """Whether a call of ``fact`` gives a coroutine object where it gave a generator."""
        verdict = self._verdict(fact)
        return verdict is Verdict.FORWARDER or (verdict is Verdict.NATIVE and fact.definition is not Definition.NATIVE)


def _id(fact: FunctionFact) -> FunctionId:
    return fact.path, fact.key


def _place(path: str, line: int) -> str:
    return f"{path}:{line}"

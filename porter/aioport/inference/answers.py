"""What the project tells about the questions of its files."""

from __future__ import annotations

from aioport import library
from aioport.facts import FunctionFact, Question
from aioport.functions import Asked, Definition
from aioport.inference.decisions import Answer
from aioport.inference.evaluation import Evaluation
from aioport.inference.things import OBJECTS, Kind, Thing
from aioport.inference.wrappers import Wrappers
from aioport.values import Awaitability, Manager

_LATER = (Asked.RETURNED_OR_LATER, Asked.LEAVING_OR_LATER)
_LEAVING = (Asked.LEAVING, Asked.LEAVING_OR_LATER)


def answers(evaluation: Evaluation, wrappers: Wrappers, fact: FunctionFact, *, asks_later: bool) -> tuple[Answer, ...]:
    """The answer to each of a function's questions, where that is not known the one that leaves it blocked.

    ``asks_later``: whether what is not known may be asked when it runs.
    """
    found = (_answer(evaluation, wrappers, fact.path, question) for question in fact.questions)
    return tuple(_settled(question, answer, asks_later) for question, answer in zip(fact.questions, found))


def _settled(question: Question, answer: Answer, asks_later: bool) -> Answer:
    if answer is Awaitability.YES and question.asked in _LEAVING:
        answer = Awaitability.MAYBE
    asks = asks_later and answer is Awaitability.MAYBE and question.asked in _LATER
    return Awaitability.ASK if asks else answer


def is_open(answer: Answer) -> bool:
    """Whether the project does not tell."""
    return answer in (Manager.UNDECIDED, Awaitability.MAYBE)


def _answer(evaluation: Evaluation, wrappers: Wrappers, path: str, question: Question) -> Answer:
    if question.asked is Asked.WRAPPED:
        return Awaitability.YES if wrappers.of(path, question.about) else Awaitability.MAYBE
    things = evaluation.evaluate(path, question.about)
    if question.asked is Asked.MANAGER:
        found = {_manager(evaluation, thing) for thing in things}
        return found.pop() if len(found) == 1 else Manager.UNDECIDED
    if question.asked is Asked.AWAITED:
        return Awaitability.YES if things and all(_has_await(evaluation, t) for t in things) else Awaitability.MAYBE
    kinds = {awaitability(evaluation, thing) for thing in things}
    if question.asked is Asked.RETURNED_PLAIN:
        return Awaitability.NO if kinds == {Awaitability.NO} else Awaitability.MAYBE
    return kinds.pop() if len(kinds) == 1 else Awaitability.MAYBE


def _manager(evaluation: Evaluation, thing: Thing) -> Manager:
    if thing.kind is Kind.MADE and thing.name in library.LOCKS:
        return Manager.LOCK
    if thing.kind is Kind.RESULT and not evaluation.functions[thing.path, thing.name].hands_out:
        return Manager.AWAITABLE
    # What has only `__iter__` is given an `__await__`, or what waits for it is left.
    if thing.kind in OBJECTS and (evaluation.has(thing, "__await__") or evaluation.has(thing, "__iter__")):
        return Manager.AWAITABLE
    return Manager.UNDECIDED


def _has_await(evaluation: Evaluation, thing: Thing) -> bool:
    """Whether a thing has an ``__await__`` once it is ported, or surely gives one for itself: ``x.__await__()``."""
    if thing.kind is Kind.RESULT and evaluation.functions[thing.path, thing.name].definition is Definition.DECORATED:
        return True
    return awaitability(evaluation, thing) is Awaitability.YES


def awaitability(evaluation: Evaluation, thing: Thing) -> Awaitability:
    """Whether ``asyncio.coroutine`` awaits a returned ``thing``."""
    if thing.kind in (Kind.NOTHING, Kind.FUNCTION, Kind.CLASS):
        return Awaitability.NO
    if thing.kind is Kind.MADE:
        if thing.name in library.COROUTINE_FUNCTIONS | library.FUTURES:
            return Awaitability.YES
        return Awaitability.NO if library.gives_no_awaitable(thing.name) else Awaitability.MAYBE
    if thing.kind is Kind.RESULT:
        fact = evaluation.functions[thing.path, thing.name]
        return Awaitability.MAYBE if fact.hands_out or fact.wants_generator else Awaitability.YES
    if thing.kind in OBJECTS:
        if evaluation.has(thing, "__await__"):
            return Awaitability.YES
        plain = evaluation.knows_all_of(thing) and not evaluation.may_have(thing, "__await__")
        return Awaitability.NO if plain else Awaitability.MAYBE
    return Awaitability.MAYBE

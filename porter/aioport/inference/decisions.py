"""What the inference decides about a function."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Union

from aioport.facts import FunctionFact
from aioport.functions import Definition
from aioport.values import Awaitability, Manager


class Verdict(enum.Enum):
    """What becomes of a function."""

    NATIVE = "async def"
    LEFT_COROUTINE = "stays a decorated generator, which can be awaited"
    GENERATOR = "stays a generator"
    UNDECIDED = "may be a coroutine or a generator: stays"
    FUNCTION = "stays a plain function"
    FORWARDER = "stays a plain function, which returns a coroutine"


ITERATED = "it is iterated"
CALLED = "it is called by name, and not only by async for"
ASSUMED = "--unsafe takes it for one"
STARRED = "a star import serves it together with a coroutine that was left"

COROUTINES = frozenset([Verdict.NATIVE, Verdict.LEFT_COROUTINE, Verdict.FORWARDER])
GENERATORS = frozenset([Verdict.GENERATOR, Verdict.UNDECIDED])

FunctionId = tuple[str, str]
"""Path and key."""

Answer = Union[Manager, Awaitability]


@dataclass(frozen=True)
class Decision:
    """What becomes of one function and why. Delegations are meant by their index in ``FunctionFact.delegations``."""

    verdict: Verdict
    reason: str = ""
    because: FunctionId | None = None
    """The function whose own decision is the reason."""
    obstacle: int | None = None
    """The delegation to something that stays a generator."""
    to_native: frozenset[int] = frozenset()
    """Delegations that reach only functions which become native."""
    to_both: frozenset[int] = frozenset()
    """Delegations that reach some function which becomes native, and some that does not."""
    answers: tuple[Answer, ...] = ()
    """What the project tells about each of ``FunctionFact.questions``."""
    is_awaited_by_left: bool = False
    """Whether a coroutine of Trollius that stays waits for it."""
    awaits_as_well: bool = False
    """Whether it is an ``__iter__`` that something ported waits for, so that its class needs an ``__await__``."""
    is_waited_for: bool = False
    """Whether something that becomes native waits for what a function of this name gives."""
    waits_as_protocol: bool = False
    """Whether it is an ``__iter__`` or ``__await__`` that waits, and hands out nothing itself."""
    objects: tuple[tuple[int, str], ...] = ()
    """Delegations to nothing but objects that such methods are of, each with the name of the method."""
    mocked: frozenset[str] = frozenset()
    """Which of ``FunctionFact.patches`` are coroutine functions."""
    mocked_classes: frozenset[str] = frozenset()
    """Which of ``FunctionFact.patches`` are classes with coroutine functions."""
    given_coroutines: frozenset[int] = frozenset()
    """Lines with calls of the coroutine decorator on a parameter for which only ``async def`` are given."""
    loopless: frozenset[tuple[int, str]] = frozenset()
    """Lines and last names of calls that give a loop to classes of the project which only hand it on to asyncio's."""
    chain: tuple[str, ...] = ()
    """What leads to the reason, function by function, where it is an obstacle."""

    def leaves_coroutine(self, explicit: bool) -> bool:
        """Whether a coroutine, or what may be one, stays in its style; ``explicit`` as in ``FunctionFact``."""
        if self.verdict is Verdict.GENERATOR:
            return explicit or self.obstacle is not None or self.reason not in ("", ITERATED)
        return self.verdict in (Verdict.LEFT_COROUTINE, Verdict.UNDECIDED)


def first_decision(fact: FunctionFact, *, blocked: bool) -> Decision:
    """What the function itself says; ``blocked``: whether it cannot be converted if it is a coroutine."""
    if fact.definition is Definition.NATIVE:
        return Decision(Verdict.NATIVE, "it is an async def")
    if fact.definition is Definition.DECORATED:
        return Decision(Verdict.LEFT_COROUTINE if blocked else Verdict.NATIVE, "it is decorated as a coroutine")
    if fact.definition is Definition.PLAIN:
        return Decision(Verdict.FUNCTION)
    if fact.wants_generator or fact.hands_out:
        return Decision(Verdict.GENERATOR)
    return Decision(Verdict.UNDECIDED)


def left(fact: FunctionFact) -> Verdict:
    """The verdict on a coroutine that cannot be converted."""
    return Verdict.LEFT_COROUTINE if fact.definition is Definition.DECORATED else Verdict.GENERATOR

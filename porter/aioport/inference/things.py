"""What an expression of a project evaluates to."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Kind(enum.Enum):
    """What a :class:`Thing` is; ``path`` and ``name`` are those of Thing."""

    FUNCTION = "the function with the key ``name``"
    RESULT = "what a call of the function gives, before anything waits for it"
    CLASS = "the class with the qualified name"
    INSTANCE = "an object of exactly that class"
    DERIVED = "an object of that class or of one derived from it"
    LIBRARY = "the dotted name of something outside the project"
    MADE = "what a call of that gives"
    NOTHING = "None or another literal"
    UNKNOWN = "only a run can tell"


@dataclass(frozen=True)
class Thing:
    """One thing that an expression may evaluate to."""

    kind: Kind
    path: str = ""
    name: str = ""


UNKNOWN = Thing(Kind.UNKNOWN)
NOTHING = Thing(Kind.NOTHING)
OBJECTS = frozenset([Kind.INSTANCE, Kind.DERIVED])
Things = frozenset[Thing]


def ordered(things: Iterable[Thing]) -> list[Thing]:
    """Always in the same order, unlike a set: where things refer to each other in a circle it matters."""
    return sorted(things, key=lambda thing: (thing.kind.value, thing.path, thing.name))

"""Small picklable facts about a file: what the inference over the whole project works on.

Trees never travel between processes (pickling one costs more than parsing again), facts do.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from aioport.facts.expressions import Alternatives
from aioport.functions import Asked, Definition, Target


class Use(enum.Enum):
    """What is done with the result of calling a function."""

    AWAITED = "awaited"
    RUN = "run as a task"
    ITERATED = "iterated"
    OTHER = "used in some other way"


@dataclass(frozen=True)
class Call:
    """One call of something that may be a function of the project; a decorator is one of what it decorates."""

    target: Target | None
    """What the spelling says is called, for where ``called`` is not known."""
    called: Alternatives
    arguments: tuple[tuple[str, Alternatives], ...]
    """What is given, each by its keyword or its position."""
    is_complete: bool
    """Whether the file tells something about all of it."""
    use: Use
    caller: str
    """Key of the function around, or empty at module level."""
    line: int


@dataclass(frozen=True)
class Delegation:
    """What is waited for, or what a plain function returns: a call, something of the library, or neither."""

    target: Target | None
    library: str
    line: int
    callee: str = ""
    """The call as it is written, where that is an attribute of ``self``: ``self.client.get``."""
    values: Alternatives = ()
    """What is waited for or returned."""


@dataclass(frozen=True)
class Question:
    """Why a function cannot be converted until the project tells what an expression evaluates to."""

    asked: Asked
    about: Alternatives


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
    only_returns: bool
    """Whether it returns a value and no yield of it is ever reached, so that only waiting for it gives anything."""
    hands_on: bool
    """Whether it is an ``__await__`` that only returns what that of something else gives."""
    explicit: bool
    """Whether a yield says that it waits: ``yield From(x)``, ``with (yield from x)``."""
    trollius: bool
    """Whether it is a coroutine of Trollius, which nothing but Trollius can wait for."""
    wants_generator: bool
    """Whether its name or a decorator wants it to be a generator."""
    blocked: str
    """Code of what keeps it from being converted whatever the project tells, or empty."""
    questions: tuple[Question, ...]
    """What else keeps it, in the order of the blockers that ask."""
    decorators: tuple[Alternatives, ...]
    parameters: tuple[str, ...]
    patches: tuple[str, ...]
    """The dotted names that it has replaced with mocks."""
    is_property: bool
    is_passed_on: bool
    """Whether its name is used for anything but calling it, so that others may call it."""
    returned: Alternatives
    """What it returns; for a fixture of pytest also what it yields."""


@dataclass(frozen=True)
class ClassFact:
    """What the inference needs to know of one class."""

    path: str
    qualname: str
    bases: tuple[Alternatives, ...]
    attributes: tuple[tuple[str, Alternatives], ...]
    """Everything assigned to attributes, in its body and through ``self``; its methods as well."""


@dataclass(frozen=True)
class FileFacts:
    """What the inference needs to know of one file."""

    path: str
    digest: bytes
    """Of the file's bytes, to see that what is ported later is what the facts are about."""
    functions: tuple[FunctionFact, ...]
    calls: tuple[Call, ...]
    module: str
    """Its dotted name, as far up as its folders are packages."""
    lines: int
    marked: bool
    """Whether it may hold something to port; if not, it only tells others what its names mean."""
    classes: tuple[ClassFact, ...]
    names: tuple[tuple[str, Alternatives], ...]
    """What its top level binds."""
    star_imports: tuple[str, ...]
    test_markers: tuple[str, ...]
    """Names of pytest's markers whose tests it runs in an event loop."""
    aliases: tuple[tuple[str, Target], ...]
    """Names and attributes that functions of the file are assigned to: ``self.connect = connect``."""
    asynchronous: bool
    """Whether the file imports asyncio or a style's library at all."""
    own_loop: bool
    """Whether it imports a library whose coroutines run on event loops of its own: Trollius."""
    starred: bool
    """Whether the names of a library that the port takes away come by a star import."""

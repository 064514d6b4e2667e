"""What is known of a function from its own file: how it is defined, where it waits, what it returns."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import CodeRange

from aioport.names import Scope


class Definition(enum.Enum):
    """How a function is defined."""

    NATIVE = "async def"
    DECORATED = "decorated as a coroutine"
    GENERATOR = "undecorated generator"
    PLAIN = "plain function"


class Asked(enum.Enum):
    """What only the rest of the project may tell about an expression."""

    MANAGER = "what a with statement enters"
    RETURNED = "whether a returned value is awaitable"
    RETURNED_OR_LATER = "the same, and where that is not told the port asks when it runs"
    RETURNED_PLAIN = "whether a returned value surely is no awaitable"
    LEAVING = "the same, of one that can only be returned if it is none"
    LEAVING_OR_LATER = "the same, and otherwise the port asks once the statement around it was left"
    AWAITED = "whether what a method __await__ waits for surely has an __await__ itself"
    WRAPPED = "whether a decorator only waits for what it decorates"


class Wait(enum.Enum):
    """What a ``yield`` does when its function is a coroutine."""

    AWAIT = "waits for its operand"
    TURN = "gives the loop one turn"
    NOTHING = "does nothing"
    VALUE = "hands out a value"
    ITEM = "hands out a value of an asynchronous generator, in the call that is its operand"


@dataclass(frozen=True)
class Target:
    """What a call reaches, as far as one file can tell.

    ``scope`` is the qualified name of a function of this file, ``class X`` for a method called on ``self`` in class X,
    or empty where only the last name is known.
    """

    name: str
    scope: str = ""
    of_unknown: bool = False
    """Whether it is a method of an object about which nothing is known."""


@dataclass(eq=False)
class Suspension:
    """A ``yield`` in a function's own scope."""

    node: cst.Yield
    wait: Wait
    operand: cst.BaseExpression | None
    explicit: bool
    """Whether the spelling says that this waits: ``yield from``, ``yield From``."""
    used: bool
    """Whether the value of the yield is used, which for a bare one is what somebody sends."""


@dataclass(frozen=True)
class Blocker:
    """Why a function cannot be converted, and where."""

    node: cst.CSTNode
    code: str
    message: str
    advice: str
    asked: cst.BaseExpression | None = None
    """The expression that only the rest of the project may tell about; where it does there is no blocker."""
    question: Asked | None = None
    """What is asked about it."""


@dataclass(eq=False)
class Function:
    """One ``def`` of a file, or a lambda given to the coroutine decorator."""

    node: cst.FunctionDef
    scope: Scope
    qualname: str
    owner: str
    """The class the function is a method of, or empty."""
    place: CodeRange
    definition: Definition
    decorator: cst.Decorator | None = None
    generator: cst.Decorator | None = None
    """The decorator that makes it an asynchronous generator function, in a style that has one for that."""
    wrapping: cst.Assign | None = None
    """The ``f = coroutine(f)`` after the function."""
    suspensions: list[Suspension] = field(default_factory=list)
    returns: list[cst.Return] = field(default_factory=list)
    raises: list[cst.Raise] = field(default_factory=list)
    """``raise Return(...)`` statements."""
    withs: list[cst.With] = field(default_factory=list)
    """``with`` statements over something that is waited for."""
    blockers: list[Blocker] = field(default_factory=list)
    trollius: bool = False
    """Whether a plain ``yield x`` waits here."""
    awaits_returned: bool = True
    """Whether its decorator awaits a future or coroutine that it returns, if it has no ``yield``."""

    @property
    def is_asynchronous_generator(self) -> bool:
        """Whether a call gives an asynchronous generator (PEP 525)."""
        return self.generator is not None or (self.definition is Definition.NATIVE and bool(self.suspensions))

    @property
    def may_give_iterator(self) -> bool:
        """Whether it is an ``__await__`` that a decorator makes a coroutine function; Python wants an iterator of it.

        aiocompat gives one for it, and ``yield From(x.__await__())`` takes what Trollius gives (PEP 492).
        """
        return (
            self.definition is Definition.DECORATED
            and self.node.name.value == "__await__"
            and bool(self.owner)
            and not self.is_asynchronous_generator
        )

    @property
    def explicit(self) -> bool:
        """Whether it says in words that only coroutines use that it waits, or, as a generator, that it returns a value.

        ``yield From(x)``, ``with (yield lock):``, ``raise Return(x)``.
        """
        if self.withs or (self.raises and self.suspensions):
            return True
        return any(s.explicit and not isinstance(s.node.value, cst.From) for s in self.suspensions)

    @property
    def delegates(self) -> bool:
        """Whether it has a ``yield from``."""
        return any(isinstance(suspension.node.value, cst.From) for suspension in self.suspensions)

    @property
    def key(self) -> str:
        """Names the function within its file, whatever else has the same qualified name."""
        return f"{self.qualname}@{self.place.start.line}"

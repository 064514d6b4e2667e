"""The expressions of generated programs, and what they may use where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

_OPERATORS = ("+", "*", "-")
_COMPARISONS = ("<", "==", "!=", ">=")


@dataclass(frozen=True)
class Routine:
    """A coroutine function that later ones may call."""

    name: str
    call: str
    pausing: bool


@dataclass(frozen=True)
class Place:
    """Where a statement stands: what it may use."""

    routines: tuple[Routine, ...]
    names: tuple[str, ...]
    depth: int
    pausing: bool = False
    looping: bool = False
    calm: bool = False
    """Nothing waits here."""
    locked: bool = False
    """The routine's own lock is held."""
    managed: bool = False
    """A context manager would see a value that is returned as an exception."""

    @property
    def awaitable(self) -> tuple[Routine, ...]:
        """The routines that may be waited for here: one that pauses has to be told where it says so."""
        return tuple(routine for routine in self.routines if self.pausing or not routine.pausing)


@dataclass
class Expressions:
    """Writes expressions, as hypothesis decides."""

    draw: Callable[[st.SearchStrategy[object]], object]
    numbers: dict[str, int] = field(default_factory=dict)

    def choice(self, *options: object) -> object:
        """One of the options; hypothesis shrinks to the first."""
        return self.draw(st.sampled_from(options))

    def number(self, most: int, least: int = 0) -> int:
        """A number."""
        number = self.draw(st.integers(least, most))
        assert isinstance(number, int)
        return number

    def rarely(self, times: int) -> bool:
        """Whether something is done that is done once in so many times."""
        return self.number(times - 1) == times - 1

    def fresh(self, kind: str) -> str:
        """A new name."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{kind}{self.numbers[kind]}"

    def value(self, place: Place, depth: int = 1) -> str:
        """An expression for a number."""
        simple = [lambda: str(self.number(3)), lambda: str(self.choice(*place.names))]
        if depth == 0 or self.number(2) == 0:
            return str(self.choice(*simple)())  # type: ignore[operator]

        def inner() -> str:
            return self.value(place, depth - 1)

        kinds = [
            lambda: f"{self.operand(place, depth)} {self.choice(*_OPERATORS)} {self.operand(place, depth)}",
            lambda: f"({inner()} if {self.test(place)} else {inner()})",
            lambda: f"({inner()} {self.choice('and', 'or')} {inner()})",
            lambda: f"[{inner()}, {inner()}][{self.number(1)}]",
            lambda: f"{{0: {inner()}, 1: {inner()}}}[{self.number(1)}]",
            lambda: f"add({inner()}, b={inner()})",
            lambda: f"add(*[{inner()}, {inner()}])",
            lambda: f"int({self.test(place)})",
            lambda: f"-{self.operand(place, depth)}",
            lambda: f"sum([v + {self.choice(*place.names)} for v in range({self.number(2)})])",
            lambda: f"(lambda v: v + {self.choice(*place.names)})({inner()})",
        ]
        if not place.calm:
            kinds += [
                lambda: f"await later({inner()})",
                lambda: f"await now({inner()})",
                lambda: f"(await both({inner()}, {inner()}))[{self.number(1)}]",
                *[lambda routine=routine: f"await {self.called(place, routine)}" for routine in place.awaitable[-2:]],
            ]
        return str(self.choice(*kinds)())  # type: ignore[operator]

    def operand(self, place: Place, depth: int) -> str:
        """A number that binds tighter than any operator."""
        value = self.value(place, max(depth - 1, 0))
        tight = value.isalnum() or value[:1] in "([{" or (value.startswith("await ") and value.count("(") == 1)
        return value if tight else f"({value})"

    def test(self, place: Place, depth: int = 0) -> str:
        """An expression for a truth value."""
        kinds = [
            lambda: f"{self.value(place, depth)} {self.choice(*_COMPARISONS)} {self.value(place, depth)}",
            lambda: f"not {self.operand(place, depth)}",
            lambda: f"{self.number(2)} < {self.operand(place, depth)} < {self.operand(place, depth)}",
            lambda: f"{self.operand(place, depth)} in ({self.value(place, depth)}, {self.number(3)})",
        ]
        return str(self.choice(*kinds)())  # type: ignore[operator]

    def called(self, place: Place, routine: Routine, thread: str = "t") -> str:
        """A call of a routine."""
        ready = ", ready" if routine.pausing else ""
        return f"{routine.call}({thread}, {self.value(place, 1)}{ready})"

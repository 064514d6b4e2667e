"""What the porter tells people: findings, where they are, and how sure the rewrite behind them is."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Applicability(enum.Enum):
    """Whether a rewrite keeps behaviour; decided for each finding, not for each code."""

    SAFE = "safe"
    """Behaviour is kept, or what changes was asked for by the target style and is said in the message."""

    UNSAFE = "unsafe"
    """Behaviour may change; rewritten only with ``--unsafe``, reported either way."""

    MANUAL = "manual"
    """Nothing was rewritten; a person has to."""


class Severity(enum.IntEnum):
    """How much attention a finding asks for; larger is more."""

    NOTE = 1
    """For the record; nothing to do."""

    WARNING = 2
    """Rewritten, and something about it changed in meaning: worth a look."""

    ERROR = 3
    """Something was left as it was: the port needs a hand here."""

    FAILURE = 4
    """The whole file was not ported: unreadable, not Python, or a bug of ours."""


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file. ``line`` and ``col`` count from 1; ``end_line`` is the last line concerned.

    For a refusal ``line`` is the construct that blocks, and ``first_line`` to ``end_line`` is all that was left because
    of it (usually the whole function); otherwise both are the construct's own lines.
    """

    path: str
    line: int
    col: int
    first_line: int
    end_line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.col}"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to know about a port: a refusal, a change in meaning, or a note.

    ``code`` is the name of a class in :mod:`aioport.codes`, whose docstring is the page for it. ``message`` says what
    is there and why it matters, in one sentence without a final full stop; ``advice`` says what to do about it.
    """

    location: Location
    code: str
    severity: Severity
    applicability: Applicability
    message: str
    advice: str

"""The tokens of Python source of any version, also of source that no one Python accepts.

Python's own :mod:`tokenize` raises on Python 2 literals from 3.12 on, and reads f-strings differently before; libcst's
tokenizer is private. parso's reads the same on every interpreter and goes on after an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parso.python.token import PythonTokenTypes
from parso.python.tokenize import tokenize
from parso.utils import parse_version_string

Kind = PythonTokenTypes
_GRAMMAR = parse_version_string("3.13")


@dataclass(frozen=True)
class Token:
    """One token. ``line`` counts from 1, ``col`` from 0; ``glued``: nothing stands between it and the last."""

    kind: Kind
    text: str
    line: int
    col: int
    glued: bool
    depth: int
    """How many brackets are open before it."""


NAME, NUMBER, STRING, OPERATOR = Kind.NAME, Kind.NUMBER, Kind.STRING, Kind.OP
FORMATTED = Kind.FSTRING_START
LINE_ENDS = frozenset([Kind.NEWLINE, Kind.INDENT, Kind.DEDENT, Kind.ERROR_DEDENT])
_NO_CODE = frozenset([Kind.INDENT, Kind.DEDENT, Kind.ERROR_DEDENT, Kind.ENDMARKER, Kind.FSTRING_STRING])


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, whose newlines are all ``\\n``, without indentation and what f-strings say."""
    depth = 0
    for token in tokenize(text, version_info=_GRAMMAR):
        if token.type in _NO_CODE:
            continue
        line, col = token.start_pos
        if token.type is OPERATOR and token.string in ")]}":
            depth = max(0, depth - 1)
        yield Token(token.type, token.string, line, col, not token.prefix, depth)
        if token.type is OPERATOR and token.string in "([{":
            depth += 1

"""Python 2 syntax, found from tokens before libcst sees the file.

libcst rejects most of it, and silently gives ``except E, e:`` and ``print >>f, x`` another meaning.

``except A, B:`` is Python 2, where it binds B, and Python 3.14, where it catches both (PEP 758). It is taken for the
second only in a file with other syntax that Python 2 does not have, and nothing else that Python 3 does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aioport.lexing import FORMATTED, NAME, NUMBER, OPERATOR, STRING, Kind, Token, tokens

_SUSPECT = re.compile(
    r"""`|<>|\b(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)[lL]\b|\b0\d|\b[uU][rR]['"]|\bprint\b|\bexec\b"""
    # What is missed here libcst rejects, but for `except`: only the plain forms may pass.
    r"""|\bexcept\b(?!\s*[\w.]*\s*(?:as\s+\w+\s*)?:)|\braise\b[^\n]*(?:,|[(\\]\n)"""
    r"""|\bdef\b[^:]*[(,](?:\s|#[^\n]*)*\(|\blambda\b[^:]*\("""
)
BACKTICKS = "backticks"
EXCEPT_COMMA = "except with a comma"
EXEC = "an exec statement"
LONG = "a long integer literal"
OCTAL = "an octal literal without 0o"
PRINT = "a print statement"
RAISE = "raise with commas"
TUPLE_PARAMETER = "a tuple parameter"
UNEQUAL = "the operator <>"
UR_STRING = "a string with the prefix ur"
_NEW = frozenset(["yield from", "async def", "async with", "async for", "except *"])
_OPERATORS = frozenset(["and", "as", "else", "for", "if", "in", "is", "or"])


@dataclass(frozen=True)
class Construct:
    """A place where Python 2 is spoken; ``line`` and ``col`` count from 1."""

    line: int
    col: int
    what: str


def python2_constructs(text: str) -> tuple[Construct, ...]:
    """All syntax in ``text`` that only Python 2 has, in order."""
    if not _SUSPECT.search(text):
        return ()
    found = list(tokens(text))
    constructs = {Construct(token.line, token.col + 1, what) for token, what in _constructs(found)}
    if {construct.what for construct in constructs} == {EXCEPT_COMMA} and _is_python3(found):
        return ()
    return tuple(sorted(constructs, key=lambda c: (c.line, c.col)))


def _constructs(found: list[Token]) -> Iterator[tuple[Token, str]]:
    for index, token in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        yield from _of_literals(token, after)
        if token.kind is NAME and _starts_statement(found, index):
            yield from _of_statements(found, index)
        if token.text in ("def", "lambda") and token.kind is NAME:
            yield from _of_parameters(found, index)


def _of_literals(token: Token, after: Token | None) -> Iterator[tuple[Token, str]]:
    if token.text == "`":
        yield token, BACKTICKS
    if after is None or not after.glued:
        return
    if token.text == "<" and after.text == ">":
        yield token, UNEQUAL
    elif token.kind is NUMBER and after.kind is NAME and after.text in ("l", "L"):
        yield token, LONG
    elif token.kind is NUMBER and after.kind is NUMBER:
        yield token, OCTAL
    elif token.kind is NAME and token.text.lower() == "ur" and after.kind is STRING:
        yield token, UR_STRING


def _starts_statement(found: list[Token], index: int) -> bool:
    if index == 0:
        return True
    before = found[index - 1]
    return before.kind is Kind.NEWLINE or (before.depth == 0 and before.kind is OPERATOR and before.text in (";", ":"))


def _of_statements(found: list[Token], index: int) -> Iterator[tuple[Token, str]]:
    token = found[index]
    after = found[index + 1] if index + 1 < len(found) else None
    if after is None:
        return
    if token.text == "print" and _is_print_statement(found, index):
        yield token, PRINT
    elif token.text == "exec" and _is_exec_statement(found, index):
        yield token, EXEC
    elif token.text == "raise" and "," in _outer(found, index, ";"):
        yield token, RAISE
    elif token.text == "except" and after.text != "*" and _outer(found, index, ":").count(",") == 1:
        yield token, EXCEPT_COMMA


def _is_python3(found: list[Token]) -> bool:
    """Whether there is syntax that no Python 2 has."""
    texts = [token.text if token.kind in (NAME, OPERATOR) else "" for token in found]
    pairs = (f"{first} {second}" for first, second in zip(texts, texts[1:]))
    return any(token.kind is FORMATTED or token.text in ("->", ":=") for token in found) or any(
        pair in _NEW or re.fullmatch(r"nonlocal \w+", pair) for pair in pairs
    )


def _starts_operand(token: Token) -> bool:
    return token.kind in (STRING, NUMBER, FORMATTED) or (token.kind is NAME and token.text not in _OPERATORS)


def _is_print_statement(found: list[Token], index: int) -> bool:
    after = found[index + 1]
    if _starts_operand(after) or after.text in ("`", ">>", "{", "+", "-", "~"):
        return True
    if after.text == "[":
        return not after.glued
    # In Python 3 nobody makes a tuple of what print() returns.
    return after.text == "(" and not after.glued and "," in _outer(found, index, ";")


def _is_exec_statement(found: list[Token], index: int) -> bool:
    after = found[index + 1]
    # In Python 3 nobody looks for what exec() returns.
    return _starts_operand(after) or after.text == "`" or _outer(found, index, ";")[:3] == ["(", ")", "in"]


def _outer(found: list[Token], index: int, end: str) -> list[str]:
    """What stands after a token outside of brackets, up to the end of the line or the first ``end``."""
    depth = found[index].depth
    result = []
    for token in found[index + 1 :]:
        if token.kind is Kind.NEWLINE or (token.depth <= depth and token.text == end):
            break
        if token.depth == depth:
            result.append(token.text)
    return result


def _of_parameters(found: list[Token], index: int) -> Iterator[tuple[Token, str]]:
    token = found[index]
    start = index + 1 if token.text == "lambda" else index + 3
    depth = token.depth + (0 if token.text == "lambda" else 1)
    for position in range(start, len(found)):
        current, before = found[position], found[position - 1]
        if current.depth < depth or (token.text == "lambda" and current.depth == depth and current.text == ":"):
            return
        if current.depth == depth and current.text == "(" and before.text in ("(", ",", "lambda"):
            yield current, TUPLE_PARAMETER

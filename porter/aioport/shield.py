"""``async`` and ``await`` used as names, which were legal until 3.6 and which libcst rejects.

They are renamed to placeholders of the same length before parsing, and back after.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from aioport.lexing import FORMATTED, NAME, NUMBER, STRING, Kind, Token, tokens

_WORD = re.compile(r"\b(?:async|await)\b")
_NAMED_AFTER = frozenset([".", "def", "import", "as", "class", "global", "nonlocal"])
_NOT_OPERANDS = frozenset(["and", "as", "else", "for", "if", "import", "in", "is", "not", "or"])


@dataclass(frozen=True)
class Shielded:
    """Text that libcst can parse. Where nothing was renamed the placeholders simply do not occur in it."""

    text: str
    async_name: str
    await_name: str

    def unshield(self, text: str) -> str:
        """``text``, possibly rewritten since, with the real names back in it."""
        for placeholder, word in ((self.async_name, "async"), (self.await_name, "await")):
            text = text.replace(placeholder, word)
        return text

    def names_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Line (from 1), column (from 0) and word of each shielded name in ``text``."""
        for number, line in enumerate(text.split("\n"), 1):
            for match in re.finditer(f"{self.async_name}|{self.await_name}", line):
                yield number, match.start(), self.unshield(match.group())


def shield(text: str) -> Shielded:
    """Rename ``async`` and ``await`` wherever they are names; keywords, strings and comments stay."""
    async_name, await_name = _placeholder("async", text), _placeholder("await", text)
    if not _WORD.search(text):
        return Shielded(text, async_name, await_name)
    lines = text.split("\n")
    placeholders = {"async": async_name, "await": await_name}
    for token in _used_as_names(list(tokens(text))):
        line = lines[token.line - 1]
        end = token.col + len(token.text)
        lines[token.line - 1] = line[: token.col] + placeholders[token.text] + line[end:]
    return Shielded("\n".join(lines), async_name, await_name)


def _placeholder(word: str, text: str) -> str:
    """An identifier as long as ``word`` that does not occur in ``text``."""
    # The first two letters tell the two words apart.
    for middle in itertools.product(string.ascii_letters, repeat=len(word) - 3):
        candidate = word[:2] + "".join(middle) + "_"
        if candidate not in text:
            return candidate
    raise AssertionError("all 2,704 placeholders are taken")


def _used_as_names(found: list[Token]) -> Iterator[Token]:
    functions: list[tuple[int, bool]] = []
    start = 0
    for index, token in enumerate(found):
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        if before is None or before.kind is Kind.NEWLINE:
            start = token.col
            while functions and functions[-1][0] >= start:
                functions.pop()
        if token.kind is not NAME:
            continue
        if token.text == "def" and after is not None and after.kind is NAME:
            functions.append((start, before is not None and before.text == "async" and before.line == token.line))
        elif (token.text == "async" and not _is_async_keyword(before, after)) or (
            token.text == "await" and not _is_await_keyword(before, after, any(a for _, a in functions[-1:]))
        ):
            yield token


def _is_async_keyword(before: Token | None, after: Token | None) -> bool:
    if before is not None and before.text in _NAMED_AFTER:
        return False
    return after is not None and after.kind is NAME and after.text in ("def", "for", "with")


def _is_await_keyword(before: Token | None, after: Token | None, in_coroutine: bool) -> bool:
    if after is None or (before is not None and before.text in _NAMED_AFTER):
        return False
    if after.kind in (NUMBER, STRING, FORMATTED) or (after.kind is NAME and after.text not in _NOT_OPERANDS):
        return True
    # `await (x)` is a call of a function named await, outside of an async def.
    return in_coroutine and after.text in ("(", "[", "{", "...")

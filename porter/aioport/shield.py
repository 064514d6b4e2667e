"""``async`` and ``await`` used as names, which were legal until 3.6 and which libcst rejects.

They are renamed to placeholders of the same length before parsing, and back after; those that get other names to those.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from aioport.lexing import FORMATTED, NAME, NUMBER, STRING, Kind, Token, tokens

_WORD = re.compile(r"\b(?:async|await)\b")
_NAMED_AFTER = frozenset([".", "def", "import", "as", "class", "global", "nonlocal"])
_OPERATORS = frozenset(["and", "as", "else", "for", "from", "if", "import", "in", "is", "not", "or"])
"""What may stand beside an operand, and is no operand itself."""


@dataclass(frozen=True)
class Shielded:
    """Text that libcst can parse. Where nothing was renamed the placeholders simply do not occur in it."""

    text: str
    async_name: str
    await_name: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Placeholders of those names that get others, and these."""

    def unshield(self, text: str) -> str:
        """``text``, possibly rewritten since, with the real names, or the new ones, in it."""
        for placeholder, word in ((self.async_name, "async"), (self.await_name, "await"), *self.renamed.items()):
            text = text.replace(placeholder, word)
        return text

    @property
    def words(self) -> dict[str, str]:
        """All placeholders, and the word each stands for."""
        return {self.async_name: "async", self.await_name: "await", **{p: new[:5] for p, new in self.renamed.items()}}

    def names_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Line (from 1), column (from 0) and word of each shielded name in ``text`` that keeps its name."""
        for number, line in enumerate(text.split("\n"), 1):
            for match in re.finditer(f"{self.async_name}|{self.await_name}", line):
                yield number, match.start(), self.unshield(match.group())


def shield(text: str, renamed: Collection[tuple[int, int]] = (), suffix: str = "") -> Shielded:
    """Rename ``async`` and ``await`` wherever they are names; keywords, strings and comments stay.

    Those at the places in ``renamed``, lines from 1 and columns from 0, get ``suffix`` when they come back.
    """
    async_name, await_name = _placeholders("async", text)[0], _placeholders("await", text)[0]
    if not _WORD.search(text):
        return Shielded(text, async_name, await_name)
    lines = text.split("\n")
    stays = {"async": async_name, "await": await_name}
    goes = {word: _placeholders(word, text)[1] for word in stays}
    for token in _used_as_names(list(tokens(text))):
        line = lines[token.line - 1]
        placeholders = goes if (token.line, token.col) in renamed else stays
        end = token.col + len(token.text)
        lines[token.line - 1] = line[: token.col] + placeholders[token.text] + line[end:]
    new = {placeholder: word + suffix for word, placeholder in goes.items()} if renamed else {}
    return Shielded("\n".join(lines), async_name, await_name, new)


def _placeholders(word: str, text: str) -> tuple[str, str]:
    """Two identifiers as long as ``word`` that do not occur in ``text``."""
    # The first two letters tell the two words apart.
    middles = itertools.product(string.ascii_letters, repeat=len(word) - 3)
    candidates = (word[:2] + "".join(middle) + "_" for middle in middles)
    first, second = itertools.islice((candidate for candidate in candidates if candidate not in text), 2)
    return first, second


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
            functions.append((start, before is not None and before.text == "async"))
        elif (token.text == "async" and not _is_async_keyword(before, after)) or (
            token.text == "await" and not _is_await_keyword(before, after, any(a for _, a in functions[-1:]))
        ):
            yield token


def _is_async_keyword(before: Token | None, after: Token | None) -> bool:
    if before is not None and before.text in _NAMED_AFTER:
        return False
    if after is None or after.kind is not NAME or after.text not in ("def", "for", "with"):
        return False
    # In `[x async for y in z]` an operand stands before it, in `[async for y in z]` it is the operand.
    return before is None or before.kind is Kind.NEWLINE or _ends_operand(before)


def _ends_operand(token: Token) -> bool:
    if token.kind is NAME:
        return token.text not in _OPERATORS
    return token.kind in (NUMBER, STRING, Kind.FSTRING_END) or token.text in (")", "]", "}", "...")


def _is_await_keyword(before: Token | None, after: Token | None, in_coroutine: bool) -> bool:
    if after is None or (before is not None and before.text in _NAMED_AFTER):
        return False
    if after.kind in (NUMBER, STRING, FORMATTED) or (after.kind is NAME and after.text not in _OPERATORS):
        return True
    # `await (x)` is a call of a function named await, outside of an async def.
    return in_coroutine and after.text in ("(", "[", "{", "...")

"""Python 2 syntax made Python 3's by fissix, the continued lib2to3, which runs on every Python that aioport runs on.

Only the fixers run that a file's syntax needs. What else differs between the two, such as text and bytes or the
division of integers, is not looked at.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from aioport import dialect
from aioport.dialect import Construct

_FIXERS = {
    dialect.BACKTICKS: "fissix.fixes.fix_repr",
    dialect.EXCEPT_COMMA: "fissix.fixes.fix_except",
    dialect.EXEC: "fissix.fixes.fix_exec",
    dialect.LONG: "fissix.fixes.fix_numliterals",
    dialect.OCTAL: "fissix.fixes.fix_numliterals",
    dialect.PRINT: "fissix.fixes.fix_print",
    dialect.RAISE: "aioport.python2.fix_raise",
    dialect.TUPLE_PARAMETER: "fissix.fixes.fix_tuple_params",
    dialect.UNEQUAL: "fissix.fixes.fix_ne",
}
"""The fixer for each kind of syntax, but for strings with the prefix ur."""

# In a `ur` string Python 2 reads these, in an `r` string Python 3 does not.
_UR_STRING = re.compile(r"""[uU]([rR](?P<quotes>'''|\"""|'|")(?!(?:(?!(?P=quotes)).)*\\[uU]))""", re.DOTALL)


class NoFissix(Exception):
    """fissix is not installed."""


def check_fissix() -> None:
    """Raise :class:`NoFissix` where it is not there."""
    if importlib.util.find_spec("fissix") is None:
        raise NoFissix


def converted(text: str, constructs: Sequence[Construct]) -> str:
    """``text`` without the given Python 2 syntax; what cannot be converted is still in it.

    Raises ``ValueError`` for what is no Python 2 either.
    """
    lines = text.split("\n")
    for construct in reversed(constructs):
        if construct.what == dialect.UR_STRING:
            line = "\n".join(lines[construct.line - 1 :])
            start, rest = line[: construct.col - 1], line[construct.col - 1 :]
            lines[construct.line - 1 :] = (start + _UR_STRING.sub(r"\1", rest, count=1)).split("\n")
    fixers = frozenset(_FIXERS[c.what] for c in constructs if c.what in _FIXERS)
    changed = "\n".join(lines)
    if not fixers:
        return changed
    ended = changed.endswith("\n")
    try:
        tree = _tool(fixers).refactor_string(changed if ended else changed + "\n", "")
    except Exception as error:
        # It has no common class of its own: ParseError, TokenError and IndentationError are among them.
        raise ValueError(str(error)) from None
    return str(tree) if ended else str(tree)[:-1]


@cache
def _tool(fixers: Collection[str]) -> Any:
    from fissix.refactor import RefactoringTool

    return RefactoringTool(sorted(fixers))

"""Code in documents and docstrings: where it stands, and how the ported code goes back there.

Code blocks of reStructuredText (``.. code-block:: python``) and of Markdown (fences that say ``python``), and doctests
in either and in docstrings.
"""

from __future__ import annotations

import ast
import difflib
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Optional

SUFFIXES = (".rst", ".md")

_DIRECTIVE = re.compile(
    r"^(?P<indent>\s*)\.\. (?:code-block|code|sourcecode):: *(?:python3?|py|pycon)\s*$", re.IGNORECASE
)
_OPTION = re.compile(r"^\s*:[\w-]+:.*$")
_FENCE = re.compile(
    r"^(?P<indent>\s*)(?P<fence>```+|~~~+) *(?:\{?(?:code-block|code)\}? +)?(?:python3?|py|pycon)\b.*$", re.IGNORECASE
)
_PROMPT = re.compile(r"^(?P<indent>\s*)>>> ?")


@dataclass(frozen=True)
class Example:
    """Lines of code in a text: ``first`` counts from 0, and ``end`` is behind the last."""

    first: int
    end: int
    indent: str
    doctest: bool
    code: str
    lines: tuple[str, ...]
    """As they stand in the text."""
    escaped: bool = False
    """Whether the text is no raw string, and has escapes in it."""

    def written(self, code: str) -> list[str]:
        """``code`` as it stands in the text; lines that are as they were stay so, prompts included."""
        before, after = self.code.rstrip("\n").split("\n"), code.rstrip("\n").split("\n")
        result: list[str] = []
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for kind, old, old_end, new, new_end in matcher.get_opcodes():
            same = kind == "equal"
            result += self.lines[old:old_end] if same else (self._line(after, n) for n in range(new, new_end))
        return [*result, *self.lines[len(before) :]]

    def _line(self, lines: Sequence[str], index: int) -> str:
        if not self.doctest:
            return self.indent + lines[index] if lines[index] else ""
        prompt = "..." if index and _continues(lines, index) else ">>>"
        return f"{self.indent}{prompt} {lines[index]}".rstrip()


Port = Callable[[Example, str, str], Optional[str]]
"""Gives the ported code of an example, or ``None`` where it stays; given are imports before it and code after it."""


def ported(lines: Sequence[str], examples: Sequence[Example], port: Port) -> list[str]:
    """``lines`` with their ``examples`` ported."""
    result: list[str] = []
    done = 0
    imports: list[str] = []
    for number, example in enumerate(examples):
        result += lines[done : example.first]
        later = "\n".join(other.code for other in examples[number + 1 :])
        new = port(example, "".join(line + "\n" for line in imports), later)
        done = example.end
        result += lines[example.first : done] if new is None else example.written(new)
        imports += [line for line in example.code.split("\n") if re.match(r"(?:import|from)\s[^(\\]*$", line)]
    return [*result, *lines[done:]]


def in_document(lines: Sequence[str]) -> list[Example]:
    """The examples of a ``.rst`` or ``.md`` file."""
    found: list[Example] = []
    index = 0
    while index < len(lines):
        block = _block(lines, index)
        if block is not None:
            first, index = block
            inside = list(doctests(lines, first, index))
            found += inside or _whole(lines, first, index)
        elif _PROMPT.match(lines[index]):
            inside = list(doctests(lines, index, index + 1 + _paragraph(lines[index + 1 :])))
            found += inside
            index = inside[-1].end
        else:
            index += 1
    return found


def _paragraph(lines: Sequence[str]) -> int:
    return next((index for index, line in enumerate(lines) if not line.strip()), len(lines))


def _block(lines: Sequence[str], index: int) -> tuple[int, int] | None:
    """The first line of the code block that begins at a line, and the one behind its last."""
    if (fence := _FENCE.match(lines[index])) is not None:
        end = index + 1
        while end < len(lines) and lines[end].strip() != fence["fence"]:
            end += 1
        return index + 1, end
    if (directive := _DIRECTIVE.match(lines[index])) is None:
        return None
    first = index + 1
    while first < len(lines) and (not lines[first].strip() or _OPTION.match(lines[first])):
        first += 1
    end = first
    for number in range(first, len(lines)):
        if lines[number].strip():
            if not re.match(re.escape(directive["indent"]) + r"\s", lines[number]):
                break
            end = number + 1
    return first, end


def _whole(lines: Sequence[str], first: int, end: int) -> list[Example]:
    code = textwrap.dedent("\n".join(lines[first:end]))
    indents = [re.match(r"\s*", line)[0] for line in lines[first:end] if line.strip()]  # type: ignore[index]
    return [Example(first, end, min(indents, key=len), False, code + "\n", tuple(lines[first:end]))] if indents else []


def doctests(lines: Sequence[str], first: int, end: int) -> Iterator[Example]:
    """The statements at prompts, those without output between them together."""
    index = first
    while index < end:
        prompt = _PROMPT.match(lines[index])
        if prompt is None:
            index += 1
            continue
        start, indent = index, prompt["indent"]
        code = []
        while index < end and re.match(re.escape(indent) + r"(?:>>>|\.\.\.)(?: |$)", lines[index]):
            code.append(lines[index][len(indent) + 4 :])
            index += 1
        yield Example(start, index, indent, True, "\n".join(code) + "\n", tuple(lines[start:index]))


def _continues(lines: Sequence[str], index: int) -> bool:
    """Whether a line does not begin a statement of its own at the prompt."""
    line = lines[index]
    if not line or line[0] in " \t)]}#":
        return True
    if re.match(r"(?:else|elif|except|finally)\b", line):
        return True
    # A line below a decorator, and one inside of brackets or of a string.
    try:
        ast.parse("\n".join(lines[_start(lines, index) : index]))
    except SyntaxError:
        return True
    return False


def _start(lines: Sequence[str], index: int) -> int:
    start = index - 1
    while start > 0 and (not lines[start] or lines[start][0] in " \t)]}@"):
        start -= 1
    return start


def in_docstrings(text: str) -> list[Example]:
    """The doctests in the docstrings of Python source."""
    found: list[Example] = []
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or not node.body:
            continue
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            for example in doctests(lines, first.lineno, first.end_lineno or first.lineno):
                raw = re.match(r"[rR]", lines[first.lineno - 1].lstrip()) is not None
                found.append(replace(example, escaped="\\" in example.code and not raw))
    return sorted(found, key=lambda example: example.first)

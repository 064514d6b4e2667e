"""Codes, their pages, and their use agree."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import aioport
from aioport.codes import CODES
from cases import FIXTURES, all_cases, load, marked

ELSEWHERE = {
    "bug": "aioport has no known one; test_verify.py makes some",
    "changed-meaning": "test_audit.py",
    "newer-name": "test_audit.py",
    "not-text": "test_cli.py and test_source.py",
    "process-ended": "test_cli.py",
    "unreadable": "test_cli.py",
    "unwritable": "test_cli.py",
    "version-break": "test_audit.py",
}


def emitted() -> set[str]:
    """Every text in the porter's source that looks like a code and stands where one is given."""
    found = set()
    for path in Path(aioport.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("report", "block", "Blocker", "SourceError", "Finding", "_finding"):
                    found.update(
                        constant.value
                        for argument in node.args
                        for constant in ast.walk(argument)
                        if isinstance(constant, ast.Constant)
                        and isinstance(constant.value, str)
                        and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+|bug|unreadable|unwritable", constant.value)
                    )
    return found


def test_every_code_that_is_emitted_has_a_page_and_the_other_way_round() -> None:
    assert emitted() == set(CODES)


def test_every_code_has_a_fixture() -> None:
    used = {code for path in all_cases() for _, code in load(path).findings}
    for path in (FIXTURES / "projects").glob("*/before/**/*.*"):
        used.update(code for _, code in marked(path.read_text(encoding="utf-8")))
    assert used | set(ELSEWHERE) == set(CODES)
    assert not used & set(ELSEWHERE)


@pytest.mark.parametrize("code", sorted(CODES))
def test_pages_say_what_why_how_and_what_to_do(code: str) -> None:
    page = inspect.getdoc(CODES[code]) or ""
    for part in ("\n\nWhy: ", "\n\nExample::\n\n    ", "\n\nWhat to do: "):
        assert part in page, part
    assert page.splitlines()[0].endswith((".", ","))

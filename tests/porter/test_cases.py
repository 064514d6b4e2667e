"""Every small case: the text that comes out, and exactly the findings that are marked in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from aioport.project import port_bytes
from cases import FIXTURES, all_cases, load


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", all_cases(), ids=_name)
def test_case(path: Path) -> None:
    case = load(path)
    report = port_bytes(case.before.encode(), str(path), case.settings)
    assert report.after.decode() == case.after
    assert Counter((f.location.line, f.code) for f in report.findings) == case.findings


@pytest.mark.parametrize("path", sorted((FIXTURES / "rules").glob("*.py")), ids=_name)
def test_ported_again_changes_nothing(path: Path) -> None:
    case = load(path)
    report = port_bytes(case.after.encode(), str(path), case.settings)
    assert report.after.decode() == case.after


def test_untouched_and_refused_cases_say_so() -> None:
    for path in all_cases():
        case = load(path)
        if path.parent.name == "untouched":
            assert not case.findings, path
            assert case.before.startswith("# "), f"{path} does not say why it stays"
        elif path.parent.name == "refused":
            assert case.findings, path
            assert case.after == case.before, path
        else:
            assert case.after != case.before, path

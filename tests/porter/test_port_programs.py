"""Every fixture program, ported from each generator-based style, is the async/await program to the byte."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

import programs
from aioport.config import Settings
from aioport.findings import Severity
from aioport.project import port_bytes

SETTINGS = Settings(to="async-await", target_version=(3, 9), jobs=1)


def _read(case: str, style: str) -> bytes:
    return Path(programs.path_of(case, style)).read_bytes()


@pytest.mark.parametrize("style", ["trollius", "yield_from", "async_await", "compat"])
@pytest.mark.parametrize("case", programs.cases())
def test_becomes_the_async_await_program(case: str, style: str) -> None:
    report = port_bytes(_read(case, style), f"{case}/{style}.py", SETTINGS)
    expected = _read(case, "async_await").decode()
    if style in programs.noted(case, "inexact"):
        assert report.after.decode() != expected, "has become exact: remove the note"
    else:
        assert report.after.decode() == expected
    codes = {finding.code for finding in report.findings if finding.severity >= Severity.WARNING}
    assert codes == set(programs.noted(case, "findings").get(style, "").split())

"""Version rules: the program before becomes the one after, with the findings that are marked in it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

import versions
from aioport.config import Settings
from aioport.project import port_bytes
from cases import marked


@pytest.mark.parametrize("case", versions.cases())
def test_becomes_the_program_after(case: str) -> None:
    before = versions.read(case, "before.py")
    settings = Settings(to="async-await", target_version=versions.options(case)["target-version"], jobs=1)
    report = port_bytes(before.encode(), f"{case}/before.py", settings)
    assert report.after.decode() == versions.read(case, "after.py")
    assert Counter((f.location.line, f.code) for f in report.findings) == marked(before)


def test_a_trace_that_differs_has_a_finding() -> None:
    for case in versions.cases():
        if versions.trace_of(case, "after.py") != versions.trace_of(case, "before.py"):
            assert marked(versions.read(case, "before.py")), case

"""Ported for Python 3.14 and 3.15, the fixtures run there with warnings as errors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

import programs
import versions
from aioport.config import Settings
from aioport.project import port_bytes
from program_ports import text_of
from running import printed

VERSION = sys.version_info[:2]
SETTINGS = Settings(to="async-await", target_version=VERSION, jobs=1)
STYLE = "async_await"

pytestmark = pytest.mark.skipif(VERSION < (3, 14), reason="older versions are ported for in the matrix")


def run(text: str, folder: Path) -> str:
    path = folder / "program.py"
    path.write_bytes(port_bytes(text.encode(), "program.py", SETTINGS).after)
    return printed("-W", "error", str(path))


@pytest.mark.parametrize("source", sorted(set(programs.STYLES) - {STYLE}))
@pytest.mark.parametrize("case", [case for case, style in programs.runnable(programs.cases()) if style == STYLE])
def test_program(case: str, source: str, tmp_path: Path) -> None:
    assert run(text_of(case, source), tmp_path) == programs.trace_of(case)


@pytest.mark.parametrize("name", ["before.py", "after.py"])
@pytest.mark.parametrize("case", versions.cases())
def test_program_of_a_version_rule(case: str, name: str, tmp_path: Path) -> None:
    assert run(versions.read(case, name), tmp_path) == versions.trace_of(case, "after.py")

"""Every fixture program, ported from each style to each other one, is the program in that style to the byte."""

from __future__ import annotations

import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

import programs
from aioport.config import Settings
from aioport.findings import Severity
from aioport.project import port_bytes
from aioport.styles import target_of

COMPAT = Path(__file__).resolve().parents[2] / "compat"
PAIRS = [(case, source, target) for case in programs.cases() for source, target in permutations(programs.STYLES, 2)]


def _read(case: str, style: str) -> bytes:
    return Path(programs.path_of(case, style)).read_bytes()


def _ported(case: str, source: str, target: str) -> str:
    to = target.replace("_", "-")
    settings = Settings(to=to, target_version=target_of(to).default, jobs=1)
    report = port_bytes(_read(case, source), f"{case}/{source}.py", settings)
    assert not [finding for finding in report.findings if finding.severity >= Severity.WARNING]
    return report.after.decode()


@pytest.mark.parametrize(("case", "source", "target"), PAIRS)
def test_becomes_the_program_in_the_other_style(case: str, source: str, target: str) -> None:
    ported, program = _ported(case, source, target), _read(case, target).decode()
    if programs.differs(case, target):
        # test_ported_text_that_differs_has_the_same_trace says what has to be the same.
        assert ported != program
    else:
        assert ported == program


@pytest.mark.parametrize(("case", "source", "target"), [pair for pair in PAIRS if programs.differs(pair[0], pair[2])])
def test_ported_text_that_differs_has_the_same_trace(case: str, source: str, target: str, tmp_path: Path) -> None:
    oldest, newest = programs.RUNS_ON[target]
    if not oldest <= sys.version_info[:2] <= newest:
        pytest.skip("this Python does not run the style")
    path = tmp_path / "program.py"
    path.write_text(_ported(case, source, target))
    environment = {"PYTHONPATH": str(COMPAT)}
    command = [sys.executable, "-W", "ignore", str(path)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == programs.trace_of(case)


@pytest.mark.parametrize("style", programs.STYLES)
@pytest.mark.parametrize("case", programs.cases())
def test_in_its_own_style_nothing_changes(case: str, style: str) -> None:
    assert _ported(case, style, style) == _read(case, style).decode()

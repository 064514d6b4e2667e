"""The matrix: every fixture program, ported from each style to each other, is the program in that style to the byte.

Where case.toml says that it is not, what the port prints is the program's trace.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

import programs
from aioport.findings import Severity
from program_ports import noted_of, ported, text_of

COMPAT = Path(__file__).resolve().parents[2] / "compat"
CASES = programs.cases() + programs.served()
PAIRS = [
    (case, source, target)
    for case in CASES
    for source in programs.STYLES
    for target in programs.STYLES
    if source != target
]


INEXACT = [pair for pair in PAIRS if noted_of("inexact", *pair) is not None]


@pytest.mark.parametrize(("case", "source", "target"), PAIRS)
def test_becomes_the_program_in_the_other_style(case: str, source: str, target: str) -> None:
    report = ported(case, source, target)
    if (case, source, target) in INEXACT:
        assert report.after.decode() != text_of(case, target), "has become exact: remove the note"
    else:
        assert report.after.decode() == text_of(case, target)
    codes = {finding.code for finding in report.findings if finding.severity >= Severity.WARNING}
    assert codes == set((noted_of("findings", case, source, target) or "").split())


@pytest.mark.parametrize(("case", "source", "target"), INEXACT)
def test_another_text_has_the_same_trace(case: str, source: str, target: str, tmp_path: Path) -> None:
    if (case, target) not in programs.runnable([case]):
        pytest.skip("this Python does not run the program in that style")
    report = ported(case, source, target)
    if any(finding.severity >= Severity.ERROR for finding in report.findings):
        assert report.after == report.before
        return
    path = tmp_path / "program.py"
    path.write_bytes(report.after)
    command = [sys.executable, "-W", "ignore", str(path)]
    run = subprocess.run(
        command, env={"PYTHONPATH": str(COMPAT)}, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == programs.trace_of(case)


@pytest.mark.parametrize("style", programs.STYLES)
@pytest.mark.parametrize("case", CASES)
def test_in_its_own_style_nothing_changes(case: str, style: str) -> None:
    report = ported(case, style, style)
    assert report.after == report.before

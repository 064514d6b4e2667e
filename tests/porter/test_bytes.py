"""Odd bytes in, the same odd bytes out, but for the lines that were ported."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioport.config import Settings
from aioport.findings import Severity
from aioport.project import port_bytes
from cases import FIXTURES


@pytest.mark.parametrize("path", sorted((FIXTURES / "bytes").glob("*.in")), ids=lambda path: path.stem)
def test_bytes(path: Path) -> None:
    # 3.6 is the last version in which async and await may be names.
    settings = Settings(to="async-await", target_version=(3, 6))
    report = port_bytes(path.read_bytes(), path.name, settings)
    assert report.after == path.with_suffix(".out").read_bytes()
    assert not [finding for finding in report.findings if finding.severity > Severity.NOTE]

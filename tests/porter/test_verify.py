"""What fails verification is not written, and is said to be a bug of aioport."""

from __future__ import annotations

import libcst as cst
import pytest

import aioport.lifting
from aioport import porting
from aioport.config import Settings
from aioport.findings import Severity
from aioport.lifting import Lift
from aioport.project import port_bytes

DATA = b"import asyncio\n\n\n@asyncio.coroutine\ndef f():\n    yield from asyncio.sleep(0)\n"
SETTINGS = Settings(to="async-await")


def breaking(make: str) -> object:
    """A lifting pass that replaces the whole file's first statement with ``make``."""

    def lift(context: Lift) -> None:
        line = context.analysis.module.body[0]
        context.edits.replace(line, cst.parse_statement(make))

    return lift


def test_output_that_does_not_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(porting, "lift", breaking("return 1\n"))
    report = port_bytes(DATA, "x.py", SETTINGS)
    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("bug", Severity.FAILURE)
    assert "does not compile" in finding.message
    assert report.after == DATA


def test_output_that_would_change_again(monkeypatch: pytest.MonkeyPatch) -> None:
    count = iter(range(100))

    def lift(context: Lift) -> None:
        breaking(f"import m{next(count)}\n")(context)  # type: ignore[operator]

    monkeypatch.setattr(porting, "lift", lift)
    report = port_bytes(DATA, "x.py", SETTINGS)
    (finding,) = report.findings
    assert finding.code == "bug"
    assert "changes it again" in finding.message
    assert report.after == DATA
    count = iter(range(100))
    fast = Settings(to="async-await", fast=True)
    assert port_bytes(DATA, "x.py", fast).changed


def test_source_that_this_python_cannot_compile_is_no_bug() -> None:
    data = DATA + b"\n\ndef g():\n    return\n\n\nreturn 1\n"
    (finding,) = port_bytes(data, "x.py", SETTINGS).findings
    assert finding.code == "not-python"
    assert "cannot compile it" in finding.message


def test_tree_that_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cst.Module, "code", property(lambda module: "something else"))
    (finding,) = port_bytes(DATA, "x.py", SETTINGS).findings
    assert finding.code == "bug"


def test_nesting_too_deep_is_said() -> None:
    data = b"import asyncio\nx = " + b" + ".join([b"1"] * 8000) + b"\n"
    (finding,) = port_bytes(data, "x.py", SETTINGS).findings
    assert finding.code == "not-python"
    assert "nested too deeply" in finding.message


def test_lifting_is_importable() -> None:
    assert aioport.lifting.lift is porting.lift

"""What lowering does across files and verifies, and that its tables agree with what they are about."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from pathlib import Path

import libcst as cst
import pytest

import aioport.lowering
from aioport.config import Settings
from aioport.findings import Severity
from aioport.functions import Function
from aioport.lowering import Lower
from aioport.pivot import lines_before
from aioport.project import port_bytes, port_paths
from aioport.styles import target_of, vocabularies
from cases import FIXTURES, load
from generated_runs import python_of

ROOT = Path(__file__).resolve().parents[2]
LEFT = b"import asyncio\n\n\nasync def lines(reader):\n    @(await reader.decorator())\n    def line():\n        pass\n"
WAITS = b"import asyncio\nfrom left import lines\n\n\nasync def show(reader):\n    await lines(reader)\n"
WAITS_FOR_THAT = b"from waits import show\n\n\nasync def main(reader):\n    await show(reader)\n"
ALONE = b"import asyncio\n\n\nasync def alone():\n    await asyncio.sleep(0)\n"
PYTHON2_CASES = [
    path for path in sorted((FIXTURES / "rules").glob("lower_*.py")) if load(path).settings.target_version == (2, 7)
]


def _runs(python: str) -> bool:
    """Whether an interpreter is there, and not only a pyenv shim for one that is not chosen."""
    found = shutil.which(python)
    return found is not None and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    sources = {"left": LEFT, "waits": WAITS, "main": WAITS_FOR_THAT, "alone": ALONE}
    for name, data in sources.items():
        (tmp_path / f"{name}.py").write_bytes(data)
    return tmp_path


def _reports(folder: Path, to: str, version: tuple[int, int]) -> dict[str, tuple[bool, list[tuple[int, str]]]]:
    settings = Settings(to=to, target_version=version, jobs=1)
    return {
        Path(report.path).stem: (report.changed, [(f.location.line, f.code) for f in report.findings])
        for report in port_paths([str(folder)], settings)
    }


@pytest.mark.parametrize(("to", "version"), [("trollius", (2, 7)), ("compat", (2, 7)), ("yield-from", (3, 4))])
def test_what_waits_for_a_file_that_is_left_is_left(project: Path, to: str, version: tuple[int, int]) -> None:
    assert _reports(project, to, version) == {
        "left": (False, [(5, "await-position")]),
        "waits": (False, [(6, "depends-on-left")]),
        "main": (False, [(5, "depends-on-left")]),
        "alone": (True, []),
    }


@pytest.mark.parametrize(("to", "version"), [("compat", (3, 5)), ("yield-from", (3, 5))])
def test_where_both_kinds_can_wait_for_each_other_only_the_function_is_left(
    project: Path, to: str, version: tuple[int, int]
) -> None:
    reports = _reports(project, to, version)
    assert reports["left"][1] == [(5, "await-position")]
    assert all(changed for name, (changed, _) in reports.items() if name != "left")


def test_output_that_does_not_read_back_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def turn_around(lower: Lower, function: Function) -> None:
        for node in lower.waits[function]:
            lower.edits.replace(node, cst.parse_expression("(yield from something.else_())"))

    monkeypatch.setattr(aioport.lowering, "PASSES", (*aioport.lowering.PASSES, turn_around))
    report = port_bytes(ALONE, "x.py", Settings(to="yield-from", target_version=(3, 5)))
    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("bug", Severity.FAILURE)
    assert "not read back" in finding.message
    assert report.after == ALONE
    fast = Settings(to="yield-from", target_version=(3, 5), fast=True)
    assert port_bytes(ALONE, "x.py", fast).changed


def test_lines_are_the_original_files() -> None:
    before = "a\n@coroutine\ndef f():\n    yield from x\nb"
    after = "a\nasync def f():\n    await x\nb"
    assert lines_before(before, after) == (1, 3, 4, 5)


def test_the_names_of_aiocompat_are_those_it_has() -> None:
    tree = ast.parse((ROOT / "compat" / "aiocompat" / "__init__.py").read_text(encoding="utf-8"))
    public = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    vocabulary = next(v for v in vocabularies() if v.module == "aiocompat")
    assert vocabulary.api is not None
    words = {"From", "Return", "coroutine"}
    only_there = set(vocabulary.missing).intersection(public) | vocabulary.builtins
    assert vocabulary.api | words | only_there == set(public)
    assert not vocabulary.api & only_there


@pytest.mark.skipif(not _runs("python2.7"), reason="there is no Python 2.7")
@pytest.mark.parametrize("path", PYTHON2_CASES, ids=lambda path: path.stem)
def test_output_for_python2_compiles_there(path: Path, tmp_path: Path) -> None:
    (tmp_path / "ported.py").write_text(load(path).after)
    command = ["python2.7", "-m", "py_compile", str(tmp_path / "ported.py")]
    subprocess.run(command, check=True, timeout=60)


@pytest.mark.parametrize("style", ["trollius", "yield-from", "compat", "async-await"])
def test_every_style_is_a_target_with_versions_in_order(style: str) -> None:
    target = target_of(style)
    assert target.oldest <= target.default <= target.newest


STUB = """
import asyncio
import collections.abc

class Pages:
    async def load(self, url: str) -> bytes: ...
    async def size(self) -> int: ...
    def close(self) -> None: ...
"""


@pytest.mark.parametrize(("to", "sent"), [("yield-from", "None"), ("compat", "Any")])
def test_stubs_say_what_a_call_gives_in_all_versions(to: str, sent: str) -> None:
    settings = Settings(to=to, target_version=(3, 4), jobs=1)
    report = port_bytes(STUB.encode(), "pages.pyi", settings)
    assert f"    def load(self, url: str) -> Generator[Any, {sent}, bytes]: ...\n" in report.after.decode()
    assert f"    def size(self) -> Generator[Any, {sent}, int]: ...\n    def close(self)" in report.after.decode()
    assert "\nfrom typing import Any, Generator\n" in report.after.decode()
    again = port_bytes(report.after, "pages.pyi", Settings("async-await", jobs=1)).after.decode()
    assert "    async def load(self, url: str) -> bytes: ...\n" in again
    assert "    async def size(self) -> int: ...\n    def close(self)" in again


AWAITED_OBJECTS = """
import asyncio

class Manager(object):
    def __init__(self, lock):
        self.lock = lock
    def __enter__(self):
        print("entered")
    def __exit__(self, *error):
        self.lock.release()

class Lock(object):
    def __init__(self):
        self.inner = asyncio.Lock()
    async def acquire(self):
        await self.inner.acquire()
        print("acquired")
    def release(self):
        self.inner.release()
        print("released")
    def __await__(self):
        yield from self.acquire().__await__()
        return Manager(self)

async def use(lock, name):
    with (await lock):
        print(name)
        await asyncio.sleep(0)
        print(name)
    return name

async def main():
    lock = Lock()
    print(sorted(await asyncio.gather(use(lock, "one"), use(lock, "two"))))

loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
loop.close()
"""


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 13)])
def test_objects_are_waited_for_on_every_python_that_runs_compat(version: tuple[int, int], tmp_path: Path) -> None:
    python = python_of(version)
    if python is None:
        pytest.skip(f"there is no Python {version[0]}.{version[1]} that runs aiocompat")
    report = port_bytes(AWAITED_OBJECTS.encode(), "locks.py", Settings("compat", target_version=(2, 7), jobs=1))
    assert not [finding for finding in report.findings if finding.severity >= Severity.ERROR]
    (tmp_path / "locks.py").write_bytes(report.after)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
    command = [python, str(tmp_path / "locks.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    each = ["acquired", "entered", "{0}", "{0}", "released"]
    expected = [line.format(name) for name in ("one", "two") for line in each]
    assert done.stdout.splitlines() == [*expected, "['one', 'two']"]

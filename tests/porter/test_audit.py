"""``aioport audit``: what of asyncio breaks in one version, by file and line; nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from aioport.cli import main

OLD = """\
import asyncio
from asyncio import JoinableQueue, ensure_future


@asyncio.coroutine
def work(loop, transport):
    lock = asyncio.Lock(loop=loop)
    with (yield from lock):
        me = asyncio.Task.current_task()
    asyncio.wait([work(loop, transport)])
    return me


loop = asyncio.get_event_loop()
"""

NEW = """\
import asyncio
import aiocompat


async def work(loop, connect):
    async with asyncio.timeout(3):
        task = asyncio.create_task(work(loop, connect), name="work")
        task.uncancel()
    await loop.create_connection(connect, happy_eyeballs_delay=3)
    if hasattr(asyncio, "Runner"):
        pass
    try:
        runner = asyncio.Runner()
    except AttributeError:
        runner = None
    await asyncio.wait_for(task, 3)
    return aiocompat.timeout(3), runner
"""


def audited(tmp_path: Path, text: str, version: str) -> list[tuple[int, str]]:
    path = tmp_path / "program.py"
    path.write_text(text)
    result = CliRunner().invoke(main, ["audit", "--target-version", version, "--format", "json", str(path)])
    assert path.read_text() == text, "an audit writes nothing"
    document = json.loads(result.output)
    found = [(finding["line"], finding["code"]) for file in document["files"] for finding in file["findings"]]
    severe = any(finding["severity"] == "error" for file in document["files"] for finding in file["findings"])
    assert result.exit_code == (1 if severe else 0)
    return found


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("3.4", []),
        ("3.6", [(2, "missing-name")]),
        ("3.10", [(2, "missing-name"), (7, "version-break"), (8, "version-break"), (9, "version-break")]),
        (
            "3.14",
            [
                (2, "missing-name"),
                (5, "missing-name"),
                (7, "version-break"),
                (8, "version-break"),
                (9, "version-break"),
                (10, "version-break"),
                (14, "current-loop"),
            ],
        ),
    ],
)
def test_going_up(tmp_path: Path, version: str, expected: list[tuple[int, str]]) -> None:
    assert audited(tmp_path, OLD, version) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("3.15", [(16, "changed-meaning")]),
        ("3.10", [(6, "newer-name"), (8, "newer-name"), (16, "changed-meaning")]),
        (
            "3.6",
            [(6, "newer-name"), (7, "newer-name"), (7, "newer-name"), (8, "newer-name"), (9, "newer-name")],
        ),
    ],
)
def test_going_down(tmp_path: Path, version: str, expected: list[tuple[int, str]]) -> None:
    assert audited(tmp_path, NEW, version) == expected


def test_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(OLD)
    result = CliRunner().invoke(main, ["audit", "--target-version", "3.10", str(path)])
    assert result.output.startswith(
        f"{path}:2:21: error missing-name: asyncio has no JoinableQueue since Python 3.5\n"
        "    aioport --to async-await with this --target-version rewrites it\n"
        f"{path}:7:12: error version-break: Lock() takes no loop since Python 3.10\n"
    )
    assert result.output.endswith("audited 1 file; 4 findings (4 errors)\n")


LEFT = """\
import asyncio
import sys
from asyncio import TimeoutError, wait_for


class Reader:
    @asyncio.coroutine
    def __aiter__(self):
        return self


def read(x):
    try:
        return (yield from wait_for(x, 0))
    except OSError:
        return None


try:
    old = asyncio.coroutine(read)
    getattr(asyncio, "async")(x)
except Exception:
    pass
if sys.version_info >= (3, 7):
    tasks = asyncio.all_tasks
else:
    tasks = asyncio.async
if hasattr(asyncio, "JoinableQueue"):
    queue = asyncio.JoinableQueue
loop = asyncio.new_event_loop()
asyncio.get_event_loop()
asyncio.set_event_loop(loop)
asyncio.get_event_loop()
error = TimeoutError
"""


def test_what_no_rule_of_a_port_says(tmp_path: Path) -> None:
    assert audited(tmp_path, LEFT, "3.14") == [
        (7, "missing-name"),
        (8, "version-break"),
        (12, "version-break"),
        (14, "changed-meaning"),
        (14, "wait-for-nothing"),
        (15, "timeout-is-oserror"),
        (20, "missing-name"),
        (21, "missing-name"),
        (31, "version-break"),
        (34, "changed-meaning"),
    ]


DOWN = """\
import asyncio.base_events


async def server(x):
    return f"{x}", asyncio.base_events.Server, asyncio.Server
"""


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.7", [(1, "newer-name"), (4, "needs-newer-python"), (5, "needs-newer-python"), (5, "newer-name")]),
        ("3.4", [(4, "needs-newer-python"), (5, "needs-newer-python"), (5, "newer-name")]),
        ("3.6", [(5, "newer-name")]),
    ],
)
def test_syntax_and_submodules_of_older_versions(tmp_path: Path, version: str, expected: list[tuple[int, str]]) -> None:
    assert audited(tmp_path, DOWN, version) == expected


def test_an_unknown_version_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["audit", "--target-version", "2.6", str(tmp_path)])
    assert result.exit_code == 2
    assert "--target-version 2.6: write 2.7, or one from 3.3 to 3.15" in result.output


def test_a_folder_called_audit_is_ported(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    folder.mkdir()
    (folder / "program.py").write_text("import asyncio\n")
    result = CliRunner().invoke(main, ["--to", "async-await", "--check", str(folder)])
    assert "would port 0 of 1 file" in result.output

"""The command line, against the real engine."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aioport import project, writing
from aioport.cli import main
from aioport.codes import CODES

OLD = b"import asyncio\r\n\r\n\r\n@asyncio.coroutine\r\ndef f():\r\n    yield from asyncio.sleep(0)\r\n"
NEW = b"import asyncio\r\n\r\n\r\nasync def f():\r\n    await asyncio.sleep(0)\r\n"
LEFT = b"import asyncio\n\n\n@asyncio.coroutine\ndef f(g):\n    return g()\n"

# PYTHONPATH may be relative, and the tests run in a folder of their own.
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in sys.path if path)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def runner() -> CliRunner:
    try:
        return CliRunner(mix_stderr=False)  # type: ignore[call-arg]
    except TypeError:
        # From click 8.2 on the two are always apart.
        return CliRunner()


def run(*arguments: str, data: bytes = b"") -> Result:
    return runner().invoke(main, ["--to", "async-await", *arguments], input=data, catch_exceptions=False)


def test_explains_a_function_by_the_chain_of_reasons(folder: Path) -> None:
    (folder / "lib.py").write_bytes(OLD)
    (folder / "app.py").write_text(
        "import lib\n\n\ndef main():\n    yield from lib.f()\n\n\n"
        "def lines():\n    yield 1\n\n\ndef plain():\n    return 1\n\n\n"
        "def unsure(x):\n    yield from x\n\n\n"
        "class A:\n    def __iter__(self):\n        yield from self.x\n\n    def rows(self):\n        yield 2\n\n\n"
        "class B(A):\n    def rows(self):\n        yield from self.y\n\n\n"
        "def climb():\n    yield from lib.f()\n    yield from (lambda: [(yield)])()\n"
    )
    explained = run("--explain", "app.py:main")
    assert explained.exit_code == 0
    assert explained.stdout.splitlines() == [
        "./app.py:4: main: async def",
        "  because it delegates to a coroutine in line 5",
        "  ./lib.py:5: f: async def",
        "    because it is decorated as a coroutine",
    ]
    reasons = {
        "lines": "it hands out values with yield",
        "plain": "it has no yield and no coroutine decorator",
        "unsure": "nothing in sight says whether it is a coroutine",
        "A.__iter__": "its name or a decorator wants a generator",
        "B.rows": "a method of that name, above or below it, stays one",
        "climb": "it delegates to a coroutine in line 34, and it cannot be converted (yield-in-lambda)",
    }
    for name, reason in reasons.items():
        assert run("--explain", f"app.py:{name}", ".").stdout.splitlines()[1] == f"  because {reason}"


def test_explaining_no_function_is_wrong_usage(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    result = run("--explain", "a.py:g")
    assert result.exit_code == 2
    assert "there is no function 'g' in a.py" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n    pass\n", "a.py:1:7: it does not parse: invalid syntax"),
        ("print 1\ndef f():\n    pass\n", "a.py:1:1: a print statement is Python 2 syntax"),
        (None, "a.py:1:1: it cannot be read: No such file"),
    ],
)
def test_explaining_a_function_of_a_file_that_cannot_be_parsed(folder: Path, text: str | None, said: str) -> None:
    if text is not None:
        (folder / "a.py").write_text(text)
    result = run("--explain", "a.py:f")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "there is no function" not in result.stderr


def test_ports_in_place(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    result = run("a.py")
    assert (folder / "a.py").read_bytes() == NEW
    assert result.exit_code == 0
    assert result.stderr == "ported 1 of 1 file, 1 function\n"
    assert result.stdout == ""
    assert run("a.py").stderr == "ported 0 of 1 file, 0 functions\n"


def test_diff_writes_nothing_and_prints_the_changes(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    result = run("--diff", "a.py")
    assert (folder / "a.py").read_bytes() == OLD
    assert result.exit_code == 0
    assert b"-@asyncio.coroutine\r\n-def f():\r\n" in result.stdout_bytes
    assert b"+async def f():\r\n" in result.stdout_bytes
    assert "would port 1 of 1 file" in result.stderr


def test_diff_of_a_last_line_without_newline(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD.rstrip())
    assert b"\\ No newline at end of file\n" in run("--diff", "a.py").stdout_bytes


def test_diff_of_a_renamed_module_is_one_that_git_applies(folder: Path) -> None:
    (folder / "async.py").write_bytes(b"x = 1\n")
    (folder / "a.py").write_bytes(b"from async import x\n")
    result = run("--diff", ".")
    assert (folder / "async.py").exists()
    assert b"diff --git async.py async_.py\nrename from async.py\nrename to async_.py\n" in result.stdout_bytes
    subprocess.run(["git", "apply", "-p0"], input=result.stdout_bytes, check=True, timeout=60)
    assert (folder / "async_.py").read_bytes() == b"x = 1\n"
    assert (folder / "a.py").read_bytes() == b"from async_ import x\n"
    assert not (folder / "async.py").exists()


def test_a_renamed_module(folder: Path) -> None:
    (folder / "async.py").write_bytes(b"x = 1\n")
    (folder / "a.py").write_bytes(b"from async import x\n")
    assert run("--check", ".").exit_code == 1
    document = json.loads(run("--keyword-suffix", "hronous", "--format", "json", ".").stdout)
    assert [file["moved_to"] for file in document["files"]] == [None, "asynchronous.py"]
    assert (folder / "a.py").read_bytes() == b"from asynchronous import x\n"
    assert sorted(os.listdir(folder)) == ["a.py", "asynchronous.py"]
    assert run("--check", ".").exit_code == 0


def test_check_says_by_its_status(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    assert run("--check", "a.py").exit_code == 1
    assert (folder / "a.py").read_bytes() == OLD
    (folder / "a.py").write_bytes(NEW)
    assert run("--check", "a.py").exit_code == 0


def test_findings_have_place_code_and_advice(folder: Path) -> None:
    (folder / "a.py").write_bytes(LEFT + LEFT.replace(b"def f", b"def h"))
    result = run("a.py")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("a.py:6:5: error returned-awaitable: ")
    assert lines[1].startswith("    ")
    assert lines[2].startswith("a.py:12:5: error returned-awaitable: ")
    assert len(lines) == 3, "the advice is given once"
    assert result.stderr == "ported 0 of 1 file, 0 functions; 2 findings (2 errors)\n"


def test_stdin_to_stdout(folder: Path) -> None:
    result = run("-", data=OLD)
    assert result.stdout_bytes == NEW
    assert result.exit_code == 0
    result = run("-", data=LEFT)
    assert result.stdout_bytes == LEFT
    assert "<stdin>:6:5: error returned-awaitable" in result.stderr
    assert result.exit_code == 1


def test_stdin_with_diff_check_and_json(folder: Path) -> None:
    result = run("--diff", "-", data=OLD)
    assert b"+async def f():\r\n" in result.stdout_bytes
    result = run("--check", "-", data=OLD)
    assert (result.exit_code, result.stdout_bytes) == (1, b"")
    result = run("--format", "json", "-", data=LEFT)
    assert result.stdout_bytes == LEFT
    assert json.loads(result.stderr)["summary"]["errors"] == 1


def test_an_interrupt_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: str, before: bytes, after: bytes) -> None:
        raise KeyboardInterrupt

    (folder / "a.py").write_bytes(OLD)
    monkeypatch.setattr(writing, "replace", interrupt)
    result = run("a.py")
    assert result.exit_code == 130
    assert result.stderr == "interrupted; each file is as it was or ported\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")
def test_a_full_disk_behind_stdout(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    with open("/dev/full", "wb") as full:
        process = subprocess.run(
            [sys.executable, "-m", "aioport", "--to", "async-await", "--diff", "a.py"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )
    assert process.returncode == 2
    assert b"Error: stdout cannot be written: No space left on device" in process.stderr
    assert b"Traceback" not in process.stderr


def test_a_file_that_changes_between_the_passes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.py").write_bytes(OLD)
    contents = iter([OLD, NEW])
    monkeypatch.setattr(project, "read", lambda path: next(contents))
    result = run("a.py")
    assert result.exit_code == 2
    assert "a.py:1:1: failure unreadable: it was changed by something else meanwhile" in result.stderr


def test_json(folder: Path) -> None:
    (folder / "a.py").write_bytes(LEFT)
    (folder / "b.py").write_bytes(b"")
    document = json.loads(run("--format", "json", "--check", ".").stdout)
    assert document["summary"] == {
        "files": 2,
        "changed": 0,
        "functions": 0,
        "notes": 0,
        "warnings": 0,
        "errors": 1,
        "failures": 0,
    }
    (file,) = document["files"]
    (finding,) = file["findings"]
    assert file["path"] == os.path.join(".", "a.py")
    assert (finding["line"], finding["col"], finding["first_line"], finding["end_line"]) == (6, 5, 4, 6)
    assert (finding["code"], finding["severity"], finding["applicability"]) == (
        "returned-awaitable",
        "error",
        "manual",
    )


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"import asyncio\ndef f(:\n", "bad.py:2:7: failure not-python: it does not parse: invalid syntax"),
        (b"import asyncio\n\xff\n", "bad.py:2:1: failure not-text: byte 0xff cannot be decoded as utf-8"),
    ],
)
def test_a_bad_file_does_not_stop_the_run(folder: Path, data: bytes, line: str) -> None:
    (folder / "bad.py").write_bytes(data)
    (folder / "good.py").write_bytes(OLD)
    result = run(".")
    assert result.exit_code == 2
    assert (folder / "good.py").read_bytes() == NEW
    assert (folder / "bad.py").read_bytes() == data
    assert line in result.stderr


def test_missing_path(folder: Path) -> None:
    result = run("nothing.py")
    assert result.exit_code == 2
    assert "nothing.py:1:1: failure unreadable: it does not exist" in result.stderr


def test_folder_without_python(folder: Path) -> None:
    result = run(".")
    assert result.exit_code == 0
    assert "no Python files found" in result.stderr


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may read and write everything")
def test_unreadable_file(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    (folder / "a.py").chmod(0)
    assert run("a.py").exit_code == 2


def test_unwritable_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.py").write_bytes(OLD)

    def refuse(before: str, after: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    result = run("a.py")
    assert result.exit_code == 2
    assert "a.py:1:1: failure unwritable: it cannot be written: Permission denied" in result.stderr
    assert (folder / "a.py").read_bytes() == OLD


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "trollius", "--target-version", "3.6", "x"], "2.7 is the only one (Trollius 2.2 is for Python 2.7"),
        (["--to", "yield-from", "--target-version", "3.11", "x"], "asyncio.coroutine went with 3.11"),
        (["--to", "yield-from", "--target-version", "2.7", "x"], "write one from 3.3 to 3.10"),
        (["--to", "compat", "--target-version", "3.2", "x"], "aiocompat is for 2.7 and 3.3 to 3.15"),
        (["--to", "async", "x"], "is not one of"),
        (["--to", "async-await"], "name the files or folders"),
        (["x"], "say which style to port to"),
        (["--to", "async-await", "--diff", "--check", "x"], "use one of the two"),
        (["--to", "async-await", "--diff", "--format", "json", "x"], "--diff is for people"),
        (["--to", "async-await", "--target-version", "py39", "x"], "is no target version"),
        (["--to", "async-await", "--target-version", "2.7", "x"], "write one from 3.5 to 3.15"),
        (["--to", "async-await", "--jobs", "0", "x"], "--jobs"),
        (["--to", "async-await", "--keyword-suffix", "-x", "x"], "--keyword-suffix: '-x' cannot stand at the end"),
        (["--to", "async-await", "-", "x"], "- for stdin: use it alone"),
        (["--to", "async-await", "--exclude", "!", "x"], "exclude has a pattern that is none"),
        (["--explain", "nonsense"], "there is no finding"),
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str], said: str) -> None:
    result = runner().invoke(main, arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("code", sorted(CODES))
def test_explain(code: str) -> None:
    result = runner().invoke(main, ["--explain", code])
    assert result.exit_code == 0
    assert result.stdout.startswith(code + "\n")


def test_settings_from_a_file_and_over_it(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.aioport]\nto = "async-await"\nexclude = ["b.py"]\n')
    for name in ("a.py", "b.py"):
        (folder / name).write_bytes(OLD)
    result = runner().invoke(main, ["--check", "."])
    assert "would port 1 of 1 file" in result.stderr
    result = runner().invoke(main, ["--check", "--exclude", "a.py", "."])
    assert "would port 1 of 1 file" in result.stderr
    (folder / "pyproject.toml").write_text("[tool.aioport]\nstyle = 1\n")
    result = runner().invoke(main, ["--check", "."])
    assert result.exit_code == 2
    assert "pyproject.toml: 'style' is no setting of aioport" in result.stderr


def test_unsafe_takes_undecided_generators_for_coroutines(folder: Path) -> None:
    data = b"import asyncio\n\n\ndef handle(request):\n    return (yield from request.read())\n"
    (folder / "a.py").write_bytes(data)
    assert run("a.py").exit_code == 1
    assert (folder / "a.py").read_bytes() == data
    result = run("--unsafe", "a.py")
    assert result.exit_code == 0
    assert "a.py:4:5: warning undecided-generator" in result.stdout
    assert b"async def handle(request):\n    return await request.read()\n" in (folder / "a.py").read_bytes()


def test_python2(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.py").write_bytes(b'print "a"\n')
    (folder / "b.py").write_bytes(b"import asyncio\nprint 'b'\ndef f(:\n")
    assert "b.py:2:1: error python2-syntax" in run(".").stdout
    result = run("--python2", ".")
    assert (folder / "a.py").read_bytes() == b'print("a")\n'
    assert "b.py:2:1: failure not-python: it does not parse as Python 2: bad input" in result.stderr
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    result = run("--python2", ".")
    assert result.exit_code == 2
    assert "--python2 needs fissix: pip install aioport[python2]" in result.stderr


def test_many_files_in_several_processes(folder: Path) -> None:
    for number in range(20):
        (folder / f"f{number:02}.py").write_bytes(OLD)
    result = run("--jobs", "2", ".")
    assert result.stderr == "ported 20 of 20 files, 20 functions\n"
    assert all((folder / f"f{number:02}.py").read_bytes() == NEW for number in range(20))


DEADLY = """
import os
from aioport import parsing, project
from aioport.cli import main

real = parsing.decode

def deadly(data, path):
    if path.endswith("f07.py"):
        os._exit(1)
    return real(data, path)

parsing.decode = deadly
main(["--to", "async-await", "--jobs", "2", "."])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the workers must start as they are here, by a fork")
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the workers are started afresh from 3.14 on")
def test_a_file_that_ends_its_process(folder: Path) -> None:
    for number in range(40):
        (folder / f"f{number:02}.py").write_bytes(OLD)
    process = subprocess.run([sys.executable, "-c", DEADLY], env=ENVIRONMENT, stderr=subprocess.PIPE, timeout=300)
    errors = process.stderr.decode()
    assert process.returncode == 2
    assert "f07.py:1:1: failure process-ended: the process that worked on this file ended" in errors
    assert "ported 39 of 40 files, 39 functions; 1 finding (1 failure)" in errors
    assert "Traceback" not in errors
    assert [p.name for p in folder.glob("*.py") if p.read_bytes() == OLD] == ["f07.py"]


def test_python_m_aioport_and_a_closed_pipe(folder: Path) -> None:
    for number in range(10):
        (folder / f"f{number}.py").write_bytes(OLD * 100)
    process = subprocess.Popen(
        [sys.executable, "-m", "aioport", "--to", "async-await", "--diff", "."],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert process.returncode == 1
    assert b"Traceback" not in errors
    assert b"No module" not in errors


def on_terminal(folder: Path, *arguments: str) -> tuple[str, str, int]:
    """What the command line says to stdout, a pipe, and to stderr, a terminal, and its status."""
    terminal, other_end = os.openpty()
    command = [sys.executable, "-m", "aioport", "--to", "async-await", *arguments]
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=other_end
    ) as process:
        os.close(other_end)
        shown = b""
        # A terminal whose other end is closed raises on Linux.
        with contextlib.suppress(OSError):
            while data := os.read(terminal, 4096):
                shown += data
        os.close(terminal)
        assert process.stdout is not None
        said = process.stdout.read()
    return said.decode(), shown.decode(), process.returncode


def test_shows_on_a_terminal_how_far_it_has_come(folder: Path) -> None:
    for number in range(21):
        (folder / f"m{number:02}.py").write_bytes(OLD)
    said, shown, status = on_terminal(folder, "--jobs", "2", ".")
    assert (said, status) == ("", 0)
    assert shown.index("Reading") < shown.index("100%") < shown.index("Porting") < shown.rindex("100%")
    # What is left on the screen, once the bar is gone.
    assert shown.rsplit("\x1b[2K", 1)[-1].strip() == "ported 21 of 21 files, 21 functions"
    assert (folder / "m20.py").read_bytes() == NEW


def test_shows_no_bar_for_a_few_files(folder: Path) -> None:
    (folder / "a.py").write_bytes(OLD)
    assert on_terminal(folder, ".") == ("", "ported 1 of 1 file, 1 function\r\n", 0)

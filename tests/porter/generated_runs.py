"""Runs a program as it is and, ported, on other Pythons, and compares what it prints."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aioport.config import Settings
from aioport.findings import Severity
from aioport.history import Version
from aioport.project import port_bytes
from aioport.results import FileReport
from generated_support import SUPPORT, TIME_LIMIT

_ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = Path(__file__).with_name("run_programs.py")
_NATIVE: Version = (3, 13)


@dataclass(frozen=True)
class Port:
    """A port of every program, and the Pythons that it runs on."""

    to: str
    target_version: Version
    run_on: tuple[Version, ...]

    @property
    def name(self) -> str:
        """How the figures call it."""
        return f"{self.to} {_dotted(self.target_version)}"


PORTS = (
    Port("yield-from", (3, 6), ((3, 6),)),
    Port("yield-from", (3, 10), ((3, 10),)),
    Port("trollius", (2, 7), ((2, 7),)),
    Port("compat", (2, 7), ((2, 7), (3, 6), (3, 13), (3, 15))),
)


class Divergence(AssertionError):
    """A port does something else than the program did; ``kind`` is what the figures count it as."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}\n{text}")
        self.kind = kind


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def python_of(version: Version) -> str | None:
    """A Python that can run ported programs: this one, that of a tox environment, or one on PATH."""
    dotted = _dotted(version)
    candidates = [
        sys.executable if sys.version_info[:2] == version else None,
        str(_ROOT / ".tox" / f"py{dotted.replace('.', '')}" / "bin" / "python"),
        shutil.which(f"python{dotted}"),
    ]
    return next((python for python in candidates if python and _imports(python, version)), None)


def _imports(python: str, version: Version) -> bool:
    """Whether ``python`` is of that version and has what ported programs import there."""
    library = "trollius" if version < (3, 0) else "asyncio"
    asked = f"import sys, {library}; sys.exit(sys.version_info[:2] != {version})"
    with contextlib.suppress(OSError):
        return subprocess.run([python, "-c", asked], stderr=subprocess.DEVNULL, check=False).returncode == 0
    return False


class Runner:
    """A process that runs programs on one Python."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", str(_SCRIPT)],
            env={"PYTHONPATH": str(_ROOT / "compat"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, path: Path) -> None:
        """Have a program run; :meth:`printed` waits for it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()

    def outcome(self) -> tuple[str, str | None]:
        """What the program printed, and the error that it ended with."""
        assert self._process.stdout is not None
        outcome = json.loads(self._process.stdout.readline())
        return outcome["printed"], outcome["error"]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


class Runs:
    """Runners for all Pythons that can be had, and the folders for the programs; a context manager.

    Each port of a program is read back before it is written, which takes half the time: with ``sparing`` only one.
    """

    def __init__(self, *, sparing: bool = False) -> None:
        self._sparing = sparing
        self._pythons = {version: python_of(version) for version in {_NATIVE, *(v for p in PORTS for v in p.run_on)}}
        self._folder = Path(tempfile.mkdtemp(prefix="aioport-programs-"))
        self._number = 0
        self._written("native", "support", SUPPORT)
        for port in PORTS:
            report = _ported(SUPPORT, port)
            assert not any(finding.severity >= Severity.ERROR for finding in report.findings), report.findings
            self._written(port.name, "support", report.after.decode())
        self.refused: dict[str, int] = {}
        """How many programs each port left, by the port's name and the codes of the findings."""

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, *error: object) -> None:
        for runner in self._runners.values():
            runner.close()
        shutil.rmtree(self._folder)

    @property
    def missing(self) -> list[str]:
        """The Pythons that there are not."""
        return sorted(_dotted(version) for version, python in self._pythons.items() if python is None)

    @cached_property
    def _runners(self) -> dict[Version, Runner]:
        return {version: Runner(python) for version, python in self._pythons.items() if python is not None}

    def check(self, text: str) -> str:
        """Port a program and run all of its forms. Raises :class:`Divergence`; gives what it prints."""
        native = self._runners[_NATIVE]
        # Python keeps what it read of a file by its name, so each program gets one of its own.
        self._number += 1
        path = self._written("native", f"program{self._number}", text)
        native.start(path)
        expected, error = native.outcome()
        path.unlink()
        if error is not None:
            raise Divergence("the program itself fails", f"{text}\n{error}")
        for number, port in enumerate(PORTS):
            fast = self._sparing and self._number % len(PORTS) != number
            report = _ported(text, port, fast=fast)
            if not report.changed:
                codes = sorted({f.code for f in report.findings if f.severity >= Severity.ERROR})
                kind = f"{port.name}: {' '.join(codes)}"
                self.refused[kind] = self.refused.get(kind, 0) + 1
                continue
            self._compare(text, expected, report, port)
        return expected

    def _compare(self, text: str, expected: str, report: FileReport, port: Port) -> None:
        path = self._written(port.name, f"program{self._number}", report.after.decode())
        running = [(version, self._runners[version]) for version in port.run_on if version in self._runners]
        for _, runner in running:
            runner.start(path)
        outcomes = [(version, *runner.outcome()) for version, runner in running]
        path.unlink()
        for version, printed, error in outcomes:
            kind = f"{port.name} on {_dotted(version)}"
            if error is not None:
                what = "does not compile" if error.startswith("does not compile") else "fails"
                raise Divergence(f"{kind} {what}", f"{text}\n--- ported ---\n{report.after.decode()}\n{error}")
            # Trollius runs each nested coroutine in a task of its own, so steps of threads are in another order. Where
            # something waits for the time, they are in the order of how long each takes.
            apart = port.to == "trollius" or TIME_LIMIT in text
            same = _by_thread(printed) == _by_thread(expected) if apart else printed == expected
            if not same:
                shown = f"{text}\n--- ported ---\n{report.after.decode()}\n--- expected ---\n{expected}"
                raise Divergence(f"{kind} differs", f"{shown}\n--- printed ---\n{printed}")

    def _written(self, folder: str, name: str, text: str) -> Path:
        path = self._folder / folder / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def _by_thread(printed: str) -> list[str]:
    return sorted(printed.splitlines(), key=lambda line: line.partition(":")[0])


def _ported(text: str, port: Port, *, fast: bool = False) -> FileReport:
    settings = Settings(to=port.to, target_version=port.target_version, jobs=1, fast=fast)
    try:
        report = port_bytes(text.encode(), "program.py", settings)
    except Exception as error:
        raise Divergence(f"{port.name}: crash", text) from error
    for finding in report.findings:
        if finding.severity is Severity.FAILURE:
            raise Divergence(f"{port.name}: {finding.code}", f"{text}\n{finding.message}")
    return report

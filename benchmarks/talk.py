"""Port the libraries that the talk shows, with the talk's program for each, and run both before and after.

    python benchmarks/talk.py [NAME...] [--install] [--work DIR]

A release is fetched from PyPI, installed on Python 3.6 and used by its program of ``examples/talk`` against a real
server on loopback. Library and program are then ported for 3.13 with no edit by hand, installed in a fresh environment
and run against the same server. NAME is a server (``redis``), a project or a release. ``benchmarks/README.rst``
explains the table. Ends with 1 when a program does not print the same before and after or when a row could not be run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from socket import SocketKind

import corpus_port
from corpus_environment import fresh_tree, interpreter, prepare
from corpus_packages import CorpusError, Workspace
from corpus_port import Port
from corpus_shell import end_everything_on_signals, must, note, run
from talk_rows import ROWS, Row, Suite
from talk_servers import BAD_DAYS, bad_server, server
from talk_suite import MeasuredSuite, passed

_PROGRAMS = Path(__file__).resolve().parent.parent / "examples" / "talk"
_FRAME = "frame.py"
_TARGET = (3, 13)
_ROUNDS = 3
_SECONDS = 60
"""For one run of a program; closing a connection of websockets 2.2 takes 10 on Python 3.6 and newer."""
_BAD_SECONDS = 15


@dataclass(frozen=True)
class Side:
    """A python with the library, and the program for it: as they were, or ported."""

    python: Path
    program: Path
    optimize: bool

    def run(self, port: int, times: int, seconds: float = _SECONDS) -> Outcome:
        """Run the program once."""
        command = f'"$PY" {"-O " * self.optimize}{self.program.name} {port} {times} 2> errors.txt'
        ended = run(command, self.program.parent, {"PY": str(self.python), "PYTHONIOENCODING": "utf-8"}, seconds)
        errors = (self.program.parent / "errors.txt").read_text("utf-8", "replace")
        rate = re.search(r"^requests per second: (\d+)$", errors, re.M)
        return Outcome(ended.code, ended.output, errors, int(rate[1]) if rate else None)


@dataclass(frozen=True)
class Outcome:
    """What a program printed; ``code`` is None when its time was up."""

    code: int | None
    output: str
    errors: str
    rate: int | None

    @property
    def seen(self) -> tuple[int | None, str]:
        """What has to be the same before and after."""
        return self.code, self.output


@dataclass(frozen=True)
class Measured:
    """A row, as it came out."""

    row: Row
    lines: int
    port: Port
    before: list[Outcome]
    after: list[Outcome]
    bad_days: dict[str, tuple[Outcome, Outcome]]

    @property
    def differing(self) -> dict[str, tuple[Outcome, Outcome]]:
        """The bad days on which the ported library does something else."""
        return {name: pair for name, pair in self.bad_days.items() if pair[0].seen != pair[1].seen}

    @property
    def works(self) -> bool:
        """Whether nothing differs."""
        return self.good and not self.differing

    @property
    def good(self) -> bool:
        return all(outcome.seen == (0, self.before[0].output) for outcome in (*self.before, *self.after))

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        said = "same" if self.good else "wrong"
        return (
            self.row.release,
            str(self.lines),
            str(self.port.functions),
            self.port.severities(),
            said,
            _rate(self.before),
            _rate(self.after),
            f"{len(self.bad_days) - len(self.differing)} of {len(self.bad_days)}" if self.bad_days else "-",
        )

    def remarks(self) -> list[str]:
        """What is to be said below the table: what was mended from outside, and what differs."""
        said = ["run with python -O, before and after"] if self.row.optimize else []
        said += [f"mended, {mend.cause}: {mend.command}" for mend in self.row.mends]
        if not self.good:
            for name, outcomes in (("before", self.before), ("after", self.after)):
                said += [f"{name}: ended with {outcomes[-1].code}, printed:", *_indented(outcomes[-1].output)]
                said += _indented(outcomes[-1].errors[-2000:])
            said += self._errors()
        for name, (before, after) in self.differing.items():
            said += [f"{name}: before {before.seen}, after {after.seen}"]
        if self.port.code == 2:
            said += ["aioport ended with 2:", *_indented(self.port.errors[-2000:])]
        return said

    def _errors(self) -> list[str]:
        """The findings that say why something was left, in what is installed."""
        return [
            f"{path}:{finding['first_line']}: {finding['code']}: {finding['message']}"
            for path, findings in self.port.findings.items()
            if Path(path).parts[0] not in ("tests", "examples")
            for finding in findings
            if finding["severity"] == "error"
        ]


def _rate(outcomes: list[Outcome]) -> str:
    rates = [outcome.rate for outcome in outcomes if outcome.rate is not None]
    return f"{statistics.median(rates):.0f}" if rates else "-"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]


def measure(row: Row, work: Workspace, number: int) -> Measured | MeasuredSuite:
    """Run, port and run again, with the server on a port. Raises CorpusError where a step of that cannot be done."""
    if isinstance(row.program, Suite):
        return _measure_suite(row, row.program, work)
    before = Side(
        prepare(row.package, work),
        _programs(_PROGRAMS, row.program, work.root / "programs" / row.release / "before"),
        row.optimize,
    )
    tree = fresh_tree(row.package, work)
    lines, _ = corpus_port.lines_and_files(tree)
    # Program and library are one project: what the program calls is then known to the porter.
    _programs(_PROGRAMS, row.program, tree)
    note(f"{row.release}: porting")
    port = corpus_port.port(tree, _TARGET)
    ported = _programs(tree, row.program, work.root / "programs" / row.release / "after")
    after = Side(_fresh_environment(row, tree, work, before.python), ported, row.optimize)
    outcomes: tuple[list[Outcome], list[Outcome]] = ([], [])
    for _ in range(_ROUNDS):
        for side, seen in zip((before, after), outcomes):
            seen.append(side.run(number, row.times))
        measured = Measured(row, lines, port, *outcomes, bad_days={})
        if not measured.good:
            return measured
    return replace(measured, bad_days=_bad_days(before, after, row.asks) if row.asks is not None else {})


def _measure_suite(row: Row, suite: Suite, work: Workspace) -> MeasuredSuite:
    era = prepare(row.package, work)
    tree = fresh_tree(row.package, work)
    note(f"{row.release}: running its tests")
    before = passed(suite, era, tree)
    tree = fresh_tree(row.package, work)
    lines, _ = corpus_port.lines_and_files(tree)
    note(f"{row.release}: porting")
    port = corpus_port.port(tree, _TARGET)
    python = _fresh_environment(row, tree, work, era)
    note(f"{row.release}: running its ported tests")
    return MeasuredSuite(row, suite, lines, port, before, passed(suite, python, tree))


def _bad_days(before: Side, after: Side, kind: SocketKind) -> dict[str, tuple[Outcome, Outcome]]:
    """What both do where the server misbehaves; one that waits for ever is stopped."""
    seen = {}
    for name, answer in BAD_DAYS.items():
        with bad_server(answer, kind) as port:
            seen[name] = (before.run(port, 0, _BAD_SECONDS), after.run(port, 0, _BAD_SECONDS))
    return seen


def _programs(source: Path, program: str, folder: Path) -> Path:
    """Copy a row's program and what it imports; gives the copy's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (_FRAME, f"{program}.py"):
        shutil.copy(source / name, folder / name)
    return folder / f"{program}.py"


def _fresh_environment(row: Row, tree: Path, work: Workspace, era: Path) -> Path:
    """An environment made anew, for the ported library; gives its python."""
    note(f"{row.release}: installing what was ported")
    folder = work.folder("after") / row.release
    shutil.rmtree(folder, ignore_errors=True)
    must([str(interpreter(corpus_port.dotted(_TARGET))), "-m", "venv", str(folder)], work.root)
    python = folder / "bin" / "python"
    for command in row.after:
        must(command, tree, {"PY": str(python), "ERA": str(era)})
    return python


@dataclass
class Table:
    """Prints rows as they come, and what is to be said about each below it."""

    widths: tuple[int, ...] = (21, 6, 10, 22, 7, 8, 8, 8)
    heads: tuple[str, ...] = ("library", "lines", "functions", "findings", "output", "before/s", "after/s", "bad days")
    good: bool = field(default=True)

    def head(self) -> None:
        self._line(self.heads)
        self._line(tuple("-" * width for width in self.widths))

    def add(self, measured: Measured | MeasuredSuite) -> None:
        self._line(measured.cells())
        for remark in measured.remarks():
            print(f"    {remark}", flush=True)
        self.good = self.good and measured.works

    def stopped(self, row: Row, error: CorpusError) -> None:
        self._line((row.release, "stopped"))
        print("\n".join(_indented(str(error))), flush=True)
        self.good = False

    def _line(self, cells: tuple[str, ...]) -> None:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(cells, self.widths)).rstrip(), flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Measure what the command line names; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", nargs="*", help="servers, projects or releases (default: all)")
    parser.add_argument(
        "--install",
        action="store_true",
        default="CI" in os.environ and os.geteuid() == 0,
        help="apt-get install the server packages that are missing (default: in CI, as root)",
    )
    parser.add_argument("--work", type=Path, metavar="DIR", default=Path(tempfile.gettempdir(), "aioport-talk"))
    read = parser.parse_args(arguments)
    unknown = [name for name in read.name if not any(row.named(name) for row in ROWS)]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(row.release for row in ROWS)}")
    end_everything_on_signals()
    work = Workspace(read.work.resolve())
    table = Table()
    table.head()
    for row in ROWS:
        if read.name and not any(row.named(name) for name in read.name):
            continue
        try:
            # First of all: that a server is missing takes no minutes to say.
            with server(row.server, read.install) as number:
                table.add(measure(row, work, number))
        except CorpusError as error:
            table.stopped(row, error)
    return 0 if table.good else 1


if __name__ == "__main__":
    sys.exit(main())

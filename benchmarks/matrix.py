"""Port every fixture program from each style to each other, run what comes out, and print all of it as a table.

    python benchmarks/matrix.py

A cell is ``=`` where the port is the program in the other style to the byte and prints its trace; ``~`` where it has
another text and prints the trace; ``r`` where it is refused; ``-`` where no Python that there is runs it; ``!`` where
something is wrong. What is not ``=`` is listed below the table with the reason that the program's ``case.toml`` gives.
The exit status is 1 when something is wrong or has no reason.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "porter"))

import program_ports
import programs
from aioport.findings import Severity
from generated_runs import Runner, python_of
from program_ports import noted_of, text_of

_VERSIONS = {
    "trollius": [(2, 7)],
    "yield_from": [(3, 6), (3, 10)],
    "async_await": [(3, 6), (3, 13)],
    "compat": [(2, 7), (3, 6), (3, 13), (3, 15)],
}
"""The Pythons that run what is ported to a style."""

_SHORT = {"trollius": "T", "yield_from": "Y", "async_await": "A", "compat": "C"}
PAIRS = [(source, target) for source in programs.STYLES for target in programs.STYLES if source != target]


@dataclass(frozen=True)
class Cell:
    """A program's port from one style to another."""

    case: str
    source: str
    target: str
    mark: str
    what: str = ""

    @property
    def reason(self) -> str | None:
        """Why the port is not the program in the other style, as far as ``case.toml`` says so."""
        return noted_of("inexact", self.case, self.source, self.target)


class Traces:
    """Runs programs on the Pythons that there are; a text is run once."""

    def __init__(self, stack: ExitStack) -> None:
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aioport-matrix-")))
        self._runners = {}
        for version in sorted({version for versions in _VERSIONS.values() for version in versions}):
            if (python := python_of(version)) is not None:
                self._runners[version] = stack.enter_context(closing(Runner(python)))
        self._wrong: dict[tuple[str, str], str | None] = {}

    @property
    def versions(self) -> str:
        """The Pythons that there are."""
        return ", ".join(f"{major}.{minor}" for major, minor in self._runners)

    def runs(self, case: str, style: str) -> list[tuple[int, int]]:
        """The Pythons that run a program in a style."""
        return [v for v in _VERSIONS[style] if v in self._runners and programs.runs(case, style, v)]

    def wrong(self, case: str, style: str, text: str) -> str | None:
        """What is wrong with what ``text`` prints, if anything."""
        if (style, text) not in self._wrong:
            self._wrong[style, text] = next(self._all_wrong(case, style, text), None)
        return self._wrong[style, text]

    def _all_wrong(self, case: str, style: str, text: str) -> Iterator[str]:
        path = Path(programs.path_of(case, style))
        if text != text_of(case, style):
            path = self._folder / f"program{len(self._wrong)}.py"
            path.write_text(text, encoding="utf-8")
        for version in self.runs(case, style):
            self._runners[version].start(path)
            printed, error = self._runners[version].outcome()
            if error is not None or printed != programs.trace_of(case):
                yield f"on {version[0]}.{version[1]}: {(error or 'another trace').strip().splitlines()[-1]}"


def cell(case: str, source: str, target: str, traces: Traces) -> Cell:
    """Port and run one program."""
    report = program_ports.ported(case, source, target)
    text = report.after.decode()
    errors = {finding.code for finding in report.findings if finding.severity >= Severity.ERROR}
    equal = text == text_of(case, target)
    if errors and not report.changed:
        return Cell(case, source, target, "r", ", ".join(sorted(errors)))
    if (wrong := traces.wrong(case, target, text)) is not None:
        return Cell(case, source, target, "!", wrong)
    if not traces.runs(case, target):
        return Cell(case, source, target, "-", "no Python runs it")
    return Cell(case, source, target, "=" if equal else "~")


def main() -> int:
    """Print the table and the list; gives the exit status."""
    width = max(map(len, programs.cases()))
    cells: list[Cell] = []
    print("from", " ".join(f"{_SHORT[style]}: {style.replace('_', '-')}" for style in programs.STYLES))
    print(" " * width, *(f"{_SHORT[source]}>{_SHORT[target]}" for source, target in PAIRS))
    with ExitStack() as stack:
        traces = Traces(stack)
        for case in programs.cases():
            row = [cell(case, source, target, traces) for source, target in PAIRS]
            print(f"{case:{width}}", *(f" {found.mark} " for found in row), flush=True)
            cells += row
        print(f"\nrun on {traces.versions}")
    counts = Counter(found.mark for found in cells)
    print(f"{len(cells)} cells:", ", ".join(f"{counts[mark]} {mark}" for mark in "=~r-!" if counts[mark]), "\n")
    status = 0
    for found in cells:
        if found.mark != "=":
            print(f"{found.case} {found.source}>{found.target} {found.mark} {found.what}: {found.reason}")
            if found.mark == "!" or found.reason is None:
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())

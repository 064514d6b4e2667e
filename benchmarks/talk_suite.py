"""A library of the talk that is used by its own tests: run before and after the port, and compared test by test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from corpus_port import Port
from corpus_shell import run
from talk_rows import Row, Suite


@dataclass(frozen=True)
class MeasuredSuite:
    """A row, as it came out: which tests passed before the port, and which after it."""

    row: Row
    suite: Suite
    lines: int
    port: Port
    before: frozenset[str]
    after: frozenset[str]

    @property
    def lost(self) -> list[str]:
        """The tests that passed before and not after."""
        return sorted(self.before - self.after)

    @property
    def works(self) -> bool:
        """Whether no test is lost but those whose cause is known."""
        return bool(self.before) and not set(self.lost) - set(self.suite.lost)

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        kept = f"{len(self.before) - len(self.lost)} of {len(self.before)} tests"
        return self.row.release, str(self.lines), str(self.port.functions), self.port.severities(), kept

    def remarks(self) -> list[str]:
        """What is to be said below the table."""
        said = [f"mended, {mend.cause}: {mend.command}" for mend in self.row.mends]
        said += [f"lost, {name}: {self.suite.lost.get(name, 'the cause is not known')}" for name in self.lost]
        return [*said, *self.suite.remarks]


def passed(suite: Suite, python: Path, tree: Path) -> frozenset[str]:
    """The names of the tests that pass in a tree; modules that were called by a keyword by their old name."""
    ended = run(suite.command, tree, {"PY": str(python)}, suite.seconds)
    found = re.findall(suite.passed, ended.output, re.MULTILINE)
    return frozenset(re.sub(r"\basync_(?=\.)", "async", name) for name in found)

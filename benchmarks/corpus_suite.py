"""A package's own tests: running them, and which passed."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from corpus_environment import filled
from corpus_packages import Package, Workspace
from corpus_shell import run, services

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


@dataclass(frozen=True)
class Suite:
    """What one run gave, by test id; a test that is collected twice counts twice."""

    passed: Counter[str]
    failed: Counter[str]
    skipped: int
    seconds: float
    why: dict[str, str]
    """One line for each test, module or folder that failed."""

    tail: str
    """How the output ends."""

    @property
    def count(self) -> int:
        """How many passed."""
        return self.passed.total() if hasattr(self.passed, "total") else sum(self.passed.values())

    def cause(self, test: str) -> str:
        """Why a test did not pass: its own error, or that of the module it is in."""
        whole = [name for name in self.why if test.startswith(name)]
        return self.why[max(whole, key=len)] if whole else "did not run"


def run_suite(package: Package, python: Path, work: Workspace, timeout: float, log: str) -> Suite:
    """Run the tests in the package's tree; ``log`` names the files that keep what it gave."""
    folder = work.folder("logs", package.release)
    results = folder / f"{log}.jsonl"
    results.write_text("")
    extra = {
        "PY": str(python),
        "CORPUS_RESULTS": str(results),
        # What is as old as the packages cannot rewrite asserts on a new Python. Where a module cannot be imported, that
        # is no reason not to run the others.
        "PYTEST_ADDOPTS": "-p corpus_recorder --assert=plain --continue-on-collection-errors",
    }
    tree = work.tree(package)
    commands = [filled(command, work) for command in package.services]
    started = time.monotonic()
    with services(commands, tree, extra):
        ended = run(filled(package.test, work), tree, extra, timeout)
    (folder / f"{log}.txt").write_text(ended.output, encoding="utf-8")
    return outcomes(results.read_text(), time.monotonic() - started, ended.output)


def outcomes(lines: str, seconds: float = 0.0, output: str = "") -> Suite:
    """Read what the recorder wrote."""
    why: dict[str, str] = {}
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("passed", "failed", "skipped")}
    for line in lines.splitlines():
        entry = json.loads(line)
        test = comparable(entry["test"])
        counts[entry["outcome"]][test] += 1
        if entry["outcome"] == "failed":
            why.setdefault(test, entry["why"])
    passed = counts["passed"] - counts["failed"]
    skipped = sum(counts["skipped"].values())
    return Suite(passed, counts["failed"], skipped, seconds, why, output[-1500:].strip())


def comparable(test: str) -> str:
    """A test's id without what differs between runs (addresses) and versions of pytest (``()``)."""
    return _ADDRESS.sub("0x", test.replace("::()", ""))

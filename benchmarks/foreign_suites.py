"""Run the tests of Trollius 2.2.1 and of asyncio 3.4.3 with aiocompat in their place.

    python benchmarks/foreign_suites.py [SUITE...] [--on 2.7 3.13] [--left-out] [--control] [--work DIR]

The tests are those of the sdists, from PyPI, copied; only their import lines and what ``_REWRITTEN`` says are changed.
They then import ``foreign/stand_in``, which says what in it is not aiocompat's own. Trollius's run on 2.7 and on 3.6 to
3.15, asyncio's on 3.6 to 3.15.

``foreign/left_out.txt`` says which tests are left out, where and why. ``--left-out`` runs exactly those and lists the
ones that pass: they need not be left out there. ``--control`` takes the interpreter's own asyncio instead of aiocompat.

Ends with 1 when a test fails or hangs, or when a line of ``left_out.txt`` names no test; with 2 when a suite could not
be run.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from corpus_environment import interpreter, prepare
from corpus_packages import CorpusError, Package, Workspace
from corpus_shell import end_everything_on_signals, must, run

_HERE = Path(__file__).resolve().parent
_FOREIGN = _HERE / "foreign"
_COMPAT = _HERE.parent / "compat"
_MODULES = ("test_tasks", "test_futures", "test_locks", "test_queues", "test_streams")
_ON_3 = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
_SECONDS = 30
"""For one test."""

_REWRITTEN = (
    # Names that asyncio has given up, and those that do the same now.
    (r"\basyncio\.async\(", "asyncio.ensure_future("),
    (r"\basyncio\.JoinableQueue\b", "asyncio.Queue"),
    (r"\basyncio\.Task\.(current_task|all_tasks)\(loop=", r"asyncio.\1("),
    (r"\basyncio\.Task\.(current_task|all_tasks)\b", r"asyncio.\1"),
    # Checks of how a lock keeps its count and who waits, among checks of public behaviour.
    (r"(?m)^( +)self\.assert\w+\(.*\._(waiters|value)\b.*\)$", r"\1pass"),
    # Trollius's tests decorate two generators of times, which are no coroutines.
    (r"@asyncio\.coroutine\n +(def gen\(\):)", r"\1"),
    # Where the runtime's loops have the logger that the tests replace.
    (r"'(?:asyncio|trollius)\.base_events\.logger'", "test_utils.LOGGER"),
)
"""What else is changed in the tests: patterns and replacements."""

_SUPPORT = {"compat.py": "compat.py", "test_support.py": "test_support.py", "test_utils.py": "original_test_utils.py"}
"""Files of Trollius that the tests, or these files themselves, import, and what they are called in ``stand_in``."""


@dataclass(frozen=True)
class Foreign:
    """A release whose tests run here; ``imported`` is what they import."""

    imported: str
    release: str
    python: str
    versions: tuple[str, ...]
    install: tuple[str, ...] = ()

    @property
    def package(self) -> Package:
        return Package(self.release, self.python, self.install, services=(), test="", expected="")


SUITES = (
    Foreign(
        "trollius",
        "trollius==2.2.1",
        "2.7",
        ("2.7", *_ON_3),
        ('"$PY" -m pip install -q trollius==2.2.1 "six<2" "futures<4" "mock<4"',),
    ),
    Foreign("asyncio", "asyncio==3.4.3", "3.6", _ON_3),
)


@dataclass(frozen=True)
class LeftOut:
    """A line of left_out.txt: tests that do not run in a suite on some versions."""

    suite: str
    tests: str
    versions: str
    line: int

    def is_for(self, suite: str, version: str) -> bool:
        """Whether it is about this suite on this version."""
        first, _, last = self.versions.partition("-")
        here = not first or _numbers(first) <= _numbers(version) <= _numbers(last or first)
        return self.suite in (suite, "both") and here


def left_out(path: Path) -> list[LeftOut]:
    """What ``left_out.txt`` says; CorpusError for a line that is not understood."""
    found = []
    reason = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words:
            reason = False
        elif line.startswith("#"):
            reason = True
        elif reason and len(words) in (2, 3) and words[0] in ("trollius", "asyncio", "both"):
            found.append(LeftOut(words[0], words[1], words[2] if len(words) == 3 else "", number))
        else:
            raise CorpusError(f"{path}:{number}: not understood, or without a reason above: {line}")
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@dataclass(frozen=True)
class Ran:
    """What a suite gave on one interpreter: outcome and cause by test id."""

    outcomes: dict[str, tuple[str, str]]
    trouble: str
    """Why the run itself did not end well."""

    def tests(self, *kinds: str) -> list[str]:
        """The tests that ended in one of these ways."""
        return [test for test, (outcome, _) in self.outcomes.items() if outcome in kinds]

    def __str__(self) -> str:
        counts = Counter(outcome for outcome, _ in self.outcomes.values())
        ran = len(self.outcomes) - counts["left out"]
        return (
            f"ran {ran}: passed {counts['passed']}, failed {counts['failed']}, errors {counts['error']},"
            f" skipped {counts['skipped']}; left out {counts['left out']}"
        )


@dataclass(frozen=True)
class Ground:
    """Where the tests of a suite are, and what they need."""

    suite: Foreign
    folder: Path
    work: Workspace
    python: Path
    """The suite's own, for the version that it was prepared on."""

    def run(self, version: str, patterns: list[str], control: bool) -> Ran:
        """Run all but what the patterns name (only that, where the first is ``only``)."""
        python = self.python if version == self.suite.python else interpreter(version)
        results = self.folder / f"results-{version}.jsonl"
        results.write_text("")
        extra = {"PYTHONPATH": ":".join(map(str, (self.folder, _COMPAT, *self._libraries(version))))}
        if control:
            extra["STAND_IN_FOR"] = "asyncio"
        arguments = [str(results), str(_SECONDS), json.dumps(patterns), *_MODULES]
        ended = run([str(python), "run_suite.py", *arguments], self.folder / "tests", extra)
        records = map(json.loads, results.read_text().splitlines())
        outcomes = {record["test"]: (record["outcome"], record["why"] or "") for record in records}
        return Ran(outcomes, "" if ended.code == 0 else f"ended with {ended.code}: {ended.output[-1500:]}")

    def _libraries(self, version: str) -> tuple[Path, ...]:
        """On 3.x: six, which the copied test_utils needs, and nothing else. 2.7 has an environment."""
        if version == "2.7":
            return ()
        folder = self.work.root / "six"
        if not folder.exists():
            must([sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), "six<2"], self.work.root)
        return (folder,)


def lay_ground(suite: Foreign, work: Workspace) -> Ground:
    """Fetch the release, copy its tests and rewrite what they import."""
    python = prepare(suite.package, work)
    folder = work.folder("foreign", suite.imported)
    shutil.rmtree(folder)
    shutil.copytree(work.pristine(suite.package) / "tests", folder / "tests")
    shutil.copy(_FOREIGN / "run_suite.py", folder / "tests")
    for module in _MODULES:
        path = folder / "tests" / f"{module}.py"
        path.write_text(rewritten(path.read_text(encoding="utf-8"), suite.imported), encoding="utf-8")
    stand_in = folder / "stand_in"
    shutil.copytree(_FOREIGN / "stand_in", stand_in)
    # Trollius's do for both: asyncio's are the same for Python 3 alone, with an `ssl.wrap_socket` that is gone.
    prepare(SUITES[0].package, work)
    original = work.pristine(SUITES[0].package) / "trollius"
    for source, target in _SUPPORT.items():
        text = (original / source).read_text(encoding="utf-8")
        (stand_in / target).write_text(rewritten(text, "trollius"), encoding="utf-8")
    return Ground(suite, folder, work, python)


def rewritten(source: str, imported: str) -> str:
    """The source with ``stand_in`` imported instead of ``imported``, and with what ``_REWRITTEN`` says."""
    source = re.sub(rf"^(\s*)import {imported}$", rf"\1import stand_in as {imported}", source, flags=re.M)
    source = re.sub(rf"^(\s*(?:import|from) ){imported}\b", r"\1stand_in", source, flags=re.M)
    for pattern, replacement in _REWRITTEN:
        source = re.sub(pattern, replacement, source)
    return source


def main(arguments: list[str] | None = None) -> int:
    """Run the suites and print a line for each on each interpreter; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [suite.imported for suite in SUITES]
    parser.add_argument("suite", nargs="*", help=f"of {', '.join(names)} (default: both)")
    parser.add_argument("--on", nargs="+", default=SUITES[0].versions, metavar="X.Y", help="versions to run on")
    parser.add_argument("--left-out", action="store_true", help="run what is left out, list what passes")
    parser.add_argument("--control", action="store_true", help="the interpreter's own asyncio in aiocompat's place")
    parser.add_argument("--why", action="store_true", help="show tracebacks")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "aioport-corpus"))
    read = parser.parse_args(arguments)
    if set(read.suite) - set(names):
        parser.error(f"no such suite: {', '.join(sorted(set(read.suite) - set(names)))}")
    end_everything_on_signals()
    try:
        return _run(read, Workspace(read.work.resolve()))
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2


def _run(read: argparse.Namespace, work: Workspace) -> int:
    rows = left_out(_FOREIGN / "left_out.txt")
    unused = set(rows)
    good = True
    chosen = [suite for suite in SUITES if not read.suite or suite.imported in read.suite]
    for suite in chosen:
        ground = lay_ground(suite, work)
        for version in (each for each in suite.versions if each in read.on):
            here = [row for row in rows if row.is_for(suite.imported, version)]
            patterns = [row.tests for row in here]
            ran = ground.run(version, ["only", *patterns] if read.left_out else patterns, read.control)
            unused -= {row for row in here if fnmatch.filter(ran.outcomes, row.tests)}
            good = _print(ran, f"{suite.release} on {version}", read) and good
    if chosen == list(SUITES) and set(read.on) >= set(SUITES[0].versions):
        for row in sorted(unused, key=lambda row: row.line):
            good = False
            print(f"left_out.txt:{row.line}: names no test: {row.suite} {row.tests} {row.versions}")
    return 0 if good else 1


def _print(ran: Ran, where: str, read: argparse.Namespace) -> bool:
    """The line of a run and those of its tests that want looking at; whether there are none."""
    print(f"{where}: {ran}", flush=True)
    wanted = ran.tests("passed") if read.left_out else ran.tests("failed", "error")
    for test in wanted:
        outcome, why = ran.outcomes[test]
        last = why.strip().splitlines()[-1:] or [""]
        print(f"    {outcome}: {test}: {why if read.why else last[0]}".rstrip(": "))
    if ran.trouble:
        print(f"    {ran.trouble}")
    return not (wanted or ran.trouble)


if __name__ == "__main__":
    sys.exit(main())

"""Port real packages and see whether their own tests still pass.

    python benchmarks/corpus.py janus aiorwlock --target-version 3.6

prints one line for each package, and below it what went wrong. It ends with 1 when a test that
passed does not pass any more, a file that compiled does not compile any more, or something of the
old style is left that no finding speaks of; with 2 when a package could not be measured.
``benchmarks/README.rst`` explains the columns.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import corpus_port
from corpus_environment import fresh_tree, interpreter, prepare, prepare_elsewhere
from corpus_packages import CorpusError, Package, Workspace, load
from corpus_port import Examined, Left, Port, dotted
from corpus_shell import end_everything_on_signals, must, note
from corpus_suite import Suite, run_suite
from talk_rows import Mend, mends_of

PACKAGES = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "packages.json"
_TARGET_OF_PYTHON_2 = (3, 9)


@dataclass(frozen=True)
class Options:
    """The command line, read."""

    packages: tuple[Package, ...]
    work: Workspace
    target: tuple[int, int] | None
    run_on: str | None
    baseline: bool
    timeout: float


@dataclass(frozen=True)
class Measured:
    """One package, before and after."""

    package: Package
    target: tuple[int, int]
    run_on: str
    lines: int
    files: int
    port: Port
    before: Suite
    after: Suite
    constructs: int
    left: tuple[Left, ...]
    undecorated: tuple[Left, ...]
    broken: tuple[str, ...]
    mends: tuple[Mend, ...]
    seconds: float

    @property
    def lost(self) -> list[str]:
        return sorted((self.before.passed - self.after.passed).elements())

    @property
    def new(self) -> list[str]:
        return sorted((self.after.passed - self.before.passed).elements())

    @property
    def unexplained(self) -> list[Left]:
        return [item for item in self.left if not item.covered]

    @property
    def good(self) -> bool:
        return not (self.lost or self.broken or self.unexplained or self.port.code == 2)


def main(arguments: list[str] | None = None) -> int:
    """Measure what the command line names; gives the exit status."""
    options = _options(arguments)
    end_everything_on_signals()
    status = 0
    for package in options.packages:
        try:
            if options.baseline:
                print(baseline_line(package, options), flush=True)
                continue
            measured = measure(package, options)
        except CorpusError as error:
            print(f"{package.release}: not measured: {error}", flush=True)
            status = 2
            continue
        print("\n".join(lines_of(measured)), flush=True)
        if not measured.good:
            status = max(status, 1)
    return status


def baseline_line(package: Package, options: Options) -> str:
    """Only what the tests give before anything is ported, next to what packages.json says."""
    python = prepare(package, options.work)
    suite = _run_before(package, python, options)
    return (
        f"{package.release} on {package.python}: {suite.count} passed, "
        f"{sum(suite.failed.values())} failed, {suite.skipped} skipped, {suite.seconds:.1f} s "
        f"(packages.json: {package.expected})"
    )


def measure(package: Package, options: Options) -> Measured:
    """Tests, port, tests. Raises CorpusError where the package cannot be measured."""
    started = time.monotonic()
    work = options.work
    target = options.target or (package.era if package.era >= (3, 5) else _TARGET_OF_PYTHON_2)
    era_python = prepare(package, work)
    before = _run_before(package, era_python, options)
    tree = fresh_tree(package, work)
    reader = era_python if target <= package.era else interpreter(dotted(target))
    counted = _counted(era_python, reader, tree)
    compiled = corpus_port.examine(reader, tree)
    note(f"{package.release}: porting")
    port = corpus_port.port(tree, target)
    compiles = corpus_port.examine(reader, tree)
    left = corpus_port.left(_counted(era_python, reader, tree), work.pristine(package), tree, port.findings)
    after_python, run_on = _runner(package, target, options, era_python)
    mends = () if after_python == era_python else mends_of(package.release)
    for mend in mends:
        must(mend.command, tree, {"PY": str(after_python), "ERA": str(era_python)})
    after = run_suite(package, after_python, work, options.timeout, "after")
    lines, files = corpus_port.lines_and_files(work.pristine(package))
    return Measured(
        package=package,
        target=target,
        run_on=run_on,
        lines=lines,
        files=files,
        port=port,
        before=before,
        after=after,
        constructs=corpus_port.constructs(counted),
        left=tuple(item for item in left if item.kind != "undecorated"),
        undecorated=tuple(item for item in left if item.kind == "undecorated" and not item.covered),
        broken=tuple(corpus_port.stopped_compiling(compiled, compiles, port.changed)),
        mends=mends,
        seconds=time.monotonic() - started,
    )


def _run_before(package: Package, python: Path, options: Options) -> Suite:
    suite = run_suite(package, python, options.work, options.timeout, "before")
    if not suite.passed:
        raise CorpusError(f"no test passes before the port:\n{suite.tail}")
    return suite


def _counted(era_python: Path, reader: Path, tree: Path) -> Examined:
    return corpus_port.joined(corpus_port.examine(era_python, tree), corpus_port.examine(reader, tree))


def _runner(package: Package, target: tuple[int, int], options: Options, era_python: Path) -> tuple[Path, str]:
    """Which python runs the tests of the ported tree: the era's while the port is for it."""
    if options.run_on is None and target <= package.era:
        return era_python, package.python
    version = options.run_on or dotted(target)
    return prepare_elsewhere(package, version, options.work), version


def lines_of(measured: Measured) -> list[str]:
    """The package's line, and indented below it everything that is not as it should be."""
    port = measured.port
    line = (
        f"{measured.package.release} to {dotted(measured.target)}: "
        f"{measured.lines} lines, {measured.files} files | {port.functions} functions ported in "
        f"{len(port.changed)} files | findings: {port.severities()} | "
        f"passed {measured.before.count} on {measured.package.python}, "
        f"{measured.after.count} on {measured.run_on}; lost {len(measured.lost)}, "
        f"new {len(measured.new)} | left {len(measured.left)} of {measured.constructs}, "
        f"without finding {len(measured.unexplained)} | stopped compiling {len(measured.broken)} | "
        f"port {port.seconds:.1f} s, all {measured.seconds:.0f} s"
    )
    shown = [line]
    shown += [f"    mended, {mend.cause}: {mend.command}" for mend in measured.mends]
    shown += [f"    lost: {test}: {measured.after.cause(test)}" for test in measured.lost]
    if not measured.after.passed and not measured.after.failed:
        shown.append(f"    the ported tests end with: {measured.after.tail}")
    shown += [f"    left without a finding: {item}" for item in measured.unexplained]
    shown += [f"    stopped compiling: {item}" for item in measured.broken]
    if port.code == 2:
        shown.append(f"    aioport ended with 2: {port.errors.strip()[-2000:]}")
    shown += [f"    undecorated generator, not counted, no finding: {item}" for item in measured.undecorated]
    return shown


def _options(arguments: list[str] | None) -> Options:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="+", help="packages of packages.json, such as janus; or all")
    parser.add_argument(
        "--target-version",
        metavar="3.X",
        help="what to port for (default: the era's own version, 3.9 after 2.7)",
    )
    parser.add_argument(
        "--run-on",
        metavar="3.X",
        help="run the ported tests on this Python, with the newest dependencies "
        "(default: the era's Python, or the target's when that is newer)",
    )
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        default=Path(tempfile.gettempdir(), "aioport-corpus"),
        help="for downloads, environments and trees; reused between runs (default: %(default)s)",
    )
    parser.add_argument("--packages", type=Path, metavar="FILE", default=PACKAGES)
    parser.add_argument("--baseline", action="store_true", help="only run the tests as they are")
    parser.add_argument(
        "--timeout",
        type=float,
        default=900,
        metavar="SECONDS",
        help="for one run of a package's tests (default: %(default)s)",
    )
    read = parser.parse_args(arguments)
    try:
        known = load(read.packages)
    except CorpusError as error:
        parser.error(str(error))
    names = list(known) if read.name == ["all"] else [name.lower() for name in read.name]
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; packages.json has {', '.join(known)}")
    return Options(
        packages=tuple(known[name] for name in names),
        work=Workspace(read.work.resolve()),
        target=version_of(parser, read.target_version) if read.target_version else None,
        run_on=read.run_on,
        baseline=read.baseline,
        timeout=read.timeout,
    )


def version_of(parser: argparse.ArgumentParser, text: str) -> tuple[int, int]:
    """``3.9`` as numbers; a usage error for anything else."""
    major, _, minor = text.partition(".")
    if major != "3" or not minor.isdigit():
        parser.error(f"--target-version {text}: not a version such as 3.9")
    return 3, int(minor)


if __name__ == "__main__":
    sys.exit(main())

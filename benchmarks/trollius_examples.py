"""Port Trollius 2.2.1's own examples, run them on 2.7 before and on 3.13 after, and compare.

    python benchmarks/trollius_examples.py [NAME...] [--target-version 3.13] [--work DIR]

Nothing is edited by hand. Before comparing, addresses, process ids, file descriptors, ports that
the system chose and the prefixes of string literals (``u'a'``) are taken out of both outputs,
and the examples run on 2.7 with ``print_function`` and ``division`` switched on from outside; the
pythons they start in turn are 2.7 both times. Where the outputs still differ, the untouched example
also runs on 3.6 with the same Trollius: what it prints there and not on 2.7 is the language's doing
and not the port's.

Ends with 1 when an example that runs before does not print the same after.
"""

from __future__ import annotations

import argparse
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import corpus_port
from corpus import PACKAGES, version_of
from corpus_environment import interpreter, prepare
from corpus_packages import CorpusError, Workspace, load
from corpus_port import Port, dotted
from corpus_shell import end_everything_on_signals, end_group, must, run, start

_DRIVER = """\
import sys, __future__
sys.executable, path = sys.argv[1:3]
sys.argv = sys.argv[2:]
flags = __future__.print_function.compiler_flag | __future__.division.compiler_flag
code = compile(open(path, "rb").read(), path, "exec", flags, True)
exec(code, {"__name__": "__main__", "__file__": path})
"""
_UNCOMPARABLE = (
    (re.compile(r"0x[0-9a-f]{6,}"), "0x"),
    (re.compile(r"\bpid: \d+"), "pid:"),
    (re.compile(r"\bfd=\d+"), "fd="),
    (re.compile(r"\('127\.0\.0\.1', [3-6]\d{4}\)"), "('127.0.0.1', PORT)"),
    (re.compile(r"\b[ub](?=['\"])"), ""),
)
_SERVER_STARTS_IN = 2.0
_SHOWN = 40


@dataclass(frozen=True)
class Example:
    """One example and how to run it."""

    name: str
    arguments: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    """Another example that has to be up, and its arguments."""

    stopped_after: float | None = None
    """For the ones that never end: seconds after which what they have printed is taken."""

    seconds: float = 60
    """After which one that should end is taken to hang."""

    tries: int = 1
    """More than one where a race in the example makes it hang now and then.

    asyncio, unlike Trollius, forgets a ``stop()`` called in the very iteration in which
    ``run_until_complete()`` ends.
    """

    distinct: bool = False
    """Compare the set of lines: their order or number is left to chance."""

    network: str = ""
    """What it needs of the network; it is ported but not run."""


EXAMPLES = (
    Example("hello_callback", stopped_after=5),
    Example("hello_coroutine", stopped_after=5),
    Example("interop_asyncio"),
    Example("child_process", distinct=True),
    Example("shell"),
    Example("subprocess_shell"),
    Example("subprocess_attach_read_pipe"),
    Example("subprocess_attach_write_pipe"),
    Example("fuzz_as_completed", seconds=900),
    Example("simple_tcp_server"),
    Example("timing_tcp_server", distinct=True),
    Example("echo_client_tulip", server=("echo_server_tulip",)),
    Example("tcp_echo", ("--client",), server=("tcp_echo", "--server")),
    Example("udp_echo", ("--client",), server=("udp_echo", "--server"), seconds=8, tries=6),
    Example("source", ("--port", "11111", "--stop"), server=("sink", "--port", "11111")),
    Example("source1", ("--port", "11112", "--stop"), server=("sink", "--port", "11112")),
    Example("cacheclt", server=("cachesvr",), stopped_after=5, distinct=True),
    Example("stacks", network="python.org"),
    Example("fetch0", network="python.org"),
    Example("fetch1", network="a web server"),
    Example("fetch2", network="a web server"),
    Example("fetch3", network="a web server"),
    Example("crawl", network="a web site"),
)


@dataclass(frozen=True)
class Runtime:
    """A python and a folder of examples; ``before`` stands before their paths."""

    python: Path
    before: tuple[str, ...]
    environ: dict[str, str]
    folder: Path

    def command(self, name: str, *arguments: str) -> list[str]:
        """The command line that runs an example."""
        return [str(self.python), *self.before, str(self.folder / f"{name}.py"), *arguments]


@dataclass(frozen=True)
class Outcome:
    """What an example printed, ready to be compared; ``code`` is None when it was stopped."""

    code: int | None
    lines: tuple[str, ...]
    hung: bool

    @property
    def failed(self) -> bool:
        return self.hung or self.code not in (0, None)

    def __str__(self) -> str:
        how = "stopped by us" if self.code is None else f"ended with {self.code}"
        last = f": {self.lines[-1]}" if self.failed and self.lines else ""
        return f"{len(self.lines)} lines, {'hangs' if self.hung else how}{last}"


def run_example(example: Example, runtime: Runtime) -> Outcome:
    """Run it, as often as it has tries while it hangs."""
    outcome = _run_once(example, runtime)
    for _ in range(1, example.tries):
        if not outcome.hung:
            break
        outcome = _run_once(example, runtime)
    return outcome


def _run_once(example: Example, runtime: Runtime) -> Outcome:
    """With its server when it has one, whose output comes before its own."""
    served = b""
    server = None
    if example.server:
        command = runtime.command(*example.server)
        server = start(command, runtime.folder, runtime.environ, subprocess.PIPE)
        time.sleep(_SERVER_STARTS_IN)
    command = runtime.command(example.name, *example.arguments)
    limit = example.stopped_after or example.seconds
    ended = run(command, runtime.folder, runtime.environ, limit)
    if server is not None:
        end_group(server)
        served = server.communicate()[0]
    text = served.decode("utf-8", "replace") + ended.output
    for pattern, kept in _UNCOMPARABLE:
        text = pattern.sub(kept, text)
    lines = tuple(text.replace(str(runtime.folder), "EXAMPLES").splitlines())
    return Outcome(ended.code, lines, ended.code is None and not example.stopped_after)


def verdict(example: Example, old: Runtime, control: Runtime, new: Runtime) -> tuple[bool, str]:
    """Whether the port kept what the example prints, and the lines that say so."""
    name = example.name
    if example.network:
        return True, f"{name}: ported, not run: needs {example.network}"
    with ThreadPoolExecutor(1 if example.server else 2) as sides:
        before, after = sides.map(lambda runtime: run_example(example, runtime), (old, new))
    if not before.failed and _same(example, before, after):
        return True, f"{name}: the same as on 2.7, {after}"
    on_3 = run_example(example, control)
    why = f"does not run on 2.7 ({before})" if before.failed else "differs from 2.7"
    if not on_3.failed and _same(example, on_3, after):
        shown = [] if before.failed else _differences(before, after)
        return True, "\n".join([f"{name}: {why}; as the original on 3.6, {after}", *shown])
    if before.failed and on_3.failed:
        return True, f"{name}: {why}, nor on 3.6 ({on_3}): nothing to compare; after: {after}"
    shown = _differences(on_3 if before.failed else before, after)
    return False, "\n".join([f"{name}: DIFFERENT, {why}; after: {after}", *shown])


def _same(example: Example, one: Outcome, other: Outcome) -> bool:
    if one.code != other.code:
        return False
    return set(one.lines) == set(other.lines) if example.distinct else one.lines == other.lines


def _differences(before: Outcome, after: Outcome) -> list[str]:
    lines = list(difflib.unified_diff(before.lines, after.lines, "before", "after", lineterm="", n=0))
    shown = lines if len(lines) <= _SHOWN else [*lines[: _SHOWN // 2], "...", *lines[-_SHOWN // 2 :]]
    return [f"    {line}" for line in shown]


def main(arguments: list[str] | None = None) -> int:
    """Port, run, compare; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", nargs="*", help="examples to run (default: all)")
    parser.add_argument("--target-version", default="3.13", metavar="3.X")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "aioport-corpus"))
    parser.add_argument("--packages", type=Path, metavar="FILE", default=PACKAGES)
    read = parser.parse_args(arguments)
    target = version_of(parser, read.target_version)
    chosen = [example for example in EXAMPLES if not read.name or example.name in read.name]
    unknown = set(read.name) - {example.name for example in EXAMPLES}
    if unknown:
        parser.error(f"no such example: {', '.join(sorted(unknown))}")
    end_everything_on_signals()
    try:
        old, control, new, ported = _runtimes(read.packages, Workspace(read.work.resolve()), target)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    changed = f"{ported.functions} functions in {len(ported.changed)} files"
    print(f"ported {changed}; findings: {ported.severities()}")
    for path, findings in sorted(ported.findings.items()):
        for item in findings:
            kind = f"{item['severity']} {item['code']}"
            print(f"    {path}:{item['line']}: {kind}: {item['message']}")
    good = True
    with ThreadPoolExecutor(3) as pool:
        for kept, text in pool.map(lambda example: verdict(example, old, control, new), chosen):
            good = good and kept
            print(text, flush=True)
    return 0 if good and ported.code != 2 else 1


def _runtimes(packages: Path, work: Workspace, target: tuple[int, int]) -> tuple[Runtime, Runtime, Runtime, Port]:
    """2.7 and 3.6 with Trollius and the original examples, the target with the ported ones."""
    package = load(packages)["trollius"]
    old_python = prepare(package, work)
    examples = work.pristine(package) / "examples"
    folder = work.folder("examples")
    driver = folder / "run_with_future.py"
    driver.write_text(_DRIVER)
    for side in ("before", "after"):
        shutil.rmtree(folder / side, ignore_errors=True)
        shutil.copytree(examples, folder / side)
    ported = corpus_port.port(folder / "after", target)
    quiet = {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
    before = (str(driver), str(old_python))
    old = Runtime(old_python, before, quiet, folder / "before")
    with_trollius = {**quiet, "PYTHONPATH": str(work.pristine(package))}
    control = Runtime(_python_with_six(work), before, with_trollius, folder / "before")
    new = Runtime(interpreter(dotted(target)), before, quiet, folder / "after")
    return old, control, new, ported


def _python_with_six(work: Workspace) -> Path:
    """A Python 3.6 that can import Trollius 2.2.1 by path; pip would refuse to install it there."""
    folder = work.root / "environments" / "trollius-on-3.6"
    python = folder / "bin" / "python"
    if not python.exists():
        must([str(interpreter("3.6")), "-m", "venv", str(folder)], work.root)
        must([str(python), "-m", "pip", "install", "-q", "six"], work.root)
    return python


if __name__ == "__main__":
    sys.exit(main())

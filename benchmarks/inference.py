"""Compare what aioport takes for coroutines with what a package's own tests drive as coroutines.

    PYTHONPATH=porter python benchmarks/inference.py aiohttp aioredis

runs the tests on the era's Python with a tracer, ports the package, and prints one line for each package, and below it
every function that was iterated and converted, or driven and left without a finding. It ends with 1 when there is one
of the first kind or the recall is below 99%; with 2 when a package could not be measured.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import sys
import tempfile
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import corpus_port
from aioport.shield import shield
from corpus import PACKAGES, version_of
from corpus_environment import filled, fresh_tree, prepare
from corpus_packages import CorpusError, Package, Workspace, load
from corpus_shell import end_everything_on_signals, note, run, services

_TRACER = Path(__file__).resolve().parent / "inference_tracer"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ENOUGH = 0.99

Place = tuple[str, str, int]
"""Path in the tree, name and line of the ``def``."""


@dataclass(frozen=True)
class Traced:
    """What a run did with the generator functions of a package."""

    driven: frozenset[Place]
    iterated: frozenset[Place]


@dataclass(frozen=True)
class Compared:
    """One package: each group of functions by what became of it."""

    package: Package
    traced: Traced
    converted: frozenset[Place]
    reported: frozenset[Place]
    """Functions that a finding covers."""

    @property
    def wrongly(self) -> list[Place]:
        """Iterated, never driven, and converted."""
        return sorted((self.traced.iterated - self.traced.driven) & self.converted)

    @property
    def missed(self) -> list[Place]:
        """Driven, left, and no finding says so."""
        return sorted(self.traced.driven - self.traced.iterated - self.converted - self.reported)

    @property
    def recall(self) -> float:
        """The part of the driven functions that were converted or have a finding."""
        return 1 - len(self.missed) / max(len(self.traced.driven), 1)

    @property
    def precision(self) -> float:
        """The part of the converted functions that ran which were driven."""
        ran = self.converted & (self.traced.driven | self.traced.iterated)
        return 1 - len(self.wrongly) / max(len(ran), 1)


def main() -> int:
    """Measure what the command line names; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", nargs="+", help="packages of packages.json, such as aiohttp")
    parser.add_argument(
        "--target-version", metavar="3.X", default="3.6", help="what to port for (default: %(default)s)"
    )
    parser.add_argument("--work", type=Path, metavar="DIR", default=Path(tempfile.gettempdir(), "aioport-corpus"))
    parser.add_argument("--packages", type=Path, metavar="FILE", default=PACKAGES)
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="for one run of the tests")
    options = parser.parse_args()
    known = load(options.packages)
    target = version_of(parser, options.target_version)
    end_everything_on_signals()
    status = 0
    for name in options.name:
        try:
            compared = compare(known[name.lower()], Workspace(options.work.resolve()), target, options.timeout)
        except (CorpusError, KeyError) as error:
            print(f"{name}: not measured: {error}", flush=True)
            status = 2
            continue
        print("\n".join(lines_of(compared)), flush=True)
        if compared.wrongly or compared.recall < _ENOUGH:
            status = max(status, 1)
    return status


def compare(package: Package, work: Workspace, target: tuple[int, int], timeout: float) -> Compared:
    """Trace, port, compare. Raises CorpusError where the package cannot be measured."""
    python = prepare(package, work)
    tree = fresh_tree(package, work)
    traced = trace(package, python, work, timeout)
    tree = fresh_tree(package, work)
    note(f"{package.release}: porting")
    port = corpus_port.port(tree, target)
    converted: set[Place] = set()
    reported: set[Place] = set()
    for path in sorted({path for path, _, _ in traced.driven | traced.iterated} | port.changed):
        before = _functions(work.pristine(package) / path)
        after = _functions(tree / path)
        for (qualname, old), (_, new) in zip(before, after):
            place = (path, qualname.rpartition(".")[2], old.lineno)
            if isinstance(new, ast.AsyncFunctionDef) and not isinstance(old, ast.AsyncFunctionDef):
                converted.add(place)
            first, last = min([old.lineno, *(d.lineno for d in old.decorator_list)]), old.end_lineno or old.lineno
            if any(f["first_line"] <= last and f["end_line"] >= first for f in port.findings.get(path, ())):
                reported.add(place)
    return Compared(package, traced, frozenset(converted), frozenset(reported))


def trace(package: Package, python: Path, work: Workspace, timeout: float) -> Traced:
    """Run the package's tests under the tracer."""
    note(f"{package.release}: tracing its tests")
    tree = work.tree(package)
    folder = work.root / "traces" / package.release
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    extra = {
        "PY": str(python),
        "PYTHONPATH": str(_TRACER),
        "PYTEST_ADDOPTS": "--assert=plain",
        "INFERENCE_TRACE": str(folder),
        "INFERENCE_ROOT": str(tree),
    }
    with services([filled(command, work) for command in package.services], tree, extra):
        # A command that sets the path itself would leave the tracer out.
        test = filled(package.test, work).replace("PYTHONPATH=", f"PYTHONPATH={_TRACER}:")
        run(test, tree, extra, timeout)
    entries = [entry for file in folder.glob("*.json") for entry in json.loads(file.read_text())]
    if not entries:
        raise CorpusError("the tracer saw no generator")
    return _settled(entries, tree, work.pristine(package))


def _settled(entries: list[dict[str, Any]], tree: Path, pristine: Path) -> Traced:
    """Give every generator that others delegate to what is done with those."""
    done: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    by: dict[tuple[str, int, str], set[tuple[str, int, str]]] = defaultdict(set)
    for entry in entries:
        key = (entry["path"], entry["line"], entry["name"])
        done[key] |= {what for what in ("driven", "iterated") if entry[what]}
        by[key] |= {(path, line, name) for path, line, name in entry["by"]}
    changed = True
    while changed:
        changed = False
        for key, callers in by.items():
            # A delegating frame from elsewhere is one of the library's own coroutines.
            more = set[str]().union(*(done[caller] if caller in by else {"driven"} for caller in callers)) - done[key]
            if more:
                done[key] |= more
                changed = True
    places = {key: _place(key, tree, pristine) for key in done}
    groups = {
        what: frozenset(place for key, kinds in done.items() if what in kinds and (place := places[key]) is not None)
        for what in ("driven", "iterated")
    }
    return Traced(groups["driven"], groups["iterated"])


def _place(key: tuple[str, int, str], tree: Path, pristine: Path) -> Place | None:
    """Where the ``def`` of a traced function is; up to 3.7 a code object starts at the first decorator."""
    absolute, line, name = key
    path = Path(absolute).relative_to(tree)
    found = [
        node.lineno
        for qualname, node in _functions(pristine / path)
        if qualname.rpartition(".")[2] == name
        and isinstance(node, ast.FunctionDef)
        and min([node.lineno, *(d.lineno for d in node.decorator_list)]) <= line <= node.lineno
    ]
    return (str(path), name, found[0]) if found else None


@cache
def _functions(path: Path) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of a file with its qualified name, in the order of the file; none where it does not parse."""
    try:
        with tokenize.open(path) as file:
            # On 3.6, where the package runs, async may be a name.
            return list(_below(ast.parse(shield(file.read()).text), ""))
    except (SyntaxError, UnicodeDecodeError):
        return []


def _below(node: ast.AST, name: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        inner = f"{name}.{child.name}" if isinstance(child, (*_FUNCTIONS, ast.ClassDef)) else name
        if isinstance(child, _FUNCTIONS):
            yield inner, child
        yield from _below(child, inner)


def lines_of(compared: Compared) -> list[str]:
    """The package's line, and indented below it what is wrong."""
    traced = compared.traced
    left = traced.driven - compared.converted
    line = (
        f"{compared.package.release}: "
        f"driven {len(traced.driven)}: converted {len(traced.driven & compared.converted)}, "
        f"left with a finding {len(left & compared.reported)}, left silently {len(compared.missed)}, "
        f"recall {compared.recall:.2%} | iterated {len(traced.iterated)}: converted {len(compared.wrongly)}, "
        f"precision {compared.precision:.2%} | driven and iterated {len(traced.driven & traced.iterated)} | "
        f"converted in all {len(compared.converted)}"
    )
    shown = [line]
    shown += [f"    iterated and converted: {path}:{number}: {name}" for path, name, number in compared.wrongly]
    shown += [f"    driven, left silently: {path}:{number}: {name}" for path, name, number in compared.missed]
    return shown


if __name__ == "__main__":
    sys.exit(main())

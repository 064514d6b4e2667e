"""Lower async/await files to each other style and lift them again: the syntax tree must be the one they had.

    python benchmarks/round_trip.py fixtures ~/src/project

Each file is first ported to async/await. What is printed for each style: how many files came back equal; how many did
but for what lowering said in other words, because the style has none for it; how many were refused, by the codes of the
findings; how many came back unequal, by the findings that say so, and which without any. The exit status is 1 where
there are such, and where a port failed its own verification.
"""

from __future__ import annotations

import argparse
import ast
import sys
import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aioport.porting
from aioport.config import Settings
from aioport.findings import Severity
from aioport.history import Version
from aioport.pivot import Lowered, lower_text
from aioport.project import port_bytes
from aioport.results import FileReport
from aioport.styles import target_of
from aioport.verify import trees

_STYLES: tuple[tuple[str, Version], ...] = (
    ("yield-from", (3, 6)),
    ("yield-from", (3, 10)),
    ("trollius", (2, 7)),
    ("compat", (2, 7)),
    ("compat", (3, 6)),
)
_SEPARATOR = "# --- ported ---\n"


_lowered: list[Lowered] = []
"""What the last port was lowered from, which its report does not say."""


def _noted(*args: Any) -> Lowered:
    _lowered[:] = [lower_text(*args)]
    return _lowered[0]


def port(text: str, path: str, to: str, version: Version) -> FileReport:
    """One file, by itself."""
    return port_bytes(text.encode(), path, Settings(to=to, target_version=version, jobs=1))


@cache
def native(text: str, path: str, version: Version) -> FileReport:
    """The pivot that a file is lowered from, the same for most styles."""
    return port(text, path, "async-await", version)


def codes(report: FileReport, least: Severity) -> str:
    """The codes of a port's findings."""
    return " ".join(sorted({finding.code for finding in report.findings if finding.severity >= least}))


def round_trip(text: str, path: str, to: str, version: Version) -> tuple[str, str]:
    """What became of one file: ``equal``, ``refused``, ``unequal`` and so on; and the codes that say why."""
    pivot_version = target_of(to).meaning or target_of("async-await").default
    pivot = native(text, path, pivot_version)
    if why := codes(pivot, Severity.FAILURE):
        # What is not Python, or not of this version, is no failure of the port.
        return ("failed" if "bug" in why.split() else "no pivot"), why
    before = pivot.after.decode()
    lowered = port(before, path, to, version)
    if codes(lowered, Severity.FAILURE):
        return "failed", codes(lowered, Severity.FAILURE)
    if not lowered.changed:
        return ("refused", codes(lowered, Severity.ERROR)) if lowered.findings else ("nothing to do", "")
    (done,) = _lowered
    again = port(lowered.after.decode(), path, "async-await", pivot_version)
    if codes(again, Severity.FAILURE):
        return "failed", codes(again, Severity.FAILURE)
    if same_tree(before, again.after.decode()):
        return "equal", ""
    if trees(done.pivot, done.unlike) == trees(again.after.decode(), done.unlike):
        return "equal in other words", ""
    return "unequal", codes(lowered, Severity.NOTE) or codes(again, Severity.NOTE)


def same_tree(one: str, other: str) -> bool:
    """Whether two texts have the same syntax tree; those that do not parse are compared as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
        except SyntaxError:
            return one == other


def texts_of(path: Path) -> list[str]:
    """The text of a file; a fixture of a rule holds two."""
    try:
        return path.read_text(encoding="utf-8").split(_SEPARATOR)
    except UnicodeDecodeError:
        return []


def main() -> int:
    """Try all files of the command line; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, help="files and folders")
    options = parser.parse_args()
    files = [file for path in options.paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    status = 0
    for to, version in _STYLES:
        counts: Counter[tuple[str, str]] = Counter()
        shown = []
        for file in files:
            for text in texts_of(file):
                result, why = round_trip(text, str(file), to, version)
                counts[result, why] += 1
                if result == "failed" or (result == "unequal" and not why):
                    shown.append(f"        {result} {file}")
        print(f"{to} {version[0]}.{version[1]}: {sum(counts.values())} texts")
        for (result, why), count in sorted(counts.items()):
            print(f"    {count} {result} {why}")
        print(*shown, sep="\n", flush=True)
        status |= bool(shown)
    return status


if __name__ == "__main__":
    with patch.object(aioport.porting, "lower_text", _noted):
        sys.exit(main())

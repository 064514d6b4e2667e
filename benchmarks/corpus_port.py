"""Porting a tree in place with the aioport of this clone, and judging it from outside."""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus_packages import CorpusError
from corpus_shell import environ

_HERE = Path(__file__).resolve().parent
_PORTER = _HERE.parent / "porter"
_SEVERITIES = ("failure", "error", "warning", "note")

Examined = dict[str, dict[str, Any]]
"""What count_constructs.py prints: by relative path, ``error`` and ``constructs``."""


@dataclass(frozen=True)
class Port:
    """What aioport reported, and how long it took. Paths are relative to the tree."""

    code: int
    functions: int
    changed: frozenset[str]
    findings: dict[str, list[dict[str, Any]]]
    seconds: float
    errors: str

    def severities(self) -> str:
        """``2 error, 1 note``, or ``none``."""
        counts = Counter(item["severity"] for items in self.findings.values() for item in items)
        return ", ".join(f"{counts[name]} {name}" for name in _SEVERITIES if counts[name]) or "none"


@dataclass(frozen=True, order=True)
class Left:
    """An old-style construct in a ported tree; ``covered`` when a finding is about it."""

    path: str
    line: int
    kind: str
    text: str
    covered: bool = field(compare=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind} ({self.text})"


def port(tree: Path, target: tuple[int, int]) -> Port:
    """Run ``aioport --to async-await`` on the tree. Raises CorpusError where it gives no report."""
    command = [sys.executable, "-m", "aioport", "--to", "async-await", "--jobs", "2"]
    command += ["--target-version", dotted(target), "--format", "json", str(tree)]
    started = time.monotonic()
    ended = subprocess.run(
        command,
        check=False,
        cwd=tree.parent,
        env=environ({"PYTHONPATH": str(_PORTER)}),
        capture_output=True,
    )
    seconds = time.monotonic() - started
    errors = ended.stderr.decode("utf-8", "replace")
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        message = f"aioport ended with {ended.returncode}:\n{errors[-2000:].strip()}"
        raise CorpusError(message) from None
    files = {_relative(entry["path"], tree): entry for entry in report["files"]}
    return Port(
        code=ended.returncode,
        functions=sum(entry["functions"] for entry in files.values()),
        changed=frozenset(path for path, entry in files.items() if entry["changed"]),
        findings={path: entry["findings"] for path, entry in files.items() if entry["findings"]},
        seconds=seconds,
        errors=errors,
    )


def _relative(path: str, tree: Path) -> str:
    return str((tree.parent / path).resolve().relative_to(tree.resolve()))


def examine(python: Path, tree: Path) -> Examined:
    """Have an interpreter compile and count every file of the tree."""
    script = str(_HERE / "count_constructs.py")
    command = [str(python), script, str(tree)]
    ended = subprocess.run(command, check=False, env=environ(), capture_output=True)
    if ended.returncode != 0:
        raise CorpusError(f"count_constructs.py failed:\n{ended.stderr.decode('utf-8', 'replace')}")
    examined: Examined = json.loads(ended.stdout)
    return examined


def joined(first: Examined, second: Examined) -> Examined:
    """What the first interpreter saw, and the second's view of what the first cannot compile."""
    return {
        path: second[path] if entry["error"] and not second[path]["error"] else entry for path, entry in first.items()
    }


def stopped_compiling(before: Examined, after: Examined, must: frozenset[str]) -> list[str]:
    """Files that do not compile any more, with the error; those of ``must`` have to in any case."""
    return [
        f"{path}: {entry['error']}"
        for path, entry in sorted(after.items())
        if entry["error"] and (path in must or (path in before and not before[path]["error"]))
    ]


def lines_and_files(tree: Path) -> tuple[int, int]:
    """Lines and number of the ``.py`` files."""
    files = [path for path in tree.rglob("*.py") if path.is_file()]
    return sum(path.read_bytes().count(b"\n") for path in files), len(files)


def constructs(examined: Examined) -> int:
    """How many constructs of the old style; undecorated generators do not count."""
    return sum(item["kind"] != "undecorated" for entry in examined.values() for item in entry["constructs"])


def left(after: Examined, before: Path, tree: Path, findings: dict[str, list[dict[str, Any]]]) -> list[Left]:
    """The constructs of a ported tree, told apart by whether a finding of the port covers them.

    Findings have the lines of the file as it was, so a construct's line is traced back by a diff.
    """
    found = []
    for path, entry in after.items():
        if not entry["constructs"]:
            continue
        origin = _origins(before / path, tree / path)
        for item in entry["constructs"]:
            line = origin.get(item["line"], 0)
            covered = any(finding["first_line"] <= line <= finding["end_line"] for finding in findings.get(path, ()))
            found.append(Left(path, item["line"], item["kind"], item["text"], covered))
    return sorted(found)


def _origins(before: Path, after: Path) -> dict[int, int]:
    """The lines that lines come from; a rewritten block maps line by line from its start."""
    old, new = before.read_bytes().splitlines(), after.read_bytes().splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    origins = {}
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        for offset in range(new_end - new_start):
            origins[new_start + offset + 1] = min(old_start + offset, max(old_end - 1, 0)) + 1
    return origins


def dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"

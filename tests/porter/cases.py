"""Reading the small fixture cases; see fixtures/README.rst for their formats."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aioport.config import Settings, parse_version
from aioport.styles import target_of

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
_EXPECTED = re.compile(r"# finding: ([\w, -]+)$", re.MULTILINE)
_SEPARATOR = "# --- ported ---\n"


@dataclass(frozen=True)
class Case:
    """One case: the text before, the text after, and the findings as counts of line and code."""

    path: Path
    before: str
    after: str
    findings: Counter[tuple[int, str]]
    settings: Settings


def load(path: Path) -> Case:
    """Read the case in ``path``."""
    text = path.read_text(encoding="utf-8")
    options = {}
    while (option := re.match(r"# (to|target-version|options): (.+)\n", text)) is not None:
        options[option.group(1)] = option.group(2)
        text = text[option.end() :]
    before, _, after = text.partition(_SEPARATOR)
    before = before.rstrip("\n") + "\n"
    expected = marked(before)
    to = options.get("to", "async-await")
    version = options.get("target-version")
    target = parse_version(version, to) if version is not None else target_of(to).default
    given: dict[str, Any] = dict.fromkeys(options.get("options", "").split(), True)
    return Case(path, before, after or before, expected, Settings(to=to, target_version=target, jobs=1, **given))


def marked(text: str) -> Counter[tuple[int, str]]:
    """The findings that a text marks, as counts of line and code."""
    expected: Counter[tuple[int, str]] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        for match in _EXPECTED.finditer(line):
            expected.update((number, code.strip()) for code in match.group(1).split(","))
    return expected


def all_cases() -> list[Path]:
    """Every case there is."""
    return sorted(path for folder in ("rules", "refused", "untouched") for path in (FIXTURES / folder).glob("*.py"))

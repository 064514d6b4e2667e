"""The fixture programs, ported from each style to each other, and what their notes say of that."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

import programs
from aioport.config import Settings
from aioport.project import port_bytes
from aioport.results import FileReport
from aioport.styles import target_of


def text_of(case: str, style: str) -> str:
    """A program in a style."""
    return Path(programs.path_of(case, style)).read_bytes().decode()


def ported(case: str, source: str, target: str) -> FileReport:
    """The port of a program from one style to another, for that one's default version."""
    to = target.replace("_", "-")
    settings = Settings(to=to, target_version=target_of(to).default, jobs=1)
    # The name it has in its folder: a module trollius.py would be taken for the library.
    return port_bytes(text_of(case, source).encode(), f"{case}/as_{source}.py", settings)


def noted_of(section: str, case: str, source: str, target: str) -> str | None:
    """What case.toml says of porting one style to another: of this pair, or of all ports to the target."""
    notes = programs.noted(case, section)
    found: str | None = notes.get(f"{source}_to_{target}", notes.get(f"to_{target}"))
    return found

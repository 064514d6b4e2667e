"""How a run is told: one module a format, found by name."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

from aioport.results import FileReport, Outcome, Summary


class Reporter(Protocol):
    """Tells of a run; each format's module has a class ``Reporter``."""

    def file(self, report: FileReport) -> None:
        """Tell of one file, as soon as it is done."""

    def end(self, summary: Summary, outcome: Outcome) -> None:
        """Tell of the whole run."""


def formats() -> tuple[str, ...]:
    """The formats there are."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__)))


def reporter(name: str, *, beside_output: bool) -> Reporter:
    """A reporter for one of :func:`formats`, on stderr where stdout is for something else (``beside_output``)."""
    made: Reporter = importlib.import_module(f"{__name__}.{name}").Reporter(beside_output)
    return made

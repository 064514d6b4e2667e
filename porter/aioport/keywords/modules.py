"""Which files of a project are the modules that its imports name."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable

SUFFIXES = (".py", ".pyi", ".pyw")


def location_of(path: str) -> str:
    """Where the module in a file is: the file's path without a suffix, or a package's folder."""
    stem = os.path.splitext(os.path.abspath(path))[0]
    return os.path.dirname(stem) if os.path.basename(stem) == "__init__" else stem


class Modules:
    """The modules and packages among ``paths``. Each is known by its location: its path without a suffix."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._packages: set[str] = set()
        self._named: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            stem, suffix = os.path.splitext(os.path.abspath(path))
            if suffix not in SUFFIXES:
                continue
            if os.path.basename(stem) == "__init__":
                self._packages.add(os.path.dirname(stem))
            while os.path.basename(stem):
                self._named[os.path.basename(stem)].add(stem)
                stem = os.path.dirname(stem)

    def find(self, name: str, importer: str) -> str | None:
        """The location of the module that ``name``, with leading dots for a relative one, means in a file."""
        parts = name.lstrip(".").split(".")
        dots = len(name) - len(name.lstrip("."))
        if dots:
            folder = os.path.dirname(os.path.abspath(importer))
            for _ in range(dots - 1):
                folder = os.path.dirname(folder)
            location = os.path.join(folder, *filter(None, parts))
            return location if location in self._named[os.path.basename(location)] else None
        ending = os.sep + os.path.join(*parts)
        for location in sorted(self._named[parts[-1]]):
            # An absolute import starts where packages end.
            if location.endswith(ending) and location[: -len(ending)] not in self._packages:
                return location
        return None

    def holds(self, name: str) -> bool:
        """Whether the first part of a dotted ``name`` is a module or package of the project."""
        return name.startswith(".") or self.find(name.split(".")[0], "") is not None

    def is_in_package(self, location: str) -> bool:
        """Whether what is at ``location`` is imported as a part of a package."""
        return os.path.dirname(location) in self._packages

"""Which files a run is about: those named, and the Python files below the folders named."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from aioport.config import ConfigError
from aioport.documents import SUFFIXES as DOCUMENTS
from aioport.source import TEMPORARY_PREFIX, SourceError

_SUFFIXES = (".py", ".pyi", ".pyw")

_NO_SOURCE = (TEMPORARY_PREFIX, ".#")
"""How names of our temporary files start, and of Emacs's locks, which are links to nothing."""

_SKIPPED = frozenset(
    ["__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv"]
)
"""Folders that hold no source of the project: what ruff leaves out too. Hidden folders are left out as well."""


@dataclass(frozen=True)
class _Ignores:
    """The patterns of one ``.gitignore`` (or of ``--exclude``) and the folder they are relative to."""

    folder: str
    spec: GitIgnoreSpec

    def decides(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether ``path`` is ignored; ``None`` where no pattern says."""
        relative = os.path.relpath(path, self.folder).replace(os.sep, "/")
        return self.spec.check_file(relative + "/" if is_folder else relative).include


def discover(
    paths: Sequence[str], exclude: Sequence[str] = (), folder: str = ".", documents: bool = False
) -> Iterator[str | SourceError]:
    """The files to port, each once, folders in sorted order; an error for each path that does not exist.

    What is named is always taken. Below folders, ``.gitignore`` files are respected, ``exclude`` holds more patterns of
    their kind, relative to ``folder``, and links to other folders are not followed, as by ruff. Raises
    :class:`ConfigError` for a pattern that is none. ``documents`` are taken where that is asked for.
    """
    try:
        excluded = _Ignores(os.path.realpath(folder), GitIgnoreSpec.from_lines(exclude))
    except (ValueError, re.error) as error:
        raise ConfigError(f"exclude has a pattern that is none: {error}") from None
    seen: set[str] = set()
    for path in paths:
        if os.path.isdir(path):
            suffixes = (*_SUFFIXES, *(DOCUMENTS if documents else ()))
            found: Iterator[str | SourceError] = _below(path, [excluded, *_ignores_above(path)], suffixes)
        elif os.path.exists(path):
            found = iter([path])
        else:
            yield SourceError(path, "unreadable", "it does not exist", "check the path")
            continue
        for file in found:
            real = os.path.realpath(file) if isinstance(file, str) else file.finding.location.path
            if real not in seen:
                seen.add(real)
                yield file


def _below(folder: str, ignores: list[_Ignores], suffixes: tuple[str, ...]) -> Iterator[str | SourceError]:
    real = os.path.realpath(folder)
    own = _ignores_in(folder)
    ignores = [*ignores, own] if own is not None else ignores
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield SourceError(folder, "unreadable", f"it cannot be read: {error.strerror}", "check the path")
        return
    for entry in entries:
        # Unlike DirEntry's own question this one is no error for a link to itself.
        is_folder = os.path.isdir(entry.path)
        if is_folder and (entry.is_symlink() or _is_skipped(entry)):
            continue
        if not is_folder and (not entry.name.endswith(suffixes) or entry.name.startswith(_NO_SOURCE)):
            continue
        # Patterns are relative to real folders: the path may lead over links.
        if _is_ignored(os.path.join(real, entry.name), ignores, is_folder=is_folder):
            continue
        if is_folder:
            yield from _below(entry.path, ignores, suffixes)
        else:
            yield entry.path


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name.startswith(".")
        or entry.name in _SKIPPED
        or entry.name.endswith(".egg-info")
        or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
    )


def _is_ignored(path: str, ignores: list[_Ignores], *, is_folder: bool) -> bool:
    excluded, *gitignores = ignores
    if excluded.decides(path, is_folder=is_folder):
        return True
    # As in git, the file nearest to the path that says anything decides.
    for ignore in reversed(gitignores):
        decision = ignore.decides(path, is_folder=is_folder)
        if decision is not None:
            return decision
    return False


def _ignores_above(folder: str) -> list[_Ignores]:
    """The ``.gitignore`` files of the folders around ``folder``, outermost first, as far as its git repository goes."""
    found: list[_Ignores] = []
    current = os.path.realpath(folder)
    while not os.path.exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return []
        current = parent
        if (ignores := _ignores_in(current)) is not None:
            found.insert(0, ignores)
    return found


def _ignores_in(folder: str) -> _Ignores | None:
    path = os.path.join(folder, ".gitignore")
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return _Ignores(os.path.realpath(folder), GitIgnoreSpec.from_lines(file))
    except OSError:
        return None
    except (ValueError, re.error) as error:
        raise ConfigError(f"{path} has a pattern that is none: {error}") from None

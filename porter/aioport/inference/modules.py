"""Which file an import means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from os.path import commonpath
from pathlib import PurePath

from aioport.facts import FileFacts


class Modules:
    """The files of a project by the names they can be imported as.

    Which folders are put on ``sys.path`` is not known, so a file may be imported by its dotted name from the topmost
    package on, or from any folder above that.
    """

    def __init__(self, files: Iterable[FileFacts]) -> None:
        self._files = {file.path: file for file in files}
        self._by_name: dict[str, list[FileFacts]] = defaultdict(list)
        for file in self._files.values():
            parts = file.module.split(".") if file.module else []
            self._by_name[file.module].append(file)
            for folder in list(_folder_of(file.path, len(parts)).parts)[::-1]:
                parts.insert(0, folder)
                self._by_name[".".join(parts)].append(file)

    def file(self, path: str) -> FileFacts:
        """The facts of a file."""
        return self._files[path]

    def find(self, importer: str, dotted: str) -> tuple[FileFacts, tuple[str, ...]] | None:
        """The file that most of ``dotted`` names, as ``importer`` imports it, and the names below that are left."""
        base, parts = self._absolute(importer, dotted)
        if base is None:
            return None
        for count in range(len(parts), -1 if base else 0, -1):
            name = ".".join((*base, *parts[:count]))
            if found := self._by_name.get(name):
                return _nearest(found, importer), tuple(parts[count:])
        return None

    def _absolute(self, importer: str, dotted: str) -> tuple[tuple[str, ...] | None, list[str]]:
        level = len(dotted) - len(dotted.lstrip("."))
        parts = dotted[level:].split(".")
        if not level:
            return (), parts
        module = self._files[importer].module.split(".") if self._files[importer].module else []
        package = module if PurePath(importer).stem == "__init__" else module[:-1]
        if level - 1 > len(package) or not package:
            return None, parts
        return tuple(package[: len(package) - level + 1]), parts


def _folder_of(path: str, depth: int) -> PurePath:
    """The folder that the topmost package of a module stands in."""
    file = PurePath(path)
    steps = depth if file.stem == "__init__" else depth - 1
    folder = file.parent
    for _ in range(max(steps, 0)):
        folder = folder.parent
    return PurePath(*folder.parts[-_MOST_FOLDERS:])


_MOST_FOLDERS = 3


def _nearest(files: list[FileFacts], importer: str) -> FileFacts:
    if len(files) == 1:
        return files[0]
    return max(files, key=lambda file: len(commonpath([file.path, importer])) if file.path != importer else -1)

"""What has to be known of all files before any is parsed for good: names that have to change, and names of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from aioport.aliases import Aliases, Glance, Imports, glance
from aioport.config import Settings
from aioport.depth import deep_recursion, with_deep_stack
from aioport.keywords.plan import Plan, Renames, plan, takers
from aioport.keywords.uses import MENTIONS, FileUses
from aioport.parsing import Reading, uses_in, words_in
from aioport.processes import each
from aioport.source import SourceError, read


def prepare(paths: Sequence[str], settings: Settings) -> tuple[Plan, list[Reading]]:
    """What is renamed in a project, and how each of its files is read."""
    glances = list(each(partial(_glance, settings=settings), paths, settings.jobs, lambda path: Glance()))
    renames = _keyword_plan(glances, paths, settings)
    imports = _imports(glances, paths, settings)
    return renames, [
        Reading(renames.of(path), imports.aliases(path), settings.python2, imports.spare(path)) for path in paths
    ]


def prepare_alone(data: bytes, path: str, settings: Settings, *, renaming: bool) -> Reading:
    """How a file is read about whose project nothing is known."""
    uses = _uses_of_bytes(data, path, settings, MENTIONS) if renaming else None
    renames = plan([uses], [path], settings.keyword_suffix).of(path) if uses is not None else Renames()
    return Reading(renames, python2=settings.python2)


def _keyword_plan(glances: Sequence[Glance], paths: Sequence[str], settings: Settings) -> Plan:
    """Where the target has ``async`` and ``await`` as keywords: which of them are renamed, and which modules."""
    if not settings.renames_keywords:
        return Plan()
    uses = {path: glance.uses for path, glance in zip(paths, glances) if glance.uses is not None}
    asked: frozenset[str] = frozenset()
    while not (found := takers(list(uses.values()))) <= asked:
        # What hands a dictionary on to these by `**` need not have the words in it.
        calls = re.compile(rb"\*\*(?s:.*)\b(?:%b)\b" % "|".join(sorted(found)).encode())
        rest = [path for path in paths if path not in uses]
        more = each(partial(_uses_of_path, settings=settings, pattern=calls), rest, settings.jobs, lambda path: None)
        uses.update((path, found_there) for path, found_there in zip(rest, more) if found_there is not None)
        asked = found
    return plan(list(uses.values()), paths, settings.keyword_suffix)


def _imports(glances: Sequence[Glance], paths: Sequence[str], settings: Settings) -> Imports:
    """What each file imports under names that modules of the project give to words of a style."""
    imports = Imports(glances, paths)
    changed = True
    while changed:
        work = [(path, imports.aliases(path)) for path in imports.candidates]
        found = list(each(partial(_words_of_path, settings=settings), work, settings.jobs, lambda item: {}))
        changed = imports.learn(found)
    return imports


def _words_of_path(item: tuple[str, Aliases], settings: Settings) -> Aliases:
    path, aliases = item
    try:
        data = read(path)
        with deep_recursion(path):
            return with_deep_stack(partial(words_in, python2=settings.python2, aliases=aliases), data, path)
    except SourceError:
        # It is said where the file is to be ported.
        return {}


def _glance(path: str, settings: Settings) -> Glance:
    try:
        data = read(path)
        uses = _uses_of_bytes(data, path, settings, MENTIONS) if settings.renames_keywords else None
        return glance(data, uses)
    except SourceError:
        # It is said where the file is to be ported.
        return Glance()


def _uses_of_path(path: str, settings: Settings, pattern: re.Pattern[bytes]) -> FileUses | None:
    try:
        return _uses_of_bytes(read(path), path, settings, pattern)
    except SourceError:
        # It is said where the file is to be ported.
        return None


def _uses_of_bytes(data: bytes, path: str, settings: Settings, pattern: re.Pattern[bytes]) -> FileUses | None:
    if not pattern.search(data):
        return None
    with deep_recursion(path):
        return with_deep_stack(partial(uses_in, python2=settings.python2), data, path)

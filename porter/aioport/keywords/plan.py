"""Which of the names ``async`` and ``await`` are the project's own: these are renamed in all files together.

A name of the language, a parameter, or what is defined in some file, is the project's own. What an import, a call or an
attribute takes from outside is not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aioport.findings import Applicability, Finding, Location, Severity
from aioport.keywords.keys import Keys
from aioport.keywords.modules import SUFFIXES, Modules, location_of
from aioport.keywords.tree import WORDS, Place, last_name
from aioport.keywords.uses import FileUses, Kind, Role, Text, Use

_GLOBAL_ROLES = (Role.FUNCTION, Role.CLASS, Role.GLOBAL)
_FOLLOW = "see that what uses it from outside of these files follows"


@dataclass(frozen=True)
class Renames:
    """What is renamed in one file, and what there is to say of it."""

    suffix: str = ""
    """What names get at their ends; empty where the target has no keywords to make room for."""
    names: frozenset[Place] = frozenset()
    undecided: frozenset[Place] = frozenset()
    """Keywords of which nobody can say whether their function is the project's own."""
    texts: Mapping[Place, str] = field(default_factory=dict)
    """Strings in which the word is renamed, and what they say then."""
    aliases: frozenset[str] = frozenset()
    """Functions and classes of the module that strings may ask for by their old names."""
    taken: frozenset[str] = frozenset()
    """Words whose new names are names already somewhere."""
    findings: tuple[Finding, ...] = ()
    matter: bool = False
    """Whether the file has to be ported for this, whatever else is in it."""


@dataclass(frozen=True)
class Plan:
    """The renames of each file, and the files that get another path themselves."""

    suffix: str = ""
    files: dict[str, Renames] = field(default_factory=dict)
    moves: dict[str, str] = field(default_factory=dict)

    def of(self, path: str) -> Renames:
        """The renames of a file."""
        return self.files.get(path) or Renames(self.suffix)


def takers(files: Sequence[FileUses]) -> frozenset[str]:
    """The functions and classes with parameters that get new names; those that hand theirs on to them among them."""
    return _Planner(files, (), "").takers


def plan(files: Sequence[FileUses], paths: Sequence[str], suffix: str) -> Plan:
    """Decide for the files of a project, of which ``files`` have the words in them."""
    planner = _Planner(files, paths, suffix)
    found = {file.path: planner.renames(file) for file in files}
    for finding in planner.of_modules(paths):
        path = finding.location.path
        renames = found.get(path, Renames(suffix))
        found[path] = replace(renames, findings=(finding, *renames.findings), matter=True)
    return Plan(suffix, found, planner.moves(paths))


class _Planner:
    def __init__(self, files: Sequence[FileUses], paths: Sequence[str], suffix: str) -> None:
        self._files = files
        self._suffix = suffix
        self._modules = Modules(paths)
        self._taken = {
            word for file in files for word in WORDS if word + suffix in file.taken and _has_name(file, word)
        }
        self._globals = {use.word for file in files for use in file.uses if use.role in _GLOBAL_ROLES}
        self._attributes = {
            use.word
            for file in files
            for use in file.uses
            if use.role is Role.METHOD or (use.role is Role.ATTRIBUTE and (use.kind is Kind.OWN or use.own))
        }
        self._takers = {taker for file in files for taker in file.takers}
        self._add_takers()
        self._moved: dict[str, str] = {}
        """New locations of modules by their old ones."""
        for file in files:
            for use in file.uses:
                location = self._module(use, file.path)
                if location is not None:
                    self._move(location, use.word)
        self._moved = {old: new for old, new in self._moved.items() if os.path.basename(old) not in self._taken}

    @property
    def takers(self) -> frozenset[str]:
        """The names of functions and classes with parameters of the names."""
        return frozenset(name for name, _ in self._takers)

    def _add_takers(self) -> None:
        """Take in the classes that inherit their parameters, and the functions that hand theirs on by ``**``."""
        size = -1
        while size != len(self._takers):
            size = len(self._takers)
            for file in self._files:
                for name, bases in file.bases:
                    self._takers.update((name, word) for base, word in list(self._takers) if base in bases)
                for alias, name in file.aliases:
                    self._takers.update((alias, word) for word in WORDS if (name, word) in self._takers)
                for keys in file.keys:
                    if keys.parameter_of:
                        self._takers.update((keys.parameter_of, word) for word in WORDS if self._takes(keys, word))

    def _takes(self, keys: Keys, word: str) -> bool:
        """Whether a ``**`` parameter is asked for ``word``, or handed on to what takes it."""
        asked = keys.closed and any(found == word for _, found in keys.places)
        return asked or any((callee, word) in self._takers for callee in keys.callees)

    def _move(self, location: str, word: str) -> None:
        folder, name = os.path.split(location)
        new = os.path.join(folder, name + self._suffix)
        if any(map(os.path.lexists, (new, *(new + suffix for suffix in SUFFIXES)))):
            self._taken.add(word)
        else:
            self._moved[location] = new

    # Names.

    def _module(self, use: Use, path: str) -> str | None:
        """The location of the module that a use means."""
        if use.kind is Kind.MODULE:
            return self._modules.find(use.where, path)
        if use.kind is Kind.IMPORTED or (use.kind is Kind.ATTRIBUTE and use.certain):
            dot = "" if use.where.endswith(".") else "."
            return self._modules.find(f"{use.where}{dot}{use.word}", path)
        return None

    def _is_own(self, use: Use, file: FileUses) -> bool:
        if use.word in self._taken:
            return False
        if use.kind is Kind.OWN or self._module(use, file.path) is not None:
            return True
        if use.kind is Kind.IMPORTED:
            return use.word in self._globals and self._modules.find(use.where, file.path) is not None
        if use.kind is Kind.FREE:
            return use.word in self._globals and any(self._modules.find(s, file.path) for s in file.stars)
        if use.kind is Kind.KEYWORD:
            outside = use.certain and not self._modules.holds(use.where)
            return not outside and (last_name(use.where), use.word) in self._takers
        if use.kind is Kind.ATTRIBUTE:
            if use.certain:
                return use.word in self._globals and self._modules.holds(use.where)
            return use.word in self._attributes
        return False

    def _is_undecided(self, use: Use, file: FileUses) -> bool:
        """Whether a keyword is for what some variable stands for, which may be one of the project's functions."""
        return use.variable and not self._is_own(use, file) and any(word == use.word for _, word in self._takers)

    def renames(self, file: FileUses) -> Renames:
        """What is renamed in one file."""
        names = {use.place for use in file.uses if self._is_own(use, file)}
        texts = {text.place: new for text in file.texts if (new := self._renamed_text(text)) != text.path}
        findings = [*self._of_definitions(file), *self._of_guesses(file), *self._of_texts(file)]
        for keys in file.keys:
            takes = {word for word in WORDS if word not in self._taken and self._is_given_to_takers(keys, word)}
            texts.update((place, word + self._suffix) for place, word in keys.places if word in takes)
            names.update(place for place, word in keys.names if word in takes)
            if takes and not keys.closed:
                findings.append(
                    _finding(
                        file.path,
                        keys.spread,
                        "keyword-by-string",
                        f"what this dictionary holds cannot be seen; a key {min(takes)!r} in it would have to be "
                        f"{min(takes) + self._suffix!r} now",
                        "see that it has no such key",
                    )
                )
        return Renames(
            self._suffix,
            frozenset(names),
            frozenset(use.place for use in file.uses if self._is_undecided(use, file)),
            texts,
            frozenset(self._aliases(file)),
            frozenset(self._taken),
            tuple(findings),
            matter=bool(file.uses or texts or findings),
        )

    def _is_given_to_takers(self, keys: Keys, word: str) -> bool:
        if keys.parameter_of:
            return (keys.parameter_of, word) in self._takers
        return any((callee, word) in self._takers for callee in keys.callees)

    # Strings.

    def _renamed_text(self, text: Text) -> str:
        """What a string says that is the dotted name of a module that is renamed, or stands in ``__all__``."""
        if text.exported:
            return text.path + (self._suffix if text.path in self._globals - self._taken else "")
        parts = text.path.split(".")
        new = list(parts)
        for index, part in enumerate(parts[1:], 1):
            if part in WORDS and self._modules.find(".".join(parts[: index + 1]), "") in self._moved:
                new[index] = part + self._suffix
        return ".".join(new)

    def _may_ask(self, text: Text) -> bool:
        """Whether a string may ask for something by its old name."""
        return text.path in (self._globals | self._attributes) - self._taken and not text.exported

    def _aliases(self, file: FileUses) -> Iterator[str]:
        asked = {text.path for other in self._files for text in other.texts if self._may_ask(text)}
        for use in file.uses:
            if use.role in (Role.FUNCTION, Role.CLASS) and use.word in asked:
                yield use.word

    # What there is to say.

    def _of_definitions(self, file: FileUses) -> Iterator[Finding]:
        said: set[tuple[Role, str, str]] = set()
        for use in file.uses:
            seen = (use.role, use.owner, use.word)
            if use.role is Role.NONE or seen in said or _is_private(use.owner) or not self._is_own(use, file):
                continue
            said.add(seen)
            of = f" of {use.owner}" if use.owner else ""
            new = use.word + self._suffix
            yield _finding(
                file.path,
                use.place,
                "renamed-keyword",
                f"the {use.role.value} {use.word}{of} is called {new} now",
                _FOLLOW,
            )

    def _of_guesses(self, file: FileUses) -> Iterator[Finding]:
        """What was renamed because something in the project has the name, on an object that is not known."""
        for use in file.uses:
            guessed = use.kind in (Kind.ATTRIBUTE, Kind.KEYWORD) and not use.certain and not use.own
            if guessed and self._is_own(use, file):
                message = (
                    f"this {use.word} is taken for what is defined in these files; of what object it is, is not known"
                )
                found = _finding(file.path, use.place, "renamed-keyword", message, "see that it is")
                yield replace(found, severity=Severity.NOTE)

    def _of_texts(self, file: FileUses) -> Iterator[Finding]:
        for text in file.texts:
            if not text.exported and self._renamed_text(text) != text.path:
                message = "this string names a module that was renamed, and was changed with it"
                yield _finding(
                    file.path, text.place, "keyword-by-string", message, "see that it is the module that is meant"
                )
            elif self._may_ask(text):
                message = f"if this string asks for something by its name, that is called {text.path}{self._suffix} now"
                yield _finding(file.path, text.place, "keyword-by-string", message, "change the string if it does")

    def of_modules(self, paths: Sequence[str]) -> Iterator[Finding]:
        """What there is to say of the modules that are called so."""
        for path in paths:
            location = location_of(path)
            if location in self._moved:
                old, new = os.path.basename(location), os.path.basename(self._moved[location])
                yield _finding(path, Place(1, 0), "renamed-keyword", f"the module {old} is called {new} now", _FOLLOW)
            elif os.path.basename(location) in set(WORDS) - self._taken and self._modules.is_in_package(location):
                message = "since Python 3.7 no import statement can name this module, and none in these files does"
                yield _finding(path, Place(1, 0), "keyword-name", message, "rename it if something else imports it")

    def moves(self, paths: Sequence[str]) -> dict[str, str]:
        """The new paths of all files that get one, also of those that are no Python in renamed packages."""
        found = {}
        for path in (*paths, *self._others(paths)):
            new = self._moved_path(os.path.abspath(path))
            if new is not None:
                found[path] = os.path.relpath(new) if not os.path.isabs(path) else new
        return found

    def _moved_path(self, path: str) -> str | None:
        stem, suffix = os.path.splitext(path)
        rest: list[str] = []
        moved = False
        while os.path.basename(stem):
            new = self._moved.get(stem)
            moved = moved or new is not None
            rest.append(os.path.basename(new or stem))
            stem = os.path.dirname(stem)
        return os.path.join(stem, *reversed(rest)) + suffix if moved else None

    def _others(self, paths: Sequence[str]) -> Iterator[str]:
        """The files in renamed packages that are not ported themselves, but have to stay beside those that are."""
        known = {os.path.abspath(path) for path in paths}
        relative = not any(map(os.path.isabs, paths))
        for location in sorted(self._moved):
            for folder, folders, names in os.walk(location):
                folders[:] = sorted(name for name in folders if name != "__pycache__")
                for name in sorted(names):
                    path = os.path.join(folder, name)
                    if path not in known and not name.endswith((".pyc", ".pyo")):
                        known.add(path)
                        yield os.path.relpath(path) if relative else path


def _has_name(file: FileUses, word: str) -> bool:
    return any(use.word == word and use.kind is not Kind.MODULE for use in file.uses)


def _is_private(owner: str) -> bool:
    return owner.startswith("_") and not owner.endswith("__")


def _finding(path: str, place: Place, code: str, message: str, advice: str) -> Finding:
    where = Location(path, place.line, place.col + 1, place.line, place.line)
    return Finding(where, code, Severity.WARNING, Applicability.SAFE, message, advice)

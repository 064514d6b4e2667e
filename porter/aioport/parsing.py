"""From the bytes of a file to a tree with everything known about it, or to the reasons why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from aioport.analysis import Analysis
from aioport.blockers import find_blockers
from aioport.dialect import python2_constructs
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.keywords.plan import Renames
from aioport.keywords.uses import FileUses, uses_of
from aioport.shield import Shielded, shield
from aioport.source import Source, SourceError, decode
from aioport.values import Values


class Unportable(Exception):
    """A file that is left whole; ``findings`` say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings)
        self.findings = findings


@dataclass(frozen=True)
class Parsed:
    """One file, parsed and analysed."""

    source: Source
    shielded: Shielded
    analysis: Analysis
    values: Values
    renames: Renames = field(default_factory=Renames)


def parse(data: bytes, path: str, target_version: tuple[int, int], renames: Renames | None = None) -> Parsed:
    """Parse a file. Raises :class:`SourceError` where it is no Python, :class:`Unportable` where it is Python 2."""
    return parse_source(decode(data, path), target_version, renames)


def parse_source(source: Source, target_version: tuple[int, int], renames: Renames | None = None) -> Parsed:
    """The same for a file that is decoded, or whose text was rewritten since."""
    path = source.path
    _refuse_python2(source)
    renames = renames or Renames()
    shielded = shield(source.text, renames.names, renames.suffix)
    module = parse_text(shielded.text, path)
    if module.code != shielded.text:
        message = "libcst does not give this file back as it was, so nothing in it can be rewritten safely"
        raise SourceError(path, "bug", message, "please report it to aioport, with the file")
    analysis = Analysis(module, shielded)
    values = Values(analysis)
    find_blockers(analysis, values, target_version)
    return Parsed(source, shielded, analysis, values, renames)


def parse_text(text: str, path: str) -> cst.Module:
    """The tree of ``text``. Raises :class:`SourceError` where it is no Python."""
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        said = error.message.splitlines()[0].partition(": expected one of")[0]
        message = "it does not parse: " + said.rstrip(".")
        advice = "mend it; files that only newer Pythons accept need a newer libcst"
        raise SourceError(path, "not-python", message, advice, error.raw_line, error.raw_column + 1) from None


def uses_in(data: bytes, path: str) -> FileUses | None:
    """Where a file has the words that became keywords; ``None`` for one that cannot be read as Python 3."""
    try:
        source = decode(data, path)
        if python2_constructs(source.text):
            return None
        shielded = shield(source.text)
        return uses_of(parse_text(shielded.text, path), shielded, path)
    except SourceError:
        return None


def _refuse_python2(source: Source) -> None:
    found = python2_constructs(source.text)
    if found:
        raise Unportable(
            tuple(
                Finding(
                    Location(source.path, c.line, c.col, c.line, c.line),
                    "python2-syntax",
                    Severity.ERROR,
                    Applicability.MANUAL,
                    f"{c.what} is Python 2 syntax, so the whole file is left",
                    "convert the file to Python 3 first",
                )
                for c in found
            )
        )

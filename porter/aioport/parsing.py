"""From the bytes of a file to a tree with everything known about it, or to the reasons why there is none."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import libcst as cst

from aioport.aliases import Aliases, handed_on
from aioport.analysis import Analysis
from aioport.blockers import find_blockers
from aioport.dialect import EXCEPT_COMMA, EXEC, Construct, python2_constructs
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.keywords.plan import Renames
from aioport.keywords.uses import FileUses, uses_of
from aioport.names import Names
from aioport.python2 import converted
from aioport.shield import Shielded, shield
from aioport.source import Source, SourceError, decode, lines_before
from aioport.values import Values


class Unportable(Exception):
    """A file that is left whole; ``findings`` say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings)
        self.findings = findings


@dataclass(frozen=True)
class Reading:
    """How a file is read."""

    renames: Renames = field(default_factory=Renames)
    aliases: Aliases = field(default_factory=dict)
    """Names of modules of the project that stand for words of a style."""
    python2: bool = False
    """Whether Python 2 syntax is converted, not refused."""
    spare: frozenset[str] = frozenset()
    """Words of a style that no other file of the project takes from this one."""


@dataclass(frozen=True)
class Parsed:
    """One file, parsed and analysed."""

    source: Source
    shielded: Shielded
    analysis: Analysis
    values: Values
    reading: Reading
    converted: str
    """The text of the file, or what it was converted to from Python 2 syntax."""

    def in_original(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings on the text that was parsed, with the lines of the file."""
        if self.converted == self.source.text:
            return list(findings)
        lines = lines_before(self.source.text, self.converted)
        last = len(lines) - 1

        def place(old: Location) -> Location:
            numbers = (lines[min(line - 1, last)] for line in (old.line, old.first_line, old.end_line))
            line, first_line, end_line = numbers
            return Location(old.path, line, old.col, first_line, end_line)

        return [replace(finding, location=place(finding.location)) for finding in findings]


def parse(data: bytes, path: str, target_version: tuple[int, int], reading: Reading | None = None) -> Parsed:
    """Parse a file. Raises :class:`SourceError` where it is no Python, :class:`Unportable` where it is Python 2."""
    return parse_source(decode(data, path), target_version, reading)


def parse_source(source: Source, target_version: tuple[int, int], reading: Reading | None = None) -> Parsed:
    """The same for a file that is decoded, or whose text was rewritten since."""
    path = source.path
    reading = reading or Reading()
    text = python3_text(source, reading.python2)
    renames = reading.renames
    shielded = shield(text, renames.names, renames.suffix)
    module = parse_text(shielded.text, path)
    if module.code != shielded.text:
        message = "libcst does not give this file back as it was, so nothing in it can be rewritten safely"
        raise SourceError(path, "bug", message, "please report it to aioport, with the file")
    analysis = Analysis(module, shielded, reading.aliases)
    values = Values(analysis)
    find_blockers(analysis, values, target_version)
    return Parsed(source, shielded, analysis, values, reading, text)


def parse_text(text: str, path: str) -> cst.Module:
    """The tree of ``text``. Raises :class:`SourceError` where it is no Python."""
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        message, line, col = error.message.splitlines()[0], error.raw_line, error.raw_column + 1
        # Where the Python that runs this cannot parse it either, what that says is much clearer.
        if (found := compile_error(text, path, ast.PyCF_ONLY_AST)) is not None:
            message, line, col = found.msg, found.lineno or 1, max(found.offset or 1, 1)
        advice = "mend it; files that only newer Pythons accept need a newer libcst"
        raise SourceError(path, "not-python", f"it does not parse: {message.rstrip('.')}", advice, line, col) from None


def compile_error(text: str, path: str, flags: int = 0) -> SyntaxError | None:
    """What the Python that runs this has against a text, or ``None``; ``flags`` are those of ``compile``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, path, "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            return error
        except ValueError as error:
            return SyntaxError(str(error))
    return None


def uses_in(data: bytes, path: str, *, python2: bool) -> FileUses | None:
    """Where a file has the words that became keywords; ``None`` for one that cannot be read as Python 3."""
    try:
        shielded = shield(python3_text(decode(data, path), python2))
        return uses_of(parse_text(shielded.text, path), shielded, path)
    except (SourceError, Unportable):
        # It is said where the file is to be ported.
        return None


def words_in(data: bytes, path: str, *, python2: bool, aliases: Aliases) -> dict[str, frozenset[str]]:
    """The words of a style that a module hands on; none for one that cannot be read."""
    try:
        shielded = shield(python3_text(decode(data, path), python2))
        return handed_on(Names(parse_text(shielded.text, path), (), shielded.words, aliases))
    except (SourceError, Unportable):
        return {}


def python3_text(source: Source, convert: bool) -> str:
    """The text of a file, converted from Python 2 if that is asked for.

    Raises :class:`Unportable` where it is Python 2 and stays so, and :class:`SourceError` where it is no Python.
    """
    found = python2_constructs(source.text)
    if not found:
        return source.text
    if convert:
        try:
            text = converted(source.text, found)
        except ValueError as error:
            message = f"it does not parse as Python 2: {error}"
            raise SourceError(source.path, "not-python", message, "mend it", found[0].line, found[0].col) from None
        if not python2_constructs(text):
            return text
    advice = "write this by hand in Python 3" if convert else "convert the file to Python 3 first, or use --python2"
    raise Unportable(
        tuple(
            Finding(
                Location(source.path, c.line, c.col, c.line, c.line),
                "python2-syntax",
                Severity.ERROR,
                Applicability.MANUAL,
                f"{c.what} is Python 2 syntax{_or_newer(found)}, so the whole file is left",
                advice,
            )
            for c in found
        )
    )


def of_conversion(parsed: Parsed) -> Iterator[Finding]:
    """What there is to say of a file that was converted from Python 2, at the places in the text that was parsed."""
    found = python2_constructs(parsed.source.text) if parsed.converted != parsed.source.text else ()
    after = lines_before(parsed.converted, parsed.source.text)
    for construct in found:
        if construct is found[0]:
            message = "the Python 2 syntax of this file was converted; what else differs was not looked at"
            advice = "see to text and bytes, the division of integers, and what dictionaries and map() give"
        elif construct.what == EXEC:
            message = "what this executes binds no names of the function around it any more"
            advice = "give it a dictionary and take the names out of that"
        else:
            continue
        line = after[construct.line - 1]
        where = Location(parsed.source.path, line, construct.col, line, line)
        yield Finding(where, "python2-converted", Severity.WARNING, Applicability.SAFE, message, advice)


def _or_newer(found: tuple[Construct, ...]) -> str:
    if all(other.what == EXCEPT_COMMA for other in found):
        return " (or catches two exceptions, if the file is for Python 3.14: write parentheses then)"
    return ""

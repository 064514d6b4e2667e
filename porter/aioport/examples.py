"""Porting the code in documents and docstrings (``--docs``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from aioport.config import Settings
from aioport.documents import Example, in_docstrings, in_document, ported
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.results import FileReport
from aioport.source import SourceError, decode, encode, lines_before
from aioport.styles import libraries, marker

_HERE = "_aioport_example_begins_here_ = 0\n"
_THERE = "_aioport_example_ends_here_ = 0\n"

PortBytes = Callable[[bytes, str, Settings], FileReport]


def port_document(data: bytes, path: str, settings: Settings, port: PortBytes) -> FileReport:
    """Port the examples in a ``.rst`` or ``.md`` file. Raises :class:`SourceError` for what cannot be decoded."""
    return _with_examples(FileReport(path, data, data, 0, ()), in_document, settings, port)


def port_docstrings(report: FileReport, settings: Settings, port: PortBytes) -> FileReport:
    """Port the doctests in the docstrings of a file that is ported itself."""
    if not report.after or b">>>" not in report.after or not marker(settings.to).search(report.after):
        return report
    try:
        return _with_examples(report, lambda lines: in_docstrings("\n".join(lines)), settings, port)
    except (SourceError, SyntaxError, ValueError):
        # It is said of the file itself.
        return report


def _with_examples(
    report: FileReport, find: Callable[[list[str]], list[Example]], settings: Settings, port: PortBytes
) -> FileReport:
    source = decode(report.after, report.path)
    lines = source.text.split("\n")
    findings: list[Finding] = []

    def port_example(example: Example, imports: str, later: str) -> str | None:
        if not marker(settings.to).search(example.code.encode()):
            return None
        prelude = imports + _assumed(imports + example.code) + _HERE
        before = prelude.count("\n")
        if example.escaped:
            findings.append(_left(report.path, example, "it has escapes in it, and its docstring is not raw"))
            return None
        done = port((prelude + example.code + _needed(later)).encode(), report.path, settings)
        found = [f for f in done.findings if f.location.line > before or f.severity is Severity.FAILURE]
        if any(finding.severity >= Severity.ERROR for finding in found):
            findings.append(_left(report.path, example, max(found, key=lambda finding: finding.severity).message))
            return None
        shift = example.first - before
        findings.extend(_moved(finding, lambda line: max(1, line + shift)) for finding in found)
        code = done.after.decode().partition(_HERE)[2].partition(_THERE)[0]
        code = code if example.code.startswith("\n") else code.lstrip("\n")
        return None if code == example.code else code

    after = encode(source, "\n".join(ported(lines, find(lines), port_example)))
    lines_in_file = lines_before(decode(report.before, report.path).text, source.text)
    there = (_moved(finding, lambda line: lines_in_file[line - 1]) for finding in findings)
    return replace(report, after=after, findings=(*report.findings, *there))


def _assumed(code: str) -> str:
    """Imports of what a document does not trouble to import."""
    return "".join(
        f"import {library}\n"
        for library in sorted(libraries())
        if re.search(rf"\b{library}\.", code) and not re.search(rf"\bimport\b[^\n]*\b{library}\b", code)
    )


def _needed(later: str) -> str:
    """The end of an example, with the names in it that later ones use as well, so that their imports stay."""
    names = sorted(library for library in libraries() if re.search(rf"\b{library}\.(?!coroutine\b)", later))
    return _THERE + "".join(f"{name!r}\n" for name in names)


def _left(path: str, example: Example, why: str) -> Finding:
    line = example.first + 1
    return Finding(
        Location(path, line, 1, line, example.end),
        "example-left",
        Severity.WARNING,
        Applicability.MANUAL,
        f"this example stays as it is: {why}",
        "port it by hand",
    )


def _moved(finding: Finding, line: Callable[[int], int]) -> Finding:
    old = finding.location
    place = replace(old, line=line(old.line), first_line=line(old.first_line), end_line=line(old.end_line))
    return replace(finding, location=place)

"""The stages of a port, in order.

discover -> names that became keywords (whole project) -> prefilter -> decode, shield, parse -> facts (per file) ->
infer (whole project) -> lift, lower, render, verify (per file). Nothing is written here: the caller gets a report for
each file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Union

from aioport import stubs
from aioport.analysis import Analysis
from aioport.audit import audit
from aioport.config import Settings
from aioport.depth import deep_recursion, with_deep_stack
from aioport.discovery import discover
from aioport.documents import SUFFIXES as DOCUMENTS
from aioport.examples import port_docstrings, port_document
from aioport.facts import FileFacts, facts_of
from aioport.findings import Finding, Severity
from aioport.infer import Decision, infer
from aioport.lifting import Lift, lift
from aioport.parsing import Parsed, Reading, Unportable, of_conversion, parse, parse_source
from aioport.pivot import Links, Lowered, is_in_style, leave_dependents, lower_text
from aioport.preparation import prepare, prepare_alone
from aioport.processes import each
from aioport.results import FileReport
from aioport.shield import shield
from aioport.source import SourceError, encode, lines_before, read
from aioport.styles import marker
from aioport.verify import check_compiles, check_names, check_read_back, check_stable


@dataclass(frozen=True)
class _Port:
    report: FileReport
    links: Links | None = None


_Facts = Union[FileFacts, FileReport, None]
"""Of one file: facts, or why there are none, or ``None`` where no style's marker occurs."""


def port_bytes(data: bytes, path: str, settings: Settings) -> FileReport:
    """Port one file given by its bytes; ``path`` is what findings call it."""
    report = _port_alone(data, path, settings, renaming=settings.renames_keywords)
    return port_docstrings(report, settings, _port_example) if settings.docs else report


def _port_example(data: bytes, path: str, settings: Settings) -> FileReport:
    # What its names stand for in the project cannot be seen.
    return _port_alone(data, path, settings, renaming=False)


def _port_alone(data: bytes, path: str, settings: Settings, *, renaming: bool) -> FileReport:
    reading = prepare_alone(data, path, settings, renaming=renaming)
    facts = with_deep_stack(_facts_of_bytes, data, path, reading, settings)
    if not isinstance(facts, FileFacts):
        return facts or FileReport(path, data, data, 0, ())
    decisions = infer([facts], unsafe=settings.unsafe).get(path, {})
    return with_deep_stack(_ported, data, path, decisions, reading, settings).report


def port_paths(paths: Sequence[str], settings: Settings) -> Iterator[FileReport]:
    """Port files and folders, in the order of their paths; what cannot be ported is a report with a FAILURE finding."""
    found = list(discover(paths, settings.exclude, settings.exclude_folder, settings.docs))
    readable = [item for item in found if isinstance(item, str) and not item.endswith(DOCUMENTS)]
    renames, readings = prepare(readable, settings)
    first = list(zip(readable, readings))
    facts = list(each(partial(_facts_of_path, settings=settings), first, settings.jobs, lambda item: _died(item[0])))
    decisions = infer((fact for fact in facts if isinstance(fact, FileFacts)), unsafe=settings.unsafe)
    stubs.follow(decisions)
    work = [(path, fact, decisions.get(path, {}), reading) for (path, reading), fact in zip(first, facts)]
    ports = each(partial(_port_path, settings=settings), work, settings.jobs, lambda item: _Port(_died(item[0])))
    if not settings.target.mixes(settings.target_version):
        ports = _without_dependents(list(ports))
    reports = (port.report for port in ports)
    for item in found:
        if isinstance(item, str) and item.endswith(DOCUMENTS):
            report = _port_document(item, settings)
        else:
            report = next(reports) if isinstance(item, str) else _failure(b"", item)
        yield _moved(report, renames.moves) if report.path in renames.moves else report
    told = frozenset(item for item in found if isinstance(item, str))
    for path in renames.moves:
        if path not in told:
            yield _moved(FileReport(path, b"", b"", 0, ()), renames.moves)


def _moved(report: FileReport, moves: Mapping[str, str]) -> FileReport:
    """The report of a file that gets another path."""
    if not report.before:
        try:
            data = read(report.path)
        except SourceError as error:
            return _failure(b"", error)
        report = replace(report, before=data, after=data)
    return replace(report, moved_to=moves[report.path])


def _without_dependents(ports: list[_Port]) -> Iterator[_Port]:
    """Leave the files that wait for what stays native in another, until nothing more has to be left."""
    linked = {port.report.path: port.links for port in ports if port.links is not None}
    findings: dict[str, tuple[Finding, ...]] = {}
    left = frozenset[str]().union(*(links.left for links in linked.values()))
    changed = True
    while changed:
        changed = False
        for port in ports:
            path = port.report.path
            links = linked.get(path)
            if links is None or path in findings or not left:
                continue
            if found := leave_dependents(path, port.report.before, links, left):
                findings[path] = found
                left |= links.lowered
                changed = True
    for port in ports:
        if found := findings.get(port.report.path, ()):
            kept = (f for f in port.report.findings if f.severity >= Severity.ERROR)
            report = replace(port.report, after=port.report.before, functions=0, findings=(*kept, *found))
            yield replace(port, report=report)
        else:
            yield port


def _died(path: str) -> FileReport:
    message = "the process that worked on this file ended: it was killed, or ran out of memory"
    return _failure(
        b"", SourceError(path, "process-ended", message, "run aioport again, or leave it out with --exclude")
    )


def _facts_of_path(item: tuple[str, Reading], settings: Settings) -> _Facts:
    path, reading = item
    try:
        data = read(path)
    except SourceError as error:
        return _failure(b"", error)
    return with_deep_stack(_facts_of_bytes, data, path, reading, settings)


def _facts_of_bytes(data: bytes, path: str, reading: Reading, settings: Settings) -> _Facts:
    anyway = reading.renames.matter or reading.aliases or reading.python2 or path.endswith(stubs.SUFFIX)
    if not anyway and not marker(settings.to).search(data):
        return None
    try:
        with deep_recursion(path):
            parsed = parse(data, path, settings.reading_version, reading)
            return facts_of(parsed.analysis, path, _digest(data))
    except SourceError as error:
        return _failure(data, error)
    except Unportable as refusal:
        return FileReport(path, data, data, 0, refusal.findings)


def _port_path(item: tuple[str, _Facts, dict[str, Decision], Reading], settings: Settings) -> _Port:
    path, facts, decisions, reading = item
    if isinstance(facts, FileReport):
        return _Port(facts)
    if facts is None:
        return _Port(FileReport(path, b"", b"", 0, ()))
    try:
        data = read(path)
    except SourceError as error:
        return _Port(_failure(b"", error))
    if _digest(data) != facts.digest:
        message = "it was changed by something else meanwhile"
        return _Port(_failure(data, SourceError(path, "unreadable", message, "run aioport again")))
    port: _Port = with_deep_stack(_ported, data, path, decisions, reading, settings)
    return replace(port, report=port_docstrings(port.report, settings, _port_example)) if settings.docs else port


def _port_document(path: str, settings: Settings) -> FileReport:
    try:
        return port_document(read(path), path, settings, _port_example)
    except SourceError as error:
        return _failure(b"", error)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _ported(data: bytes, path: str, decisions: dict[str, Decision], reading: Reading, settings: Settings) -> _Port:
    try:
        with deep_recursion(path):
            parsed = parse(data, path, settings.reading_version, reading)
            if settings.audit:
                return _Port(FileReport(path, data, data, 0, tuple(audit(_context(parsed, decisions, path, settings)))))
            context = lifted(parsed, decisions, path, settings)
            if settings.target.vocabulary is not None:
                return _lowered(parsed, context, data, settings)
            text = rendered(context)
            check_names(parsed, text, context, settings)
            after = encode(parsed.source, parsed.shielded.unshield(text))
            if after != data:
                check_compiles(parsed, text)
                if not settings.fast:
                    check_stable(parsed, after, context, partial(lifted, path=path, settings=settings), rendered)
    except SourceError as error:
        return _Port(_failure(data, error))
    except Unportable as refusal:
        return _Port(FileReport(path, data, data, 0, refusal.findings))
    return _Port(FileReport(path, data, after, len(context.converted()), tuple(sorted(context.findings))))


def _lowered(parsed: Parsed, context: Lift, data: bytes, settings: Settings) -> _Port:
    """The second half of the port, for a style other than async/await."""
    path = parsed.source.path
    if is_in_style(context, settings):
        return _Port(FileReport(path, data, data, 0, ()))
    text = rendered(context)
    check_names(parsed, text, context, settings)
    pivot = parsed.shielded.unshield(text)
    done = lower_text(parsed, pivot, context, settings)
    if done.text != parsed.source.text:
        check_compiles(parsed, shield(done.text).text)
        if not settings.fast:
            check_read_back(parsed, done, context, settings, lifted, rendered)
        done = replace(done, findings=(*done.findings, *_needs(parsed, done, settings)))
    after = encode(parsed.source, done.text)
    return _Port(FileReport(path, data, after, done.functions, tuple(sorted(done.findings))), done.links)


def _needs(parsed: Parsed, done: Lowered, settings: Settings) -> Iterator[Finding]:
    """What the output needs that the target version has not got."""
    # Importing vermin takes longer than porting a small file, and ports to async/await do without.
    from aioport.needs import find_needs

    output = replace(parsed.source, text=done.text)
    lines = lines_before(parsed.source.text, done.text)
    text = shield(done.text).text

    def analysed() -> Analysis:
        return parse_source(output, settings.reading_version).analysis

    told = {finding.location.line for finding in done.findings if finding.severity is Severity.ERROR}
    found = find_needs(output.path, text, analysed, settings.target_version, lines)
    return (finding for finding in found if finding.location.line not in told)


def lifted(parsed: Parsed, decisions: dict[str, Decision], path: str, settings: Settings) -> Lift:
    """All passes run over one file: the edits and findings, with nothing applied yet."""
    context = _context(parsed, decisions, path, settings)
    lift(context)
    context.findings[:] = parsed.in_original(context.findings)
    return context


def _context(parsed: Parsed, decisions: dict[str, Decision], path: str, settings: Settings) -> Lift:
    return Lift(
        path=path,
        lines=tuple(parsed.shielded.text.split("\n")),
        analysis=parsed.analysis,
        values=parsed.values,
        decisions=decisions,
        target_version=settings.lifting_version,
        lowered_again=settings.target.gives_generators(settings.target_version),
        keeps_helpers=settings.target.vocabulary is None,
        renames=parsed.reading.renames,
        oldest=settings.target_version if settings.target.vocabulary is None else None,
        unsafe=settings.unsafe,
        findings=[*parsed.reading.renames.findings, *of_conversion(parsed)],
    )


def rendered(context: Lift) -> str:
    """The text of a file with all edits applied."""
    module = context.analysis.module
    text = context.edits.apply(module).code
    # Where the first lines went, those below come to the top.
    return text if module.code.startswith("\n") else text.lstrip("\n")


def _failure(data: bytes, error: SourceError) -> FileReport:
    return FileReport(error.finding.location.path, data, data, 0, (error.finding,))

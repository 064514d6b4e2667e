"""One file on its way through the second stage: lifted, lowered, rendered and verified, as was decided for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from aioport.analysis import Analysis
from aioport.audit import audit
from aioport.config import Settings
from aioport.depth import deep_recursion
from aioport.findings import Finding, Severity
from aioport.inference import Decision
from aioport.lifting import Lift, lift
from aioport.lifting.protocols import with_protocols
from aioport.lifting.settling import settle
from aioport.parsing import Parsed, Reading, Unportable, of_conversion, parse, parse_source
from aioport.pivot import Links, Lowered, is_in_style, lower_text
from aioport.results import FileReport
from aioport.shield import shield
from aioport.source import SourceError, encode, lines_before
from aioport.verify import check_compiles, check_names, check_read_back, check_stable

_NEWEST_NEEDS = (3, 14)
"""From here on nothing is newer."""


@dataclass(frozen=True)
class Port:
    """What became of one file, and what it has to do with others."""

    report: FileReport
    links: Links | None = None


def port(data: bytes, path: str, decisions: dict[str, Decision], reading: Reading, settings: Settings) -> Port:
    """Port one file; what cannot be ported is a report with a finding that says so."""
    try:
        with deep_recursion(path):
            parsed = parse(data, path, settings.reading_version, reading)
            if settings.audit:
                findings = [*audit(_context(parsed, decisions, path, settings)), *_audited_needs(parsed, settings)]
                return Port(FileReport(path, data, data, 0, tuple(sorted(findings))))
            context = lifted(parsed, decisions, path, settings)
            if settings.target.vocabulary is not None:
                return _lowered(parsed, context, data, settings)
            text = rendered(context)
            check_names(parsed, text, context, settings)
            after = encode(parsed.source, parsed.shielded.unshield(text))
            if after != data:
                check_compiles(parsed, text, context)
                if not settings.fast:
                    check_stable(parsed, after, context, partial(lifted, path=path, settings=settings), rendered)
    except SourceError as error:
        return Port(failed(data, error))
    except Unportable as refusal:
        return Port(FileReport(path, data, data, 0, refusal.findings))
    return Port(FileReport(path, data, after, len(context.converted()), tuple(sorted(context.findings))))


def _lowered(parsed: Parsed, context: Lift, data: bytes, settings: Settings) -> Port:
    """The second half of the port, for a style other than async/await."""
    path = parsed.source.path
    if is_in_style(context, settings):
        return Port(FileReport(path, data, data, 0, ()))
    text = rendered(context)
    check_names(parsed, text, context, settings)
    pivot = parsed.shielded.unshield(text)
    done = lower_text(parsed, pivot, context, settings)
    if done.text != parsed.source.text:
        check_compiles(parsed, shield(done.text).text, context)
        if not settings.fast:
            check_read_back(parsed, done, context, settings, partial(lifted, reads_back=True), rendered)
        done = replace(done, findings=(*done.findings, *_needs_of_port(parsed, done, settings)))
    after = encode(parsed.source, done.text)
    return Port(FileReport(path, data, after, done.functions, tuple(sorted(done.findings))), done.links)


def _needs_of_port(parsed: Parsed, done: Lowered, settings: Settings) -> Iterator[Finding]:
    """What the output needs that the target version has not got."""
    told = {finding.location.line for finding in done.findings if finding.severity is Severity.ERROR}
    return (finding for finding in _needs(parsed, done.text, settings) if finding.location.line not in told)


def _audited_needs(parsed: Parsed, settings: Settings) -> Iterator[Finding]:
    """The syntax and the modules of a file that an older version has not got."""
    if settings.target_version < _NEWEST_NEEDS:
        # Syntax that is newer than the Python which runs aioport is no finding.
        with contextlib.suppress(SyntaxError):
            yield from _needs(parsed, parsed.source.text, settings)


def _needs(parsed: Parsed, text: str, settings: Settings) -> Iterator[Finding]:
    # Importing vermin takes longer than porting a small file, and ports to async/await do without.
    from aioport.needs import find_needs

    output = replace(parsed.source, text=text)

    def analysed() -> Analysis:
        return parse_source(output, settings.reading_version).analysis

    lines = lines_before(parsed.source.text, text)
    return find_needs(output.path, shield(text).text, analysed, settings.target_version, lines)


def lifted(
    parsed: Parsed, decisions: dict[str, Decision], path: str, settings: Settings, *, reads_back: bool = False
) -> Lift:
    """All passes run over one file: the edits and findings, with nothing applied yet."""
    context = replace(_context(parsed, decisions, path, settings), reads_back=reads_back)
    lift(context)
    context.findings[:] = parsed.in_original(context.findings)
    return context


def _context(parsed: Parsed, decisions: dict[str, Decision], path: str, settings: Settings) -> Lift:
    settle(parsed.analysis, parsed.values, decisions)
    has_waiting_iterators = settings.target.has_waiting_iterators(settings.target_version)
    if not has_waiting_iterators:
        decisions = with_protocols(parsed.analysis, decisions)
    return Lift(
        path=path,
        lines=tuple(parsed.shielded.text.split("\n")),
        analysis=parsed.analysis,
        values=parsed.values,
        decisions=decisions,
        target_version=settings.lifting_version,
        waits_for_objects=settings.target.waits_for_objects,
        has_waiting_iterators=has_waiting_iterators,
        lowered_again=settings.target.gives_generators(settings.target_version),
        keeps_helpers=settings.target.vocabulary is None,
        lacks=settings.target.lacks,
        renames=parsed.reading.renames,
        spare=parsed.reading.spare,
        oldest=settings.target_version if settings.target.vocabulary is None else None,
        unsafe=settings.unsafe,
        audits=settings.audit,
        findings=[*parsed.reading.renames.findings, *of_conversion(parsed)],
    )


def rendered(context: Lift) -> str:
    """The text of a file with all edits applied."""
    before = context.analysis.shielded.text
    if not context.edits:
        return before
    analysis = context.analysis
    text = context.edits.apply(analysis.module, analysis.names.parents).code
    # Where the first lines went, those below come to the top.
    return text if before.startswith("\n") else text.lstrip("\n")


def failed(data: bytes, error: SourceError) -> FileReport:
    """The report of a file that could not be read, parsed or ported."""
    return FileReport(error.finding.location.path, data, data, 0, (error.finding,))

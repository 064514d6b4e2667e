"""The stages of a port, in order.

discover -> prefilter -> decode, shield, parse -> facts (per file) -> infer (whole project) -> lift, lower, render,
verify (per file). Nothing is written here: the caller gets a report for each file.
"""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import TypeVar, Union

from aioport.config import Settings
from aioport.depth import deep_recursion, with_deep_stack
from aioport.discovery import discover
from aioport.facts import FileFacts, facts_of
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.inference import Decision, explain, infer
from aioport.lifting import Lift, lift
from aioport.lifting.settling import settle
from aioport.parsing import Parsed, Unportable, parse
from aioport.pivot import Links, is_in_style, leave_dependents, lower_text
from aioport.results import FileReport
from aioport.shield import shield
from aioport.source import SourceError, encode, read
from aioport.styles import libraries, marker
from aioport.verify import check_compiles, check_names, check_read_back, check_stable

_FEW_FILES = 8
"""Up to this many files starting worker processes costs more than they save."""

_CHUNK = 4

_MOST_JOBS = 61
"""Windows can wait for no more processes; see ProcessPoolExecutor."""

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class _Port:
    report: FileReport
    links: Links | None = None


_Facts = Union[FileFacts, FileReport, None]
"""Of one file: facts, or why there are none, or ``None`` where no style's marker occurs."""


def port_bytes(data: bytes, path: str, settings: Settings) -> FileReport:
    """Port one file given by its bytes; ``path`` is what findings call it."""
    facts = with_deep_stack(_facts_of_bytes, data, path, settings)
    if not isinstance(facts, FileFacts) or not facts.marked:
        return facts if isinstance(facts, FileReport) else FileReport(path, data, data, 0, ())
    decisions = _inferred([facts], settings).get(path, {})
    return with_deep_stack(_ported, data, path, decisions, settings).report


def port_paths(paths: Sequence[str], settings: Settings) -> Iterator[FileReport]:
    """Port files and folders, in the order of their paths; what cannot be ported is a report with a FAILURE finding."""
    found = list(discover(paths, settings.exclude, settings.exclude_folder))
    readable = [item for item in found if isinstance(item, str)]
    facts = list(_each(partial(_facts_of_path, settings=settings), readable, settings.jobs))
    facts = list(map(partial(_unless_of, own=_own_libraries(facts)), facts))
    decisions = _inferred(facts, settings)
    work = [(path, fact, decisions.get(path, {})) for path, fact in zip(readable, facts)]
    ports = _each(partial(_port_path, settings=settings), work, settings.jobs)
    if not settings.target.mixes(settings.target_version):
        ports = _without_dependents(list(ports))
    if settings.target.vocabulary is None:
        ports = _without_mixed_loops(list(ports), facts, decisions)
    reports = (port.report for port in ports)
    for item in found:
        yield next(reports) if isinstance(item, str) else _failure(b"", item)


def _own_libraries(facts: Iterable[_Facts]) -> frozenset[str]:
    """The styles' libraries that are part of the project."""
    modules = {fact.module for fact in facts if isinstance(fact, FileFacts)}
    return frozenset(library for library in libraries() if f"{library}.coroutines" in modules)


def _unless_of(facts: _Facts, own: frozenset[str]) -> _Facts:
    """The facts of a file, or why there are none if the library it uses is the project's own."""
    if not isinstance(facts, FileFacts) or not facts.marked or not own:
        return facts
    location = Location(facts.path, 1, 1, 1, facts.lines)
    finding = Finding(
        location,
        "own-library",
        Severity.ERROR,
        Applicability.MANUAL,
        f"this project is {' and '.join(sorted(own))} itself, so what its names do to a coroutine is not known",
        "port the library by hand; to port only what uses it name those folders alone",
    )
    return FileReport(facts.path, b"", b"", 0, (finding,))


def _inferred(facts: Iterable[_Facts], settings: Settings) -> dict[str, dict[str, Decision]]:
    known = [fact for fact in facts if isinstance(fact, FileFacts)]
    return infer(known, unsafe=settings.unsafe, coroutine_decorators=settings.coroutine_decorators)


def explained(paths: Sequence[str], settings: Settings, path: str, name: str) -> list[str]:
    """Why the functions called ``name`` in the file ``path`` are taken for what they are, line by line.

    ``paths`` are the files and folders that make the project.
    """
    found = [item for item in discover(paths, settings.exclude, settings.exclude_folder) if isinstance(item, str)]
    facts = list(_each(partial(_facts_of_path, settings=settings), found, settings.jobs))
    functions = {
        (function.path, function.key): function
        for file in facts
        if isinstance(file, FileFacts)
        for function in file.functions
    }
    meant = next((item for item in found if os.path.realpath(item) == os.path.realpath(path)), path)
    return list(explain(functions, _inferred(facts, settings), meant, name))


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


def _without_mixed_loops(
    ports: list[_Port], facts: Sequence[_Facts], decisions: dict[str, dict[str, Decision]]
) -> Iterator[_Port]:
    """Leave all files that use Trollius where one of its coroutines stays: a loop runs those of one library only."""
    using = {fact.path: fact for fact in facts if isinstance(fact, FileFacts) and fact.own_loop}
    staying = [
        function
        for fact in using.values()
        for function in fact.functions
        if function.trollius and decisions[fact.path][function.key].leaves_coroutine(function.explicit)
    ]
    for port in ports:
        report = port.report
        if not staying or not report.changed or report.path not in using:
            yield port
            continue
        first, others = staying[0], len(staying) - 1
        finding = Finding(
            Location(report.path, 1, 1, 1, using[report.path].lines),
            "mixed-loops",
            Severity.ERROR,
            Applicability.MANUAL,
            f"{first.qualname} in {first.path}:{first.line} stays a coroutine of Trollius"
            + (f", as {others} more do" if others else "")
            + ", and no event loop runs both kinds, so the whole file is left",
            "port by hand what the other findings are about, and run aioport again",
        )
        kept = (f for f in report.findings if f.severity >= Severity.ERROR)
        yield replace(port, report=replace(report, after=report.before, functions=0, findings=(finding, *kept)))


def _each(function: Callable[[_T], _R], items: Sequence[_T], jobs: int) -> Iterator[_R]:
    if jobs < 2 or len(items) <= _FEW_FILES:
        yield from map(function, items)
        return
    workers = min(jobs, _MOST_JOBS, len(items) // _CHUNK)
    with ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_parent) as pool:
        yield from pool.map(function, items, chunksize=_CHUNK)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _facts_of_path(path: str, settings: Settings) -> _Facts:
    try:
        data = read(path)
    except SourceError as error:
        return _failure(b"", error)
    return with_deep_stack(_facts_of_bytes, data, path, settings)


def _facts_of_bytes(data: bytes, path: str, settings: Settings) -> _Facts:
    marked = marker(settings.to).search(data) is not None
    if not marked and not _concerns_others(data, path):
        return None
    try:
        with deep_recursion(path):
            parsed = parse(data, path, settings.reading_version)
            return facts_of(parsed.analysis, path, _digest(data), marked=marked)
    except SourceError as error:
        return _failure(data, error) if marked else None
    except Unportable as refusal:
        return FileReport(path, data, data, 0, refusal.findings) if marked else None


def _concerns_others(data: bytes, path: str) -> bool:
    """Whether a file that holds nothing to port may say what others import, or what they delegate to."""
    return PurePath(path).name == "__init__.py" or b"yield" in data


def _port_path(item: tuple[str, _Facts, dict[str, Decision]], settings: Settings) -> _Port:
    path, facts, decisions = item
    if isinstance(facts, FileReport):
        return _Port(facts)
    if facts is None or not facts.marked:
        return _Port(FileReport(path, b"", b"", 0, ()))
    try:
        data = read(path)
    except SourceError as error:
        return _Port(_failure(b"", error))
    if _digest(data) != facts.digest:
        message = "it was changed by something else meanwhile"
        return _Port(_failure(data, SourceError(path, "unreadable", message, "run aioport again")))
    return with_deep_stack(_ported, data, path, decisions, settings)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _ported(data: bytes, path: str, decisions: dict[str, Decision], settings: Settings) -> _Port:
    try:
        with deep_recursion(path):
            parsed = parse(data, path, settings.reading_version)
            context = lifted(parsed, decisions, path, settings)
            if settings.target.vocabulary is not None:
                return _lowered(parsed, context, data, settings)
            text = rendered(context)
            after = encode(parsed.source, parsed.shielded.unshield(text))
            if after != data:
                check_names(parsed, text, context, settings.target_version)
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
    check_names(parsed, text, context, settings.target_version)
    pivot = parsed.shielded.unshield(text)
    done = lower_text(parsed, pivot, context, settings)
    if done.text != parsed.source.text:
        check_compiles(parsed, shield(done.text).text)
        if not settings.fast:
            check_read_back(parsed, pivot, done, context, settings, lifted, rendered)
    after = encode(parsed.source, done.text)
    return _Port(FileReport(path, data, after, done.functions, tuple(sorted(done.findings))), done.links)


def lifted(parsed: Parsed, decisions: dict[str, Decision], path: str, settings: Settings) -> Lift:
    """All passes run over one file: the edits and findings, with nothing applied yet."""
    settle(parsed.analysis, parsed.values, decisions)
    context = Lift(
        path=path,
        lines=tuple(parsed.shielded.text.split("\n")),
        analysis=parsed.analysis,
        values=parsed.values,
        decisions=decisions,
        target_version=settings.lifting_version,
        lowered_again=settings.target.gives_generators(settings.target_version),
    )
    lift(context)
    return context


def rendered(context: Lift) -> str:
    """The text of a file with all edits applied."""
    module = context.analysis.module
    text = context.edits.apply(module).code
    # Where the first lines went, those below come to the top.
    return text if module.code.startswith("\n") else text.lstrip("\n")


def _failure(data: bytes, error: SourceError) -> FileReport:
    return FileReport(error.finding.location.path, data, data, 0, (error.finding,))

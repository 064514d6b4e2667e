"""The stages of a port, in order.

discover -> names that became keywords (whole project) -> prefilter -> decode, shield, parse -> facts (per file) ->
infer (whole project) -> lift, lower, render, verify (per file). Nothing is written here: the caller gets a report for
each file.
"""

from __future__ import annotations

import hashlib
import re
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar, Union

from aioport import stubs
from aioport.aliases import Aliases, Glance, Imports, glance
from aioport.config import Settings
from aioport.depth import deep_recursion, with_deep_stack
from aioport.discovery import discover
from aioport.documents import SUFFIXES as DOCUMENTS
from aioport.examples import port_docstrings, port_document
from aioport.facts import FileFacts, facts_of
from aioport.findings import Finding, Severity
from aioport.infer import Decision, infer
from aioport.keywords.plan import Plan, Renames, plan, takers
from aioport.keywords.uses import MENTIONS, FileUses
from aioport.lifting import Lift, lift
from aioport.parsing import Parsed, Reading, Unportable, of_conversion, parse, uses_in, words_in
from aioport.pivot import Links, is_in_style, leave_dependents, lower_text
from aioport.results import FileReport
from aioport.shield import shield
from aioport.source import SourceError, encode, read
from aioport.styles import marker
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
    report = _port_alone(data, path, settings, renaming=settings.renames_keywords)
    return port_docstrings(report, settings, _port_example) if settings.docs else report


def _port_example(data: bytes, path: str, settings: Settings) -> FileReport:
    # What its names stand for in the project cannot be seen.
    return _port_alone(data, path, settings, renaming=False)


def _port_alone(data: bytes, path: str, settings: Settings, *, renaming: bool) -> FileReport:
    uses = _uses_of_bytes(data, path, settings, MENTIONS) if renaming else None
    renames = plan([uses], [path], settings.keyword_suffix).of(path) if uses is not None else Renames()
    reading = Reading(renames, python2=settings.python2)
    facts = with_deep_stack(_facts_of_bytes, data, path, reading, settings)
    if not isinstance(facts, FileFacts):
        return facts or FileReport(path, data, data, 0, ())
    decisions = infer([facts], unsafe=settings.unsafe).get(path, {})
    return with_deep_stack(_ported, data, path, decisions, reading, settings).report


def port_paths(paths: Sequence[str], settings: Settings) -> Iterator[FileReport]:
    """Port files and folders, in the order of their paths; what cannot be ported is a report with a FAILURE finding."""
    found = list(discover(paths, settings.exclude, settings.exclude_folder, settings.docs))
    readable = [item for item in found if isinstance(item, str) and not item.endswith(DOCUMENTS)]
    glances = list(_each(partial(_glance, settings=settings), readable, settings.jobs, lambda path: Glance()))
    renames = _keyword_plan(glances, readable, settings)
    aliases = _aliases(glances, readable, settings)
    readings = [Reading(renames.of(path), aliases[path], settings.python2) for path in readable]
    first = list(zip(readable, readings))
    facts = list(_each(partial(_facts_of_path, settings=settings), first, settings.jobs, lambda item: _died(item[0])))
    decisions = infer((fact for fact in facts if isinstance(fact, FileFacts)), unsafe=settings.unsafe)
    stubs.follow(decisions)
    work = [(path, fact, decisions.get(path, {}), reading) for (path, reading), fact in zip(first, facts)]
    ports = _each(partial(_port_path, settings=settings), work, settings.jobs, lambda item: _Port(_died(item[0])))
    if not settings.target.mixes(settings.target_version):
        ports = _without_dependents(list(ports))
    reports = (port.report for port in ports)
    for item in found:
        if isinstance(item, str) and item.endswith(DOCUMENTS):
            report = _port_document(item, settings)
        else:
            report = next(reports) if isinstance(item, str) else _failure(b"", item)
        yield _moved(report, renames.moves) if report.path in renames.moves else report
    ported = frozenset(readable)
    for path in renames.moves:
        if path not in ported:
            yield _moved(FileReport(path, b"", b"", 0, ()), renames.moves)


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
        more = _each(partial(_uses_of_path, settings=settings, pattern=calls), rest, settings.jobs, lambda path: None)
        uses.update((path, found_there) for path, found_there in zip(rest, more) if found_there is not None)
        asked = found
    return plan(list(uses.values()), paths, settings.keyword_suffix)


def _aliases(glances: Sequence[Glance], paths: Sequence[str], settings: Settings) -> dict[str, Aliases]:
    """What each file imports under names that modules of the project give to words of a style."""
    imports = Imports(glances, paths)
    changed = True
    while changed:
        work = [(path, imports.aliases(path)) for path in imports.candidates]
        found = list(_each(partial(_words_of_path, settings=settings), work, settings.jobs, lambda item: {}))
        changed = imports.learn(found)
    return {path: imports.aliases(path) for path in paths}


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


def _each(function: Callable[[_T], _R], items: Sequence[_T], jobs: int, died: Callable[[_T], _R]) -> Iterator[_R]:
    """What ``function`` gives for each of ``items``, in several processes, and ``died`` for those that end theirs."""
    if jobs < 2 or len(items) <= _FEW_FILES:
        yield from map(function, items)
        return
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    workers = min(jobs, _MOST_JOBS, len(items) // _CHUNK)
    while chunks:
        try:
            for results in _in_processes(partial(_of_chunk, function), chunks, workers):
                yield from results
                chunks = chunks[1:]
        except BrokenProcessPool:
            # All that had begun may have done it; each item gets a process of its own to end.
            begun = 2 * workers + 1
            for item in (item for chunk in chunks[:begun] for item in chunk):
                yield _alone(function, item, died)
            chunks = chunks[begun:]


def _in_processes(function: Callable[[_T], _R], items: Sequence[_T], workers: int) -> Iterator[_R]:
    with ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_parent) as pool:
        yield from pool.map(function, items)


def _alone(function: Callable[[_T], _R], item: _T, died: Callable[[_T], _R]) -> _R:
    try:
        return next(_in_processes(function, [item], 1))
    except BrokenProcessPool:
        return died(item)


def _of_chunk(function: Callable[[_T], _R], chunk: Sequence[_T]) -> list[_R]:
    return list(map(function, chunk))


def _died(path: str) -> FileReport:
    message = "the process that worked on this file ended: it was killed, or ran out of memory"
    return _failure(
        b"", SourceError(path, "process-ended", message, "run aioport again, or leave it out with --exclude")
    )


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
            check_read_back(parsed, pivot, done, context, settings, lifted, rendered)
    after = encode(parsed.source, done.text)
    return _Port(FileReport(path, data, after, done.functions, tuple(sorted(done.findings))), done.links)


def lifted(parsed: Parsed, decisions: dict[str, Decision], path: str, settings: Settings) -> Lift:
    """All passes run over one file: the edits and findings, with nothing applied yet."""
    context = Lift(
        path=path,
        lines=tuple(parsed.shielded.text.split("\n")),
        analysis=parsed.analysis,
        values=parsed.values,
        decisions=decisions,
        target_version=settings.lifting_version,
        lowered_again=settings.target.gives_generators(settings.target_version),
        renames=parsed.reading.renames,
        oldest=settings.target_version if settings.target.vocabulary is None else None,
        unsafe=settings.unsafe,
        findings=[*parsed.reading.renames.findings, *of_conversion(parsed)],
    )
    lift(context)
    context.findings[:] = parsed.in_original(context.findings)
    return context


def rendered(context: Lift) -> str:
    """The text of a file with all edits applied."""
    module = context.analysis.module
    text = context.edits.apply(module).code
    # Where the first lines went, those below come to the top.
    return text if module.code.startswith("\n") else text.lstrip("\n")


def _failure(data: bytes, error: SourceError) -> FileReport:
    return FileReport(error.finding.location.path, data, data, 0, (error.finding,))

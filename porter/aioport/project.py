"""The stages of a port, in order.

discover -> names that became keywords (whole project) -> prefilter -> decode, shield, parse -> facts (per file) ->
infer (whole project) -> lift, lower, render, verify (per file). Nothing is written here: the caller gets a report for
each file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePath

from aioport import stubs
from aioport.config import Settings
from aioport.dependents import Facts, own_libraries, unless_of, without_dependents, without_mixed_loops
from aioport.depth import deep_recursion, with_deep_stack
from aioport.discovery import discover
from aioport.documents import SUFFIXES as DOCUMENTS
from aioport.examples import port_docstrings, port_document
from aioport.facts import FileFacts, facts_of
from aioport.inference import Decision, explain, infer
from aioport.parsing import Reading, Unportable, parse
from aioport.porting import Port, failed, port
from aioport.preparation import prepare, prepare_alone
from aioport.processes import each
from aioport.progress import Watch, unwatched
from aioport.results import FileReport
from aioport.source import SourceError, read
from aioport.styles import marker


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
    if not isinstance(facts, FileFacts) or not facts.marked:
        return facts if isinstance(facts, FileReport) else FileReport(path, data, data, 0, ())
    decisions = _inferred([facts], settings).get(path, {})
    return with_deep_stack(port, data, path, decisions, reading, settings).report


def port_paths(paths: Sequence[str], settings: Settings, watch: Watch = unwatched) -> Iterator[FileReport]:
    """Port files and folders, in the order of their paths; what cannot be ported is a report with a FAILURE finding."""
    found = list(discover(paths, settings.exclude, settings.exclude_folder, settings.docs))
    readable = [item for item in found if isinstance(item, str) and not item.endswith(DOCUMENTS)]
    renames, readings = prepare(readable, settings)
    first = list(zip(readable, readings))
    facts = list(watch(_facts(first, settings), len(first), "Reading"))
    facts = list(map(partial(unless_of, own=own_libraries(facts)), facts))
    decisions = _inferred(facts, settings)
    stubs.follow(decisions)
    work = [(path, fact, decisions.get(path, {}), reading) for (path, reading), fact in zip(first, facts)]
    done = each(partial(_port_path, settings=settings), work, settings.jobs, lambda item: Port(_died(item[0])))
    ports = list(watch(done, len(work), "Looking for what breaks" if settings.audit else "Porting"))
    if settings.target.vocabulary is None:
        ports = list(without_mixed_loops(ports, facts, decisions))
    if not settings.target.mixes(settings.target_version):
        ports = list(without_dependents(ports))
    reports = (port.report for port in ports)
    for item in found:
        if isinstance(item, str) and item.endswith(DOCUMENTS):
            report = _port_document(item, settings)
        else:
            report = next(reports) if isinstance(item, str) else failed(b"", item)
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
            return failed(b"", error)
        report = replace(report, before=data, after=data)
    return replace(report, moved_to=moves[report.path])


def _inferred(facts: Iterable[Facts], settings: Settings) -> dict[str, dict[str, Decision]]:
    known = [fact for fact in facts if isinstance(fact, FileFacts)]
    return infer(
        known,
        unsafe=settings.unsafe,
        coroutine_decorators=settings.coroutine_decorators,
        asks_later=not settings.target.gives_generators(settings.target_version),
        has_waiting_iterators=settings.target.has_waiting_iterators(settings.target_version),
    )


def explained(paths: Sequence[str], settings: Settings, path: str, name: str) -> list[str]:
    """Why the functions called ``name`` in the file ``path`` are taken for what they are, line by line.

    ``paths`` are the files and folders that make the project. Raises :class:`SourceError` or :class:`Unportable` where
    there is no such function because the file cannot be read or parsed.
    """
    found = [item for item in discover(paths, settings.exclude, settings.exclude_folder) if isinstance(item, str)]
    first = list(zip(found, prepare(found, settings)[1]))
    facts = list(_facts(first, settings))
    functions = {
        (function.path, function.key): function
        for file in facts
        if isinstance(file, FileFacts)
        for function in file.functions
    }
    meant = next((item for item in found if os.path.realpath(item) == os.path.realpath(path)), path)
    lines = list(explain(functions, _inferred(facts, settings), meant, name))
    if not lines:
        with deep_recursion(path):
            parse(read(path), path, settings.reading_version)
    return lines


def _died(path: str) -> FileReport:
    message = "the process that worked on this file ended: it was killed, or ran out of memory"
    return failed(b"", SourceError(path, "process-ended", message, "run aioport again, or leave it out with --exclude"))


def _facts(items: Sequence[tuple[str, Reading]], settings: Settings) -> Iterator[Facts]:
    return each(partial(_facts_of_path, settings=settings), items, settings.jobs, lambda item: _died(item[0]))


def _facts_of_path(item: tuple[str, Reading], settings: Settings) -> Facts:
    path, reading = item
    try:
        data = read(path)
    except SourceError as error:
        return failed(b"", error)
    return with_deep_stack(_facts_of_bytes, data, path, reading, settings)


def _facts_of_bytes(data: bytes, path: str, reading: Reading, settings: Settings) -> Facts:
    anyway = reading.renames.matter or reading.aliases or reading.python2 or path.endswith(stubs.SUFFIX)
    marked = bool(anyway) or marker(settings.to).search(data) is not None
    if not marked and not _concerns_others(data, path):
        return None
    try:
        with deep_recursion(path):
            parsed = parse(data, path, settings.reading_version, reading)
            return facts_of(parsed.analysis, path, _digest(data), marked=marked)
    except SourceError as error:
        return failed(data, error) if marked else None
    except Unportable as refusal:
        return FileReport(path, data, data, 0, refusal.findings) if marked else None


def _concerns_others(data: bytes, path: str) -> bool:
    """Whether a file that holds nothing to port may say what others import, or what they delegate to."""
    return PurePath(path).name == "__init__.py" or b"yield" in data


def _port_path(item: tuple[str, Facts, dict[str, Decision], Reading], settings: Settings) -> Port:
    path, facts, decisions, reading = item
    if isinstance(facts, FileReport):
        return Port(facts)
    if facts is None or not facts.marked:
        return Port(FileReport(path, b"", b"", 0, ()))
    try:
        data = read(path)
    except SourceError as error:
        return Port(failed(b"", error))
    if _digest(data) != facts.digest:
        message = "it was changed by something else meanwhile"
        return Port(failed(data, SourceError(path, "unreadable", message, "run aioport again")))
    done: Port = with_deep_stack(port, data, path, decisions, reading, settings)
    return replace(done, report=port_docstrings(done.report, settings, _port_example)) if settings.docs else done


def _port_document(path: str, settings: Settings) -> FileReport:
    try:
        return port_document(read(path), path, settings, _port_example)
    except SourceError as error:
        return failed(b"", error)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

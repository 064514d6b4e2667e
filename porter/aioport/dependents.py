"""Files that are left as they were because of others, once each file's own port is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Union

from aioport.facts import FileFacts
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.inference import Decision
from aioport.pivot import leave_dependents
from aioport.porting import Port
from aioport.results import FileReport
from aioport.styles import libraries

Facts = Union[FileFacts, FileReport, None]
"""Of one file: facts, or why there are none, or ``None`` where no style's marker occurs."""


def own_libraries(facts: Iterable[Facts]) -> frozenset[str]:
    """The styles' libraries that are part of the project."""
    modules = {fact.module for fact in facts if isinstance(fact, FileFacts)}
    return frozenset(library for library in libraries() if f"{library}.coroutines" in modules)


def unless_of(facts: Facts, own: frozenset[str]) -> Facts:
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


def without_dependents(ports: list[Port]) -> Iterator[Port]:
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


def without_mixed_loops(
    ports: list[Port], facts: Sequence[Facts], decisions: dict[str, dict[str, Decision]]
) -> Iterator[Port]:
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

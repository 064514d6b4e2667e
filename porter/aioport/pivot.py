"""The second half of a port: the async/await text that lifting gave is lowered to another style."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import libcst as cst

from aioport.config import Settings
from aioport.facts import CallUses
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.functions import Definition
from aioport.lifting import Lift
from aioport.lowering import Lower, bring_down, lower, report_left
from aioport.parsing import Parsed, Reading, parse_source
from aioport.source import lines_before
from aioport.styles import libraries
from aioport.tree import awaited_by_hand


@dataclass(frozen=True)
class Links:
    """What a file has to do with others where native coroutines and lowered ones cannot wait for each other."""

    left: frozenset[str]
    """Names of the coroutine functions that stay native."""
    lowered: frozenset[str]
    """Names of those that do not."""
    awaited: tuple[tuple[str, int], ...]
    """Names of what the lowered functions wait for, each with its line in the original file."""


@dataclass(frozen=True)
class Lowered:
    """One file in its new style; ``text`` is the original's where the whole file was left."""

    text: str
    pivot: str
    """What it was lowered from: what lifting gave, brought down to what the lowering passes know."""
    functions: int
    findings: tuple[Finding, ...]
    links: Links
    unlike: frozenset[str] = frozenset()
    """Qualified names of the functions that do not lift to what they came from; empty for the module itself."""


def is_in_style(lift: Lift, settings: Settings) -> bool:
    """Whether all of a file is written in the target's style already, so that there is nothing to port."""
    vocabulary = settings.target.vocabulary
    assert vocabulary is not None
    delegating = any(function.delegates for function in lift.converted())
    generators = any(function.definition is Definition.DECORATED for function in lift.analysis.functions)
    by_hand = any(awaited_by_hand(call) is not None for call in lift.analysis.calls)
    if by_hand and not generators and settings.target.gives_generators(settings.target_version):
        # Nothing else in the file tells whether it means native coroutines.
        return False
    return (
        not any(function.definition is Definition.NATIVE for function in lift.analysis.functions)
        and _libraries(lift) - _helpers(lift) <= {vocabulary.module}
        and (not delegating or not vocabulary.wait)
    )


def _libraries(lift: Lift) -> frozenset[str]:
    """The styles' libraries that a file imports."""
    names = lift.analysis.names
    return libraries() & names.imported.union(origin.split(".")[0] for origin in names.top.star_imports.values())


def _helpers(lift: Lift) -> frozenset[str]:
    """aiocompat, where a file only takes names from it that asyncio's own library lacks, and nothing of its style."""
    names, analysis = lift.analysis.names, lift.analysis
    constructs = {f"aiocompat.{word}" for word in ("From", "Return", "coroutine")}
    nodes = [*analysis.attributes, *(node for loads in analysis.loads.values() for node in loads)]
    return frozenset() if any(names.origins(node) & constructs for node in nodes) else frozenset(["aiocompat"])


def lower_text(source: Parsed, text: str, lift: Lift, settings: Settings) -> Lowered:
    """Lower ``text``, which ``lift`` made of ``source`` and which is not shielded any more."""
    pivot = bring_down(text, partial(_analysed, source, lift, settings))
    context = pivot.lower
    mixes = settings.target.mixes(settings.target_version)
    if pivot.blocked or (not mixes and any(map(lift.stays, lift.analysis.functions))):
        kept = (finding for finding in lift.findings if finding.severity >= Severity.ERROR)
        natives = frozenset(function.node.name.value for function in context.natives)
        return Lowered(source.source.text, pivot.text, 0, (*kept, *context.findings), Links(natives, frozenset(), ()))
    report_left(context)
    lower(context)
    analysis = context.analysis
    return Lowered(
        text=analysis.shielded.unshield(context.edits.apply(analysis.module, analysis.names.parents).code),
        pivot=pivot.text,
        functions=len(context.lowered()),
        findings=(*lift.findings, *context.findings),
        links=_links(context),
        unlike=frozenset(name for node in context.unlike for name in _names_around(context, node)),
    )


def _analysed(source: Parsed, lift: Lift, settings: Settings, text: str) -> Lower:
    """What is known of async/await ``text``, which ``source`` became."""
    reading = Reading(aliases=source.reading.aliases)
    pivot = parse_source(replace(source.source, text=text), settings.reading_version, reading)
    return Lower(
        path=source.source.path,
        source_lines=lines_before(source.source.text, text),
        analysis=pivot.analysis,
        values=pivot.values,
        target=settings.target,
        version=settings.target_version,
        always_native=frozenset(f.qualname for f in source.analysis.functions if f.definition is Definition.NATIVE),
        annotated=frozenset(lift.annotated),
        left=frozenset(function.qualname for function in lift.analysis.functions if lift.stays(function)),
        is_python3=_libraries(lift) - _helpers(lift) <= {"asyncio"},
    )


def _names_around(context: Lower, node: cst.CSTNode) -> Iterator[str]:
    current: cst.CSTNode | None = node
    while current is not None:
        if isinstance(current, cst.FunctionDef):
            yield context.analysis.function_of(current).qualname
        current = context.analysis.names.parents.get(current)
    yield ""


def _links(context: Lower) -> Links:
    uses = CallUses(context.analysis)
    awaited = []
    for function in context.lowered():
        for node in context.waits.get(function, ()):
            line = context.source_line(context.analysis.positions[node].start.line)
            target = uses.delegation(node, node.expression).target
            if target is not None:
                awaited.append((target.name, line))
    lowered = frozenset(function.node.name.value for function in context.lowered())
    return Links(frozenset(), lowered, tuple(awaited))


def leave_dependents(path: str, data: bytes, links: Links, left: frozenset[str]) -> tuple[Finding, ...]:
    """Findings on all that a file waits for and that stays native in another."""
    return tuple(
        Finding(
            Location(path, line, 1, 1, data.count(b"\n") + 1),
            "depends-on-left",
            Severity.ERROR,
            Applicability.MANUAL,
            f"this waits for {name}(), which stays an async def in another file, so the whole file is left",
            "port that one first; the finding on it says why it was left",
        )
        for name, line in links.awaited
        if name in left
    )

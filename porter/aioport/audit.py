"""What of asyncio a file uses that is gone, deprecated, changed or not yet there in the target version.

Most of it the version rules say: they run as for a port, and what they would rewrite is reported with what they report.
The tables here are for what a port from style to style deals with, and for those who go down.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.findings import Applicability, Finding, Location, Severity
from aioport.history import ADDED, ADDED_METHODS, ADDED_PARAMETERS, Version, versions
from aioport.lifting import Lift
from aioport.lifting.api import api_name
from aioport.rules import apply_rules
from aioport.rules.removed_names import asyncio_uses, is_guarded

GONE = versions(
    """
    3.5 JoinableQueue
    3.7 async
    """
)
"""Names that no rule is for, because porting to a newer style takes them away (history.md, B2)."""

CHANGED: dict[str, tuple[tuple[Version, str], ...]] = {
    "CancelledError": (((3, 8), "it is a BaseException, so `except Exception` does not catch it"),),
    "TimeoutError": (((3, 11), "it is the builtin TimeoutError, which is an OSError"),),
    "iscoroutine": (((3, 12), "it is false for generators, those of types.coroutine included"),),
    "run": (((3, 11), "an interrupt cancels the main task first"),),
    "shield": (((3, 7), "an exception of what is shielded is logged if nobody waits any more"),),
    "start_unix_server": (((3, 13), "closing the server removes the file of its socket"),),
    "wait_for": (
        ((3, 7), "it waits until what it cancelled has ended, and starts nothing if the timeout is 0"),
        ((3, 9), "what the cancelled coroutine returns or raises is what it returns or raises"),
        ((3, 12), "the coroutine runs in the task that waits, not in one of its own"),
    ),
}
"""What changed in meaning under the same name (history.md, B1 1 and 2, B5 21, B7, B8 34)."""


def audit(context: Lift) -> list[Finding]:
    """The findings on one file; ``context`` has had no pass over it."""
    apply_rules(context)
    findings = set(context.findings)
    for broken in context.broken:
        gone = broken.since <= context.target_version
        severity = Severity.ERROR if gone else Severity.NOTE
        findings.add(_finding(context, broken.node, "version-break", severity, broken.message, _PORT_IT))
    findings.update(_of_names(context))
    findings.update(_of_methods(context))
    findings.update(_of_parameters(context))
    return sorted(findings)


_PORT_IT = "aioport --to async-await with this --target-version rewrites it"


def _of_names(context: Lift) -> Iterator[Finding]:
    for node, name in asyncio_uses(context):
        first = name.partition(".")[0]
        if is_guarded(context, node):
            continue
        if GONE.get(first, (4, 0)) <= context.target_version:
            message = f"asyncio has no {first} since Python {_spelled(GONE[first])}"
            yield _finding(context, node, "version-break", Severity.ERROR, message, _PORT_IT)
        elif ADDED.get(first, (0, 0)) > context.target_version:
            message = f"asyncio has {first} since Python {_spelled(ADDED[first])} only"
            yield _finding(context, node, "newer-name", Severity.ERROR, message, _LOWER_IT)
        elif isinstance(node, cst.Attribute) or not _is_import(context, node):
            changes = [change for change in CHANGED.get(name, ()) if change[0] <= context.target_version]
            if changes:
                said = "; ".join(f"since Python {_spelled(since)} {what}" for since, what in changes)
                yield _finding(
                    context, node, "changed-meaning", Severity.WARNING, f"{name}: {said}", "check that it may be so"
                )


_LOWER_IT = "aiocompat has it for every version; aioport --to compat uses that"


def _is_import(context: Lift, node: cst.CSTNode) -> bool:
    return isinstance(context.analysis.names.parents.get(node), (cst.Import, cst.ImportFrom))


def _of_methods(context: Lift) -> Iterator[Finding]:
    for attribute in context.analysis.attributes:
        name = attribute.attr.value
        since = ADDED_METHODS.get(name, (0, 0))
        if since <= context.target_version or is_guarded(context, attribute):
            continue
        if api_name(context.analysis.names.origins(attribute)) is None:
            message = f"asyncio's objects have {name}() since Python {_spelled(since)} only"
            yield _finding(context, attribute, "newer-name", Severity.ERROR, message, _LOWER_IT)


def _of_parameters(context: Lift) -> Iterator[Finding]:
    for call in context.analysis.calls:
        found = api_name(context.analysis.names.origins(call.func))
        if found is not None and found[0].module == "aiocompat":
            continue
        name = found[1] if found else call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        for arg in call.args:
            parameter = f"{name}.{arg.keyword.value}" if arg.keyword is not None else ""
            if ADDED_PARAMETERS.get(parameter, (0, 0)) > context.target_version:
                since = _spelled(ADDED_PARAMETERS[parameter])
                message = f"{name}() has {parameter.rpartition('.')[2]} since Python {since} only"
                yield _finding(
                    context, arg, "newer-name", Severity.ERROR, message, "leave it out, or ask for the version"
                )


def _spelled(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def _finding(context: Lift, node: cst.CSTNode, code: str, severity: Severity, message: str, advice: str) -> Finding:
    place = context.analysis.positions[node]
    location = Location(context.path, place.start.line, place.start.column + 1, place.start.line, place.end.line)
    return Finding(location, code, severity, Applicability.MANUAL, message, advice)

"""What of asyncio a file uses that is gone, deprecated, changed or not yet there in the target version.

Most of it the version rules say: they run as for a port, and what they would rewrite is reported with what they report.
The tables here are for what a port from style to style deals with, and for those who go down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from aioport.added_methods import added_in
from aioport.asked_names import asked_by_name
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.functions import Definition
from aioport.history import ADDED, ADDED_PARAMETERS, Version, versions
from aioport.lifting import Lift
from aioport.lifting.api import api_name
from aioport.names import dotted
from aioport.rules import apply_rules
from aioport.rules.dead_branches import version_answer
from aioport.rules.moved_names import MOVED, moved_message
from aioport.rules.removed_names import REMOVED, asyncio_uses, is_guarded
from aioport.styles import target_of
from aioport.tree import walk

GONE: dict[str, tuple[Version, str]] = {
    **REMOVED,
    **{
        name: (since, "aioport --to async-await with this --target-version rewrites it")
        for name, since in versions("3.5 JoinableQueue\n3.7 async").items()
    },
    "coroutine": ((3, 11), "aioport --to async-await makes an async def of what it decorates"),
}
"""The first version without a name, and what to do (history.md, B2)."""


@dataclass(frozen=True)
class Change:
    """What a name means since a version; ``code`` is that of a rule's finding which says so of a place."""

    since: Version
    what: str
    code: str = ""


CHANGED: dict[str, tuple[Change, ...]] = {
    "CancelledError": (
        Change((3, 8), "it is a BaseException, so `except Exception` does not catch it", "cancellation-passes"),
    ),
    "TimeoutError": (Change((3, 11), "it is the builtin TimeoutError, which is an OSError", "timeout-is-oserror"),),
    "iscoroutine": (Change((3, 12), "it is false for generators, those of types.coroutine included"),),
    "run": (Change((3, 11), "an interrupt cancels the main task first"),),
    "shield": (Change((3, 7), "an exception of what is shielded is logged if nobody waits any more"),),
    "start_unix_server": (Change((3, 13), "closing the server removes the file of its socket"),),
    "wait_for": (
        Change((3, 7), "it waits until what it cancelled has ended"),
        Change((3, 7), "it starts nothing if the timeout is 0", "wait-for-nothing"),
        Change((3, 9), "what the cancelled coroutine returns or raises is what it returns or raises"),
        Change((3, 12), "the coroutine runs in the task that waits, not in one of its own"),
    ),
}
"""What changed in meaning under the same name (history.md, B1 1 and 2, B5 21, B7, B8 34)."""

_OF_PORTS = frozenset(["dead-branch", "missing-name"])
"""What the rules say of a port only, and what is said here of all names."""
_OF_REWRITES = frozenset(["dropped-argument", "loop-argument", "task-function"])
"""What they say of a rewrite, beside the break that it is for."""
_PYTHON3 = (3, 0)
_TROLLIUS_HAS = (3, 4)
"""What the objects of this version have, those of Trollius have too."""
_KEYWORDS = _NATIVE = (3, 7)
_NO_GENERATORS = _WAITING_SERVERS = (3, 12)
_PORT_IT = "aioport --to async-await with this --target-version rewrites it"
_LOWER_IT = "aiocompat has it for every version; aioport --to compat uses that"


def audit(context: Lift) -> list[Finding]:
    """The findings on one file, one for each place and cause; ``context`` has had no pass over it."""
    apply_rules(context)
    alive = _Alive(context)
    broken = [b for b in context.broken if alive.runs(b.node)]
    places = {_location(context, b.node) for b in broken}
    findings = {
        finding
        for finding in context.findings
        if finding.code not in _OF_PORTS
        and not (finding.code in _OF_REWRITES and finding.location in places)
        and finding.location.line not in alive.dead
    }
    for b in broken:
        gone = Severity.ERROR if b.sure else Severity.WARNING
        severity = gone if b.since <= context.target_version else Severity.NOTE
        findings.add(_finding(context, b.node, "version-break", severity, b.message, _PORT_IT))
    said = {(finding.code, finding.location.line, finding.location.end_line) for finding in findings}
    for node, finding in (
        *_of_keywords(context),
        *_of_names(context),
        *_of_imports(context),
        *_of_changes(context, said),
        *_of_methods(context),
        *_of_parameters(context),
        *_of_generators(context),
        *_of_iterators(context),
        *_of_servers(context),
    ):
        if alive.runs(node):
            findings.add(finding)
    return sorted(findings)


class _Alive:
    """Which code runs on the target version, as far as tests of the version and of names show."""

    def __init__(self, context: Lift) -> None:
        self._context = context
        self.dead: set[int] = set()
        """The lines that do not run."""
        for node in context.analysis.names.parents:
            if isinstance(node, (cst.If, cst.IfExp)):
                holds = version_answer(context, node.test, (context.target_version,))
                unused = None if holds is None else node.orelse if holds else node.body
                if unused is not None:
                    place = context.analysis.positions[unused]
                    self.dead.update(range(place.start.line + isinstance(node, cst.If), place.end.line + 1))

    def runs(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` may run, and nothing before it asks whether it can."""
        return self._context.analysis.positions[node].start.line not in self.dead


def _of_keywords(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    words = context.analysis.shielded.words
    if context.target_version < _KEYWORDS:
        return
    for node in context.analysis.names.parents:
        if isinstance(node, cst.Name) and node.value in words:
            message = f"{words[node.value]} is a keyword since Python 3.7: this file is a SyntaxError"
            yield node, _finding(context, node, "version-break", Severity.ERROR, message, _PORT_IT)


def _of_names(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    target = context.target_version
    lacks = target_of("trollius").lacks if target < _PYTHON3 else frozenset(ADDED)
    for node, name in (*asyncio_uses(context), *asked_by_name(context.analysis)):
        first = name.partition(".")[0]
        since, advice = GONE.get(first, ((4, 0), ""))
        if _is_ready(context, node, first) or _is_older_in_submodule(context, node, first):
            continue
        # Where it is no string, all of the file is a SyntaxError.
        if since <= target and (first != "async" or isinstance(node, cst.Call)):
            message = f"asyncio has no {first} since Python {_spelled(since)}"
            yield node, _finding(context, node, "missing-name", Severity.ERROR, message, advice)
        elif ADDED.get(first, target) > target and first in lacks:
            message = f"asyncio has {first} since Python {_spelled(ADDED[first])} only"
            yield node, _finding(context, node, "newer-name", Severity.ERROR, message, _LOWER_IT)


def _is_older_in_submodule(context: Lift, node: cst.CSTNode, name: str) -> bool:
    """Whether it is ``asyncio.base_events.Server``, which is older than ``asyncio.Server`` (names.json)."""
    return name == "Server" and isinstance(node, cst.Attribute) and isinstance(node.value, cst.Attribute)


def _is_ready(context: Lift, node: cst.CSTNode, name: str) -> bool:
    """Whether the program sees for itself that there is such a name: by ``except``, or by ``hasattr``."""
    if is_guarded(context, node):
        return True
    parent = context.analysis.names.parents.get(node)
    while parent is not None:
        if isinstance(parent, (cst.If, cst.IfExp)) and any(_asks_for(context, n, name) for n in walk(parent.test)):
            return True
        parent = context.analysis.names.parents.get(parent)
    return False


def _asks_for(context: Lift, node: cst.CSTNode, name: str) -> bool:
    return (
        isinstance(node, cst.Call)
        and context.analysis.names.means(node.func, frozenset(["builtins.hasattr"]))
        and len(node.args) == 2
        and isinstance(node.args[1].value, cst.SimpleString)
        and node.args[1].value.evaluated_value == name
    )


def _of_imports(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    """What is imported from a submodule that has it no more, and asyncio itself where there is none."""
    target = context.target_version
    parents = context.analysis.names.parents
    for alias, module, name in _imported(context):
        if is_guarded(context, alias):
            continue
        if target < _PYTHON3 and module.partition(".")[0] == "asyncio":
            message = "Python 2.7 has no asyncio: Trollius stands for it there"
            whole = parents[alias]
            yield whole, _finding(context, whole, "newer-name", Severity.ERROR, message, _LOWER_IT)
        since = MOVED.get(module, {}).get(name, (4, 0))
        if since <= target and name not in GONE:
            message = moved_message(module, name)
            yield alias, _finding(context, alias, "version-break", Severity.ERROR, message, _PORT_IT)
        elif module.count(".") == 1 and module.startswith("asyncio.") and GONE.get(name, ((4, 0), ""))[0] <= target:
            since, advice = GONE[name]
            message = f"asyncio has no {name} since Python {_spelled(since)}"
            yield alias, _finding(context, alias, "missing-name", Severity.ERROR, message, advice)


def _imported(context: Lift) -> Iterator[tuple[cst.ImportAlias, str, str]]:
    """Each name that is imported: its node, the module it is imported from, or is, and the name there."""
    parents = context.analysis.names.parents
    for node, statement in parents.items():
        if isinstance(node, cst.ImportAlias):
            name = dotted(node.name) or ""
            if isinstance(statement, cst.Import):
                yield node, name, ""
            elif isinstance(statement, cst.ImportFrom) and not statement.relative:
                yield node, dotted(statement.module) or "", name


def _of_changes(context: Lift, said: set[tuple[str, int, int]]) -> Iterator[tuple[cst.CSTNode, Finding]]:
    names = [name for loads in context.analysis.loads.values() for name in loads]
    for node in (*context.analysis.attributes, *names, *context.analysis.free):
        found = api_name(context.analysis.names.origins(node))
        if found is None or found[0].module == "aiocompat" or found[1] not in CHANGED:
            continue
        if isinstance(context.analysis.names.parents.get(node), cst.AssignTarget):
            continue
        line = context.analysis.positions[node].start.line
        told = {code for code, first, last in said if first <= line <= last}
        changes = [c for c in CHANGED[found[1]] if c.since <= context.target_version and c.code not in told]
        if changes:
            text = "; ".join(f"since Python {_spelled(change.since)} {change.what}" for change in changes)
            message, advice = f"{found[1]}: {text}", "check that it may be so"
            yield node, _finding(context, node, "changed-meaning", Severity.WARNING, message, advice)


def _of_methods(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    target = max(context.target_version, _TROLLIUS_HAS)
    for attribute in context.analysis.attributes:
        name = attribute.attr.value
        since = added_in(attribute, context.values)
        if since is None or since <= target or _is_ready(context, attribute, name):
            continue
        if api_name(context.analysis.names.origins(attribute)) is None:
            message = f"asyncio's objects have {name}() since Python {_spelled(since)} only"
            yield attribute, _finding(context, attribute, "newer-name", Severity.ERROR, message, _LOWER_IT)


def _of_parameters(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
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
                advice = "leave it out, or ask for the version"
                yield arg, _finding(context, arg, "newer-name", Severity.ERROR, message, advice)


def _of_generators(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    """Plain generators that were coroutines because somebody waited for them (history.md, B5 19 and 21)."""
    if context.target_version < _NATIVE:
        return
    message = "this generator is used as a coroutine: unless something marks it as one, it cannot wait for asyncio's"
    message += " since Python 3.7"
    if context.target_version >= _NO_GENERATORS:
        message += ", and since 3.12 it is none for asyncio"
    for function in context.converted():
        name = function.node.name
        if function.definition is Definition.GENERATOR:
            yield name, _finding(context, name, "version-break", Severity.WARNING, message, _PORT_IT)


def _of_iterators(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    """``__aiter__`` as a coroutine, which was the first form (PEP 525; the documentation of ``object.__aiter__``)."""
    if context.target_version < _NATIVE:
        return
    for function in context.analysis.functions:
        name, plain = function.node.name, (Definition.PLAIN, Definition.GENERATOR)
        if name.value == "__aiter__" and function.definition not in plain and not function.is_asynchronous_generator:
            message = "since Python 3.7 __aiter__() has to give the iterator itself, and this gives a coroutine"
            advice = "make it a plain function"
            yield name, _finding(context, name, "version-break", Severity.ERROR, message, advice)


def _of_servers(context: Lift) -> Iterator[tuple[cst.CSTNode, Finding]]:
    """What may be a server, where its values do not show (history.md, B8 31)."""
    if context.target_version < _WAITING_SERVERS:
        return
    for call in context.analysis.calls:
        func = call.func
        if (
            not isinstance(func, cst.Attribute)
            or func.attr.value != "wait_closed"
            or not isinstance(func.value, cst.Name)
        ):
            continue
        if context.values.assigned(func.value) == [None] and func.value.value != "self":
            message = "if this is a server: since Python 3.12 this waits until all its connections are closed"
            yield (
                call,
                _finding(context, call, "server-close", Severity.NOTE, message, "close them first, or do not wait"),
            )


def _spelled(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def _location(context: Lift, node: cst.CSTNode) -> Location:
    place = context.analysis.positions[node]
    return Location(context.path, place.start.line, place.start.column + 1, place.start.line, place.end.line)


def _finding(context: Lift, node: cst.CSTNode, code: str, severity: Severity, message: str, advice: str) -> Finding:
    return Finding(_location(context, node), code, severity, Applicability.MANUAL, message, advice)

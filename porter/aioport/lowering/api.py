"""API names of asyncio become what the target's library calls them in its version, or aiocompat's, or a finding."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.added_methods import added_in
from aioport.asked_names import asked_by_name
from aioport.findings import Applicability, Severity
from aioport.history import ADDED, ADDED_METHODS, ADDED_PARAMETERS, OLDER
from aioport.lowering.context import Lower
from aioport.lowering.syntax import NEW_BUILTINS
from aioport.styles import Vocabulary, target_of


class Fate(enum.Enum):
    """What becomes of a name of asyncio."""

    THERE = "the target's library has it"
    OLDER = "the library has what was there before"
    HELPED = "aiocompat has it"
    MISSING = "nothing has it"


def fate_of(lower: Lower, name: str) -> Fate:
    """What becomes of ``asyncio.name``, which may be dotted."""
    if _is_there(lower, name):
        return Fate.THERE
    if name in OLDER and _is_there(lower, OLDER[name]):
        return Fate.OLDER
    if name in (_helper().api or frozenset()) | _helper().helpers and lower.module != _helper().module:
        return Fate.HELPED
    return Fate.MISSING


def _helper() -> Vocabulary:
    """What aiocompat has."""
    helper = target_of("compat").vocabulary
    assert helper is not None
    return helper


def _is_there(lower: Lower, name: str) -> bool:
    first = name.partition(".")[0]
    if f"{lower.module}.{first}" in lower.vocabulary.coroutine:
        return True
    if lower.vocabulary.api is not None:
        return first in lower.vocabulary.api | lower.vocabulary.helpers
    if first in _helper().helpers:
        return False
    if lower.module == "asyncio":
        return lower.version >= ADDED.get(first, lower.version)
    return not lower.target.lacks & {first, name}


def leave_missing(lower: Lower) -> None:
    """Report the uses of names that nothing has, which stay asyncio's; the other passes have to know of them."""
    for node, name in api_uses(lower):
        if fate_of(lower, name) is Fate.MISSING:
            report_missing(lower, node, name)
            if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
                lower.settled[node.value] = node.value.value


def lower_api(lower: Lower) -> None:
    """Rewrite the uses of API names; :class:`aioport.lowering.imports.Imports` does what imports them."""
    for node, name in api_uses(lower):
        fate = fate_of(lower, name)
        if fate is Fate.OLDER:
            _use_older(lower, node, name)
        elif fate is Fate.HELPED:
            _use_helper(lower, node, name)
    for call, name in asked_by_name(lower.analysis):
        if fate_of(lower, name) is not Fate.THERE:
            report_missing(lower, call, name)
    for node in lower.analysis.free:
        _lower_builtin(lower, node)
    for attribute in lower.analysis.attributes:
        _report_method(lower, attribute)
    for call in lower.analysis.calls:
        _report_parameters(lower, call)
    if lower.lowered() and lower.target.gives_generators(lower.version):
        _report_questions(lower)


def api_uses(lower: Lower) -> Iterator[tuple[cst.Attribute | cst.Name, str]]:
    """Uses of names of the module asyncio, and of what a star import brings; each with the name."""
    names = lower.analysis.names
    for attribute in lower.analysis.attributes:
        found = names.means(attribute.value, frozenset(["asyncio"])) and isinstance(attribute.value, cst.Name)
        if found and not lower.is_left(attribute):
            yield attribute, attribute.attr.value
    for name in lower.analysis.free:
        if names.origins(name) == {f"asyncio.{name.value}"} and not lower.is_left(name):
            yield name, name.value


def _use_older(lower: Lower, node: cst.Attribute | cst.Name, name: str) -> None:
    report_older(lower, node, name)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        if isinstance(updated, cst.Name):
            return cst.parse_expression(OLDER[name]).with_changes(lpar=updated.lpar, rpar=updated.rpar)
        assert isinstance(updated, cst.Attribute)
        first, _, rest = OLDER[name].partition(".")
        changed = updated.with_changes(attr=cst.Name(first))
        return cst.Attribute(changed, cst.Name(rest)) if rest else changed

    lower.edits.on(node, rewrite)


def report_older(lower: Lower, node: cst.CSTNode, name: str) -> None:
    """Say what differs between a name and the one it had before."""
    lower.unlike.append(node)
    if lower.analysis.function_around(node) not in lower.natives:
        lower.report(
            node,
            "older-name",
            Severity.WARNING,
            f"{name}() raises RuntimeError where no loop runs, {OLDER[name]}() does not and uses the loop that is set",
            "check that this is no difference here",
            applicability=Applicability.SAFE,
        )
    # The running loop is the current one from 3.5.3 on (history.md, B4).
    elif lower.version < (3, 6):
        lower.report(
            node,
            "older-name",
            Severity.NOTE,
            f"{OLDER[name]}() uses the loop that is set, {name}() the one that runs",
            "nothing, if set_event_loop() is called for every loop that runs, or there is one loop only",
            applicability=Applicability.SAFE,
        )


def _use_helper(lower: Lower, node: cst.Attribute | cst.Name, name: str) -> None:
    report_helper(lower, node, name)
    lower.helpers.add("")
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        lower.settled[node.value] = "aiocompat"
    else:
        lower.edits.replace(node, cst.Attribute(cst.Name("aiocompat"), cst.Name(name)))


def use_helper(lower: Lower, node: cst.CSTNode, name: str) -> cst.BaseExpression:
    """The expression for a name that only aiocompat has, and that ``node`` needs."""
    if lower.module == _helper().module:
        return lower.of_module(name)
    if "" not in lower.helpers:
        report_helper(lower, node, name)
    lower.helpers.add("")
    return cst.Attribute(cst.Name("aiocompat"), cst.Name(name))


def report_helper(lower: Lower, node: cst.CSTNode, name: str) -> None:
    """Say that a name makes the file depend on aiocompat."""
    lower.unlike.append(node)
    lower.report(
        node,
        "new-dependency",
        Severity.NOTE,
        f"{_library(lower)} has no {name}, so it comes from aiocompat",
        "add aiocompat to what the project depends on",
        applicability=Applicability.SAFE,
    )


def report_missing(lower: Lower, node: cst.CSTNode, name: str) -> None:
    """Say that nothing has ``name``."""
    message = f"{_library(lower)} has no {name}"
    lower.report(node, "missing-name", Severity.ERROR, message, "write what it does with names that are there")


def _library(lower: Lower) -> str:
    if lower.module != "asyncio":
        return lower.module
    return f"asyncio for Python {lower.version[0]}.{lower.version[1]}"


def _report_questions(lower: Lower) -> None:
    """Say where something asks what a coroutine function is, in a way that a generator answers differently."""
    # asyncio's own questions are true of what its decorator, or Trollius's, makes.
    questions = frozenset(name for name in library.KIND_QUESTIONS if name.startswith(("inspect.", "types.")))
    loads = (node for nodes in lower.analysis.loads.values() for node in nodes)
    for node in (*lower.analysis.attributes, *loads):
        if lower.analysis.names.means(node, questions):
            lower.report(
                node,
                "kind-question",
                Severity.WARNING,
                "this asks whether something is a generator or a coroutine, and functions of this project have changed "
                "from one to the other",
                "check that the answer is still the one that is wanted",
            )


def _lower_builtin(lower: Lower, node: cst.Name) -> None:
    """An exception that the target version lacks is the library's, where that has it, or aiocompat's."""
    if lower.analysis.names.origins(node) != {f"builtins.{node.value}"}:
        return
    if node.value in lower.vocabulary.builtins:
        lower.edits.replace(node, lower.of_module(node.value))
    elif node.value in helped_builtins(lower):
        report_helper(lower, node, node.value)
        lower.helpers.add("")
        lower.edits.replace(node, cst.Attribute(cst.Name("aiocompat"), cst.Name(node.value)))


def helped_builtins(lower: Lower) -> frozenset[str]:
    """The builtins that the target version lacks and aiocompat has."""
    return frozenset(name for name in _helper().builtins if lower.version < NEW_BUILTINS[name])


def _report_method(lower: Lower, node: cst.Attribute) -> None:
    # What aiocompat makes has all methods in every version; a name that is asyncio's alone may be of another object.
    is_made = lower.vocabulary.api is not None and node.attr.value not in ADDED_METHODS
    since = None if is_made else added_in(node, lower.values)
    # Trollius and aiocompat have what 3.4 had, in all versions.
    if since is not None and lower.version < since and (lower.module == "asyncio" or since > (3, 4)):
        lower.report(
            node,
            "missing-name",
            Severity.WARNING,
            f"asyncio's objects have no {node.attr.value}() before Python {since[0]}.{since[1]}",
            "write what it does with what is there, if this is asyncio's",
        )


def _report_parameters(lower: Lower, call: cst.Call) -> None:
    """Say which keywords of a call asyncio did not take yet; aiocompat's functions take them in every version."""
    if not isinstance(call.func, (cst.Name, cst.Attribute)) or lower.is_left(call):
        return
    name = (call.func if isinstance(call.func, cst.Name) else call.func.attr).value
    known = lower.analysis.names.means(call.func, frozenset([f"asyncio.{name}"]))
    if (isinstance(call.func, cst.Name) and not known) or (known and fate_of(lower, name) is Fate.HELPED):
        return
    if known and lower.vocabulary.api is not None:
        return
    for arg in call.args:
        since = ADDED_PARAMETERS.get(f"{name}.{arg.keyword.value}") if arg.keyword is not None else None
        if since is not None and lower.version < since:
            lower.report(
                call,
                "missing-name",
                Severity.ERROR if known else Severity.WARNING,
                f"asyncio's {name}() has no parameter {arg.keyword.value} before Python {since[0]}.{since[1]}",  # type: ignore[union-attr]
                "do without it" if known else "do without it, if this is asyncio's",
            )

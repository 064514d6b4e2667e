"""Classes with ``__await__`` and no ``__iter__``: ``await`` waits for their objects, a generator does not."""

from __future__ import annotations

import libcst as cst

from aioport import library
from aioport.findings import Applicability, Severity
from aioport.functions import Function
from aioport.lifting.statements import with_alias
from aioport.lowering.context import Lower


def awaitable_only(lower: Lower) -> list[Function]:
    """The methods of classes whose objects the target's coroutines cannot wait for.

    ``yield from`` takes iterables. aiocompat's From takes what has an ``__await__`` that is a coroutine, and any since
    Python 3.5. Trollius takes neither.
    """
    if not lower.target.waits_for_objects:
        names = library.ITERATOR_METHODS
        waiting = [f for f in lower.analysis.functions if f.node.name.value == "__await__" or f in lower.natives]
        return [f for f in waiting if f.owner and f.node.name.value in names]
    return [function for function in _without_iter(lower) if not _can_iterate(lower, function)]


def _without_iter(lower: Lower) -> list[Function]:
    """Each ``__await__`` that ``yield from`` does not find."""
    if not lower.target.waits_for_objects or (lower.vocabulary.api is not None and lower.target.mixes(lower.version)):
        return []
    methods = (f for f in lower.analysis.functions if f.node.name.value == "__await__" and f not in lower.natives)
    return [f for f in methods if f.owner and "__iter__" not in lower.analysis.names.scope_of(f.node).bindings]


def _can_iterate(lower: Lower, function: Function) -> bool:
    """Whether the class may get an ``__iter__``: it takes none from a class above it, and gives none to one below.

    ``for`` over an object that is waited for is a mistake whether or not Python says so.
    """
    owner = lower.analysis.names.scope_of(function.node).opener
    if not isinstance(owner, cst.ClassDef) or lower.vocabulary.wait:
        return False
    classes = [s.opener for s in lower.analysis.names.scopes.values() if isinstance(s.opener, cst.ClassDef)]
    mixed = [lower.values.class_named(arg.value) for other in classes if len(other.bases) > 1 for arg in other.bases]
    return owner not in mixed and _is_plain(lower, owner, frozenset())


def _is_plain(lower: Lower, node: cst.ClassDef, below: frozenset[cst.ClassDef]) -> bool:
    """Whether a class is derived from nothing but classes of this file that have no other ``__iter__``."""
    for arg in node.bases:
        if lower.analysis.names.means(arg.value, frozenset(["builtins.object"])):
            continue
        base = lower.values.class_named(arg.value)
        if base is None or base in below or not _is_plain(lower, base, below | {node}):
            return False
        bindings = lower.analysis.names.scopes[base].bindings
        if "__iter__" in bindings or "__await__" not in bindings:
            return False
    return not node.keywords


def report_awaitable_classes(lower: Lower) -> None:
    """Say which objects cannot be waited for, and how, where something can be done about it."""
    for function in awaitable_only(lower):
        name = function.node.name.value
        message = "coroutines of the new style cannot wait for an object that has __await__ alone"
        advice = "give the class `__iter__ = __await__`, or make what is waited for a coroutine"
        if function in lower.natives:
            message = (
                f"Trollius waits for no such object, so what surely is one of this class is waited for by its {name}()"
            )
            advice = f"write `.{name}()` where something else waits for one"
        elif not lower.target.waits_for_objects:
            message, advice = "Trollius waits for no such object", "make what is waited for a coroutine"
        lower.report(function.node.name, "awaitable-class", Severity.WARNING, message, advice)


def lower_awaitable_classes(lower: Lower) -> None:
    """``__iter__ = __await__`` below an ``__await__``, where the class may have it: ``yield from`` asks for that."""
    for function in _without_iter(lower):
        if not _can_iterate(lower, function):
            continue
        lower.edits.on(function.node, lambda updated: with_alias(updated, "__iter__", "__await__"))
        lower.unlike.append(function.node)
        lower.report(
            function.node.name,
            "awaitable-class",
            Severity.NOTE,
            "coroutines wait for objects of this class, and `yield from` takes only what has an __iter__",
            "the class now has `__iter__ = __await__`",
            applicability=Applicability.SAFE,
        )

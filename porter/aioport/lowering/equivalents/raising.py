"""``raise X from Y``, and a bare ``raise`` after a wait, which means another exception on older Pythons by then."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.lowering.context import Equivalent, Lower
from aioport.tree import walk

_PYTHON3 = (3, 0)
_KEEPS_HANDLED = (3, 7)
"""Until then an exception thrown into a generator in a handler takes the place of the handled one (bpo-25612)."""
_CAUSES = frozenset(["__cause__", "__context__", "__suppress_context__"])


def of_raising(lower: Lower) -> Iterator[Equivalent]:
    """The raising statements of a file that the target does not have, or has with another meaning."""
    if lower.version < _PYTHON3 and not lower.has_six:
        return
    # six.raise_from does not say on Python 2 what the cause was.
    asks = any(attribute.attr.value in _CAUSES for attribute in lower.analysis.attributes)
    kept: dict[cst.ExceptHandler, None] = {}
    for node in lower.analysis.nodes:
        if not isinstance(node, cst.Raise):
            continue
        if node.cause is not None and not asks and lower.version < _PYTHON3:
            yield Equivalent(node, node, _raise_from, "six")
        handler = forgotten_by(lower, node) if node.exc is None else None
        if handler is not None and _can_keep(lower, handler):
            kept[handler] = None
            if lower.version < _PYTHON3:
                yield Equivalent(node, node, _reraise, "six")
            else:
                yield Equivalent(node, node, _raise_kept)
    for handler in kept:
        lower.modules.add("sys")
        yield Equivalent(handler, handler, _keeping)


def forgotten_by(lower: Lower, node: cst.Raise | cst.Call) -> cst.ExceptHandler | None:
    """The handler around ``node`` whose exception is another one by then, or none.

    What is handled is the thread's on Python 2, for each frame the last that was caught: a wait gives the thread to
    others, and an exception that is caught, or swallowed by a ``with``, in between takes the place of the first. Up to
    3.6 one does that is caught so after it was thrown into the function, at a wait.
    """
    if lower.version >= _KEEPS_HANDLED or not lower.is_python3:
        return None
    parents = lower.analysis.names.parents
    above: list[cst.CSTNode] = [node]
    while not isinstance(above[-1], cst.ExceptHandler):
        if isinstance(above[-1], (cst.FunctionDef, cst.Module)):
            return None
        above.append(parents[above[-1]])
    handler = above[-1]
    assert isinstance(handler, cst.ExceptHandler)
    loop = next((part for part in reversed(above) if isinstance(part, (cst.For, cst.While))), None)
    looped = set(walk(loop)) if loop is not None else set()
    function = lower.analysis.function_around(node)
    place = lower.analysis.positions[node].start
    for part in walk(handler.body):
        if part in above or not _spoils(lower, part) or lower.analysis.function_around(part) is not function:
            continue
        start = lower.analysis.positions[part].start
        if (start.line, start.column) < (place.line, place.column) or part in looped:
            return handler
    return None


def _spoils(lower: Lower, part: cst.CSTNode) -> bool:
    if lower.version < _PYTHON3:
        return isinstance(part, (cst.Await, cst.With, cst.ExceptHandler, cst.Yield))
    catches = isinstance(part, cst.With) or (isinstance(part, cst.Try) and bool(part.handlers))
    return catches and any(_waits(inner) for inner in walk(part))


def _waits(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.Await, cst.Yield)) or getattr(node, "asynchronous", None) is not None


def _can_keep(lower: Lower, handler: cst.ExceptHandler) -> bool:
    """Whether ``exc_info`` and ``sys`` may be bound here."""
    return (
        lower.is_free("exc_info")
        and lower.is_module("sys")
        and isinstance(handler.body, cst.IndentedBlock)
        and not any(_is_kept_inside(lower, part, handler) for part in walk(handler.body))
    )


def _is_kept_inside(lower: Lower, part: cst.CSTNode, handler: cst.ExceptHandler) -> bool:
    """Whether a handler in this one has to keep its own exception, under the same name."""
    if not isinstance(part, cst.Raise) or part.exc is not None:
        return False
    return forgotten_by(lower, part) not in (None, handler)


def _raise_from(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Raise)
    assert updated.exc is not None
    assert updated.cause is not None
    args = [cst.Arg(updated.exc), cst.Arg(updated.cause.item)]
    return cst.Expr(cst.Call(_six("raise_from"), args), semicolon=updated.semicolon)


def _reraise(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Raise)
    call = cst.Call(_six("reraise"), [cst.Arg(cst.Name("exc_info"), star="*")])
    return cst.Expr(call, semicolon=updated.semicolon)


def _raise_kept(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Raise)
    kept = cst.Subscript(cst.Name("exc_info"), [cst.SubscriptElement(cst.Index(cst.Integer("1")))])
    return cst.Raise(kept, semicolon=updated.semicolon)


def _keeping(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.ExceptHandler)
    line = cst.parse_statement("exc_info = sys.exc_info()")
    return updated.with_changes(body=updated.body.with_changes(body=[line, *updated.body.body]))


def _six(name: str) -> cst.Attribute:
    return cst.Attribute(cst.Name("six"), cst.Name(name))

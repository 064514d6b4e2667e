"""StopIteration that leaves a coroutine is a RuntimeError (PEP 479), and no exception for a Future from 3.5 to 3.12.

A generator of Trollius ended with it, and one that nothing decorates up to 3.6: ``next(x)`` on an empty iterator was a
``return None``. Decorated by asyncio it was a RuntimeError from 3.5 on (history.md, B1 6 and 7).
``raise StopIteration`` itself keeps its function from being ported (:mod:`aioport.blockers`). In a generator that stays
one it was a ``return`` up to 3.6, and is a RuntimeError since.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.functions import Definition
from aioport.inference import GENERATORS
from aioport.lifting.context import Lift
from aioport.tree import caught_classes

SINCE = (3, 5)

_ENDS_NO_GENERATOR = (3, 7)
_CAUGHT = frozenset(f"builtins.{name}" for name in ("BaseException", "Exception", "StopIteration"))
_NEXT = frozenset(["builtins.next"])
_STOP = frozenset(["builtins.StopIteration"])


def apply(lift: Lift) -> None:
    """Report each ``next(x)`` that may end a function which becomes ``async def``, and what is set as an exception."""
    older = {f for f in lift.converted() if f.trollius or f.definition is Definition.GENERATOR}
    for call in lift.analysis.calls:
        if len(call.args) != 1:
            continue
        argument = call.args[0].value
        if lift.analysis.names.means(call.func, _NEXT):
            if lift.analysis.function_around(call) in older and not _is_caught(lift, call):
                lift.report(
                    call,
                    "stop-iteration",
                    Severity.WARNING,
                    "at the end of the iterator this returned None from the coroutine, and is a RuntimeError now",
                    "give next() a second argument, or catch StopIteration here",
                )
        elif isinstance(call.func, cst.Attribute) and call.func.attr.value == "set_exception":
            raised = argument.func if isinstance(argument, cst.Call) else argument
            if lift.target_version < (3, 13) and lift.analysis.names.means(raised, _STOP):
                lift.report(
                    call,
                    "stop-iteration",
                    Severity.ERROR,
                    "from Python 3.5 to 3.12 a Future takes no StopIteration: this is a TypeError",
                    "use an exception of your own",
                )
    if lift.target_version >= _ENDS_NO_GENERATOR:
        _end_generators(lift)


def _end_generators(lift: Lift) -> None:
    generators = {f for f in lift.analysis.functions if f.suspensions and lift.verdict(f) in GENERATORS}
    for node in lift.analysis.nodes:
        if not isinstance(node, cst.Raise) or lift.analysis.function_around(node) not in generators:
            continue
        raised, args = (node.exc.func, node.exc.args) if isinstance(node.exc, cst.Call) else (node.exc, ())
        if not lift.analysis.names.means(raised, _STOP):
            continue
        # What runs on Python 2 as well cannot return a value.
        is_plain = node.cause is None and (not args or (len(args) == 1 and not args[0].star and lift.keeps_helpers))
        if is_plain and not _is_caught(lift, node) and not _is_managed(lift, node):
            lift.breaks(node, _ENDS_NO_GENERATOR, "since Python 3.7 StopIteration ends no generator: return does")
            lift.edits.on(node, _returned)
        else:
            lift.report(
                node,
                "stop-iteration",
                Severity.WARNING,
                "where this leaves the generator, it ended it up to Python 3.6, and is a RuntimeError since",
                "return there",
            )


def _returned(updated: cst.CSTNode) -> cst.Return:
    assert isinstance(updated, cst.Raise)
    value = updated.exc.args[0].value if isinstance(updated.exc, cst.Call) and updated.exc.args else None
    space = cst.SimpleWhitespace(" " if value is not None else "")
    return cst.Return(value, whitespace_after_return=space, semicolon=updated.semicolon)


def _is_managed(lift: Lift, node: cst.CSTNode) -> bool:
    """Whether a context manager sees what is raised, which it would not of a ``return``."""
    parents = lift.analysis.names.parents
    while not isinstance(node, cst.FunctionDef):
        if isinstance(node, cst.With):
            return True
        node = parents[node]
    return False


def _is_caught(lift: Lift, node: cst.CSTNode) -> bool:
    parents = lift.analysis.names.parents
    child = node
    while not isinstance(child, cst.FunctionDef):
        parent = parents[child]
        if isinstance(parent, cst.Try) and child is parent.body:
            for handler in parent.handlers:
                if any(part is None or lift.analysis.names.means(part, _CAUGHT) for part in caught_classes(handler)):
                    return True
        child = parent
    return False

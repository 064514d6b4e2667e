"""``except asyncio.CancelledError: raise`` where a handler for Exception would now stop a cancellation.

CancelledError is a BaseException since 3.8, an Exception in older versions and in Trollius (history.md, B1 1).
"""

from __future__ import annotations

import libcst as cst

from aioport.analysis import Function
from aioport.findings import Applicability, Severity
from aioport.lifting.returns import may_catch
from aioport.lowering.context import Lower
from aioport.lowering.era import handler_asking, report_asking
from aioport.names import dotted
from aioport.tree import walk

_BASE_EXCEPTION_SINCE = (3, 8)
_EXCEPTION = frozenset(["builtins.Exception"])
_EVERYTHING = frozenset(["builtins.BaseException", "asyncio.CancelledError"])


def lower_cancellation(lower: Lower, function: Function) -> None:
    """Let cancellation pass by the handlers for Exception of a function that was an ``async def`` in the original."""
    if lower.version >= _BASE_EXCEPTION_SINCE or function.qualname not in lower.always_native:
        return
    if (handler := handler_asking(lower, function)) is not None:
        report_asking(lower, function, handler)
        return
    waits = set(lower.suspending(function))
    for node in walk(function.node.body):
        if isinstance(node, cst.Try) and lower.analysis.function_around(node) is function:
            handler = _stopping(lower, node)
            if handler is not None and any(part in waits for part in walk(node.body)):
                _let_pass(lower, node, handler)


def _stopping(lower: Lower, node: cst.Try) -> cst.ExceptHandler | None:
    """The handler that catches Exception and nothing wider, before any that catches CancelledError anyway."""
    names = lower.analysis.names
    for handler in node.handlers:
        if may_catch(names, handler, _EVERYTHING):
            return None
        if may_catch(names, handler, _EXCEPTION) and not _only_raises(handler):
            return handler
    return None


def _only_raises(handler: cst.ExceptHandler) -> bool:
    return dotted(handler.type) is not None and handler.body.deep_equals(_raise())


def _raise() -> cst.IndentedBlock:
    return cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise()])])


def _let_pass(lower: Lower, node: cst.Try, handler: cst.ExceptHandler) -> None:
    lower.unlike.append(node)
    lower.report(
        handler,
        "cancelled-passes",
        Severity.NOTE,
        "CancelledError is an Exception in the target version, so a handler above this one lets it pass",
        "nothing, unless the program relied on catching it on Python 3.7 or older",
        applicability=Applicability.SAFE,
    )
    index = list(node.handlers).index(handler)
    error = lower.name("CancelledError")

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Try)
        handlers = list(updated.handlers)
        handlers.insert(index, cst.ExceptHandler(_raise(), error))
        return updated.with_changes(handlers=handlers)

    lower.edits.on(node, rewrite)

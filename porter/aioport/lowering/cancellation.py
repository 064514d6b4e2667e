"""``except asyncio.CancelledError: raise`` where a handler for Exception would now stop a cancellation.

CancelledError is a BaseException since 3.8, an Exception in older versions and in Trollius (history.md, B1 1).
"""

from __future__ import annotations

import libcst as cst

from aioport.era import handler_asking
from aioport.findings import Applicability, Severity
from aioport.functions import Definition, Function
from aioport.lifting.returns import may_catch
from aioport.lowering.context import Lower
from aioport.names import dotted
from aioport.tree import walk

_BASE_EXCEPTION_SINCE = (3, 8)
_EVERYTHING = frozenset(["builtins.BaseException", "asyncio.CancelledError"])
_CANCELLED = frozenset(["asyncio.CancelledError"])
_STOPPING = frozenset(["builtins.Exception", "concurrent.futures.CancelledError", "concurrent.futures.Error"])
"""What catches a cancellation before 3.8, when CancelledError was that of concurrent.futures, and not since."""
_RESULTS = frozenset(["exception", "result", "run_until_complete"])
"""Methods of futures and loops that raise the cancellation of another task."""


def lower_cancellation(lower: Lower) -> None:
    """Let cancellation pass by the handlers for Exception of what was written for async/await in the original."""
    if lower.version >= _BASE_EXCEPTION_SINCE or not lower.always_native:
        return
    asking = _asking(lower)
    for node in lower.analysis.nodes:
        if isinstance(node, (cst.Try, cst.With)) and _is_of_async_await(lower, node):
            if lower.analysis.function_around(node) in asking:
                continue
            raising = any(_may_be_cancelled(lower, part) for part in walk(node.body))
            handler = _stopping(lower, node) if raising and isinstance(node, cst.Try) else None
            if handler is not None and isinstance(node, cst.Try):
                _let_pass(lower, node, handler)
            if raising and isinstance(node, cst.With):
                _report_suppressing(lower, node)


def _asking(lower: Lower) -> set[Function]:
    """The functions that ask for CancelledError where it was an Exception: they are as old as that, and stay."""
    asking = set()
    for function in lower.lowered():
        handler = handler_asking(lower.analysis, function) if function.qualname in lower.always_native else None
        if handler is not None:
            asking.add(function)
            _report_asking(lower, function, handler)
    return asking


def _report_asking(lower: Lower, function: Function, handler: cst.ExceptHandler) -> None:
    """Say that a function's handlers go on catching CancelledError."""
    lower.report(
        handler,
        "cancelled-passes",
        Severity.WARNING,
        "this handler asks for CancelledError, which it gets until Python 3.7 only, so the handlers of "
        f"{function.node.name.value}() go on catching it",
        "catch CancelledError in a handler of its own, if the program is for newer versions as well",
        applicability=Applicability.SAFE,
    )


def _is_of_async_await(lower: Lower, node: cst.CSTNode) -> bool:
    function = lower.analysis.function_around(node)
    if function is None or function.definition is not Definition.NATIVE:
        return not lower.is_left(node)
    return function.qualname in lower.always_native and function in lower.lowered()


def _may_be_cancelled(lower: Lower, node: cst.CSTNode) -> bool:
    """Whether something waits, or asks for what another task came to."""
    if isinstance(node, cst.Await) or (isinstance(node, (cst.With, cst.For)) and node.asynchronous is not None):
        return True
    if not isinstance(node, cst.Call) or isinstance(lower.analysis.names.scope_of(node).opener, cst.Lambda):
        return False
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in _RESULTS:
        # `log.exception("...")` is no question.
        return node.func.attr.value != "exception" or not node.args
    return lower.analysis.names.means(node.func, frozenset(["asyncio.run"]))


def _stopping(lower: Lower, node: cst.Try) -> cst.ExceptHandler | None:
    """The handler that catches Exception and nothing wider, before any that catches CancelledError anyway.

    One that only raises lets a cancellation pass, but not to a handler below it.
    """
    names = lower.analysis.names
    for index, handler in enumerate(node.handlers):
        if may_catch(names, handler, _EVERYTHING):
            return None
        if may_catch(names, handler, _STOPPING):
            passes = _only_raises(handler) and _catching(lower, node, index) is None
            return None if passes else handler
    return None


def _report_suppressing(lower: Lower, node: cst.With) -> None:
    names = lower.analysis.names
    for item in node.items:
        call = item.item
        if isinstance(call, cst.Call) and names.means(call.func, frozenset(["contextlib.suppress"])):
            suppressed = [names.origins(arg.value) for arg in call.args]
            if any(map(_STOPPING.intersection, suppressed)) and not any(map(_EVERYTHING.intersection, suppressed)):
                lower.report(
                    item,
                    "cancelled-suppressed",
                    Severity.WARNING,
                    "CancelledError is an Exception in the target version, so this takes a cancellation as well",
                    "write try and except, with `except asyncio.CancelledError: raise` first",
                )


def _only_raises(handler: cst.ExceptHandler) -> bool:
    return dotted(handler.type) is not None and handler.body.deep_equals(_raise())


def _raise() -> cst.IndentedBlock:
    return cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise()])])


def _let_pass(lower: Lower, node: cst.Try, handler: cst.ExceptHandler) -> None:
    lower.unlike.append(node)
    index = list(node.handlers).index(handler)
    later = _catching(lower, node, index)
    lower.report(
        handler,
        "cancelled-passes",
        Severity.NOTE,
        "CancelledError is an Exception in the target version, so a handler above this one "
        + ("lets it pass" if later is None else "does with it what the one below does"),
        "nothing, unless the program relied on catching it on Python 3.7 or older",
        applicability=Applicability.SAFE,
    )
    error = lower.name("CancelledError")
    if later is not None:
        # A copy of the handler has those functions as well.
        lower.unlike.extend(part for part in walk(node.handlers[later]) if isinstance(part, cst.FunctionDef))

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Try)
        handlers = list(updated.handlers)
        if later is None:
            handlers.insert(index, cst.ExceptHandler(_raise(), error))
        elif lower.analysis.names.means(node.handlers[later].type, _CANCELLED):
            handlers.insert(index, handlers.pop(later))
        else:
            handlers.insert(index, _for_cancellation(handlers[later], error))
        return updated.with_changes(handlers=handlers)

    lower.edits.on(node, rewrite)


def _catching(lower: Lower, node: cst.Try, index: int) -> int | None:
    """The first handler after one that may get a CancelledError; the bare ``except`` is one."""
    later = range(index + 1, len(node.handlers))
    return next((i for i in later if may_catch(lower.analysis.names, node.handlers[i], _EVERYTHING)), None)


def _for_cancellation(handler: cst.ExceptHandler, error: cst.BaseExpression) -> cst.ExceptHandler:
    """A copy of a handler that catches more, for CancelledError only.

    A ``try`` in the other would not do: what the handler for Exception raises would be caught as well.
    """
    space = cst.SimpleWhitespace(" ")
    return handler.deep_clone().with_changes(type=error, leading_lines=[], whitespace_after_except=space)

"""``except asyncio.CancelledError: raise`` where a handler for Exception would now stop a cancellation.

CancelledError is a BaseException since 3.8, an Exception in older versions and in Trollius (history.md, B1 1).
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.analysis import Function
from aioport.findings import Applicability, Severity
from aioport.lifting.returns import may_catch
from aioport.lowering.context import Lower
from aioport.names import dotted
from aioport.tree import walk

_BASE_EXCEPTION_SINCE = (3, 8)
_EXCEPTION = frozenset(["builtins.Exception"])
_CANCELLED = frozenset(["asyncio.CancelledError"])
_ISINSTANCE = frozenset(["builtins.isinstance"])
_EVERYTHING = frozenset(["builtins.BaseException", "asyncio.CancelledError"])


def lower_cancellation(lower: Lower, function: Function) -> None:
    """Let cancellation pass by the handlers for Exception of a function that was an ``async def`` in the original."""
    if lower.version >= _BASE_EXCEPTION_SINCE or function.qualname not in lower.always_native:
        return
    if (asking := _asking(lower, function)) is not None:
        lower.report(
            asking,
            "cancelled-passes",
            Severity.WARNING,
            f"this handler asks for CancelledError, which it gets until Python 3.7 only, so the handlers of "
            f"{function.node.name.value}() go on catching it",
            "catch CancelledError in a handler of its own, if the program is for newer versions as well",
            applicability=Applicability.SAFE,
        )
        return
    waits = set(lower.suspending(function))
    for node in walk(function.node.body):
        if isinstance(node, cst.Try) and lower.analysis.function_around(node) is function:
            handler = _stopping(lower, node)
            if handler is not None and any(part in waits for part in walk(node.body)):
                _let_pass(lower, node, handler)


def _asking(lower: Lower, function: Function) -> cst.ExceptHandler | None:
    """A handler for Exception that asks whether what it caught is a CancelledError, itself or in a function it calls.

    What asks that was written for Python 3.7 or older: later the answer is always no.
    """
    for node in walk(function.node.body):
        if (
            isinstance(node, cst.ExceptHandler)
            and node.name is not None
            and isinstance(node.name.name, cst.Name)
            and may_catch(lower.analysis.names, node, _EXCEPTION)
            and _asks(lower, node.body, node.name.name.value)
        ):
            return node
    return None


def _asks(lower: Lower, body: cst.CSTNode, name: str, *, deep: bool = True) -> bool:
    """Whether ``body`` asks if ``name`` is a CancelledError; ``deep``: in a function of this file that it calls, too."""
    for node in walk(body):
        if not isinstance(node, cst.Call):
            continue
        place = next((i for i, arg in enumerate(node.args) if dotted(arg.value) == name and arg.keyword is None), None)
        if place is None:
            continue
        if lower.analysis.names.means(node.func, _ISINSTANCE):
            if any(lower.analysis.names.means(part, _CANCELLED) for part in walk(node.args[-1].value)):
                return True
        elif deep and any(_asks(lower, f.node.body, parameter, deep=False) for f, parameter in _given(lower, node, place)):
            return True
    return False


def _given(lower: Lower, call: cst.Call, place: int) -> Iterator[tuple[Function, str]]:
    """The functions of this file that a call may reach by its name, with the parameter that gets an argument."""
    called = (dotted(call.func) or "").rpartition(".")[2]
    for function in lower.analysis.functions:
        index = place + (1 if function.owner else 0)
        if function.node.name.value == called and index < len(function.node.params.params):
            yield function, function.node.params.params[index].name.value


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

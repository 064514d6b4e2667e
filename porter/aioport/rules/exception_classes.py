"""What ``except`` clauses around a wait catch: the classes have changed (history.md, B1 1 to 4).

* TimeoutError is the builtin, an OSError, since 3.11. A clause for OSError before the one for asyncio.TimeoutError
  would get the timeouts: the two change places. One without the other gets them too, and that is said.
* The classes of ``concurrent.futures`` were asyncio's up to 3.7. Where nothing but waits can raise them, asyncio's are
  meant, and named, which is right in every version.
* CancelledError is no Exception since 3.8: a clause for Exception stops no cancellation any more, where the code is of
  a style that is older than this change. A function that asks for CancelledError in such a clause relied on it, so its
  clauses catch it by name; elsewhere it is said.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.era import handler_asking
from aioport.findings import Applicability, Severity
from aioport.lifting.context import Lift
from aioport.tree import caught_classes

SINCE = (3, 8)

_OS_ERRORS = frozenset(
    ["builtins.OSError", "builtins.EnvironmentError", "builtins.IOError", "socket.error", "socket.timeout"]
)
_TIMEOUTS = frozenset(["asyncio.TimeoutError", "trollius.TimeoutError", "concurrent.futures.TimeoutError"])
_BUILTIN = frozenset(["builtins.TimeoutError"])
_POOLED = frozenset(["concurrent.futures.CancelledError", "concurrent.futures.TimeoutError"])
_CANCELLED = frozenset(["asyncio.CancelledError", "trollius.CancelledError", "concurrent.futures.CancelledError"])
_EVERYTHING = frozenset(["builtins.BaseException"])
_EXCEPTION = frozenset(["builtins.Exception"])


def apply(lift: Lift) -> None:
    """Look at every ``try`` statement whose body waits."""
    older = lift.generators_so_far()
    asking = {function for function in older if handler_asking(lift.analysis, function) is not None}
    waiting = (f for f in lift.analysis.functions if lift.verdict(f).name == "NATIVE" or f in older)
    waits = {suspension.node for function in waiting for suspension in function.suspensions}
    for statement in lift.analysis.nodes:
        if not isinstance(statement, cst.Try) or lift.is_left(statement):
            continue
        body = list(_own(statement.body))
        if not any(isinstance(node, cst.Await) or node in waits for node in body):
            if older and any(map(_runs_loop, body)) and (stopping := _stopping(lift, statement)) is not None:
                _report_cancellation(lift, stopping)
            continue
        _name_asyncio(lift, statement, body)
        if lift.target_version >= (3, 11):
            _order(lift, statement, body)
        else:
            _report_builtin(lift, statement, body)
        function = lift.analysis.function_around(statement)
        handler = _stopping(lift, statement) if function in older else None
        if handler is not None and function in asking:
            _name_cancellation(lift, handler)
        elif handler is not None:
            _report_cancellation(lift, handler)


def _runs_loop(node: cst.CSTNode) -> bool:
    """Whether it is a call that raises what a coroutine ended with, its cancellation too."""
    function = node.func if isinstance(node, cst.Call) else None
    return isinstance(function, cst.Attribute) and function.attr.value == "run_until_complete"


def _own(body: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    """The nodes below ``body``, functions and classes inside it left out."""
    stack: list[cst.CSTNode] = [body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            stack.extend(child for child in node.children)


def _name_asyncio(lift: Lift, statement: cst.Try, body: list[cst.CSTNode]) -> None:
    results = {"result", "exception", "as_completed", "map", "wait"}
    if any(
        isinstance(n, cst.Call) and isinstance(n.func, cst.Attribute) and n.func.attr.value in results for n in body
    ):
        return
    for part in (part for handler in statement.handlers for part in caught_classes(handler)):
        if part is not None and lift.analysis.names.means(part, _POOLED):
            name = next(iter(lift.analysis.names.origins(part))).rpartition(".")[2]
            lift.breaks(part, SINCE, f"this catches no {name} of asyncio since Python 3.8")
            lift.consume(part)
            lift.wanted.add(name)
            lift.edits.replace(part, lift.asyncio(name))


def _order(lift: Lift, statement: cst.Try, body: list[cst.CSTNode]) -> None:
    handlers = list(statement.handlers)
    os_error = next((h for h in handlers if _catches(lift, h, _OS_ERRORS)), None)
    timeout = next((h for h in handlers if _catches(lift, h, _TIMEOUTS)), None)
    if os_error is None or timeout is os_error or (timeout is None and not _has_timeout(lift, body)):
        return
    if timeout is None:
        if not any(h.type is None or _catches(lift, h, _EXCEPTION) for h in handlers[: handlers.index(os_error)]):
            _report_timeout(lift, os_error, "the timeouts of asyncio end here since Python 3.11: they are OSErrors")
        return
    between = handlers[handlers.index(os_error) + 1 : max(handlers.index(timeout), handlers.index(os_error))]
    if handlers.index(timeout) < handlers.index(os_error) or any(
        _catches(lift, handler, _EXCEPTION | _EVERYTHING) or handler.type is None for handler in between
    ):
        return
    if not all(lift.analysis.names.means(part, _TIMEOUTS) for part in caught_classes(timeout)):
        _report_timeout(lift, timeout, "a timeout is an OSError since Python 3.11, so it ends in the clause above")
    else:

        def reorder(updated: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(updated, cst.Try)
            order = list(updated.handlers)
            order.insert(handlers.index(os_error), order.pop(handlers.index(timeout)))
            return updated.with_changes(handlers=order)

        lift.edits.on(statement, reorder)
        _report_timeout(
            lift, timeout, "a timeout is an OSError since Python 3.11, so this goes above the clause for OSError"
        )


def _report_builtin(lift: Lift, statement: cst.Try, body: list[cst.CSTNode]) -> None:
    for part in (part for handler in statement.handlers for part in caught_classes(handler)):
        if part is not None and lift.analysis.names.means(part, _BUILTIN) and _has_timeout(lift, body):
            lift.report(
                part,
                "timeout-is-oserror",
                Severity.WARNING,
                "up to Python 3.10 this is not the class of asyncio's timeouts, which it does not catch",
                "write asyncio.TimeoutError, which is right in every version",
            )


def _catches(lift: Lift, handler: cst.ExceptHandler, classes: frozenset[str]) -> bool:
    return any(lift.analysis.names.means(part, classes) for part in caught_classes(handler))


def _has_timeout(lift: Lift, body: list[cst.CSTNode]) -> bool:
    timing = frozenset(f"{m}.{name}" for m in ("asyncio", "trollius") for name in ("timeout", "timeout_at", "wait_for"))
    return any(isinstance(node, cst.Call) and lift.analysis.names.means(node.func, timing) for node in body)


def _report_timeout(lift: Lift, handler: cst.ExceptHandler, message: str) -> None:
    lift.report(
        handler.type or handler,
        "timeout-is-oserror",
        Severity.WARNING,
        message,
        "check that a timeout of the system, errno ETIMEDOUT, may end in the same clause as one of asyncio",
        applicability=Applicability.SAFE,
    )


def _stopping(lift: Lift, statement: cst.Try) -> cst.ExceptHandler | None:
    """The clause that stopped a cancellation, or did something before it raised it again, because of ``Exception``."""
    for handler in statement.handlers:
        if handler.type is None or _catches(lift, handler, _EVERYTHING | _CANCELLED):
            return None
        if _catches(lift, handler, _EXCEPTION):
            return None if _raises_again(handler) and len(handler.body.body) == 1 else handler
    return None


def _name_cancellation(lift: Lift, handler: cst.ExceptHandler) -> None:
    assert handler.type is not None
    lift.breaks(handler.type, SINCE, "this catches no CancelledError since Python 3.8, and asks for it")
    lift.report(
        handler.type,
        "cancellation-passes",
        Severity.NOTE,
        "this caught CancelledError until Python 3.7, and asks for it, so it names it now",
        "take it away if the program was written for Python 3.8 or later",
        applicability=Applicability.SAFE,
    )
    lift.wanted.add("CancelledError")
    error = cst.Element(lift.asyncio("CancelledError"))

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.BaseExpression)
        if isinstance(updated, cst.Tuple):
            return updated.with_changes(elements=[*updated.elements, error])
        return cst.Tuple([cst.Element(updated), error])

    lift.edits.on(handler.type, rewrite)


def _report_cancellation(lift: Lift, handler: cst.ExceptHandler) -> None:
    if _raises_again(handler):
        message = "this was done on a cancellation as well, and is not since Python 3.8: CancelledError is no Exception"
        advice = "catch asyncio.CancelledError as well if it has to be"
    else:
        message = "this stopped a cancellation, and does not since Python 3.8: CancelledError is no Exception"
        advice = "catch asyncio.CancelledError as well if a cancellation is to end here"
    lift.report(
        handler.type or handler,
        "cancellation-passes",
        Severity.WARNING,
        message,
        advice,
        applicability=Applicability.SAFE,
    )


def _raises_again(handler: cst.ExceptHandler) -> bool:
    last = handler.body.body[-1] if isinstance(handler.body, cst.IndentedBlock) else handler.body
    small = last.body[-1] if isinstance(last, (cst.SimpleStatementLine, cst.SimpleStatementSuite)) else None
    return isinstance(small, cst.Raise) and small.exc is None

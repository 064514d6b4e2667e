"""What in a coroutine looks at ``Return`` as at an exception: a ported one returns, and raises nothing."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.analysis import Analysis
from aioport.functions import Blocker, Function
from aioport.names import Names
from aioport.styles import words
from aioport.tree import walk


def of_seen_returns(analysis: Analysis, function: Function) -> Iterator[Blocker]:
    """The blockers of a function that come from handlers of Return, questions after it and other uses of it."""
    yield from _of_handlers(analysis, function)
    yield from _of_values(analysis, function)


def _of_handlers(analysis: Analysis, function: Function) -> Iterator[Blocker]:
    passing: set[cst.ExceptHandler] = set()
    for node in walk(function.node.body):
        if isinstance(node, cst.Try):
            passing.update(handlers_passing_return(analysis.names, node))
        elif (
            isinstance(node, cst.ExceptHandler)
            and node not in passing
            and node.type is not None
            and _catches_return(analysis, node.type)
        ):
            yield Blocker(
                node,
                "except-return",
                "this handler catches Return, which a ported coroutine does not raise",
                "return from where the value is known, and remove the handler",
            )
        elif (
            function.trollius
            and isinstance(node, cst.Call)
            and _asks_for_stop_iteration(analysis, node)
            and not _is_idle(analysis, function, node)
        ):
            yield Blocker(
                node,
                "except-return",
                "Return is told from other exceptions by being a StopIteration here, and a ported coroutine does not "
                "raise it",
                "return from where the value is known, and remove the question",
            )


def _of_values(analysis: Analysis, function: Function) -> Iterator[Blocker]:
    raised = {node.exc.func if isinstance(node.exc, cst.Call) else node.exc for node in function.raises}
    caught = {h.type for h in walk(function.node.body) if isinstance(h, cst.ExceptHandler)}
    for node in walk(function.node.body):
        if (
            isinstance(node, (cst.Name, cst.Attribute))
            and analysis.names.is_evaluated(node)
            and analysis.names.means(node, words().value)
            and not {node, analysis.names.parents[node]} & raised
            and not caught.intersection(_ancestors(analysis, node))
            and is_own(analysis, node, function)
        ):
            yield Blocker(
                node,
                "except-return",
                "Return is used as a value here, and if it is raised in a ported coroutine it returns nothing",
                "return the value instead",
            )


def idle_questions(analysis: Analysis, function: Function) -> Iterator[cst.Call]:
    """Each ``isinstance(error, StopIteration)`` that no Return is asked by, so that a port changes no answer."""
    for node in walk(function.node.body):
        if (
            function.trollius
            and isinstance(node, cst.Call)
            and _asks_for_stop_iteration(analysis, node)
            and _is_idle(analysis, function, node)
        ):
            yield node


def _is_idle(analysis: Analysis, function: Function, question: cst.Call) -> bool:
    """Whether what is asked is what a handler caught, and its ``try`` raises no Return and ends no iterator.

    What ``yield From(x)`` waits for ends in a task of its own, which keeps its Return.
    """
    asked = question.args[0].value
    handler = next((n for n in _ancestors(analysis, question) if isinstance(n, cst.ExceptHandler)), None)
    if (
        handler is None
        or not isinstance(asked, cst.Name)
        or handler.name is None
        or not isinstance(handler.name.name, cst.Name)
        or handler.name.name.value != asked.value
        or not is_own(analysis, question, function)
        or any(handler.body in _ancestors(analysis, b.node) for b in function.scope.bindings.get(asked.value, ()))
    ):
        return False
    statement = analysis.names.parents[handler]
    assert isinstance(statement, cst.Try)
    return not any(_may_stop(analysis, function, node) for node in walk(statement.body))


def _may_stop(analysis: Analysis, function: Function, node: cst.CSTNode) -> bool:
    return node in function.raises or (
        isinstance(node, cst.Call) and len(node.args) == 1 and analysis.names.means(node.func, _NEXT)
    )


_NEXT = frozenset(["builtins.next"])


def _ancestors(analysis: Analysis, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    current: cst.CSTNode | None = node
    while current is not None:
        yield current
        current = analysis.names.parents.get(current)


def is_own(analysis: Analysis, node: cst.CSTNode, function: Function) -> bool:
    """Whether ``node`` stands in ``function``, lambdas included, and not in a function inside of it."""
    return next(n for n in _ancestors(analysis, node) if isinstance(n, cst.FunctionDef)) is function.node


def handlers_passing_return(names: Names, node: cst.Try) -> list[cst.ExceptHandler]:
    """The ``except Return: raise`` of a ``try`` that keep the handlers below from seeing a value that is returned.

    None where the ``try`` would not be one without them.
    """
    found = [handler for handler in node.handlers if names.means(handler.type, words().value) and _only_raises(handler)]
    return found if len(found) < len(node.handlers) else []


def _only_raises(handler: cst.ExceptHandler) -> bool:
    line = handler.body.body[0] if len(handler.body.body) == 1 else None
    return (
        handler.name is None
        and isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
        and isinstance(line.body[0], cst.Raise)
        and line.body[0].exc is None
    )


def _catches_return(analysis: Analysis, node: cst.BaseExpression) -> bool:
    parts = [element.value for element in node.elements] if isinstance(node, cst.Tuple) else [node]
    return any(analysis.names.means(part, words().value) for part in parts)


def _asks_for_stop_iteration(analysis: Analysis, node: cst.Call) -> bool:
    return (
        analysis.names.means(node.func, frozenset(["builtins.isinstance"]))
        and len(node.args) == 2
        and any(
            analysis.names.means(part, words().value | {"builtins.StopIteration"})
            for part in walk(node.args[1].value)
            if isinstance(part, (cst.Name, cst.Attribute))
        )
    )

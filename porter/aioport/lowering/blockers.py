"""What keeps a function, or a whole file, from being lowered."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from aioport.findings import Severity
from aioport.functions import Function
from aioport.lowering.api import Fate, api_uses, fate_of, helped_builtins, report_missing
from aioport.lowering.awaitable_classes import awaitable_only, report_awaitable_classes
from aioport.lowering.block_returns import can_leave, seen_returns
from aioport.lowering.comprehension import waiting_comprehensions, why_not
from aioport.lowering.context import Lower
from aioport.lowering.equivalents import find_equivalents
from aioport.lowering.equivalents.raising import forgotten_by
from aioport.lowering.syntax import newer_syntax
from aioport.lowering.waits import method_waited_by

_ASK_FOR_EXCEPTION = frozenset(["sys.exc_info", "traceback.format_exc", "traceback.print_exc"])
_ANY_DECORATOR = (3, 9)
"""First version in which a decorator may be any expression (PEP 614)."""


def find_blockers(lower: Lower) -> bool:
    """Note what blocks each native function, report what blocks the whole file, and say whether something does."""
    find_equivalents(lower)
    for function in lower.natives:
        for comprehension in waiting_comprehensions(lower, function):
            reason = why_not(lower, function, comprehension)
            if reason is not None:
                lower.block(function, comprehension, "asynchronous-iteration", reason, "write it as a loop")
    visit: dict[type[cst.CSTNode], Callable[..., None]] = {
        cst.Await: _of_wait,
        cst.With: _of_manager,
        cst.Raise: _of_raise,
        cst.Call: _of_call,
    }
    for node in lower.analysis.nodes:
        if type(node) in visit:
            visit[type(node)](lower, node)
    for function in lower.natives:
        _of_returns(lower, function)
    report_awaitable_classes(lower)
    return _report_syntax(lower) or _report_unmixable(lower)


def _around(lower: Lower, node: cst.CSTNode) -> Function | None:
    """The native function around ``node``."""
    function = lower.analysis.function_around(node)
    return function if function in lower.natives else None


def _of_wait(lower: Lower, node: cst.Await) -> None:
    function = _around(lower, node)
    if function is None:
        return
    if _is_awaitable_class(lower, node.expression) and not method_waited_by(lower, node.expression):
        lower.block(
            function,
            node,
            "awaitable-class",
            "this waits for an object of a class that has __await__ alone, which only `await` can do",
            "give the class `__iter__ = __await__`, or make what is waited for a coroutine",
        )
    elif lower.version < _ANY_DECORATOR and _is_in_decorator(lower, node):
        lower.block(
            function,
            node,
            "await-position",
            "a decorator takes no such expression before Python 3.9",
            "give what is waited for a name before",
        )


def _of_raise(lower: Lower, node: cst.Raise) -> None:
    """A bare ``raise`` that an older Python would raise another exception for, or none."""
    function = lower.analysis.function_around(node)
    if function is None or node.exc is not None or _is_brought_down(lower, node) or not forgotten_by(lower, node):
        return
    lower.block(
        function,
        node,
        "await-position",
        f"{_forgetful(lower)} has forgotten the exception by now, because something is waited for, or caught, in this "
        "handler",
        "keep the exception in a name, and raise that",
    )


def _of_call(lower: Lower, node: cst.Call) -> None:
    """What asks for the exception that is handled, where Python 2 has forgotten it."""
    name = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
    asks = lower.analysis.names.means(node.func, _ASK_FOR_EXCEPTION) or (name == "exception" and bool(node.args))
    asks = asks or any(arg.keyword is not None and arg.keyword.value == "exc_info" for arg in node.args)
    if asks and forgotten_by(lower, node) is not None:
        lower.report(
            node,
            "exception-forgotten",
            Severity.WARNING,
            f"{_forgetful(lower)} has forgotten the exception by now, because something is waited for, or caught, in "
            "this handler",
            "keep `sys.exc_info()` at the start of the handler, and use that",
        )


def _forgetful(lower: Lower) -> str:
    return "Python 2" if lower.version < (3, 0) else "Python 3.6"


def _is_brought_down(lower: Lower, node: cst.CSTNode) -> bool:
    return any(equivalent.construct is node for equivalent in lower.equivalents)


def _is_awaitable_class(lower: Lower, node: cst.BaseExpression) -> bool:
    """Whether ``node`` is ``self``, or a new object, of a class of this file that the target cannot wait for."""
    owner = lower.values.class_of(node)
    openers = (lower.analysis.names.scope_of(function.node).opener for function in awaitable_only(lower))
    return owner is not None and owner in openers


def _is_in_decorator(lower: Lower, node: cst.CSTNode) -> bool:
    current: cst.CSTNode | None = node
    while current is not None and not isinstance(current, cst.BaseStatement):
        if isinstance(current, cst.Decorator):
            return True
        current = lower.analysis.names.parents.get(current)
    return False


def _of_manager(lower: Lower, node: cst.With) -> None:
    function = _around(lower, node)
    if node.asynchronous is None or function is None:
        return
    if lower.target.has_async_locks(lower.version):
        return
    for item in node.items:
        if not lower.is_lock(item) and not lower.values.is_no_lock(item.item):
            lower.block(
                function,
                item.item,
                "asynchronous-manager",
                "nothing in sight says whether this is a lock, and the target's locks are entered in another way",
                "assign the lock in this file, or what else it is",
            )


def _of_returns(lower: Lower, function: Function) -> None:
    for node, statement in seen_returns(lower, function):
        if not can_leave(lower, function, statement):
            line = lower.analysis.positions[statement].start.line
            lower.block(
                function,
                node,
                "return-seen",
                f"a value is returned by an exception, and the with statement {_above(lower, line, node)} would see it",
                "return the value after the with statement",
            )


def _above(lower: Lower, line: int, node: cst.CSTNode) -> str:
    lines = lower.analysis.positions[node].start.line - line
    return "in the line above" if lines == 1 else f"{lines} lines above"


def _report_syntax(lower: Lower) -> bool:
    """Report syntax, and names, that the target version does not have; whether there is any."""
    found = False
    brought_down = {equivalent.construct for equivalent in lower.equivalents}
    for node, message in newer_syntax(lower, ignored=lower.vocabulary.builtins | helped_builtins(lower)):
        if node in brought_down:
            continue
        found = True
        lower.report(
            node,
            "newer-syntax",
            Severity.ERROR,
            f"{message}, so the whole file is left",
            "write it in a way that the target version has",
            whole=lower.analysis.module,
        )
    return found


def _report_unmixable(lower: Lower) -> bool:
    """Where native coroutines cannot stay beside what is lowered, report all that blocks; whether something does."""
    if lower.target.mixes(lower.version):
        return False
    lost = False
    for node, name in api_uses(lower):
        if fate_of(lower, name) is Fate.MISSING:
            lost = True
            report_missing(lower, node, name)
    imported = [
        (binding.node, binding.origin[len("asyncio.") :])
        for scope in lower.analysis.names.scopes.values()
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.origin is not None and binding.origin.startswith("asyncio.")
    ]
    for alias, name in imported:
        if fate_of(lower, name) is Fate.MISSING:
            lost = True
            report_missing(lower, alias, name)
    blocked = any(lower.blockers.values())
    if lost or blocked:
        report_left(lower)
    return lost or blocked


def report_left(lower: Lower) -> None:
    """Report every native function that stays."""
    for function, blockers in lower.blockers.items():
        for blocker in blockers:
            lower.report(
                blocker.node, blocker.code, Severity.ERROR, blocker.message, blocker.advice, whole=function.node
            )

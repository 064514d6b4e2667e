"""Code in strings that are executed: it is not ported, and what it says of coroutines may be gone.

What ``exec`` is given is seen where it is written out, or in a variable that is bound once.
"""

from __future__ import annotations

import re

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift

SINCE = (3, 5)

_EXECUTED = frozenset(["builtins.exec", "builtins.eval", "builtins.compile"])
_OLD_STYLE = re.compile(
    r"@(?:\w+\.)*coroutine\b|\byield\s+from\b|\byield\s+From\(|\braise\s+Return\(|\b(?:asyncio|trollius)\.async\b"
)


def apply(lift: Lift) -> None:
    """Report every call that executes a string in an old style."""
    for call in lift.analysis.calls:
        if call.args and lift.analysis.names.means(call.func, _EXECUTED):
            text = _text(lift, call.args[0].value)
            if _OLD_STYLE.search(text):
                lift.report(
                    call,
                    "code-in-string",
                    Severity.ERROR,
                    "the code in this string is in an old style, and is not ported",
                    "port it by hand",
                )


def _text(lift: Lift, node: cst.BaseExpression, seen: frozenset[cst.CSTNode] = frozenset()) -> str:
    """All that is written out in what is executed."""
    if isinstance(node, cst.Name):
        scope = lift.analysis.names.binding_scope(node)
        bindings = scope.bindings[node.value] if scope is not None else []
        value = bindings[0].value if len(bindings) == 1 else None
        return _text(lift, value, seen | {value}) if value is not None and value not in seen else ""
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return str(node.evaluated_value)
    if isinstance(node, cst.Call) and not lift.analysis.names.means(node.func, _EXECUTED):
        # `textwrap.dedent("...")` and the like.
        return "".join(_text(lift, arg.value, seen) for arg in node.args)
    if isinstance(node, cst.BinaryOperation):
        return _text(lift, node.left, seen) + _text(lift, node.right, seen)
    return ""

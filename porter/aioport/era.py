"""What shows that a function was written for Python 3.7 or older, where CancelledError is an Exception.

A handler for Exception that asks whether what it caught is a CancelledError is no use later: the answer is always no.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.analysis import Analysis
from aioport.functions import Function
from aioport.lifting.returns import may_catch
from aioport.names import dotted
from aioport.tree import walk

_EXCEPTION = frozenset(["builtins.Exception"])
_CANCELLED = frozenset(["asyncio.CancelledError", "trollius.CancelledError"])
_ISINSTANCE = frozenset(["builtins.isinstance"])


def handler_asking(analysis: Analysis, function: Function) -> cst.ExceptHandler | None:
    """A handler for Exception that asks whether it caught a CancelledError, itself or in a function it calls."""
    for node in walk(function.node.body):
        if (
            isinstance(node, cst.ExceptHandler)
            and node.name is not None
            and isinstance(node.name.name, cst.Name)
            and may_catch(analysis.names, node, _EXCEPTION)
            and _asks(analysis, node.body, node.name.name.value)
        ):
            return node
    return None


def _asks(analysis: Analysis, body: cst.CSTNode, name: str, *, deep: bool = True) -> bool:
    """Whether ``body`` asks if ``name`` is a CancelledError; ``deep``: or a function of this file that it calls."""
    for node in walk(body):
        if not isinstance(node, cst.Call):
            continue
        place = next((i for i, arg in enumerate(node.args) if dotted(arg.value) == name and arg.keyword is None), None)
        if place is None:
            continue
        if analysis.names.means(node.func, _ISINSTANCE):
            if any(analysis.names.means(part, _CANCELLED) for part in walk(node.args[-1].value)):
                return True
        elif deep and any(
            _asks(analysis, f.node.body, given, deep=False) for f, given in _given(analysis, node, place)
        ):
            return True
    return False


def _given(analysis: Analysis, call: cst.Call, place: int) -> Iterator[tuple[Function, str]]:
    """The functions of this file that a call may reach by its name, with the parameter that gets an argument."""
    called = (dotted(call.func) or "").rpartition(".")[2]
    for function in analysis.functions:
        index = place + (1 if function.owner else 0)
        if function.node.name.value == called and index < len(function.node.params.params):
            yield function, function.node.params.params[index].name.value

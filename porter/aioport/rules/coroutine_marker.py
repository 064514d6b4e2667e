"""``_is_coroutine``, the private mark of ``asyncio.coroutine`` (asyncio/coroutines.py): ``async def`` has none.

In 3.4 ``asyncio.iscoroutinefunction(f)`` was ``getattr(f, "_is_coroutine", False)``, and programs wrote that
themselves. Since 3.5 it also knows ``async def``.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift

SINCE = (3, 5)

_MARK = "_is_coroutine"
_QUESTIONS = frozenset(["builtins.getattr", "builtins.hasattr"])
_DEPRECATED = (3, 14)
"""``asyncio.iscoroutinefunction``: what stands for it there is a matter of :mod:`.deprecated_names`."""


def apply(lift: Lift) -> None:
    """Ask ``asyncio.iscoroutinefunction(f)`` where the mark is asked for, and report other uses."""
    marks = [attribute for attribute in lift.analysis.attributes if attribute.attr.value == _MARK]
    for call in lift.analysis.calls:
        if not _names_mark(lift, call):
            continue
        if marks or lift.target_version >= _DEPRECATED or not _asks(lift, call):
            _report(lift, call)
        else:
            lift.wanted.add("iscoroutinefunction")
            lift.edits.on(call, lambda updated: _question(lift, updated))
    for attribute in marks:
        _report(lift, attribute)


def _names_mark(lift: Lift, call: cst.Call) -> bool:
    if not lift.analysis.names.means(call.func, _QUESTIONS) or len(call.args) < 2:
        return False
    name = call.args[1].value
    return isinstance(name, cst.SimpleString) and name.evaluated_value == _MARK


def _asks(lift: Lift, call: cst.Call) -> bool:
    """Whether a function without the mark gives a plain no."""
    if len(call.args) == 2:
        return lift.analysis.names.means(call.func, frozenset(["builtins.hasattr"]))
    default = call.args[2].value
    return isinstance(default, cst.Name) and default.value in ("False", "None")


def _question(lift: Lift, call: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(call, cst.Call)
    function = call.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return call.with_changes(func=lift.asyncio("iscoroutinefunction"), args=[function])


def _report(lift: Lift, node: cst.CSTNode) -> None:
    lift.report(
        node,
        "kind-question",
        Severity.WARNING,
        f"{_MARK} is asyncio's private mark on decorated coroutines, and async def has none",
        "ask inspect.iscoroutinefunction()",
    )

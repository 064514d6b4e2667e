"""Child watchers are gone since 3.14, and nothing has to be put in their place: the calls that set them up go.

From 3.8 on the watcher watches by itself, and attaching it to a loop does nothing (history.md, B2 16). Only statements
that do nothing else are taken away; every other use is reported by :mod:`aioport.rules.removed_names`.
"""

from __future__ import annotations

import libcst as cst

from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.lifting.statements import remove_statement

SINCE = (3, 14)

_WATCHERS = frozenset(
    "FastChildWatcher MultiLoopChildWatcher PidfdChildWatcher SafeChildWatcher ThreadedChildWatcher "
    "get_child_watcher".split()
)


def apply(lift: Lift) -> None:
    """Take ``get_child_watcher().attach_loop(loop)`` and ``set_child_watcher(SafeChildWatcher())`` away."""
    for call in lift.analysis.calls:
        statement = lift.analysis.names.parents[call]
        if isinstance(statement, cst.Expr) and _sets_up(lift, call):
            lift.breaks(call, SINCE, "there are no child watchers since Python 3.14")
            lift.consume(call)
            remove_statement(lift, statement)


def _sets_up(lift: Lift, call: cst.Call) -> bool:
    if len(call.args) != 1:
        return False
    argument = call.args[0].value
    if isinstance(call.func, cst.Attribute) and call.func.attr.value == "attach_loop":
        return _is_watcher(lift, call.func.value) and isinstance(argument, (cst.Name, cst.Attribute))
    found = api_name(lift.analysis.names.origins(call.func))
    return found is not None and found[1] == "set_child_watcher" and _is_watcher(lift, argument)


def _is_watcher(lift: Lift, node: cst.BaseExpression) -> bool:
    found = api_name(lift.analysis.names.origins(node.func)) if isinstance(node, cst.Call) else None
    return found is not None and found[1] in _WATCHERS

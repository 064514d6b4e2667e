"""Tasks: nobody but the task itself sets its result since 3.7, and ``cancel()`` takes a message since 3.9 only.

(history.md, B1 9 and 10.)
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.lifting.evidence import comes_from

SINCE = (2, 7)

_TASKS = frozenset(
    f"{module}.{name}"
    for module in ("asyncio", "trollius")
    for name in ("Task", "async", "create_task", "ensure_future")
)
_FUTURES = _TASKS | {"asyncio.Future", "trollius.Future"}


def apply(lift: Lift) -> None:
    """Report the one, drop the other's message."""
    for call in lift.analysis.calls:
        if not isinstance(call.func, cst.Attribute) or not call.args:
            continue
        name, owner = call.func.attr.value, call.func.value
        if name in ("set_result", "set_exception") and lift.target_version >= (3, 7) and _is_task(lift, owner):
            lift.report(
                call,
                "task-result",
                Severity.ERROR,
                f"since Python 3.7 a task has no {name}() for others: this is a RuntimeError",
                "use a Future of your own, loop.create_future(), beside the task",
            )
        elif name == "cancel" and lift.target_version < (3, 9) and _is_future(lift, owner):
            lift.drop_argument(call, 0)


def _is_task(lift: Lift, node: cst.BaseExpression) -> bool:
    return comes_from(lift, node, _TASKS, frozenset(["create_task"]))


def _is_future(lift: Lift, node: cst.BaseExpression) -> bool:
    return comes_from(lift, node, _FUTURES, frozenset(["create_future", "create_task"]))

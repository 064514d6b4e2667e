"""Task factories get ``name=`` and ``context=`` where ``create_task()`` is given them, since 3.14.

(history.md, B5 28; 3.13.3 passed them always.)
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift

SINCE = (3, 14)


def apply(lift: Lift) -> None:
    """Report the factories of this file that take no more than a loop and a coroutine."""
    for call in lift.analysis.calls:
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "set_task_factory" or not call.args:
            continue
        parameters = _parameters(lift, call.args[0].value)
        if parameters is not None and parameters.star_kwarg is None:
            lift.report(
                call,
                "task-factory",
                Severity.WARNING,
                "since Python 3.14 a task factory gets what create_task() is given, name= and context=, which this one "
                "does not take",
                "give it **kwargs, and hand them on to asyncio.Task()",
            )


def _parameters(lift: Lift, factory: cst.BaseExpression) -> cst.Parameters | None:
    if isinstance(factory, cst.Lambda):
        return factory.params
    name = factory.attr if isinstance(factory, cst.Attribute) else factory
    if not isinstance(name, cst.Name):
        return None
    named = [f for f in lift.analysis.functions if f.node.name.value == name.value]
    return named[0].node.params if len(named) == 1 else None

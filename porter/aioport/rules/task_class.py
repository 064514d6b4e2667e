"""``Task.current_task()`` and ``Task.all_tasks()`` are functions of the module since 3.7, and only that since 3.9.

``asyncio.all_tasks()`` leaves out tasks that are done, and both raise RuntimeError where no loop runs and none is
given, where the methods used the current loop (history.md, B2 15).
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift

SINCE = (2, 7)

_GONE = (3, 9)


def apply(lift: Lift) -> None:
    """Rewrite ``asyncio.Task.current_task`` to ``asyncio.current_task``."""
    for attribute in lift.analysis.attributes:
        found = api_name(lift.analysis.names.origins(attribute))
        if found is None or found[1] not in ("Task.current_task", "Task.all_tasks"):
            continue
        if lift.target_version < _GONE and found[1] not in lift.lacks:
            continue
        name = found[1].rpartition(".")[2]
        lift.breaks(attribute, _GONE, f"there is no {found[1]}() since Python 3.9: asyncio.{name}() is it")
        lift.consume(attribute)
        lift.wanted.add(name)
        lift.edits.replace(attribute, lift.asyncio(name))
        call = lift.analysis.names.parents.get(attribute)
        told = isinstance(call, cst.Call) and bool(call.args)
        if name == "all_tasks" or not (told or lift.runs_in_coroutine(attribute)):
            lift.report(
                attribute,
                "task-function",
                Severity.WARNING,
                "all_tasks() no longer gives tasks that are done"
                if name == "all_tasks"
                else "current_task() raises RuntimeError where no loop runs",
                "check that this is no difference here",
                applicability=Applicability.SAFE,
            )

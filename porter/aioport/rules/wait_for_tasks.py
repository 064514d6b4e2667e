"""``asyncio.wait()`` takes tasks and futures only: since 3.11 coroutines are a TypeError (history.md, B5 23).

Before, it made a task of each coroutine itself, so doing that for it keeps behaviour, and the sets it returns.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.values import Awaitability

SINCE = (3, 11)


def apply(lift: Lift) -> None:
    """Make tasks of the coroutines that are waited for."""
    for call in lift.analysis.calls:
        found = api_name(lift.analysis.names.origins(call.func))
        if found is None or found[1] != "wait" or not call.args or call.args[0].star or lift.is_left(call):
            continue
        _rewrite(lift, call, call.args[0])


def _rewrite(lift: Lift, call: cst.Call, arg: cst.Arg) -> None:
    elements = lift.values.elements(arg.value)
    kinds = {lift.values.task_kind(element) for element in elements}
    if elements and kinds == {Awaitability.NO}:
        return
    if Awaitability.YES not in kinds:
        lift.report(
            call,
            "wait-for-tasks",
            Severity.WARNING,
            "wait() takes no coroutines any more, and whether there are any here cannot be told from this file",
            "give it asyncio.ensure_future(x) for each x that is a coroutine",
        )
        return
    lift.breaks(call, SINCE, "wait() takes no coroutines since Python 3.11")
    lift.wanted.add("ensure_future")
    if isinstance(arg.value, (cst.List, cst.Tuple, cst.Set)):
        for element in arg.value.elements:
            if lift.values.task_kind(element.value) is not Awaitability.NO:
                lift.edits.on(element.value, lambda updated: _task_of(lift, updated))
    elif isinstance(arg.value, (cst.ListComp, cst.GeneratorExp, cst.SetComp)):
        lift.edits.on(arg.value.elt, lambda updated: _task_of(lift, updated))
    else:
        lift.edits.on(arg, lambda updated: _tasks_of_each(lift, updated))


def _task_of(lift: Lift, updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.BaseExpression)
    return cst.Call(lift.asyncio("ensure_future"), [cst.Arg(updated)])


def _tasks_of_each(lift: Lift, updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Arg)
    name = cst.Name("waiting")
    loop = cst.CompFor(target=name, iter=updated.value)
    return updated.with_changes(value=cst.ListComp(elt=cst.ensure_type(_task_of(lift, name), cst.Call), for_in=loop))

"""``asyncio.wait()`` takes tasks and futures only: since 3.11 coroutines are a TypeError (history.md, B5 23).

Before, it made a task of each coroutine itself, so doing that for it keeps behaviour, and the sets it returns. Where no
loop runs yet the tasks are made on the loop that wait() was given, as it did.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.values import Awaitability

SINCE = (3, 11)

_WRITTEN_OUT = (cst.List, cst.Tuple, cst.Set, cst.ListComp, cst.GeneratorExp, cst.SetComp)
"""What ``ensure_future(x)`` can be written into, which gives back what is no coroutine, as wait() did itself."""


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
    empty = isinstance(arg.value, (cst.List, cst.Tuple, cst.Set)) and not arg.value.elements
    if empty or (elements and kinds == {Awaitability.NO}):
        return
    # What goes by a name is a task more often than not, what is called there seldom.
    written_out = isinstance(arg.value, _WRITTEN_OUT) and any(
        isinstance(element, cst.Call) and lift.values.task_kind(element) is not Awaitability.NO for element in elements
    )
    if Awaitability.YES not in kinds and not written_out:
        lift.report(
            call,
            "wait-for-tasks",
            Severity.WARNING,
            "wait() takes no coroutines any more, and whether there are any here cannot be told from this file",
            "give it asyncio.ensure_future(x) for each x that is a coroutine",
        )
        return
    lift.breaks(call, SINCE, "wait() takes no coroutines since Python 3.11", sure=Awaitability.YES in kinds)
    lift.wanted.add("ensure_future")
    task_of = partial(_task_of, lift, _loop(lift, call))
    if isinstance(arg.value, (cst.List, cst.Tuple, cst.Set)):
        for element in arg.value.elements:
            starred = isinstance(element, cst.StarredElement)
            values = lift.values.elements(element.value) or [element.value] if starred else [element.value]
            if any(lift.values.task_kind(value) is not Awaitability.NO for value in values):
                lift.edits.on(element.value, partial(_tasks_of_each, task_of) if starred else task_of)
    elif isinstance(arg.value, (cst.ListComp, cst.GeneratorExp, cst.SetComp)):
        lift.edits.on(arg.value.elt, task_of)
    else:
        lift.edits.on(arg.value, partial(_tasks_of_each, task_of))


def _loop(lift: Lift, call: cst.Call) -> cst.BaseExpression | None:
    """The loop that is given to a call where none runs, or that runs what it gives, if it is one by name."""
    if lift.runs_in_coroutine(call):
        return None
    given: cst.BaseExpression | None = None
    around = lift.analysis.names.parents.get(lift.analysis.names.parents[call])
    if (index := lift.argument_index(call, "loop")) is not None:
        given = call.args[index].value
    elif isinstance(around, cst.Call) and isinstance(around.func, cst.Attribute):
        given = around.func.value if around.func.attr.value == "run_until_complete" else None
    return given.deep_clone() if given is not None and dotted(given) is not None else None


def _task_of(lift: Lift, loop: cst.BaseExpression | None, updated: cst.CSTNode) -> cst.Call:
    assert isinstance(updated, cst.BaseExpression)
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    more = [] if loop is None else [cst.Arg(loop, keyword=cst.Name("loop"), equal=tight)]
    return cst.Call(lift.asyncio("ensure_future"), [cst.Arg(updated), *more])


def _tasks_of_each(task_of: Callable[[cst.CSTNode], cst.Call], updated: cst.CSTNode) -> cst.ListComp:
    assert isinstance(updated, cst.BaseExpression)
    name = cst.Name("waiting")
    return cst.ListComp(elt=task_of(name), for_in=cst.CompFor(target=name, iter=updated))

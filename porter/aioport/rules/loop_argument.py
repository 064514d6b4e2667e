"""``loop=`` is no longer taken: it was the running loop anyway.

Python 3.10 removed the parameter from locks, queues and the functions below (history.md, B3): it is a TypeError there.
Locks and queues find the running loop when they first have to wait. A function called where no loop runs takes the
current loop, which may be another one than was passed: that is said. ``gather`` takes the loop of futures that it is
given, so there it is given tasks of the loop that was passed.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.functions import Function
from aioport.library import TOOK_LOOP
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.names import dotted

SINCE = (3, 10)

_ITEM = "item"
"""Goes by this name in the comprehension that makes tasks."""

_FUNCTIONS = frozenset(
    "as_completed create_subprocess_exec create_subprocess_shell gather open_connection open_unix_connection shield "
    "sleep start_server start_unix_server wait wait_for".split()
)


def apply(lift: Lift) -> None:
    """Take ``loop=`` away from every call that no longer has it, and report classes that would hand it on."""
    derived = _derived(lift)
    for node in derived:
        lift.report(
            node.name,
            "loop-argument",
            Severity.WARNING,
            "this class takes no loop since Python 3.10, and calls that give one and are not rewritten are a TypeError",
            "take `loop=` away in other projects, and at the top level of other files",
        )
    for function in _stand_ins(lift):
        _let_loop_be_missing(lift, function.node.params)
    for call in lift.analysis.calls:
        index = lift.argument_index(call, "loop")
        name = _without_loop(lift, call, derived)
        if index is None or name is None:
            continue
        lift.breaks(call, SINCE, f"{name}() takes no loop since Python 3.10")
        outside = name in _FUNCTIONS and not lift.runs_in_coroutine(call)
        makes_tasks = outside and name == "gather" and _can_make_tasks(lift, call, index)
        lift.drop_argument(call, index, is_used_again=makes_tasks)
        if makes_tasks:
            _make_tasks(lift, call, call.args[index].value)
        elif outside:
            lift.report(
                call,
                "loop-argument",
                Severity.WARNING,
                f"{name}() takes no loop any more and, called where no loop runs, uses the current one",
                "check that the loop which was given here is the current one by then (asyncio.set_event_loop)",
                applicability=Applicability.SAFE,
            )


def _stand_ins(lift: Lift) -> Iterator[Function]:
    """Functions of the file that are put in the place of asyncio's."""
    for node in lift.analysis.nodes:
        if isinstance(node, cst.Assign):
            replaced = [(dotted(target.target) or "").split(".")[-2:] for target in node.targets]
            if any(path[0] == "asyncio" and path[-1] in _FUNCTIONS for path in replaced):
                name = (dotted(node.value) or "").rpartition(".")[2]
                yield from (function for function in lift.analysis.functions if function.node.name.value == name)


def _let_loop_be_missing(lift: Lift, params: cst.Parameters) -> None:
    """Give ``loop`` a default where it has none, unless something that has none either follows."""
    for param in (*params.params, *params.kwonly_params):
        if param.name.value != "loop" or param.default is not None:
            continue
        lift.report(
            param,
            "loop-argument",
            Severity.WARNING,
            "this stands in for a function of asyncio that takes no loop since Python 3.10, so it gets none any more",
            "check that it does without",
            applicability=Applicability.SAFE,
        )
        follow = params.params[list(params.params).index(param) + 1 :] if param in params.params else ()
        if all(other.default is not None for other in follow):
            lift.edits.on(param, _with_default)


def _with_default(updated: cst.CSTNode) -> cst.CSTNode:
    bare = cst.SimpleWhitespace("")
    return updated.with_changes(default=cst.Name("None"), equal=cst.AssignEqual(bare, bare))


def _without_loop(lift: Lift, call: cst.Call, derived: list[cst.ClassDef]) -> str | None:
    """The name of what is called, if it takes no loop: of asyncio, or a class derived from one of asyncio's."""
    found = api_name(lift.analysis.names.origins(call.func))
    name = found[1].rpartition(".")[2] if found is not None else None
    if name in TOOK_LOOP | _FUNCTIONS:
        return name
    owner = lift.values.class_of(call)
    if owner in derived:
        return owner.name.value
    function, spelled = lift.analysis.function_around(call), (dotted(call.func) or "").rpartition(".")[2]
    place = lift.analysis.positions[call].start.line, spelled
    return spelled if function is not None and place in lift.decisions[function.key].loopless else None


def _derived(lift: Lift) -> list[cst.ClassDef]:
    """Classes of the file that hand all keywords on to a class that took ``loop``."""
    found = []
    names = lift.analysis.names
    for node in lift.analysis.nodes:
        if not isinstance(node, cst.ClassDef):
            continue
        bases = [api_name(names.origins(base.value)) for base in node.bases]
        own = [b.node for b in names.scopes[node].bindings.get("__init__", ()) if isinstance(b.node, cst.FunctionDef)]
        if any(base is not None and base[1].rpartition(".")[2] in TOOK_LOOP for base in bases) and all(
            function.params.star_kwarg is not None for function in own
        ):
            found.append(node)
    return found


def _can_make_tasks(lift: Lift, call: cst.Call, index: int) -> bool:
    """Whether the loop can be said again for each argument.

    gather() makes one task of a coroutine that it is given twice.
    """
    given = [arg for position, arg in enumerate(call.args) if position != index and arg.keyword is None]
    twice = any(one.value.deep_equals(other.value) for n, one in enumerate(given) for other in given[:n])
    loop = dotted(call.args[index].value)
    return (
        bool(given)
        and not twice
        and not any(arg.star == "**" for arg in given)
        and loop is not None
        and loop.partition(".")[0] != _ITEM
        and lift.can_spell("ensure_future")
    )


def _make_tasks(lift: Lift, call: cst.Call, loop: cst.BaseExpression) -> None:
    """``gather(ensure_future(x, loop=loop))``, and the same for each item of ``*xs``."""
    lift.wanted.add("ensure_future")

    def task(value: cst.BaseExpression) -> cst.Call:
        bare = cst.SimpleWhitespace("")
        keyword = cst.Arg(loop, keyword=cst.Name("loop"), equal=cst.AssignEqual(bare, bare))
        return cst.Call(lift.asyncio("ensure_future"), [cst.Arg(value), keyword])

    def as_task(arg: cst.Arg) -> cst.Arg:
        if arg.keyword is not None:
            return arg
        if not arg.star:
            return arg.with_changes(value=task(arg.value))
        item = cst.Name(_ITEM)
        return arg.with_changes(value=cst.ListComp(task(item), cst.CompFor(item, arg.value)))

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Call)
        return updated.with_changes(args=[as_task(arg) for arg in updated.args])

    lift.edits.on(call, rewrite)
    if all(arg.star or arg.keyword is not None for arg in call.args):
        lift.report(
            call,
            "loop-argument",
            Severity.NOTE,
            "gather() takes its loop from the tasks of this loop that it is given now, and of nothing the current loop",
            "check that there is a current loop where this may be empty (asyncio.set_event_loop)",
            applicability=Applicability.SAFE,
        )

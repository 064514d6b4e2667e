"""``get_event_loop()`` no longer makes a loop: where none runs and none was set it is a RuntimeError since 3.14.

From 3.12 on it warns there (history.md, B4). The one form that does the same on every version is a new loop that is
set. It is written where a script starts: in ``if __name__ == "__main__":``, or in a function that is called from
there and nowhere else. Elsewhere in plain functions a loop may have been set, so the call stays and is reported, unless
the script of the same file sets one. In coroutines it is the running loop, in every version, and stays.

Not ``asyncio.run()``: that also cancels the tasks which are left and takes the loop away at the end, which a run of
``run_until_complete()`` does not.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.names import Scope

SINCE = (3, 12)

_NEEDS_LOOP = frozenset(["Future", "StreamReader", "StreamReaderProtocol", "ensure_future", "gather", "shield"])
"""What takes the current loop as ``get_event_loop()`` gives it."""


def apply(lift: Lift) -> None:
    """Rewrite the first call of a script, report the others where nothing sets a loop."""
    setting = any(_outside(lift, call, "set_event_loop") for call in lift.analysis.calls)
    calls = [call for call in lift.analysis.calls if _outside(lift, call, "get_event_loop")]
    first = None if setting else next((call for call in calls if _starts_script(lift, call)), None)
    if first is not None:
        _rewrite(lift, first)
    if first is not None or setting:
        for call in calls:
            if call is not first and not _is_set_before(lift, call):
                lift.breaks(call, (3, 14), _raises("get_event_loop()"), sure=False)
        return
    for call in calls:
        _report(lift, call, "get_event_loop()")
    for call in lift.analysis.calls:
        name = next((name for name in sorted(_NEEDS_LOOP) if _outside(lift, call, name)), None)
        at_import = lift.analysis.function_around(call) is None
        if name is not None and at_import and lift.argument_index(call, "loop") is None:
            _report(lift, call, f"{name}()")


def _is_set_before(lift: Lift, call: cst.Call) -> bool:
    """Whether a statement before ``call``, of its block or one around, sets a loop in any case."""
    names = lift.analysis.names
    child: cst.CSTNode = call
    parent = names.parents.get(child)
    while parent is not None:
        if isinstance(parent, (cst.IndentedBlock, cst.Module)):
            for statement in parent.body:
                if statement is child:
                    break
                if isinstance(statement, cst.SimpleStatementLine) and any(_sets(lift, s) for s in statement.body):
                    return True
        child, parent = parent, names.parents.get(parent)
    return False


def _sets(lift: Lift, statement: cst.BaseSmallStatement) -> bool:
    if not isinstance(statement, cst.Expr) or not isinstance(statement.value, cst.Call):
        return False
    args = statement.value.args
    unset = len(args) == 1 and isinstance(args[0].value, cst.Name) and args[0].value.value == "None"
    return not unset and _outside(lift, statement.value, "set_event_loop")


def _outside(lift: Lift, call: cst.Call, name: str) -> bool:
    found = api_name(lift.analysis.names.origins(call.func))
    return found is not None and found[1] == name and not lift.runs_in_coroutine(call)


def _starts_script(lift: Lift, call: cst.Call) -> bool:
    """Whether a statement where a script starts begins with evaluating ``call``."""
    if call.args or _statement(lift, call) is None:
        return False
    function = lift.analysis.function_around(call)
    if function is None:
        return _is_in_main_block(lift, call)
    if function.scope.parent is not lift.analysis.names.top or lift.stays(function):
        return False
    found = lift.analysis.loads.get((lift.analysis.names.top, function.node.name.value), [])
    loads = [load for load in found if load is not function.node.name]
    return bool(loads) and all(
        lift.analysis.function_around(load) is None and _is_in_main_block(lift, load) for load in loads
    )


def _is_in_main_block(lift: Lift, node: cst.CSTNode) -> bool:
    parents = lift.analysis.names.parents
    current: cst.CSTNode | None = node
    while current is not None:
        if isinstance(current, cst.If) and _tests_main(current.test):
            return True
        if isinstance(current, (cst.For, cst.While, cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            return False
        current = parents.get(current)
    return False


def _tests_main(test: cst.BaseExpression) -> bool:
    return (
        isinstance(test, cst.Comparison)
        and isinstance(test.left, cst.Name)
        and test.left.value == "__name__"
        and len(test.comparisons) == 1
        and isinstance(test.comparisons[0].operator, cst.Equal)
    )


def _statement(lift: Lift, call: cst.Call) -> cst.SimpleStatementLine | None:
    """The line that starts with evaluating ``call``, and holds one statement only."""
    parents = lift.analysis.names.parents
    node: cst.CSTNode = call
    parent = parents[node]
    while isinstance(parent, (cst.Attribute, cst.Call)) and node in (
        parent.value if isinstance(parent, cst.Attribute) else parent.func,
    ):
        node, parent = parent, parents[parent]
    if not isinstance(parent, (cst.Assign, cst.Expr)) or (isinstance(parent, cst.Assign) and len(parent.targets) > 1):
        return None
    line = parents[parent]
    return line if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None


def _rewrite(lift: Lift, call: cst.Call) -> None:
    line = _statement(lift, call)
    assert line is not None
    lift.breaks(call, (3, 14), "get_event_loop() makes no loop since Python 3.14 (a warning since 3.12)")
    lift.consume(call.func)
    lift.wanted.update(["new_event_loop", "set_event_loop"])
    new_loop = cst.Call(lift.asyncio("new_event_loop"))
    statement = line.body[0]
    target = statement.targets[0].target if isinstance(statement, cst.Assign) and statement.value is call else None
    if isinstance(target, (cst.Name, cst.Attribute)):
        lift.edits.on(call, lambda updated: updated.with_changes(func=new_loop.func))
        lift.edits.on(line, lambda updated: _with_line(updated, _setting(lift, target), before=False))
        return
    name = cst.Name(_free_name(lift, call))
    made = cst.Assign([cst.AssignTarget(name)], new_loop)
    lift.edits.replace(call, name)
    lift.edits.on(line, lambda updated: _with_line(updated, made, _setting(lift, name), before=True))


def _setting(lift: Lift, loop: cst.BaseExpression) -> cst.Expr:
    return cst.Expr(cst.Call(lift.asyncio("set_event_loop"), [cst.Arg(loop)]))


def _with_line(updated: cst.CSTNode, *added: cst.BaseSmallStatement, before: bool) -> cst.FlattenSentinel[cst.CSTNode]:
    assert isinstance(updated, cst.SimpleStatementLine)
    lines = [cst.SimpleStatementLine([statement]) for statement in added]
    if not before:
        return cst.FlattenSentinel([updated, *lines])
    first = lines[0].with_changes(leading_lines=updated.leading_lines)
    return cst.FlattenSentinel([first, *lines[1:], updated.with_changes(leading_lines=[])])


def _free_name(lift: Lift, node: cst.CSTNode) -> str:
    scope: Scope | None = lift.analysis.names.scope_of(node)
    taken: set[str] = set()
    while scope is not None:
        taken |= set(scope.bindings)
        scope = scope.parent
    return next(name for name in ("loop", "event_loop", "main_loop", "script_loop") if name not in taken)


def _raises(what: str) -> str:
    return f"{what} is a RuntimeError since Python 3.14 where no loop runs and none was set"


def _report(lift: Lift, call: cst.Call, what: str) -> None:
    lift.report(
        call,
        "current-loop",
        Severity.WARNING,
        _raises(what),
        "call it in a coroutine, or make a loop where the program starts: loop = asyncio.new_event_loop(); "
        "asyncio.set_event_loop(loop)",
    )

"""``Server.wait_closed()`` waits for all connections since 3.12; before it returned at once after ``close()``.

What a generator waited for right after ``close()`` was nothing, and goes, or is only waited for where it is no server.
(history.md, B8 31; the documentation of ``Server.wait_closed()``.)
"""

from __future__ import annotations

from functools import partial

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.lifting.context import Lift
from aioport.lifting.evidence import waited_for
from aioport.lifting.server_values import is_of_asyncio_server, is_of_server, may_be_of_server
from aioport.lifting.statements import remove_statement
from aioport.names import dotted

SINCE = (3, 12)

_MESSAGE = "since Python 3.12 wait_closed() returns only when all connections of the server are closed"


def apply(lift: Lift) -> None:
    """Keep ``wait_closed()`` from waiting where it did not so far, or say that it does.

    Writers have that method since 3.7 only, so code of before means no writer.
    """
    for call in lift.analysis.calls:
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "wait_closed":
            continue
        is_older = lift.analysis.function_around(call) in lift.converted()
        if not is_of_server(lift, call.func) and not (is_older and may_be_of_server(lift, call.func)):
            continue
        # What is for every version (keeps_helpers is false) waits in some and not in others: that is for a person.
        waiting = _waiting_after_close(lift, call) if lift.keeps_helpers else None
        if waiting is None:
            lift.report(call, "server-close", Severity.WARNING, _MESSAGE, "close them first, or do not wait")
        else:
            _skip(lift, call, waiting)


def _skip(lift: Lift, call: cst.Call, waiting: cst.Expr) -> None:
    """Do not wait, or not for a server where it may be something else."""
    assert isinstance(call.func, cst.Attribute)
    is_certain = is_of_asyncio_server(lift, call.func)
    lift.breaks(call, SINCE, _MESSAGE)
    lift.report(
        call,
        "server-close",
        Severity.NOTE,
        f"{_MESSAGE}; so far it returned at once after close(), so "
        + ("the line goes" if is_certain else "nothing waits if this is one"),
        "close the connections first, and wait then",
        applicability=Applicability.SAFE,
    )
    if is_certain:
        remove_statement(lift, waiting)
        return
    given = f"{cst.Module([]).code_for_node(call.func.value)}, {dotted(lift.asyncio('AbstractServer'))}"
    lift.wanted.add("AbstractServer")
    lift.edits.on(lift.analysis.names.parents[waiting], partial(_unless_server, given))


def _unless_server(arguments: str, updated: cst.CSTNode) -> cst.If:
    assert isinstance(updated, cst.SimpleStatementLine)
    body = cst.IndentedBlock([updated.with_changes(leading_lines=[])])
    return cst.If(cst.parse_expression(f"not isinstance({arguments})"), body, leading_lines=updated.leading_lines)


def _waiting_after_close(lift: Lift, call: cst.Call) -> cst.Expr | None:
    """The statement that waits for a call, in a generator so far, after one that closes the same thing."""
    names = lift.analysis.names
    assert isinstance(call.func, cst.Attribute)
    statement: cst.CSTNode = call
    while not isinstance(statement, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
        statement = names.parents[statement]
    if not isinstance(statement, cst.Expr) or waited_for(lift, statement.value) is not call:
        return None
    line = names.parents[statement]
    if lift.analysis.function_around(call) not in lift.generators_so_far() or _only_expression(line) is None:
        return None
    block = names.parents[line]
    assert isinstance(block, (cst.IndentedBlock, cst.Module))
    closing = next((_only_expression(above) for above, below in zip(block.body, block.body[1:]) if below is line), None)
    server = dotted(call.func.value)
    closes = server and isinstance(closing, cst.Call) and dotted(closing.func) == f"{server}.close"
    return statement if closes else None


def _only_expression(line: cst.CSTNode | None) -> cst.BaseExpression | None:
    """The expression that a line holds, and nothing else."""
    small = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
    return small.value if isinstance(small, cst.Expr) else None

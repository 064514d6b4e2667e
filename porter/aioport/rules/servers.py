"""Servers close otherwise: ``wait_closed()`` waits for the connections since 3.12, a socket file goes since 3.13.

Their ``sockets`` are None after that up to 3.6, and empty since 3.7. (history.md, B8 31, 32 and 34; the documentation
of ``Server.wait_closed()`` and ``loop.create_unix_server()``.)
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.lifting.evidence import comes_from

SINCE = (3, 7)

_SERVERS = frozenset(
    f"{module}.{name}" for module in ("asyncio", "trollius") for name in ("start_server", "start_unix_server")
)
_MAKERS = frozenset(["create_server", "create_unix_server"])
_UNLINKS = frozenset(["os.remove", "os.unlink"])


def apply(lift: Lift) -> None:
    """Report what waits for a server to close, and what removes the file of a socket that may be gone."""
    makes_files = False
    for call in lift.analysis.calls:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        makes_files |= name in ("create_unix_server", "start_unix_server")
        if name == "wait_closed" and lift.target_version >= (3, 12) and _closes_server(lift, call):
            lift.report(
                call,
                "server-close",
                Severity.WARNING,
                "since Python 3.12 wait_closed() returns only when all connections of the server are closed",
                "close them first, or do not wait",
            )
    for comparison in lift.analysis.nodes:
        if isinstance(comparison, cst.Comparison) and _asks_for_none(lift, comparison):
            lift.report(
                comparison,
                "server-close",
                Severity.WARNING,
                "since Python 3.7 the sockets of a closed server are an empty sequence, not None",
                "ask whether there are any: if server.sockets",
            )
    if not makes_files or lift.target_version < (3, 13):
        return
    for call in lift.analysis.calls:
        if lift.analysis.names.means(call.func, _UNLINKS) and not _may_fail(lift, call):
            lift.report(
                call,
                "server-close",
                Severity.WARNING,
                "since Python 3.13 a Unix server removes the file of its socket when it is closed: if this is that "
                "file, it may be gone",
                "let FileNotFoundError pass here, or give the server cleanup_socket=False",
            )


def _closes_server(lift: Lift, call: cst.Call) -> bool:
    """Whether ``x.wait_closed()`` is a server's, or may be: of something unknown, where the file makes servers.

    Writers have it since 3.7 only, so that code of before means no writer.
    """
    if is_of_server(lift, call.func):
        return True
    assert isinstance(call.func, cst.Attribute)
    values = lift.values.assigned(call.func.value)
    unknown = all(value is None or isinstance(value, cst.Name) for value in values)
    return unknown and lift.analysis.function_around(call) in lift.converted() and _makes_servers(lift)


def _makes_servers(lift: Lift) -> bool:
    names = lift.analysis.names
    return any(
        names.means(call.func, _SERVERS) or (isinstance(call.func, cst.Attribute) and call.func.attr.value in _MAKERS)
        for call in lift.analysis.calls
    )


def _asks_for_none(lift: Lift, node: cst.Comparison) -> bool:
    asked = isinstance(node.left, cst.Attribute) and node.left.attr.value == "sockets" and is_of_server(lift, node.left)
    return asked and any(
        isinstance(part.comparator, cst.Name) and part.comparator.value == "None" for part in node.comparisons
    )


def is_of_server(lift: Lift, attribute: cst.BaseExpression) -> bool:
    """Whether what ``attribute`` is taken of is a server."""
    if not isinstance(attribute, cst.Attribute):
        return False
    run = [_run(value) for value in lift.values.assigned(attribute.value)]
    awaitables = [awaitable for awaitable in run if awaitable is not None]
    if awaitables and len(awaitables) == len(run):
        return all(comes_from(lift, awaitable, _SERVERS, _MAKERS) for awaitable in awaitables)
    return comes_from(lift, attribute.value, _SERVERS, _MAKERS)


def _run(value: cst.BaseExpression | None) -> cst.BaseExpression | None:
    """What ``loop.run_until_complete()`` gets, where a value is what it gives."""
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and len(value.args) == 1:
        return value.args[0].value if value.func.attr.value == "run_until_complete" else None
    return None


def _may_fail(lift: Lift, call: cst.Call) -> bool:
    """Whether a ``try``, an ``if`` or ``contextlib.suppress`` stands around ``call``."""
    parents = lift.analysis.names.parents
    child: cst.CSTNode = call
    while not isinstance(child, (cst.Module, cst.FunctionDef)):
        parent = parents[child]
        if isinstance(parent, (cst.If, cst.With)) or (isinstance(parent, cst.Try) and child is parent.body):
            return True
        child = parent
    return False

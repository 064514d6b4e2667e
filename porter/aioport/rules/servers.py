"""Servers close otherwise: their ``sockets`` are None after that up to 3.6, and a socket file goes since 3.13.

(history.md, B8 32 and 34; the documentation of ``Server.sockets`` and ``loop.create_unix_server()``.)
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.lifting.server_values import is_of_server

SINCE = (3, 7)

_UNLINKS = frozenset(["os.remove", "os.unlink"])


def apply(lift: Lift) -> None:
    """Report what asks whether a server is closed, and what removes the file of a socket that may be gone."""
    for comparison in lift.analysis.nodes:
        if isinstance(comparison, cst.Comparison) and _asks_for_none(lift, comparison):
            lift.report(
                comparison,
                "server-close",
                Severity.WARNING,
                "since Python 3.7 the sockets of a closed server are an empty sequence, not None",
                "ask whether there are any: if server.sockets",
            )
    makers = {call.func.attr.value for call in lift.analysis.calls if isinstance(call.func, cst.Attribute)}
    if lift.target_version < (3, 13) or not makers & {"create_unix_server", "start_unix_server"}:
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


def _asks_for_none(lift: Lift, node: cst.Comparison) -> bool:
    asked = isinstance(node.left, cst.Attribute) and node.left.attr.value == "sockets" and is_of_server(lift, node.left)
    return asked and any(
        isinstance(part.comparator, cst.Name) and part.comparator.value == "None" for part in node.comparisons
    )


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

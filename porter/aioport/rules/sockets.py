"""Sockets of transports, and the loop's socket methods.

``get_extra_info("socket")`` gives a TransportSocket since 3.8, which has no ``send``, ``recv`` and the like since 3.11
(history.md, B8 33); so are the sockets of a server (B8 32). ``loop.sock_recv()`` and its kin gave a Future up to 3.6 and
are coroutines since 3.7 (B5 20).
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.lifting.evidence import is_waited_for
from aioport.rules.servers import is_of_server

SINCE = (3, 7)

_GONE = frozenset(
    "accept bind close connect connect_ex detach listen makefile recv recv_into recvfrom recvfrom_into recvmsg "
    "recvmsg_into send sendall sendfile sendmsg sendto share".split()
)
_FUTURES = frozenset(["sock_accept", "sock_recv", "sock_sendall"])
"""Names that nothing but a loop's methods have; ``getaddrinfo`` and ``getnameinfo`` may be the socket module's."""
_LOOKERS = frozenset(f"builtins.{name}" for name in ("getattr", "hasattr", "id", "isinstance", "print", "repr", "str"))
"""What keeps nothing of its arguments and gives no socket back."""


def apply(lift: Lift) -> None:
    """Report the uses that fail, and make tasks of what nobody waits for."""
    for attribute in lift.analysis.attributes:
        if attribute.attr.value in _GONE and lift.target_version >= (3, 11):
            values = (
                [attribute.value] if isinstance(attribute.value, cst.Call) else lift.values.assigned(attribute.value)
            )
            if values and all(_is_socket(value) for value in values):
                lift.report(
                    attribute,
                    "transport-socket",
                    Severity.ERROR,
                    f"since Python 3.11 the socket of a transport has no {attribute.attr.value}()",
                    "use the transport, or make the socket yourself and give it to the loop",
                )
    if lift.target_version >= (3, 11):
        for name in _handed_on(lift):
            lift.report(
                name,
                "transport-socket",
                Severity.WARNING,
                "since Python 3.11 a server's socket does not accept or listen any more, so the one inside it is given, "
                "by a name that is private to asyncio",
                "make the socket yourself, keep it, and give it to the loop's create_server()",
            )
            lift.edits.on(name, _inner)
    for call in lift.analysis.calls:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _FUTURES and not lift.is_left(call):
            parent = lift.analysis.names.parents[call]
            if isinstance(parent, cst.Attribute) or (isinstance(parent, cst.Expr) and not is_waited_for(lift, call)):
                lift.breaks(call, SINCE, f"{call.func.attr.value}() gives a coroutine since Python 3.7, not a Future")
                lift.wanted.add("ensure_future")
                lift.edits.on(call, lambda updated: cst.Call(lift.asyncio("ensure_future"), [_argument(updated)]))


def _handed_on(lift: Lift) -> Iterator[cst.Name]:
    """Where a name that is bound by a loop over a server's sockets, and nowhere else, is given to something else."""
    names = lift.analysis.names
    for (scope, name), loads in lift.analysis.loads.items():
        bindings = scope.bindings.get(name, [])
        if not bindings or not all(_is_of_loop(lift, binding.node) for binding in bindings):
            continue
        for load in loads:
            parent = names.parents[load]
            call = names.parents[parent]
            if isinstance(parent, cst.Arg) and isinstance(call, cst.Call) and call.func is not parent:
                if not names.means(call.func, _LOOKERS) and not parent.star:
                    yield load


def _is_of_loop(lift: Lift, node: cst.CSTNode) -> bool:
    return (
        isinstance(node, (cst.For, cst.CompFor))
        and isinstance(node.target, cst.Name)
        and isinstance(node.iter, cst.Attribute)
        and node.iter.attr.value == "sockets"
        and is_of_server(lift, node.iter)
    )


def _inner(updated: cst.CSTNode) -> cst.Call:
    """The socket inside; other loops than asyncio's may have no such name, and give the socket itself."""
    assert isinstance(updated, cst.Name)
    name = updated.with_changes(lpar=[], rpar=[])
    arguments = (name, cst.SimpleString('"_sock"'), name.deep_clone())
    return cst.Call(cst.Name("getattr"), [cst.Arg(argument) for argument in arguments])


def _argument(updated: cst.CSTNode) -> cst.Arg:
    assert isinstance(updated, cst.Call)
    return cst.Arg(updated)


def _is_socket(node: cst.BaseExpression | None) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value == "get_extra_info"
        and len(node.args) > 0
        and isinstance(node.args[0].value, cst.SimpleString)
        and node.args[0].value.evaluated_value == "socket"
    )

"""Sockets of transports, and the loop's socket methods.

``get_extra_info("socket")`` gives a TransportSocket since 3.8, which has no ``send``, ``recv`` and the like since 3.11
(history.md, B8 33); so are the sockets of a server (B8 32). ``loop.sock_recv()`` and its kin gave a Future up to 3.6
and are coroutines since 3.7 (B5 20). ``loop.add_reader()`` and its kin raise RuntimeError for the descriptor of a
transport since 3.5.3 and 3.6 (bpo-28369, ``_ensure_fd_no_transport``); Trollius never does.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.lifting.evidence import is_waited_for
from aioport.lifting.server_values import is_of_server

SINCE = (3, 5)

_COROUTINES = (3, 7)

_GONE = frozenset(
    "accept bind close connect connect_ex detach listen makefile recv recv_into recvfrom recvfrom_into recvmsg "
    "recvmsg_into send sendall sendfile sendmsg sendto share".split()
)
_FUTURES = frozenset(["sock_accept", "sock_recv", "sock_sendall"])
"""Names that nothing but a loop's methods have; ``getaddrinfo`` and ``getnameinfo`` may be the socket module's."""
_LOOKERS = frozenset(f"builtins.{name}" for name in ("getattr", "hasattr", "id", "isinstance", "print", "repr", "str"))
"""What keeps nothing of its arguments and gives no socket back."""
_WATCHING = frozenset(["add_reader", "add_writer", "remove_reader", "remove_writer"])


def apply(lift: Lift) -> None:
    """Report the uses that fail, and make tasks of what nobody waits for."""
    for attribute in lift.analysis.attributes:
        gone = attribute.attr.value in _GONE and lift.target_version >= (3, 11)
        if gone and _is_socket(lift, attribute.value):
            lift.report(
                attribute,
                "transport-socket",
                Severity.ERROR,
                f"since Python 3.11 the socket of a transport has no {attribute.attr.value}()",
                "use the transport, or make the socket yourself and give it to the loop",
            )
    if lift.target_version >= (3, 11):
        for handed in _handed_on(lift):
            lift.report(
                handed,
                "transport-socket",
                Severity.WARNING,
                "since Python 3.11 a server's socket does not accept or listen any more, so the one inside it is "
                "given, by a name that is private to asyncio",
                "make the socket yourself, keep it, and give it to the loop's create_server()",
            )
            lift.edits.on(handed, _inner)
    for call in lift.analysis.calls:
        if not isinstance(call.func, cst.Attribute) or lift.is_left(call):
            continue
        name = call.func.attr.value
        if name in _WATCHING and call.args and _is_of_transport(lift, call.args[0].value):
            lift.report(
                call,
                "transport-socket",
                Severity.WARNING,
                f"since Python 3.5.3 {name}() raises RuntimeError for the socket of a transport that is not closed",
                "use the transport (pause_reading(), loop.start_tls()), or make the socket yourself",
            )
        elif name in _FUTURES and lift.target_version >= _COROUTINES:
            parent = lift.analysis.names.parents[call]
            if isinstance(parent, cst.Attribute) or (isinstance(parent, cst.Expr) and not is_waited_for(lift, call)):
                lift.breaks(call, _COROUTINES, f"{name}() gives a coroutine since Python 3.7, not a Future")
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
            if (
                isinstance(parent, cst.Arg)
                and isinstance(call, cst.Call)
                and not parent.star
                and not names.means(call.func, _LOOKERS)
            ):
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


def _is_of_transport(lift: Lift, node: cst.BaseExpression) -> bool:
    """Whether it is a transport's socket or the number of its descriptor."""
    values = [node] if isinstance(node, cst.Call) else lift.values.assigned(node)
    numbered = [
        value.func.value
        if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and value.func.attr.value == "fileno"
        else value
        for value in values
    ]
    return bool(values) and all(value is not None and _is_socket(lift, value) for value in numbered)


def _is_socket(lift: Lift, node: cst.BaseExpression) -> bool:
    values = [node] if isinstance(node, cst.Call) else lift.values.assigned(node)
    return bool(values) and all(map(_gives_socket, values))


def _gives_socket(node: cst.BaseExpression | None) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value == "get_extra_info"
        and len(node.args) > 0
        and isinstance(node.args[0].value, cst.SimpleString)
        and node.args[0].value.evaluated_value == "socket"
    )

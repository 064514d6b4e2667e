"""Arguments that functions no longer take and that had no effect, or none any more.

``create_datagram_endpoint(reuse_address=)`` is gone since 3.11; true was a ValueError since 3.8.1 and its security
fixes (history.md, B8 38). Classes of the project that are derived from a lock or queue pass no ``loop`` up since 3.10
(B3).
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.library import TOOK_LOOP
from aioport.lifting.context import Lift

SINCE = (3, 10)

_BASES = frozenset(f"{module}.{name}" for module in ("asyncio", "trollius") for name in TOOK_LOOP)


def apply(lift: Lift) -> None:
    """Take the arguments away."""
    for call in lift.analysis.calls:
        if not isinstance(call.func, cst.Attribute):
            continue
        if call.func.attr.value == "create_datagram_endpoint" and lift.target_version >= (3, 11):
            _drop(lift, call, "reuse_address")
        elif call.func.attr.value == "__init__" and _initializes_lock(lift, call):
            index = lift.argument_index(call, "loop")
            if index is not None:
                lift.breaks(call, (3, 10), "locks and queues take no loop since Python 3.10")
                lift.drop_argument(call, index)


def _drop(lift: Lift, call: cst.Call, keyword: str) -> None:
    index = lift.argument_index(call, keyword)
    if index is None:
        return
    value = call.args[index].value
    lift.breaks(call, (3, 11), f"{keyword} is no argument of create_datagram_endpoint() since Python 3.11")
    lift.drop_argument(call, index)
    if not (isinstance(value, cst.Name) and value.value in ("None", "False")):
        lift.report(
            call,
            "dropped-argument",
            Severity.WARNING,
            f"{keyword} is no argument of create_datagram_endpoint() since Python 3.11, and true was refused before",
            "check that the address need not be shared; reuse_port is what shares it",
            applicability=Applicability.SAFE,
        )


def _initializes_lock(lift: Lift, call: cst.Call) -> bool:
    """Whether a call is ``super().__init__()`` in a class derived from a lock or queue, or ``Lock.__init__(self)``."""
    assert isinstance(call.func, cst.Attribute)
    receiver = call.func.value
    if lift.analysis.names.means(receiver, _BASES):
        return True
    if not isinstance(receiver, cst.Call) or not lift.analysis.names.means(
        receiver.func, frozenset(["builtins.super"])
    ):
        return False
    current: cst.CSTNode | None = call
    while current is not None and not isinstance(current, cst.ClassDef):
        current = lift.analysis.names.parents.get(current)
    # With more bases, super() may be another class, whose argument it is.
    return current is not None and len(current.bases) == 1 and lift.analysis.names.means(current.bases[0].value, _BASES)

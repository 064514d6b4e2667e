"""Which values are servers, as far as the assignments of one file show."""

from __future__ import annotations

import libcst as cst

from aioport.lifting.context import Lift
from aioport.lifting.evidence import comes_from, waited_for
from aioport.names import dotted

_SERVERS = frozenset(
    f"{module}.{name}" for module in ("asyncio", "trollius") for name in ("start_server", "start_unix_server")
)
_MAKERS = frozenset(["create_server", "create_unix_server"])


def is_of_server(lift: Lift, attribute: cst.BaseExpression) -> bool:
    """Whether what ``attribute`` is taken of is a server."""
    values = _values(lift, attribute)
    return bool(values) and all(_is_server(lift, value) for value in values)


def may_be_of_server(lift: Lift, attribute: cst.BaseExpression) -> bool:
    """Whether what ``attribute`` is taken of is a server at times, or unknown where the file makes servers."""
    values = _values(lift, attribute)
    return any(_is_server(lift, value) for value in values) or (
        all(value is None or isinstance(value, cst.Name) for value in values) and _makes_servers(lift)
    )


def is_of_asyncio_server(lift: Lift, attribute: cst.BaseExpression) -> bool:
    """Whether it surely is a server of asyncio's: not one that a method of an unknown object made."""
    values = _values(lift, attribute)
    return bool(values) and all(_is_server(lift, value) and _is_of_asyncio(lift, value) for value in values)


def _values(lift: Lift, attribute: cst.BaseExpression) -> list[cst.BaseExpression | None]:
    """What may be the value of ``x`` in ``x.y``, None aside, as it was before it was waited for."""
    if not isinstance(attribute, cst.Attribute):
        return []
    owner = attribute.value
    values = [owner] if isinstance(owner, (cst.Call, cst.Await, cst.Yield)) else lift.values.assigned(owner)
    told = [value for value in values if not (isinstance(value, cst.Name) and value.value == "None")]
    return [waited_for(lift, _run(value) or value) for value in told]


def _run(value: cst.BaseExpression | None) -> cst.BaseExpression | None:
    """What ``loop.run_until_complete()`` gets, where a value is what it gives."""
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and len(value.args) == 1:
        return value.args[0].value if value.func.attr.value == "run_until_complete" else None
    return None


def _is_server(lift: Lift, value: cst.BaseExpression | None) -> bool:
    return value is not None and comes_from(lift, value, _SERVERS, _MAKERS)


def _is_of_asyncio(lift: Lift, value: cst.BaseExpression | None) -> bool:
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        return isinstance(value, cst.Call)
    owner = (dotted(value.func.value) or "").rpartition(".")[2]
    return owner in ("loop", "_loop") or lift.analysis.names.means(value.func, _SERVERS)


def _makes_servers(lift: Lift) -> bool:
    names = lift.analysis.names
    return any(
        names.means(call.func, _SERVERS) or (isinstance(call.func, cst.Attribute) and call.func.attr.value in _MAKERS)
        for call in lift.analysis.calls
    )

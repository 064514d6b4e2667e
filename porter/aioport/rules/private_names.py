"""Private names of asyncio that old code uses and newer versions do not have (history.md, B2 18), or not at once.

Locks and queues find their loop when they have to wait since 3.10 (B3): ``_loop`` is None until then. So is what holds
those who wait for a Lock since 3.8, and for a Semaphore since 3.10 (measured, 3.6 to 3.15).
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.history import versions
from aioport.library import TOOK_LOOP
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.tree import walk

SINCE = (3, 5)

GONE = versions(
    """
    3.5 _copy_state
    3.6 _blocking
    3.7 _schedule_callbacks _set_result_unless_cancelled _step _wakeup
    """
)
"""Of Future and Task, the first version without each."""

_UNLIKELY = frozenset(["_copy_state", "_schedule_callbacks", "_set_result_unless_cancelled"])
"""Names that nothing but a Future has."""

_OWNERS = frozenset(f"{module}.{name}." for module in ("asyncio", "trollius") for name in ("Future", "Task"))

_LATER = {
    "_loop": dict.fromkeys(TOOK_LOOP, (3, 10)),
    "_waiters": {"Lock": (3, 8), "Semaphore": (3, 10), "BoundedSemaphore": (3, 10)},
}
"""The first version where each is None at first, by the class that has it."""


def apply(lift: Lift) -> None:
    """Report each use that surely is one of asyncio's."""
    for attribute in lift.analysis.attributes:
        name = attribute.attr.value
        if name in _LATER:
            _report_later(lift, attribute, name)
        since = GONE.get(name)
        if since is None or since > lift.target_version:
            continue
        origins = lift.analysis.names.origins(attribute)
        if name in _UNLIKELY or (origins and origins <= {owner + name for owner in _OWNERS}):
            lift.report(
                attribute,
                "private-name",
                Severity.ERROR,
                f"{name} is gone since Python {since[0]}.{since[1]}: it was private to asyncio",
                "use what is public: done callbacks, set_result(), and the state that done() and cancelled() give",
            )


def _report_later(lift: Lift, attribute: cst.Attribute, name: str) -> None:
    """Report ``self._loop`` and the like in classes that are derived from asyncio's."""
    function = lift.analysis.function_around(attribute)
    owner = lift.analysis.names.scope_of(function.node).opener if function is not None else None
    if function is None or not isinstance(owner, cst.ClassDef) or not function.node.params.params:
        return
    itself = function.node.params.params[0].name.value
    if dotted(attribute) != f"{itself}.{name}" or _assigns(owner, f"{itself}.{name}"):
        return
    for base in owner.bases:
        found = api_name(lift.analysis.names.origins(base.value))
        since = _LATER[name].get(found[1].rpartition(".")[2]) if found is not None else None
        if since is not None and since <= lift.target_version:
            lift.report(
                attribute,
                "private-name",
                Severity.ERROR,
                f"since Python {since[0]}.{since[1]} {name} is None until something waits: it is private to asyncio",
                "use what is public: locked(), the running loop; or keep your own",
            )


def _assigns(owner: cst.ClassDef, spelled: str) -> bool:
    """Whether the class has an attribute of that name itself."""
    return any(isinstance(node, cst.AssignTarget) and dotted(node.target) == spelled for node in walk(owner))

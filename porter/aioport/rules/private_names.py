"""Private names of asyncio that old code uses and newer versions do not have (history.md, B2 18)."""

from __future__ import annotations

from aioport.findings import Severity
from aioport.history import versions
from aioport.lifting.context import Lift

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


def apply(lift: Lift) -> None:
    """Report each use that surely is one of asyncio's."""
    for attribute in lift.analysis.attributes:
        name = attribute.attr.value
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

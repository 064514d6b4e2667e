"""Which version asyncio's objects have a method since."""

from __future__ import annotations

import libcst as cst

from aioport.history import ADDED_METHODS, ADDED_METHODS_OF, Version
from aioport.values import Values

_TASKS = frozenset(
    ["asyncio.Task", "asyncio.create_task", "asyncio.current_task", "asyncio.ensure_future", ".create_task"]
)
_MAKERS = {
    "Future": _TASKS | {"asyncio.Future", ".create_future"},
    "Queue": frozenset(["asyncio.LifoQueue", "asyncio.PriorityQueue", "asyncio.Queue"]),
    "Task": _TASKS,
}


def added_in(node: cst.Attribute, values: Values) -> Version | None:
    """The version that the method ``node`` came with, where it is or is likely to be one that asyncio got after 3.3.

    A name that is not asyncio's alone counts where the file shows what the object is.
    """
    name = node.attr.value
    if name in ADDED_METHODS:
        return ADDED_METHODS[name]
    for owner, makers in _MAKERS.items():
        since = ADDED_METHODS_OF.get(f"{owner}.{name}")
        if since is not None and values.is_made_by(node.value, makers):
            return since
    return None

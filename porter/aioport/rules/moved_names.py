"""Names that left a submodule of asyncio, and that the package itself has in every version: use those.

``asyncio.futures.CancelledError`` and its kin moved to ``asyncio.exceptions`` in 3.8 (history.md, B1 5; names.json).
"""

from __future__ import annotations

import libcst as cst

from aioport.history import ADDED, FIRST
from aioport.lifting.context import Lift
from aioport.names import dotted

SINCE = (3, 8)

MOVED: dict[str, dict[str, tuple[int, int]]] = {
    "asyncio.coroutines": {"coroutine": (3, 11)},
    "asyncio.futures": {"CancelledError": (3, 8), "InvalidStateError": (3, 8), "TimeoutError": (3, 8)},
    "asyncio.locks": {"coroutine": (3, 8)},
    "asyncio.streams": {"IncompleteReadError": (3, 8), "coroutine": (3, 8)},
    "asyncio.tasks": {"coroutine": (3, 8)},
}
"""By submodule, the first version whose submodule has the name no more."""


def apply(lift: Lift) -> None:
    """Take the submodule out of attributes; imports do the same by :func:`package_has`."""
    for attribute in lift.analysis.attributes:
        if isinstance(attribute.value, cst.Attribute):
            origins = lift.analysis.names.origins(attribute.value)
            if origins and all(_has_left(lift, origin, attribute.attr.value) for origin in origins):
                module = min(origins)
                since = MOVED[module][attribute.attr.value]
                lift.breaks(attribute, since, moved_message(module, attribute.attr.value))
                lift.edits.on(attribute, _without_submodule)


def package_has(lift: Lift, statement: cst.ImportFrom) -> bool:
    """Whether a name that ``from asyncio.x import ...`` imports is no longer there, and asyncio itself has them all."""
    module = "asyncio." + (dotted(statement.module) or "").partition(".")[2]
    assert not isinstance(statement.names, cst.ImportStar)
    names = [dotted(alias.name) or "" for alias in statement.names]
    left = [name for name in names if _has_left(lift, module, name)]
    return bool(left) and all(name in left or name in FIRST or name in ADDED for name in names)


def moved_message(module: str, name: str) -> str:
    """What is said of a name that left a submodule."""
    major, minor = MOVED[module][name]
    return f"there is no {module}.{name} since Python {major}.{minor}"


def _has_left(lift: Lift, module: str, name: str) -> bool:
    since = MOVED.get(module, {}).get(name)
    return since is not None and since <= lift.target_version


def _without_submodule(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Attribute)
    assert isinstance(updated.value, cst.Attribute)
    return updated.with_changes(value=updated.value.value)

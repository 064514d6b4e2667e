"""Modules and names that later versions of asyncio do not have, and nothing else of it stands in for.

The table holds the first version without each (history.md, B2 14, and names.json, measured). A use that an
``except ImportError`` or ``except AttributeError`` guards is ready for that and stays.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.asked_names import asked_by_name
from aioport.findings import Severity
from aioport.lifting.added_imports import import_module
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift
from aioport.names import Binding, dotted
from aioport.styles import Vocabulary
from aioport.tree import caught_classes, walk

SINCE = (3, 5)

_WATCHER = "the event loop watches child processes by itself"
REMOVED: dict[str, tuple[tuple[int, int], str]] = {
    "AbstractChildWatcher": ((3, 14), _WATCHER),
    "FastChildWatcher": ((3, 14), _WATCHER),
    "MultiLoopChildWatcher": ((3, 14), _WATCHER),
    "PidfdChildWatcher": ((3, 14), _WATCHER),
    "SafeChildWatcher": ((3, 14), _WATCHER),
    "ThreadedChildWatcher": ((3, 14), _WATCHER),
    "CoroWrapper": ((3, 11), "asyncio's debug mode tells where coroutines were made"),
    "coroutine": ((3, 11), "write async def; for a generator that has to stay one, types.coroutine"),
    "compat": ((3, 7), "test sys.version_info instead"),
    "get_child_watcher": ((3, 14), _WATCHER),
    "selectors": ((3, 7), "import selectors itself"),
    "set_child_watcher": ((3, 14), _WATCHER),
    "test_support": ((3, 5), "use test.support, or write what is needed from it"),
    "test_utils": ((3, 7), "use unittest.IsolatedAsyncioTestCase, or write what is needed from it"),
}
"""The first version without a name, and what to do."""

STANDARD = frozenset(["selectors"])
"""What was the standard library's module of that name: ``import selectors  # Will also be exported.``"""

_GUARDS = frozenset("builtins." + name for name in ("AttributeError", "ImportError", "ModuleNotFoundError"))
_EXCEPTION = frozenset(["builtins.Exception"])


def apply(lift: Lift) -> None:
    """Report every use of a name that the target does not have."""
    for node, name in (*asyncio_uses(lift), *asked_by_name(lift.analysis)):
        if node in lift.consumed or (isinstance(node, cst.Attribute) and node.attr in lift.consumed):
            continue
        since, advice = REMOVED.get(name, (None, ""))
        if since is None or since > lift.target_version or is_guarded(lift, node):
            continue
        # What is lowered again finds the decorator in the other library.
        is_asked = isinstance(node, cst.Call)
        if name == "coroutine" and (not lift.keeps_helpers or (not is_asked and _is_dealt_with(lift, node))):
            continue
        if name in STANDARD and isinstance(node, cst.Attribute) and import_module(lift, name):
            lift.breaks(node, since, f"asyncio has no {name} since Python {since[0]}.{since[1]}")
            lift.edits.replace(node, cst.Name(name))
            continue
        lift.report(
            node,
            "missing-name",
            Severity.ERROR,
            f"asyncio has no {name} since Python {since[0]}.{since[1]}",
            advice,
        )


def asyncio_uses(lift: Lift) -> Iterator[tuple[cst.CSTNode, str]]:
    """Where names of asyncio are used, or imported by name."""
    for attribute in lift.analysis.attributes:
        found = api_name(lift.analysis.names.origins(attribute))
        if found is not None and _is_of_asyncio(*found):
            yield attribute, found[1]
    for scope in lift.analysis.names.scopes.values():
        for binding in (binding for bindings in scope.bindings.values() for binding in bindings):
            if isinstance(binding.node, cst.ImportAlias):
                imported = _imported(lift, binding.node)
                found = api_name(frozenset([imported]))
                if found is not None and _is_of_asyncio(*found):
                    yield binding.node, found[1]


def _is_of_asyncio(style: Vocabulary, name: str) -> bool:
    """Whether a name is not one that only another library has, and not aiocompat's, which has it in every version."""
    return name not in style.missing and style.module != "aiocompat"


def _is_dealt_with(lift: Lift, node: cst.CSTNode) -> bool:
    """Whether a use of the decorator is ported, or said to be left."""
    parent = lift.analysis.names.parents[node]
    if isinstance(node, cst.ImportAlias):
        # Its uses say it; where there are none others may import it from here.
        return any(node is binding.node for _, binding in _used_imports(lift))
    return isinstance(parent, cst.Call) or lift.is_left(node) or any(n in lift.consumed for n in walk(node))


def _used_imports(lift: Lift) -> Iterator[tuple[str, Binding]]:
    for (scope, name), loads in lift.analysis.loads.items():
        if loads:
            yield from ((name, binding) for binding in scope.bindings.get(name, ()))


def _imported(lift: Lift, alias: cst.ImportAlias) -> str:
    """The dotted name of what is imported; for ``from asyncio.x import y`` that is the module."""
    statement = lift.analysis.names.parents[alias]
    name = dotted(alias.name) or ""
    if isinstance(statement, cst.ImportFrom):
        module = dotted(statement.module) or ""
        if statement.relative:
            return ""
        return module if "." in module else f"{module}.{name}"
    return name


def is_guarded(lift: Lift, node: cst.CSTNode) -> bool:
    """Whether an ``except`` clause is there for the case that ``node`` finds nothing.

    One that catches everything is there for that around an import, and for all sorts of things around other code.
    """
    parents = lift.analysis.names.parents
    importing = isinstance(node, cst.ImportAlias)
    child, parent = node, parents.get(node)
    while parent is not None:
        handlers = parent.handlers if isinstance(parent, cst.Try) and child is parent.body else ()
        if any(_guards(lift, handler, importing) for handler in handlers):
            return True
        child, parent = parent, parents.get(parent)
    return False


def _guards(lift: Lift, handler: cst.ExceptHandler, importing: bool) -> bool:
    wanted = _GUARDS | _EXCEPTION if importing else _GUARDS
    names = lift.analysis.names
    return any(importing if part is None else names.means(part, wanted) for part in caught_classes(handler))

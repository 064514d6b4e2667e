"""The variables of comprehensions that would be those of what the comprehension stands in."""

from __future__ import annotations

import libcst as cst

from aioport.lowering.context import Lower
from aioport.lowering.down import Down
from aioport.names import Scope
from aioport.tree import Edits, walk

_OWN_SCOPE_SINCE = (3, 0)


def lower_list_variables(lower: Lower) -> None:
    """Rename variables of list comprehensions that mean something around them, which on Python 2 they would change."""
    if lower.version >= _OWN_SCOPE_SINCE:
        return
    names = lower.analysis.names
    for node in [node for node in names.scopes if isinstance(node, cst.ListComp)]:
        around = names.scope_of(node)
        while isinstance(around.opener, cst.ListComp) and around.parent is not None:
            around = around.parent
        for name in names.scopes[node].bindings:
            if is_seen_around(lower, node, name, around):
                lower.unlike.append(node)
                rename(lower, lower.edits, node, name, Down(lower).fresh(node, each(name)))


def is_seen_around(lower: Lower, node: cst.BaseComp, name: str, around: Scope) -> bool:
    """Whether the scope ``around`` would see that a variable of the comprehension ``node`` is its own variable."""
    if not isinstance(around.opener, cst.FunctionDef):
        return name in around.bindings
    if name in around.elsewhere:
        return True
    names = lower.analysis.names
    bound = around.find(name)
    return any(
        isinstance(part, cst.Name)
        and part.value == name
        and names.is_evaluated(part)
        and names.binding_scope(part) is bound
        and not _is_set_before(lower, part, node)
        for part in walk(around.opener.body)
    )


def _is_set_before(lower: Lower, use: cst.Name, node: cst.BaseComp) -> bool:
    """Whether a name surely has another value again where it is used, or is given one there."""
    parents = lower.analysis.names.parents
    if isinstance(parents[use], cst.AssignTarget):
        return True
    child: cst.CSTNode = use
    while not isinstance(child, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
        parent = parents[child]
        if isinstance(parent, cst.For) and child in (parent.target, parent.body):
            targets = {part.value for part in walk(parent.target) if isinstance(part, cst.Name)}
            if use.value in targets and not any(part is node for part in walk(parent.body)):
                return True
        child = parent
    return False


def each(name: str) -> str:
    """What a variable is called that cannot keep its name."""
    return f"each_{name}"


def rename(lower: Lower, edits: Edits, node: cst.BaseComp, name: str, to: str) -> None:
    """Give a variable of the comprehension ``node`` another name."""
    names = lower.analysis.names
    scope = names.scopes[node]
    for part in walk(node):
        if isinstance(part, cst.Name) and part.value == name and names.binding_scope(part) is scope:
            edits.on(part, lambda updated: updated.with_changes(value=to))

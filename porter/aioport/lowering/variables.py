"""The variables of comprehensions that would be those of what the comprehension stands in."""

from __future__ import annotations

import libcst as cst

from aioport.lowering.context import Lower
from aioport.names import Scope
from aioport.tree import Edits, walk


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

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
            if is_used_around(lower, name, around):
                lower.unlike.append(node)
                rename(lower, lower.edits, node, name, Down(lower).fresh(node, each(name)))


def is_used_around(lower: Lower, name: str, around: Scope) -> bool:
    """Whether ``name`` means something in the scope ``around`` that a variable of that name would be instead."""
    if name in around.bindings or name in around.elsewhere:
        return True
    names = lower.analysis.names
    outer = around.find(name)
    inside = around.opener.body if isinstance(around.opener, cst.FunctionDef) else around.opener
    return any(
        isinstance(part, cst.Name)
        and part.value == name
        and names.is_evaluated(part)
        and names.binding_scope(part) is outer
        for part in walk(inside)
    )


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

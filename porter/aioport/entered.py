"""What the block of a with statement shows of the value that was entered.

What asyncio's and Trollius's locks, conditions and semaphores give to ``as`` in ``with (yield from lock) as x:`` is
None (asyncio/locks.py up to 3.8), so a block that does with ``x`` what None cannot is no lock's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from aioport.names import Names
from aioport.tree import children, walk


def is_used_as_object(names: Names, statement: cst.With, item: cst.WithItem) -> bool:
    """Whether a block of one item surely does something with what was entered that None cannot."""
    if item.asname is None or len(statement.items) > 1:
        return False
    target = item.asname.name
    if not isinstance(target, cst.Name):
        # None cannot be unpacked; assigning it to an attribute or element says nothing.
        return isinstance(target, (cst.Tuple, cst.List))
    scope = names.binding_scope(target)
    bound = {binding.node for binding in scope.bindings[target.value]} if scope is not None else set()
    for part in _reached(statement.body):
        if any(_needs_object(node, target.value) for node in _evaluated(part)):
            return True
        if not bound.isdisjoint(walk(part)):
            return False
    return False


def _reached(block: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    """What runs in any case and with nothing around that catches its errors, in order."""
    for statement in block.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
            if isinstance(statement.body[-1], (cst.Return, cst.Raise, cst.Break, cst.Continue)):
                return
        else:
            if isinstance(statement, (cst.If, cst.While)):
                yield statement.test
            elif isinstance(statement, cst.For):
                yield statement
            elif isinstance(statement, cst.With):
                yield from (item.item for item in statement.items)
            return


def _evaluated(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``node`` and all below it that is evaluated whenever ``node`` is."""
    yield node
    below: Iterable[cst.CSTNode] = children(node)
    if isinstance(node, cst.BooleanOperation):
        below = [node.left]
    elif isinstance(node, cst.IfExp):
        below = [node.test]
    elif isinstance(node, cst.Comparison):
        below = [node.left, node.comparisons[0]]
    elif isinstance(node, cst.BaseComp):
        below = [node.for_in]
    elif isinstance(node, (cst.For, cst.CompFor)):
        below = [node.iter]
    elif isinstance(node, (cst.Lambda, cst.Assert)):
        below = []
    for child in below:
        yield from _evaluated(child)


def _needs_object(node: cst.CSTNode, name: str) -> bool:
    """Whether ``node`` does with the value of ``name`` what None cannot."""
    if isinstance(node, cst.Attribute):
        # None has some attributes, all with such names.
        return _is(node.value, name) and not node.attr.value.startswith("__")
    if isinstance(node, cst.Subscript):
        return _is(node.value, name)
    if isinstance(node, cst.Call):
        return _is(node.func, name)
    return isinstance(node, (cst.For, cst.CompFor)) and _is(node.iter, name)


def _is(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name

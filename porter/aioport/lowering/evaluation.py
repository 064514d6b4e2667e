"""What a statement evaluates before an expression in it, and whether that may be evaluated after it as well.

The order is that of the language reference, "Evaluation order" and "Assignment statements".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Union

import libcst as cst

from aioport.functions import Function
from aioport.lowering.context import Lower
from aioport.names import UNKNOWN, Binding
from aioport.tree import walk

_SOMETIMES = "this is evaluated only if what stands before it says so, or where no statement can stand before it"
_BEFORE = "what stands before this in its statement has to be evaluated before it"

Earlier = Union[Sequence[cst.CSTNode], None]
"""What a node evaluates before one of its children; None where that is not always evaluated, or in another way."""


class Evaluation:
    """Answers for one function; ``moved`` are expressions that go before their statements, in their order."""

    def __init__(self, lower: Lower, function: Function, moved: Collection[cst.CSTNode]) -> None:
        self._lower = lower
        self._function = function
        self._moved = moved

    def why_not_before(self, node: cst.CSTNode) -> str | None:
        """Why ``node`` may not be evaluated before its statement, or before the part of a moved one it stands in."""
        parents = self._lower.analysis.names.parents
        inside = set(walk(node))
        child = node
        while True:
            parent = parents[child]
            if isinstance(parent, cst.BaseComp) and parent in self._moved:
                return None
            if isinstance(parent, (cst.CompFor, cst.CompIf)):
                # Of a comprehension that does not wait this is the first iterable.
                while not isinstance(parent, cst.BaseComp):
                    parent = parents[parent]
                if parent in self._moved:
                    return None
                child = parent
                continue
            if isinstance(parent, (cst.If, cst.While)) and not self._is_tested_here(parent, child):
                return _SOMETIMES
            earlier = _earlier(parent, child)
            if earlier is None:
                return _SOMETIMES
            if not all(self._is_fixed(part, inside) for part in earlier):
                return _BEFORE
            if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return None
            child = parent

    def _is_tested_here(self, node: cst.If | cst.While, child: cst.CSTNode) -> bool:
        """Whether ``child`` is the test, and a statement may stand before it."""
        if isinstance(node, cst.While):
            # What `else` holds would be left by `break`.
            return child is node.test and node.orelse is None
        parent = self._lower.analysis.names.parents[node]
        return child is node.test and not (isinstance(parent, cst.If) and parent.orelse is node)

    def _is_fixed(self, node: cst.CSTNode, inside: Collection[cst.CSTNode]) -> bool:
        """Whether ``node`` has the same value, and no other effect, after what is ``inside`` the moved expression."""
        if isinstance(node, cst.Name):
            return self._is_fixed_name(node, inside)
        if isinstance(node, cst.Attribute):
            return self._is_fixed_attribute(node, inside)
        if isinstance(node, (cst.Arg, cst.Element)):
            return not getattr(node, "star", "") and self._is_fixed(node.value, inside)
        if isinstance(node, (cst.Tuple, cst.List)):
            return all(self._is_fixed(element, inside) for element in node.elements)
        constants = (cst.BaseNumber, cst.SimpleString, cst.Ellipsis, cst.FormattedStringText)
        return isinstance(node, constants) or (node in self._moved and not isinstance(node, cst.GeneratorExp))

    def _is_fixed_name(self, node: cst.Name, inside: Collection[cst.CSTNode]) -> bool:
        names = self._lower.analysis.names
        scope = names.binding_scope(node)
        if scope is None:
            return True
        if scope.is_function and scope is not self._function.scope and not _is_defined_once(scope.bindings[node.value]):
            return False
        elsewhere = any(other.elsewhere.get(node.value) is scope for other in names.scopes.values())
        return not elsewhere and not any(binding.node in inside for binding in scope.bindings[node.value])

    def _is_fixed_attribute(self, node: cst.Attribute, inside: Collection[cst.CSTNode]) -> bool:
        if UNKNOWN not in self._lower.analysis.names.origins(node):
            return True
        return self._is_fixed(node.value, inside) and node.attr.value not in self._changing

    @property
    def _changing(self) -> frozenset[str]:
        """The attributes that the file sets outside of ``__init__``, or computes."""
        analysis = self._lower.analysis
        computed = {f.node.name.value for f in analysis.functions if f.owner and f.node.decorators}
        stored = {
            part.attr.value
            for node in analysis.nodes
            for target in _targets(node)
            for part in walk(target)
            if isinstance(part, cst.Attribute) and not self._is_in_init(node)
        }
        return frozenset(computed | stored)

    def _is_in_init(self, node: cst.CSTNode) -> bool:
        around = self._lower.analysis.function_around(node)
        return around is not None and around.node.name.value == "__init__"


def _is_defined_once(bindings: Sequence[Binding]) -> bool:
    return len(bindings) == 1 and isinstance(bindings[0].node, (cst.FunctionDef, cst.ClassDef, cst.Param))


def _targets(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    if isinstance(node, cst.Assign):
        return [target.target for target in node.targets]
    if isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.For, cst.Del)):
        return [node.target]
    return [node.asname] if isinstance(node, cst.WithItem) and node.asname is not None else []


def _earlier(parent: cst.CSTNode, child: cst.CSTNode) -> Earlier:
    earlier = _EARLIER.get(type(parent))
    return earlier(parent, child) if earlier is not None else None


def _nothing(parent: Any, child: cst.CSTNode) -> Earlier:
    return ()


def _fields(*names: str) -> Callable[[Any, cst.CSTNode], Earlier]:
    """Parts that are evaluated in this order; parts not named are evaluated only sometimes."""

    def earlier(parent: Any, child: cst.CSTNode) -> Earlier:
        parts = [getattr(parent, name) for name in names]
        if not any(part is child for part in parts):
            return None
        return [part for part in parts[: [part is child for part in parts].index(True)] if part is not None]

    return earlier


def _in_order(name: str, before: str = "") -> Callable[[Any, cst.CSTNode], Earlier]:
    """A list of parts that are evaluated in order, all of them, after the part ``before``."""

    def earlier(parent: Any, child: cst.CSTNode) -> Earlier:
        parts = list(getattr(parent, name))
        first = [getattr(parent, before)] if before else []
        return () if child in first else [*first, *parts[: parts.index(child)]]

    return earlier


def _of_call(parent: cst.Call, child: cst.CSTNode) -> Earlier:
    if child is parent.func:
        return ()
    # Starred arguments are evaluated before keywords that stand before them.
    starred = any(arg.star for arg in parent.args)
    args = list(parent.args)
    return [parent.func, *([arg for arg in args if arg is not child] if starred else args[: args.index(child)])]  # type: ignore[arg-type]


def _of_comparison(parent: cst.Comparison, child: cst.CSTNode) -> Earlier:
    if child is parent.left:
        return ()
    return [parent.left] if child is parent.comparisons[0] else None


def _of_with(parent: cst.With, child: cst.CSTNode) -> Earlier:
    return () if child is parent.items[0] else None


_EARLIER: dict[type[cst.CSTNode], Callable[[Any, cst.CSTNode], Earlier]] = {
    cst.Arg: _nothing,
    cst.Attribute: _nothing,
    cst.Await: _nothing,
    cst.Element: _nothing,
    cst.StarredElement: _nothing,
    cst.ComparisonTarget: _nothing,
    cst.Expr: _nothing,
    cst.Index: _nothing,
    cst.SubscriptElement: _nothing,
    cst.UnaryOperation: _nothing,
    cst.Yield: _nothing,
    cst.DictElement: _fields("key", "value"),
    cst.NamedExpr: _fields("value"),
    cst.BinaryOperation: _fields("left", "right"),
    cst.BooleanOperation: _fields("left"),
    cst.IfExp: _fields("test"),
    cst.Slice: _fields("lower", "upper", "step"),
    cst.FormattedStringExpression: _fields("expression"),
    cst.ConcatenatedString: _fields("left", "right"),
    cst.Call: _of_call,
    cst.Comparison: _of_comparison,
    cst.Tuple: _in_order("elements"),
    cst.List: _in_order("elements"),
    cst.Set: _in_order("elements"),
    cst.Dict: _in_order("elements"),
    cst.FormattedString: _in_order("parts"),
    cst.Subscript: _in_order("slice", before="value"),
    cst.Assign: _fields("value"),
    cst.AnnAssign: _fields("value"),
    cst.AugAssign: _fields("target", "value"),
    cst.Return: _fields("value"),
    cst.Raise: _fields("exc"),
    cst.Assert: _fields("test"),
    cst.If: _fields("test"),
    cst.While: _fields("test"),
    cst.For: _fields("iter"),
    cst.WithItem: _fields("item"),
    cst.With: _of_with,
}
"""For each kind of node, what it evaluates before a child."""

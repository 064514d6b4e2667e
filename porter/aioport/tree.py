"""Walking libcst trees, and rewriting them by node identity.

libcst's own visitors cost 50 ms per thousand lines and call into every whitespace node; analysis here needs only the
nodes that carry meaning, so :func:`children` skips the rest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Union

import libcst as cst
from libcst import BatchableCSTVisitor
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

Replacement = Union[cst.CSTNode, cst.RemovalSentinel, "cst.FlattenSentinel[cst.CSTNode]"]
Rewrite = Callable[[cst.CSTNode], Replacement]

_PUNCTUATION = (
    "whitespace",
    "lpar",
    "rpar",
    "lbracket",
    "rbracket",
    "lbrace",
    "rbrace",
    "comma",
    "semicolon",
    "equal",
    "dot",
    "leading_lines",
    "lines_after",
    "header",
    "footer",
    "trailing_whitespace",
    "indent",
    "newline",
    "encoding",
    "default_",
    "has_trailing",
    "operator",
    "asynchronous",
    "first_line",
    "empty_lines",
    "last_line",
    "star",
    "colon",
)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = tuple(field.name for field in dataclasses.fields(kind))
    kept = ("star_arg", "star_kwarg", "operator") if kind is cst.Parameters else ()
    return tuple(name for name in names if name in kept or not name.startswith(_PUNCTUATION))


class _Nodes(dict[type, bool]):
    """Whether a class is one of nodes.

    libcst's classes are abstract base classes: ``isinstance()`` asks them in Python, and takes ten times as long.
    """

    def __missing__(self, kind: type) -> bool:
        self[kind] = result = issubclass(kind, cst.CSTNode)
        return result


_is_node = _Nodes()


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The direct children of ``node`` that carry meaning, in source order as far as libcst's field order has it."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is tuple or kind is list:
            found += (item for item in value if _is_node[type(item)])
        elif _is_node[kind]:
            found.append(value)
    return found


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``node`` and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack += reversed(children(current))


def caught_classes(handler: cst.ExceptHandler) -> list[cst.BaseExpression | None]:
    """The expressions for the classes that an ``except`` clause names; ``None`` stands for the clause without any."""
    if isinstance(handler.type, cst.Tuple):
        return [element.value for element in handler.type.elements]
    return [handler.type]


def awaited_by_hand(node: cst.CSTNode | None) -> cst.BaseExpression | None:
    """``x`` where ``node`` is ``x.__await__()``."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and not node.args:
        return node.func.value if node.func.attr.value == "__await__" else None
    return None


def parents_of(module: cst.Module) -> dict[cst.CSTNode, cst.CSTNode]:
    """Each node's parent, for all nodes that :func:`walk` gives."""
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    for node in walk(module):
        for child in children(node):
            parents[child] = node
    return parents


def below_docstring(function: cst.FunctionDef, *statements: cst.BaseStatement) -> cst.FunctionDef:
    """``function`` with statements before all others of its body."""
    body = function.body
    if not isinstance(body, cst.IndentedBlock):
        assert isinstance(body, cst.SimpleStatementSuite)
        lines: list[cst.BaseStatement] = [cst.SimpleStatementLine([small]) for small in body.body]
        body = cst.IndentedBlock(lines, header=body.trailing_whitespace)
    index = 1 if function.get_docstring() is not None else 0
    return function.with_changes(body=body.with_changes(body=[*body.body[:index], *statements, *body.body[index:]]))


def positions_of(module: cst.Module) -> dict[cst.CSTNode, CodeRange]:
    """Each node's place in the text the module was parsed from; columns count from 0, lines from 1."""
    # The tree comes straight from the parser and holds no node twice, so the deep copy that libcst
    # would make (76 ms per thousand lines) buys nothing.
    wrapper = _Wrapper(module, unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    return {node: place for node, place in positions.items() if isinstance(place, CodeRange)}


class _Wrapper(MetadataWrapper):
    def visit_batched(self, visitors: Iterable[BatchableCSTVisitor], *rest: Any, **extra: Any) -> cst.CSTNode:
        # For no visitors at all, libcst would still walk the tree, which takes as long as the positions do.
        return super().visit_batched(visitors, *rest, **extra) if visitors else self.module


class Edits:
    """What is to be rewritten: functions from an updated node to its replacement, by original node.

    Several parts of the porter add to one ``Edits``; those for the same node run in the order in which they were added.
    Children are rewritten before their parents.
    """

    def __init__(self) -> None:
        self._rewrites: dict[cst.CSTNode, list[Rewrite]] = {}

    def __bool__(self) -> bool:
        return bool(self._rewrites)

    def on(self, node: cst.CSTNode, rewrite: Rewrite) -> None:
        """Have ``rewrite`` called with what became of ``node`` once its children were rewritten."""
        self._rewrites.setdefault(node, []).append(rewrite)

    def replace(self, node: cst.CSTNode, new: Replacement) -> None:
        """Put ``new`` in the place of ``node``, whatever became of its children."""
        self.on(node, lambda _: new)

    def remove(self, node: cst.CSTNode) -> None:
        """Take ``node`` out of the list it stands in."""
        self.replace(node, cst.RemoveFromParent())

    def apply(self, module: cst.Module, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> cst.Module:
        """The module with all rewrites done; ``parents`` are those of its nodes, as :func:`parents_of` gives them."""
        result = module.visit(_Rewriter(self._rewrites, self._around(parents)))
        assert isinstance(result, cst.Module)
        return result

    def _around(self, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> frozenset[cst.CSTNode] | None:
        """The nodes to visit: those that are rewritten, and what they stand in; ``None`` for all."""
        around: set[cst.CSTNode] = set()
        for rewritten in self._rewrites:
            node: cst.CSTNode | None = rewritten
            if node not in parents and not isinstance(node, cst.Module):
                # A comma or the like, which has no parent there.
                return None
            while node is not None and node not in around:
                around.add(node)
                node = parents.get(node)
        return frozenset(around)


class _Rewriter(cst.CSTTransformer):
    def __init__(self, rewrites: dict[cst.CSTNode, list[Rewrite]], around: frozenset[cst.CSTNode] | None) -> None:
        super().__init__()
        self._rewrites = rewrites
        self._around = around

    def on_visit(self, node: cst.CSTNode) -> bool:
        return self._around is None or node in self._around

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Replacement:  # type: ignore[override]
        result: Replacement = updated_node
        for rewrite in self._rewrites.get(original_node, ()):
            if not isinstance(result, cst.CSTNode):
                break
            result = rewrite(result)
        return result


def has_item_in_parentheses(node: cst.With) -> bool:
    """Whether the parentheses of a ``with`` statement are those of its only expression, as in ``with (x):``."""
    (item, *others) = node.items
    return (
        isinstance(node.lpar, cst.LeftParen)
        and not others
        and item.asname is None
        and item.comma is cst.MaybeSentinel.DEFAULT
    )

"""Walking libcst trees, and rewriting them by node identity.

libcst's own visitors cost 50 ms per thousand lines and call into every whitespace node; analysis here needs only the
nodes that carry meaning, so :func:`children` skips the rest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache
from typing import Union

import libcst as cst
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


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The direct children of ``node`` that carry meaning, in source order as far as libcst's field order has it."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, cst.CSTNode):
                    yield item


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``node`` and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))


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
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    return {node: place for node, place in positions.items() if isinstance(place, CodeRange)}


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

    def apply(self, module: cst.Module) -> cst.Module:
        """The module with all rewrites done."""
        result = module.visit(_Rewriter(self._rewrites))
        assert isinstance(result, cst.Module)
        return result


class _Rewriter(cst.CSTTransformer):
    def __init__(self, rewrites: dict[cst.CSTNode, list[Rewrite]]) -> None:
        super().__init__()
        self._rewrites = rewrites

    def on_visit(self, node: cst.CSTNode) -> bool:
        return True

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Replacement:  # type: ignore[override]
        result: Replacement = updated_node
        for rewrite in self._rewrites.get(original_node, ()):
            if not isinstance(result, cst.CSTNode):
                break
            result = rewrite(result)
        return result

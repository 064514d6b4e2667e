"""Annotations (PEP 3107, PEP 526) become type comments (PEP 484), which need no syntax of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.functions import Function
from aioport.lowering.annotations import lowered_annotation
from aioport.lowering.context import Equivalent, Lower, unchanged
from aioport.styles import words
from aioport.tree import walk

_OF_FUNCTIONS, _OF_VARIABLES = (3, 0), (3, 6)
_READING_NAMES = frozenset(
    "dataclasses.fields functools.singledispatch functools.singledispatchmethod inspect.get_annotations "
    "inspect.getfullargspec inspect.signature typing.get_type_hints".split()
)
_READING_ATTRIBUTES = frozenset(["__annotations__", "__annotate__"])
_EFFECTS = (cst.Await, cst.Yield, cst.NamedExpr, cst.Call, cst.BaseComp, cst.Lambda)


def of_annotations(lower: Lower) -> Iterator[Equivalent]:
    """The annotations of a file, as far as nothing is seen that reads them."""
    if lower.version >= _OF_VARIABLES or _are_read(lower):
        return
    for function in lower.analysis.functions:
        node = function.node
        annotations = list(_of_signature(node))
        if lower.version < _OF_FUNCTIONS and annotations and all(map(_is_plain, annotations)) and _hides(lower, node):
            comment = _signature_comment(lower, function)
            yield from (Equivalent(found, found, unchanged) for found in annotations)
            yield Equivalent(node, node, lambda updated, said=comment: _without_annotations(said, updated))  # type: ignore[misc]
    for variable in lower.analysis.nodes:
        if isinstance(variable, cst.AnnAssign) and _is_plain(variable.annotation) and _means_nothing(lower, variable):
            yield from _of_variable(lower, variable)


def _are_read(lower: Lower) -> bool:
    names = lower.analysis.names
    nodes = (*lower.analysis.attributes, *(node for loads in lower.analysis.loads.values() for node in loads))
    return any(attribute.attr.value in _READING_ATTRIBUTES for attribute in lower.analysis.attributes) or any(
        names.means(node, _READING_NAMES) for node in nodes
    )


def _is_plain(annotation: cst.Annotation) -> bool:
    """Whether evaluating an annotation does nothing else, and it fits on a line."""
    code = cst.Module([]).code_for_node(annotation.annotation)
    return "\n" not in code and not any(isinstance(part, _EFFECTS) for part in walk(annotation))


def _of_signature(node: cst.FunctionDef) -> Iterator[cst.Annotation]:
    for param in _params(node.params):
        if param.annotation is not None:
            yield param.annotation
    if node.returns is not None:
        yield node.returns


def _params(params: cst.Parameters) -> Iterator[cst.Param]:
    yield from params.posonly_params
    yield from params.params
    if isinstance(params.star_arg, cst.Param):
        yield params.star_arg
    yield from params.kwonly_params
    if params.star_kwarg is not None:
        yield params.star_kwarg


def _hides(lower: Lower, node: cst.FunctionDef) -> bool:
    """Whether no decorator of a function, or of its class, may read its annotations."""
    names = lower.analysis.names
    known = library.TRANSPARENT_DECORATORS | library.GENERATOR_DECORATORS | words().coroutine
    for decorator in node.decorators:
        expression = decorator.decorator
        called = expression.func if isinstance(expression, cst.Call) else expression
        accessor = isinstance(called, cst.Attribute) and called.attr.value in ("setter", "getter", "deleter")
        marked = any(origin.startswith(library.TRANSPARENT_PREFIXES) for origin in names.origins(called))
        if not (accessor or marked or names.means(called, known | {"functools.lru_cache"})):
            return False
    return True


def _signature_comment(lower: Lower, function: Function) -> str | None:
    """The type comment of a signature, where what is returned is annotated; there is none without that."""
    node = function.node
    params = list(_params(node.params))
    static = any(lower.analysis.names.means(d.decorator, frozenset(["builtins.staticmethod"])) for d in node.decorators)
    if function.owner and not static and params and params[0].annotation is None:
        params = params[1:]
    if node.returns is None:
        return None
    returned = _written(lowered_annotation(lower, function) or node.returns.annotation)
    if node.params.kwonly_params or not all(param.annotation for param in params):
        return f"# type: (...) -> {returned}"
    stars = (param.star if isinstance(param.star, str) else "" for param in params)
    types = ", ".join(
        star + _written(param.annotation.annotation) for star, param in zip(stars, params) if param.annotation
    )
    return f"# type: ({types}) -> {returned}"


def _written(node: cst.BaseExpression) -> str:
    """An annotation as a type comment has it, where names need no quotes for being defined later."""
    if isinstance(node, cst.SimpleString) and re.fullmatch(r"[^\\\n#]+", node.value):
        return str(ast.literal_eval(node.value))
    return cst.Module([]).code_for_node(node)


def _without_annotations(comment: str | None, updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.FunctionDef)
    changed = updated.with_changes(params=updated.params.visit(_Stripped()), returns=None)
    body = changed.body
    if comment is None or not isinstance(body, cst.IndentedBlock):
        return changed
    first = body.body[0]
    assert isinstance(first, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    line = cst.EmptyLine(comment=cst.Comment(comment))
    first = first.with_changes(leading_lines=[line, *first.leading_lines])
    return changed.with_changes(body=body.with_changes(body=[first, *body.body[1:]]))


class _Stripped(cst.CSTTransformer):
    """Takes annotations from parameters; ``a: int = 1`` is ``a=1`` then (PEP 8)."""

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        if updated_node.annotation is None:
            return updated_node
        bare = cst.SimpleWhitespace("")
        equal = cst.AssignEqual(bare, bare) if updated_node.default is not None else updated_node.equal
        return updated_node.with_changes(annotation=None, equal=equal)


def _means_nothing(lower: Lower, node: cst.AnnAssign) -> bool:
    """Whether an annotated variable is a mere one: no field that a decorator or base class makes of it."""
    scope = lower.analysis.names.scope_of(node)
    opener = scope.opener
    if isinstance(opener, cst.ClassDef):
        bases_known = all(_is_plain_base(lower, base.value) for base in opener.bases)
        return not opener.decorators and not opener.keywords and bases_known
    if node.value is not None or not isinstance(node.target, cst.Name) or isinstance(opener, cst.Module):
        return True
    # Without a value it still makes the name local, which another binding has to do then.
    return len(scope.bindings.get(node.target.value, ())) > 1


def _is_plain_base(lower: Lower, base: cst.BaseExpression) -> bool:
    origins = lower.analysis.names.origins(base)
    return bool(origins) and all(origin.startswith("builtins.") for origin in origins)


def _of_variable(lower: Lower, node: cst.AnnAssign) -> Iterator[Equivalent]:
    line = lower.analysis.names.parents[node]
    said = _written(node.annotation.annotation)
    alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
    yield Equivalent(node, node, _as_assignment)
    if alone and node.value is not None:
        yield Equivalent(node.annotation, line, lambda updated: _with_comment(said, updated))
    elif alone and _can_go(line, lower.analysis.names.parents[line]):
        yield Equivalent(node.annotation, line, lambda updated: cst.RemoveFromParent())
    else:
        yield Equivalent(node.annotation, node.annotation, unchanged)


def _can_go(line: cst.CSTNode, block: cst.CSTNode) -> bool:
    """Whether a line may be taken out of its block: it has no comment, and something else stays there."""
    assert isinstance(line, cst.SimpleStatementLine)
    comments = line.trailing_whitespace.comment is not None or any(empty.comment for empty in line.leading_lines)
    return not comments and any(
        not isinstance(other, cst.SimpleStatementLine) or not _is_mere(other.body[0])
        for other in block.body  # type: ignore[attr-defined]
    )


def _is_mere(statement: cst.BaseSmallStatement) -> bool:
    return isinstance(statement, cst.AnnAssign) and statement.value is None


def _as_assignment(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.AnnAssign)
    if updated.value is None:
        return cst.Pass(semicolon=updated.semicolon)
    return cst.Assign([cst.AssignTarget(updated.target)], updated.value, semicolon=updated.semicolon)


def _with_comment(said: str, updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.SimpleStatementLine)
    trailing = updated.trailing_whitespace
    comment = f"# type: {said}" + (f"  {trailing.comment.value}" if trailing.comment is not None else "")
    gap = trailing.whitespace if trailing.comment is not None else cst.SimpleWhitespace("  ")
    changed = trailing.with_changes(whitespace=gap, comment=cst.Comment(comment))
    return updated.with_changes(trailing_whitespace=changed)

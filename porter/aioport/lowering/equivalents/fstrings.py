"""f-strings (PEP 498) become calls of ``str.format``.

The literal stays what every other literal of the file is: on Python 2 that is a string of bytes, unless the file has
``from __future__ import unicode_literals``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Union

import libcst as cst

from aioport.lifting.parentheses import parenthesized
from aioport.lowering.context import Equivalent, Lower, unchanged
from aioport.names import dotted
from aioport.tree import walk

_SINCE = (3, 6)
_SAYING_SINCE = (3, 8)
"""First version that has ``f"{x=}"`` (bpo-36817)."""
_HAS_ASCII_CONVERSION = (3, 0)
_WAITS = (cst.Await, cst.Yield)
_String = Union[cst.FormattedString, cst.ConcatenatedString]


def of_fstrings(lower: Lower) -> Iterator[Equivalent]:
    """The f-strings of a file, each with its neighbours that it is joined with."""
    if lower.version >= _SAYING_SINCE:
        return
    code = lower.analysis.module.code_for_node
    for node in lower.analysis.nodes:
        if not isinstance(node, (cst.FormattedString, cst.ConcatenatedString)):
            continue
        if isinstance(lower.analysis.names.parents[node], cst.ConcatenatedString):
            continue
        parts = [part for part in walk(node) if isinstance(part, cst.FormattedString)]
        joined = [part for part in _joined(node) if isinstance(part, cst.FormattedString)]
        if not joined or not all(_has_format(lower, part) for part in joined):
            continue
        saying = [f for part in joined for f in _fields(part.parts) if f.equal is not None]
        if lower.version >= _SINCE and not saying:
            continue
        early = _formatted_early([f for part in joined for f in _fields(part.parts)])
        if early and not all(map(lower.is_free, ("ascii", "format", "repr", "str"))):
            continue
        texts = {field: code(field.expression) for field in saying}
        yield Equivalent(node, node, lambda updated, node=node, e=early, t=texts: _formatted(node, updated, e, t))  # type: ignore[misc]
        yield from (Equivalent(field, field, unchanged) for field in saying)
        yield from (Equivalent(part, part, unchanged) for part in joined if part is not node and part in parts)


def _joined(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The literals that stand side by side in ``node``."""
    if isinstance(node, cst.ConcatenatedString):
        yield from _joined(node.left)
        yield from _joined(node.right)
    else:
        yield node


def _fields(parts: Sequence[cst.BaseFormattedStringContent]) -> Iterator[cst.FormattedStringExpression]:
    for part in parts:
        if isinstance(part, cst.FormattedStringExpression):
            yield part


def _has_format(lower: Lower, node: cst.FormattedString) -> bool:
    """Whether ``str.format`` of the target version can say all that an f-string says."""
    raw = "".join(part.value for part in node.parts if isinstance(part, cst.FormattedStringText))
    value = _evaluated(node, raw)
    if value is None or any(value.count(brace) != raw.count(brace) for brace in "{}"):
        return False
    return all(_field_has_format(lower, field, node) for field in _fields(node.parts))


def _field_has_format(lower: Lower, field: cst.FormattedStringExpression, node: cst.FormattedString) -> bool:
    if field.conversion == "a" and lower.version < _HAS_ASCII_CONVERSION:
        return False
    if field.equal is not None:
        text = lower.analysis.module.code_for_node(field.expression)
        if re.search(r"[\\\n{}]", text) or node.quote[0] in text or not text.isascii():
            return False
    for part in field.format_spec or ():
        # Grouping by underscores came with 3.6 itself, "z" later; backslashes were not allowed until 3.12.
        if isinstance(part, cst.FormattedStringText) and re.search(r"[_z\\{}]|[^\x00-\x7f]", part.value):
            return False
        if isinstance(part, cst.FormattedStringExpression) and (
            part.format_spec or part.equal is not None or not _field_has_format(lower, part, node)
        ):
            return False
    return True


def _evaluated(node: cst.FormattedString, raw: str) -> str | None:
    prefix = node.prefix.lower().replace("f", "")
    try:
        value = ast.literal_eval(f"{prefix}{node.quote}{raw}{node.quote}")
    except (SyntaxError, ValueError):
        return None
    assert isinstance(value, str)
    return value


def _formatted_early(fields: Sequence[cst.FormattedStringExpression]) -> set[cst.FormattedStringExpression]:
    """The fields to format before the next is evaluated, as an f-string does: that one may change what they show."""
    return {
        field
        for index, field in enumerate(fields)
        if any(_may_change(field.expression, later.expression) for later in fields[index + 1 :])
    }


def _may_change(shown: cst.BaseExpression, later: cst.BaseExpression) -> bool:
    if isinstance(shown, (cst.BaseNumber, cst.SimpleString)):
        return False
    if isinstance(shown, cst.Call) and _gives_settled(shown.func):
        return False
    name = dotted(shown)
    for node in walk(later):
        if isinstance(node, _WAITS):
            return True
        if isinstance(node, cst.Call) and name is not None:
            receiver = dotted(node.func.value) if isinstance(node.func, cst.Attribute) else None
            given = [dotted(arg.value) for arg in node.args]
            if receiver == name or (name in given and not _only_looks(node.func)):
                return True
    return False


def _only_looks(function: cst.BaseExpression) -> bool:
    return _gives_settled(function) or (isinstance(function, cst.Name) and function.value in ("sorted", "type"))


def _gives_settled(function: cst.BaseExpression) -> bool:
    """Whether a builtin gives something that nothing can change any more."""
    return isinstance(function, cst.Name) and function.value in ("bool", "float", "id", "int", "len", "repr", "str")


def _formatted(
    node: cst.CSTNode,
    updated: cst.CSTNode,
    early: set[cst.FormattedStringExpression],
    texts: dict[cst.FormattedStringExpression, str],
) -> cst.CSTNode:
    assert isinstance(node, (cst.FormattedString, cst.ConcatenatedString))
    assert isinstance(updated, (cst.FormattedString, cst.ConcatenatedString))
    fields = [f for part in _joined(node) if isinstance(part, cst.FormattedString) for f in _fields(part.parts)]
    names = _Template(early, texts)
    literal = names.literal(node, updated, bool(fields))
    if not fields:
        return literal
    outer = not isinstance(updated, cst.ConcatenatedString)
    lpar, rpar = (updated.lpar, updated.rpar) if outer else ([], [])
    template = literal.with_changes(lpar=[], rpar=[]) if outer else literal
    args = [cst.Arg(value) for value in names.values]
    return cst.Call(cst.Attribute(template, cst.Name("format")), args, lpar=lpar, rpar=rpar)


class _Template:
    """Builds the literal of a format call, and collects its arguments in the order of evaluation."""

    def __init__(
        self, early: set[cst.FormattedStringExpression], texts: dict[cst.FormattedStringExpression, str]
    ) -> None:
        self._early = early
        self._texts = texts
        self.values: list[cst.BaseExpression] = []

    def literal(self, node: cst.CSTNode, updated: cst.CSTNode, used: bool) -> cst.BaseExpression:
        """``updated`` as plain literals; with braces doubled where the result is a template (``used``)."""
        if isinstance(updated, cst.ConcatenatedString):
            assert isinstance(node, cst.ConcatenatedString)
            left = self.literal(node.left, updated.left, used)
            return updated.with_changes(left=left, right=self.literal(node.right, updated.right, used))
        if isinstance(updated, cst.SimpleString):
            return updated.with_changes(value=re.sub(r"[{}]", r"\g<0>\g<0>", updated.value)) if used else updated
        assert isinstance(updated, cst.FormattedString)
        assert isinstance(node, cst.FormattedString)
        text = "".join(map(self._part, node.parts, updated.parts))
        if not used:
            text = text.replace("{{", "{").replace("}}", "}")
        prefix = re.sub("[fF]", "", updated.prefix)
        return cst.SimpleString(f"{prefix}{updated.quote}{text}{updated.quote}", lpar=updated.lpar, rpar=updated.rpar)

    def _part(self, node: cst.CSTNode, updated: cst.CSTNode) -> str:
        if isinstance(updated, cst.FormattedStringText):
            return updated.value
        assert isinstance(node, cst.FormattedStringExpression)
        assert isinstance(updated, cst.FormattedStringExpression)
        conversion, before = updated.conversion, ""
        if updated.equal is not None:
            code = cst.Module([]).code_for_node
            before = code(node.whitespace_before_expression) + self._texts[node] + code(updated.equal)
            conversion = conversion or (None if updated.format_spec else "r")
        value = _as_argument(updated.expression)
        early = node in self._early
        shown = self._formatted_early(value, updated, conversion) if early else value
        self.values.append(shown)
        if early:
            return before + "{}"
        spec = "".join(map(self._part, node.format_spec or (), updated.format_spec or ()))
        return before + "{" + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"

    def _formatted_early(
        self, value: cst.BaseExpression, updated: cst.FormattedStringExpression, conversion: str | None
    ) -> cst.BaseExpression:
        function = {None: "format", "s": "str", "r": "repr", "a": "ascii"}[conversion]
        if not updated.format_spec:
            return cst.Call(cst.Name(function), [cst.Arg(value)])
        # "{!r:>9}".format(x) says the same as what a field of it said.
        fields = _Template(set(), {})
        text = fields._part(*(updated.with_changes(equal=None, conversion=conversion),) * 2)
        template = cst.Attribute(cst.SimpleString(f'"{text}"'), cst.Name("format"))
        return cst.Call(template, [cst.Arg(part) for part in fields.values])


def _as_argument(value: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(value, (cst.Tuple, cst.Yield, cst.NamedExpr, cst.GeneratorExp)):
        return parenthesized(value)
    return value

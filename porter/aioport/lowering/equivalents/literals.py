"""Numbers with underscores (PEP 515), ``rb""`` and ``...``, and commas that older grammars do not take."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.lowering.context import Equivalent, Lower
from aioport.lowering.equivalents.future import text_that_is_not_ascii

_PYTHON3, _RB, _UNDERSCORES, _COMMAS = (3, 0), (3, 3), (3, 6), (3, 6)


def of_literals(lower: Lower) -> Iterator[Equivalent]:
    """The literals, and commas behind starred arguments, that are written in another way in the target version."""
    if lower.version < _PYTHON3:
        yield from _of_text(lower)
    for node in lower.analysis.nodes:
        if isinstance(node, (cst.Integer, cst.Float, cst.Imaginary)) and "_" in node.value:
            if lower.version < _UNDERSCORES:
                yield Equivalent(node, node, _without_underscores)
        elif isinstance(node, cst.Ellipsis) and lower.version < _PYTHON3:
            statement = lower.analysis.names.parents[node]
            if isinstance(statement, cst.Expr):
                yield Equivalent(node, statement, lambda updated: cst.Pass(updated.semicolon))  # type: ignore[attr-defined]
            elif not lower.is_taken("Ellipsis"):
                yield Equivalent(node, node, _ellipsis)
        elif isinstance(node, cst.SimpleString) and node.prefix.lower() == "rb" and lower.version < _RB:
            yield Equivalent(node, node, _with_prefix_br)
        elif isinstance(node, (cst.Call, cst.Parameters)) and lower.version < _COMMAS and _ends_in_starred(node):
            yield Equivalent(node, node, _without_last_comma)


def _of_text(lower: Lower) -> Iterator[Equivalent]:
    """Literals that are encoded at once: marked as text, so that what is encoded is text on Python 2 as well."""
    parents = lower.analysis.names.parents
    for node in text_that_is_not_ascii(lower):
        method = parents[node]
        if (
            isinstance(node, cst.SimpleString)
            and not node.prefix
            and isinstance(method, cst.Attribute)
            and method.attr.value == "encode"
            and isinstance(parents[method], cst.Call)
        ):
            yield Equivalent(node, node, _marked)


def _marked(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.SimpleString)
    return updated.with_changes(value="u" + updated.value)


def _without_underscores(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, (cst.Integer, cst.Float, cst.Imaginary))
    return updated.with_changes(value=updated.value.replace("_", ""))


def _ellipsis(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Ellipsis)
    return cst.Name("Ellipsis", lpar=updated.lpar, rpar=updated.rpar)


def _with_prefix_br(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.SimpleString)
    return updated.with_changes(value=updated.value[1::-1] + updated.value[2:])


def _ends_in_starred(node: cst.Call | cst.Parameters) -> bool:
    """Whether a comma follows ``*args`` or ``**kwargs`` at the end (bpo-9232, 3.6; in calls 3.5)."""
    if isinstance(node, cst.Call):
        return bool(node.args) and any(arg.star for arg in node.args) and isinstance(node.args[-1].comma, cst.Comma)
    last = _last_starred(node)
    return last is not None and isinstance(last.comma, cst.Comma)


def _last_starred(node: cst.Parameters) -> cst.Param | None:
    """The last parameter, where one has a star."""
    if node.star_kwarg is not None:
        return node.star_kwarg
    if isinstance(node.star_arg, cst.MaybeSentinel):
        return None
    if node.kwonly_params:
        return node.kwonly_params[-1]
    return node.star_arg if isinstance(node.star_arg, cst.Param) else None


def _without_last_comma(updated: cst.CSTNode) -> cst.CSTNode:
    if isinstance(updated, cst.Call):
        last = updated.args[-1]
        after = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
        changed = last.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=after)
        return updated.with_changes(args=[*updated.args[:-1], changed])
    assert isinstance(updated, cst.Parameters)
    param = _last_starred(updated)
    assert param is not None
    after = param.comma.whitespace_after if isinstance(param.comma, cst.Comma) else param.whitespace_after_param
    changed_param = param.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_param=after)
    if updated.star_kwarg is not None:
        return updated.with_changes(star_kwarg=changed_param)
    if updated.kwonly_params:
        return updated.with_changes(kwonly_params=[*updated.kwonly_params[:-1], changed_param])
    return updated.with_changes(star_arg=changed_param)

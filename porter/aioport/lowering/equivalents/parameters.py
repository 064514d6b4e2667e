"""Keyword-only parameters (PEP 3102) are taken out of ``**kwargs``, which takes them by keyword only as well."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.functions import Definition, Function
from aioport.lowering.context import Equivalent, Lower
from aioport.tree import below_docstring, walk

_PYTHON3 = (3, 0)
_CONSTANTS = frozenset(["True", "False", "None"])


def of_parameters(lower: Lower) -> Iterator[Equivalent]:
    """The keyword-only parameters of plain functions.

    A coroutine or a generator would complain of an argument when it first runs, not when it is called.
    """
    if lower.version >= _PYTHON3:
        return
    for function in lower.analysis.functions:
        params = function.node.params
        if params.kwonly_params and function.definition is Definition.PLAIN and _can_take(function):
            yield Equivalent(params, function.node, _taking)


def _can_take(function: Function) -> bool:
    node = function.node
    name_is_free = node.params.star_kwarg is not None or not any(
        isinstance(part, cst.Name) and part.value == "kwargs" for part in walk(node)
    )
    return (
        name_is_free
        and isinstance(node.body, cst.IndentedBlock)
        # What is missing is a TypeError, and what is evaluated is so once, when the function is defined.
        and all(param.default is not None and _is_constant(param.default) for param in node.params.kwonly_params)
        and not any(
            isinstance(param.comma, cst.Comma) and _has_comment(param.comma) for param in node.params.kwonly_params
        )
    )


def _is_constant(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.expression, cst.BaseNumber)
    if isinstance(node, cst.Tuple):
        return not node.elements
    return isinstance(node, (cst.BaseNumber, cst.SimpleString)) or (
        isinstance(node, cst.Name) and node.value in _CONSTANTS
    )


def _has_comment(comma: cst.Comma) -> bool:
    return "#" in cst.Module([]).code_for_node(comma)


def _taking(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.FunctionDef)
    params = updated.params
    rest = params.star_kwarg
    last = params.kwonly_params[-1]
    taken = rest.name.value if rest is not None else "kwargs"
    if rest is None:
        end = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_param
        rest = cst.Param(cst.Name(taken), star="**", whitespace_after_param=end)
    star = params.star_arg if isinstance(params.star_arg, cst.Param) else cst.MaybeSentinel.DEFAULT
    code = cst.Module([]).code_for_node
    lines: list[cst.BaseStatement] = [
        cst.parse_statement(f"{param.name.value} = {taken}.pop({param.name.value!r}, {code(param.default)})")
        for param in params.kwonly_params
        if param.default is not None
    ]
    if params.star_kwarg is None:
        message = '"unexpected keyword arguments: " + ", ".join(sorted(kwargs))'
        lines.append(cst.parse_statement(f"if kwargs:\n    raise TypeError({message})\n"))
    changed = updated.with_changes(params=params.with_changes(star_arg=star, kwonly_params=[], star_kwarg=rest))
    return below_docstring(changed, *lines)

"""Parentheses: those the old syntax forced go, those precedence or a line break needs stay or come."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

_PRIMARIES = (
    cst.Name,
    cst.Attribute,
    cst.Subscript,
    cst.Call,
    cst.BaseNumber,
    cst.BaseString,
    cst.Ellipsis,
    cst.BaseList,
    cst.BaseSet,
    cst.BaseDict,
)


def parenthesized(node: cst.BaseExpression) -> cst.BaseExpression:
    """``node`` in parentheses, once."""
    if node.lpar:
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def as_primary(node: cst.BaseExpression) -> cst.BaseExpression:
    """``node`` as the operand of ``await``: in parentheses unless it binds tighter (PEP 492, ``await_expr``)."""
    return node if isinstance(node, _PRIMARIES) else parenthesized(node)


def bare(node: cst.BaseExpression) -> cst.BaseExpression:
    """``node`` without parentheses of its own, unless a line break or comment in it needs them."""
    if any(_breaks(paren.whitespace_after) for paren in node.lpar) or any(
        _breaks(paren.whitespace_before) for paren in node.rpar
    ):
        return node
    return parenthesized_if_broken(node.with_changes(lpar=[], rpar=[]), node.lpar, node.rpar)


def parenthesized_if_broken(
    node: cst.BaseExpression,
    lpar: Sequence[cst.LeftParen] = (),
    rpar: Sequence[cst.RightParen] = (),
) -> cst.BaseExpression:
    """``node``, in parentheses (those given, if any) where it runs over a line end outside of brackets."""
    code = cst.Module(body=[]).code_for_node(node)
    if "\n" not in code:
        return node
    try:
        # A statement, not an expression: the latter may run over line ends freely.
        cst.parse_statement(f"_ = {code}\n")
    except cst.ParserSyntaxError:
        return node.with_changes(lpar=lpar or [cst.LeftParen()], rpar=rpar or [cst.RightParen()])
    return node


def unwrapped(call: cst.Call) -> cst.BaseExpression:
    """The only argument of ``call``, with the line breaks and comments of the call's parentheses in its own."""
    arg = call.args[0]
    after = arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else arg.whitespace_after_arg
    if not _breaks(call.whitespace_before_args) and not _breaks(after):
        return arg.value
    return arg.value.with_changes(
        lpar=[cst.LeftParen(whitespace_after=call.whitespace_before_args), *arg.value.lpar],
        rpar=[*arg.value.rpar, cst.RightParen(whitespace_before=after)],
    )


def _breaks(whitespace: cst.BaseParenthesizableWhitespace) -> bool:
    return isinstance(whitespace, cst.ParenthesizedWhitespace)

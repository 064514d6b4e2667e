"""``await x`` becomes ``yield from x`` or ``yield From(x)``, in parentheses where its place needs them."""

from __future__ import annotations

from typing import Union

import libcst as cst

from aioport import library
from aioport.functions import Function
from aioport.lifting.parentheses import as_primary, parenthesized
from aioport.lowering.api import use_helper
from aioport.lowering.context import Lower
from aioport.tree import has_item_in_parentheses

Word = Union[cst.BaseExpression, None]


def lower_waits(lower: Lower, function: Function) -> None:
    """Rewrite every ``await`` of a function that becomes a generator."""
    for node in lower.waits.get(function, ()):
        bare, word, method = stands_alone(lower, node), wait_word(lower), method_waited_by(lower, node.expression)
        if method:
            lower.unlike.append(node)

        def rewrite(updated: cst.CSTNode, bare: bool = bare, word: Word = word, method: str = method) -> cst.CSTNode:
            assert isinstance(updated, cst.Await)
            operand = updated.expression
            if method:
                operand = cst.Call(cst.Attribute(as_primary(operand), cst.Name(method)))
            waiting = wait(word, operand, updated.whitespace_after_await)
            waiting = waiting.with_changes(lpar=updated.lpar, rpar=updated.rpar)
            return waiting if bare else parenthesized(waiting)

        lower.edits.on(node, rewrite)


def method_waited_by(lower: Lower, node: cst.BaseExpression) -> str:
    """What to call for an object that the target cannot wait for itself: a coroutine method, if it surely has one."""
    owner = lower.values.class_of(node) if not lower.target.waits_for_objects else None
    names = lower.analysis.names
    methods = [f.node.name.value for f in lower.natives if owner is not None and names.scope_of(f.node).opener is owner]
    return next((name for name in sorted(library.ITERATOR_METHODS) if name in methods), "")


def lower_items(lower: Lower, function: Function) -> None:
    """``yield x`` of an asynchronous generator becomes a wait for ``yield_(x)``."""
    for suspension in function.suspensions:
        word, hand_out = wait_word(lower), use_helper(lower, suspension.node, "yield_")

        def rewrite(updated: cst.CSTNode, word: Word = word, hand_out: cst.BaseExpression = hand_out) -> cst.CSTNode:
            assert isinstance(updated, cst.Yield)
            value = updated.value
            assert not isinstance(value, cst.From)
            args = [cst.Arg(parenthesized(value) if isinstance(value, cst.Tuple) else value)] if value else []
            return wait(word, cst.Call(hand_out, args)).with_changes(lpar=updated.lpar, rpar=updated.rpar)

        lower.edits.on(suspension.node, rewrite)


def wait_word(lower: Lower) -> Word:
    """The target's word around what is yielded, where it has one."""
    return lower.word(min(lower.vocabulary.wait).rpartition(".")[2]) if lower.vocabulary.wait else None


def wait(
    word: Word,
    operand: cst.BaseExpression,
    gap: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" "),  # noqa: B008  (immutable)
) -> cst.Yield:
    """``yield From(operand)`` with the target's ``word``, ``yield from operand`` without."""
    if word is None:
        return cst.Yield(cst.From(operand, whitespace_after_from=gap))
    return cst.Yield(_wrapped(word, operand))


def stands_alone(lower: Lower, node: cst.BaseExpression) -> bool:
    """Whether ``yield`` may stand here without more parentheses: as a statement or as all that is assigned."""
    parent = lower.analysis.names.parents[node]
    if isinstance(parent, cst.WithItem):
        around = lower.analysis.names.parents[parent]
        return isinstance(around, cst.With) and has_item_in_parentheses(around)
    return isinstance(parent, cst.Expr) or (
        isinstance(parent, (cst.Assign, cst.AugAssign, cst.AnnAssign)) and parent.value is node
    )


def _wrapped(word: cst.BaseExpression, operand: cst.BaseExpression) -> cst.Call:
    """The call of ``word``, whose parentheses replace those that ``await`` or the layout needed around ``operand``.

    Those around another ``yield`` stay, the call needs them too; so do those that nobody needed.
    """
    plain = operand.with_changes(lpar=[], rpar=[])
    if len(operand.lpar) != 1 or isinstance(operand, (cst.Yield, cst.Tuple, cst.NamedExpr)):
        return cst.Call(word, [cst.Arg(operand)])
    left, right = operand.lpar[0].whitespace_after, operand.rpar[0].whitespace_before
    if isinstance(left, cst.ParenthesizedWhitespace) or isinstance(right, cst.ParenthesizedWhitespace):
        return cst.Call(word, [cst.Arg(plain, whitespace_after_arg=right)], whitespace_before_args=left)
    if as_primary(plain) is plain or not left.empty or not right.empty:
        return cst.Call(word, [cst.Arg(operand)])
    return cst.Call(word, [cst.Arg(plain)])

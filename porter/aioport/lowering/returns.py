"""``return v`` becomes ``raise Return(v)`` where the target's generators cannot return values.

That is an exception, so what stands around it must not take it for one.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.functions import Function
from aioport.lowering.context import Lower
from aioport.lowering.generator_mark import is_generator


def lower_returns(lower: Lower, function: Function) -> None:
    """Rewrite every ``return`` of a function that becomes a generator, and let the exception through."""
    # An asynchronous generator returns nothing, which a generator may do on Python 2 as well.
    if not lower.vocabulary.value or not is_generator(lower, function) or function.is_asynchronous_generator:
        return
    passing: dict[cst.Try, None] = {}
    for statement in function.returns:
        seeing = list(around(lower, function, statement))
        if statement.value is None and seeing:
            # A generator may return nothing on Python 2 as well, and nothing around sees that.
            continue
        passing.update({node: None for node in seeing if isinstance(node, cst.Try)})
        word = _word(lower)
        lower.edits.on(statement, lambda updated, word=word: _to_raise(word, updated))  # type: ignore[misc]
    for node in passing:
        word = _word(lower)
        lower.edits.on(node, lambda updated, word=word: _passing_return(word, updated))  # type: ignore[misc]


def around(lower: Lower, function: Function, statement: cst.Return) -> Iterator[cst.Try | cst.With]:
    """What around ``statement`` would see the exception it becomes, from the inside out."""
    parents = lower.analysis.names.parents
    child: cst.CSTNode = statement
    while child is not function.node:
        parent = parents[child]
        if isinstance(parent, (cst.Try, cst.With)) and child is parent.body and _sees(lower, parent):
            yield parent
        child = parent


def _sees(lower: Lower, statement: cst.Try | cst.With) -> bool:
    if isinstance(statement, cst.Try):
        return any(map(lower.sees_return, statement.handlers))
    return not _is_blind(lower, statement)


def _is_blind(lower: Lower, statement: cst.With) -> bool:
    """Whether all that a ``with`` leaves does the same for an exception as without one.

    Of those with ``async`` only locks are left where this matters, others have become a ``try``.
    """
    return statement.asynchronous is not None or all(
        lower.is_lock(item) or lower.values.is_made_by(item.item, library.BLIND_MANAGERS) for item in statement.items
    )


def _word(lower: Lower) -> cst.BaseExpression:
    return lower.word(min(lower.vocabulary.value).rpartition(".")[2])


def _to_raise(word: cst.BaseExpression, updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Return)
    value = updated.value
    args: list[cst.Arg] = []
    if isinstance(value, cst.Tuple) and not value.lpar and _can_be_arguments(value):
        args = [cst.Arg(element.value, comma=element.comma) for element in value.elements]
    elif isinstance(value, cst.Tuple) and not value.lpar:
        args = [cst.Arg(value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))]
    elif value is not None:
        args = [cst.Arg(value)]
    return cst.Raise(cst.Call(word, args), semicolon=updated.semicolon)


def _can_be_arguments(value: cst.Tuple) -> bool:
    # Return takes several values for a tuple of them, and one for itself.
    return len(value.elements) > 1 and all(isinstance(element, cst.Element) for element in value.elements)


def _passing_return(word: cst.BaseExpression, updated: cst.CSTNode) -> cst.CSTNode:
    """The ``try`` with ``except Return: raise`` before its handlers."""
    assert isinstance(updated, cst.Try)
    again = cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise()])])
    return updated.with_changes(handlers=[cst.ExceptHandler(again, word), *updated.handlers])

"""``async def`` becomes a decorated ``def`` that is a coroutine, also where nothing in it waits."""

from __future__ import annotations

import libcst as cst

from aioport.functions import Function
from aioport.lowering.api import use_helper
from aioport.lowering.context import Lower
from aioport.lowering.generator_mark import generator_mark
from aioport.tree import below_docstring


def lower_definition(lower: Lower, function: Function) -> None:
    """Make ``function`` a decorated ``def``; the decorator stands below all others, as it makes the coroutine."""
    decorators = [cst.Decorator(word) for word in _words(lower, function)]
    start = None if lower.waits_at_all(function) else generator_mark(lower, function)
    if function.node.name.value == "__aiter__" and not function.is_asynchronous_generator:
        # Decorated, it is one of a time when __aiter__ was to give its result at once.
        lower.unlike.append(function.node)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.FunctionDef)
        if start is not None:
            updated = below_docstring(updated, start)
        # Comments between the other decorators and the function go on standing above it.
        placed = decorators[0].with_changes(leading_lines=updated.lines_after_decorators)
        return updated.with_changes(
            asynchronous=None, decorators=[*updated.decorators, placed, *decorators[1:]], lines_after_decorators=[]
        )

    lower.edits.on(function.node, rewrite)


def _words(lower: Lower, function: Function) -> list[cst.BaseExpression]:
    """The decorators; aiocompat's for asynchronous generators takes coroutine functions, and makes them where asked."""
    if not function.is_asynchronous_generator:
        return [lower.word("coroutine")]
    generator = use_helper(lower, function.node.name, "async_generator")
    return [generator] if lower.vocabulary.generator else [generator, lower.word("coroutine")]

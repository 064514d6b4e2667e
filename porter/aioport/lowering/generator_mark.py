"""What makes a generator of a function that waits for nothing."""

from __future__ import annotations

import libcst as cst

from aioport.functions import Function
from aioport.lowering.context import Lower
from aioport.values import Awaitability


def generator_mark(lower: Lower, function: Function) -> cst.BaseStatement | None:
    """What a function that waits for nothing has to start with, if anything.

    All the decorators make a coroutine of a plain function, and none runs it before it is awaited. But asyncio's and
    Trollius's await a future or coroutine that it returns, which ``async def`` does not. Only generators are spared
    that: ``yield from ()`` makes one and does nothing else; Python 2 has no shorter way than a ``yield`` that is never
    reached.
    """
    if not lower.vocabulary.awaits_returned:
        return None
    if all(lower.values.awaitability(returned.value) is Awaitability.NO for returned in function.returns):
        return None
    if lower.vocabulary.wait:
        return cst.parse_statement("if False:\n    yield\n", config=lower.analysis.module.config_for_parsing)
    return cst.parse_statement("yield from ()\n")


def is_generator(lower: Lower, function: Function) -> bool:
    """Whether the lowered function is a generator."""
    return lower.waits_at_all(function) or generator_mark(lower, function) is not None

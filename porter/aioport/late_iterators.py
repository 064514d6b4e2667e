"""``__aiter__`` that waits before it gives its iterator, as ``async for`` took it up to Python 3.6 (PEP 492)."""

from __future__ import annotations

import libcst as cst

from aioport.functions import Function


def given_last(function: Function) -> cst.SimpleStatementLine | None:
    """The last line of the function, if that returns the iterator and no other line returns anything.

    So it can go through the iterator there itself, as an asynchronous generator.
    """
    body = function.node.body
    last = body.body[-1] if isinstance(body, cst.IndentedBlock) else None
    if (
        function.node.name.value == "__aiter__"
        and not function.raises
        and isinstance(last, cst.SimpleStatementLine)
        and len(last.body) == 1
        and function.returns == [last.body[0]]
        and function.returns[0].value is not None
    ):
        return last
    return None

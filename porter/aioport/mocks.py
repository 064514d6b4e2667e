"""Mocks that stand in for coroutines: a MagicMock can be iterated, which is enough for ``yield from``, not awaited."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.functions import Function

_PATCH = frozenset(["mock.patch", "unittest.mock.patch"])
_PATCH_OBJECT = frozenset(["mock.patch.object", "unittest.mock.patch.object"])


def patched(analysis: Analysis) -> Iterator[tuple[Function, cst.Call, str]]:
    """Each ``patch("dotted.name")`` without a replacement, with the function it decorates or stands in."""
    for call in analysis.calls:
        if not analysis.names.means(call.func, _PATCH) or not _makes_mock(call, 1):
            continue
        value = call.args[0].value
        parent = analysis.names.parents[call]
        outer = analysis.names.parents[parent] if isinstance(parent, cst.Decorator) else None
        function = analysis.function_of(outer) if isinstance(outer, cst.FunctionDef) else analysis.function_around(call)
        if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str) and function is not None:
            yield function, call, value.evaluated_value


def patched_attributes(analysis: Analysis) -> Iterator[tuple[cst.Call, str]]:
    """Each ``patch.object(x, "name")`` without a replacement, with the name."""
    for call in analysis.calls:
        if analysis.names.means(call.func, _PATCH_OBJECT) and _makes_mock(call, 2):
            value = call.args[1].value
            if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
                yield call, value.evaluated_value


def _makes_mock(call: cst.Call, positional: int) -> bool:
    """Whether a patch with so many arguments by position replaces with a mock of its own."""
    keywords = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    return (
        len(call.args) - len(keywords) == positional
        and not any(arg.star for arg in call.args)
        and not keywords & {"new", "new_callable"}
    )


def empty_results(analysis: Analysis) -> Iterator[cst.Assign]:
    """``writer.drain.return_value = ()``: a method that asyncio's coroutines wait for, and nothing to wait for."""
    for node in analysis.names.parents:
        if isinstance(node, cst.Assign) and isinstance(node.value, (cst.Tuple, cst.List)) and not node.value.elements:
            for target in node.targets:
                method = target.target.value if isinstance(target.target, cst.Attribute) else None
                if (
                    isinstance(target.target, cst.Attribute)
                    and target.target.attr.value == "return_value"
                    and isinstance(method, cst.Attribute)
                    and method.attr.value in library.AWAITABLE_METHODS
                ):
                    yield node

"""Which of pytest's markers have a test run in an event loop, by the hook of a conftest that does so."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.analysis import Analysis
from aioport.facts.model import Use
from aioport.facts.uses import CallUses
from aioport.functions import Function
from aioport.tree import walk

_ASKING_METHODS = frozenset(["get_marker", "get_closest_marker", "iter_markers"])


def loop_markers(analysis: Analysis, uses: CallUses) -> Iterator[str]:
    """The markers that ``pytest_pyfunc_call`` asks for where it runs what calling the test's function gives."""
    for function in analysis.functions:
        if function.node.name.value == "pytest_pyfunc_call" and _runs_the_test(function, uses):
            for node in walk(function.node.body):
                if isinstance(node, cst.Comparison):
                    yield from _compared(node)
                elif isinstance(node, cst.Call) and _last_name(node.func) in _ASKING_METHODS and node.args:
                    yield from _text(node.args[0].value)


def _runs_the_test(function: Function, uses: CallUses) -> bool:
    return any(
        isinstance(node, cst.Call) and _last_name(node.func) in ("obj", "function") and uses.use(node) is Use.RUN
        for node in walk(function.node.body)
    )


def _compared(node: cst.Comparison) -> Iterator[str]:
    """``'run_loop' in item.keywords``."""
    for part in node.comparisons:
        if isinstance(part.operator, cst.In) and _last_name(part.comparator) == "keywords":
            yield from _text(node.left)


def _text(node: cst.BaseExpression) -> Iterator[str]:
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        yield node.evaluated_value


def _last_name(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else ""

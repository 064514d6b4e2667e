"""``()`` as something to wait for: ``yield from`` takes it and is done, ``await`` does not take it."""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.functions import Definition
from aioport.lifting.added_definitions import define
from aioport.lifting.context import Lift

_CLASS = '''\
class {name}(tuple):
    """An empty tuple that can be awaited: there is nothing to wait for."""

    def __await__(self):
        return iter(self)
'''


def lift_empty_returns(lift: Lift) -> None:
    """Let ``await`` take the ``()`` that plain functions return whose results are waited for.

    It stays a tuple, and equal to ``()``, for those who do something else with it.
    """
    if not lift.keeps_helpers:
        return
    for function in lift.analysis.functions:
        if function.definition is not Definition.PLAIN or not lift.decisions[function.key].is_waited_for:
            continue
        for statement in function.returns:
            if statement.value is not None and is_empty_tuple(statement.value):
                make_awaitable(lift, statement.value)
                lift.report(
                    statement,
                    "awaited-iterator",
                    Severity.NOTE,
                    "coroutines wait for what a function of this name gives, and await takes no tuple",
                    "it is a tuple with an `__await__` now",
                    applicability=Applicability.SAFE,
                )


def is_empty_tuple(node: cst.BaseExpression) -> bool:
    """Whether it is ``()``."""
    return isinstance(node, cst.Tuple) and not node.elements


def make_awaitable(lift: Lift, node: cst.BaseExpression) -> None:
    """Replace ``()`` with an empty tuple that has an ``__await__``."""
    lift.edits.replace(node, cst.Call(cst.Name(define(lift, "AwaitableTuple", _CLASS))))

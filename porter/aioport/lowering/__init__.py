"""Lowering: from async/await, the pivot, to a generator-based style.

The styles differ in what they call things and in what they can express, not in what they do, so one set of passes
lowers to all of them, told apart by :class:`aioport.styles.Target`. Each pass adds rewrites to one
:class:`aioport.tree.Edits`.
"""

from __future__ import annotations

from aioport.lowering.annotations import lower_annotation
from aioport.lowering.api import leave_missing, lower_api
from aioport.lowering.awaitable_classes import lower_awaitable_classes
from aioport.lowering.blockers import report_left
from aioport.lowering.bring_down import bring_down
from aioport.lowering.cancellation import lower_cancellation
from aioport.lowering.classes import lower_classes
from aioport.lowering.context import Lower
from aioport.lowering.definitions import lower_definition
from aioport.lowering.equivalents import lower_syntax
from aioport.lowering.generators import lower_kept_delegations
from aioport.lowering.imports import Imports
from aioport.lowering.managers import lower_managers
from aioport.lowering.returns import lower_returns
from aioport.lowering.waits import lower_items, lower_waits

__all__ = ["PASSES", "Lower", "bring_down", "lower", "report_left"]

PASSES = (lower_definition, lower_annotation, lower_waits, lower_items, lower_managers, lower_returns)
"""What is done to each function, in this order.

A construct that none of them can express is first brought down to something simpler, which is async/await still
(:mod:`aioport.lowering.bring_down`), or is a blocker (:mod:`aioport.lowering.blockers`).
"""


def lower(context: Lower) -> None:
    """Fill in the edits that take a file from async/await to the target's style, and the findings."""
    leave_missing(context)
    lower_cancellation(context)
    for function in context.lowered():
        for lower_part in PASSES:
            lower_part(context, function)
    lower_kept_delegations(context)
    lower_awaitable_classes(context)
    lower_classes(context)
    lower_api(context)
    lower_syntax(context)
    Imports(context).rewrite()

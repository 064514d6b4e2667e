"""Lifting: from a generator-based style to async/await, the pivot.

The styles differ in what they call things, not in what they do, so one set of passes lifts them all, told apart by
:class:`aioport.styles.Vocabulary`. Each pass adds rewrites to one :class:`aioport.tree.Edits`.
"""

from __future__ import annotations

from aioport import rules
from aioport.keywords.outside import keep_outside_names
from aioport.lifting.annotations import lift_annotation
from aioport.lifting.api import lift_api
from aioport.lifting.context import Lift
from aioport.lifting.definitions import lift_calls, lift_definition
from aioport.lifting.empty_tuples import lift_empty_returns
from aioport.lifting.imports import Imports
from aioport.lifting.left import report_left, report_star_imports
from aioport.lifting.managers import lift_managers
from aioport.lifting.mocks import lift_mocks
from aioport.lifting.protocols import lift_handed_on, settle_aiters
from aioport.lifting.returns import lift_returns
from aioport.lifting.stand_ins import mark_generators, stand_in
from aioport.lifting.suspensions import lift_suspensions

__all__ = ["Lift", "lift"]


def lift(context: Lift) -> None:
    """Fill in the edits that take a file to async/await, and the findings on what stays."""
    for function in context.converted():
        lift_definition(context, function)
        lift_annotation(context, function)
        lift_suspensions(context, function)
        lift_managers(context, function)
        lift_returns(context, function)
    mark_generators(context)
    settle_aiters(context)
    lift_handed_on(context)
    calls = lift_calls(context)
    report_left(context)
    keep_outside_names(context)
    lift_mocks(context)
    lift_empty_returns(context)
    if report_star_imports(context):
        return
    lift_api(context)
    stand_in(context, calls)
    rules.apply_rules(context)
    Imports(context).rewrite()

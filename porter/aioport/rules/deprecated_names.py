"""What 3.14 deprecates (history.md, B2 17 and B5 26): policies, ``iscoroutinefunction``, ``throw()`` of three.

``inspect.iscoroutinefunction`` says the same of every function whose coroutines are native. Policies have no twin: a
loop is chosen by ``asyncio.run(..., loop_factory=...)``, which is another way to start. 3.16 will be without them.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.added_imports import import_module
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift

SINCE = (3, 14)

_POLICIES = frozenset(
    "AbstractEventLoopPolicy DefaultEventLoopPolicy WindowsProactorEventLoopPolicy WindowsSelectorEventLoopPolicy "
    "get_event_loop_policy set_event_loop_policy".split()
)


def apply(lift: Lift) -> None:
    """Rewrite the one, report the others."""
    for call in lift.analysis.calls:
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "throw" and len(call.args) == 3:
            lift.report(
                call,
                "deprecated-name",
                Severity.NOTE,
                "throw() with a class, a value and a traceback is deprecated since Python 3.12",
                "give it the exception alone",
            )
    questions = []
    for attribute in lift.analysis.attributes:
        found = api_name(lift.analysis.names.origins(attribute))
        if found is None:
            continue
        if found[1] in _POLICIES:
            lift.report(
                attribute,
                "deprecated-name",
                Severity.NOTE,
                f"{found[1]} is deprecated since Python 3.14 and will be gone in 3.16",
                "choose a loop with asyncio.run(main(), loop_factory=...) or asyncio.Runner",
            )
        elif found[1] == "iscoroutinefunction" and lift.oldest is not None:
            # aiocompat has it; inspect's came with 3.5.
            questions.append(attribute)
    if questions:
        _ask_inspect(lift, questions)


def _ask_inspect(lift: Lift, questions: list[cst.Attribute]) -> None:
    if not import_module(lift, "inspect"):
        return
    for attribute in questions:
        lift.consume(attribute)
        lift.breaks(attribute, (3, 16), "asyncio.iscoroutinefunction() is deprecated since Python 3.14")
        lift.edits.on(attribute, lambda updated: updated.with_changes(value=cst.Name("inspect")))

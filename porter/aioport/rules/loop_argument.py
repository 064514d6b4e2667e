"""``loop=`` is no longer taken: it was the running loop anyway.

Python 3.10 removed the parameter from locks, queues and the functions below (history.md, B3): it is a TypeError there.
Locks and queues find the running loop when they first have to wait. A function called where no loop runs takes the
current loop, which may be another one than was passed: that is said.
"""

from __future__ import annotations

from aioport.findings import Applicability, Severity
from aioport.lifting.api import api_name
from aioport.lifting.context import Lift

SINCE = (3, 10)

OBJECTS = frozenset(
    "BoundedSemaphore Condition Event JoinableQueue LifoQueue Lock PriorityQueue Queue Semaphore".split()
)
"""Classes that took ``loop``."""

_FUNCTIONS = frozenset(
    "as_completed create_subprocess_exec create_subprocess_shell gather open_connection open_unix_connection shield "
    "sleep start_server start_unix_server wait wait_for".split()
)


def apply(lift: Lift) -> None:
    """Take ``loop=`` away from every call that no longer has it."""
    for call in lift.analysis.calls:
        found = api_name(lift.analysis.names.origins(call.func))
        if found is None or found[1].rpartition(".")[2] not in OBJECTS | _FUNCTIONS:
            continue
        index = lift.argument_index(call, "loop")
        if index is None:
            continue
        name = found[1].rpartition(".")[2]
        lift.breaks(call, SINCE, f"{name}() takes no loop since Python 3.10")
        lift.drop_argument(call, index)
        if name in _FUNCTIONS and not lift.runs_in_coroutine(call):
            lift.report(
                call,
                "loop-argument",
                Severity.WARNING,
                f"{name}() takes no loop any more and, called where no loop runs, uses the current one",
                "check that the loop which was given here is the current one by then (asyncio.set_event_loop)",
                applicability=Applicability.SAFE,
            )

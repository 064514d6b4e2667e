"""Exceptions of the project's own that end an event loop, which only SystemExit and KeyboardInterrupt do since 3.8.

Up to 3.7 a loop took every Exception that a callback or a task raised, and a BaseException left ``run_forever()``. From
3.8 on, where CancelledError is one, the loop goes on: a callback's is logged, a task's is its exception (history.md, B1
8; measured for callbacks as well, on 3.6 to 3.13). Where such a class is raised is seen at run time only, so what is
reported is its definition.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.lifting.context import Lift

SINCE = (3, 8)

_BASE = frozenset(["builtins.BaseException"])


def apply(lift: Lift) -> None:
    """Report every class that is derived from BaseException itself."""
    for opener in lift.analysis.names.scopes:
        if isinstance(opener, cst.ClassDef) and any(lift.analysis.names.means(b.value, _BASE) for b in opener.bases):
            lift.report(
                opener.name,
                "loop-goes-on",
                Severity.WARNING,
                f"raised in a callback or a task, {opener.name.value} ended the event loop until Python 3.7; since 3.8 "
                "only SystemExit and KeyboardInterrupt do",
                "call loop.stop() where it is raised to end the loop, and raise it again where the loop was run",
                applicability=Applicability.SAFE,
            )

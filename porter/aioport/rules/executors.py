"""Executors: only threads may be the default one since 3.11, and a StopIteration in one hangs who waits up to 3.12.

(history.md, B8 39 and B1 7.)
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.lifting.context import Lift
from aioport.lifting.evidence import comes_from

SINCE = (3, 5)

_PROCESSES = frozenset(["concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor"])


def apply(lift: Lift) -> None:
    """Report both."""
    for call in lift.analysis.calls:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        given = [arg.value for arg in call.args]
        if name == "set_default_executor" and given and _is_refused(lift, given[0]):
            _report_default(lift, call)
        elif name == "run_in_executor" and len(given) == 3 and _may_stop(lift, given[1]):
            _report_end(lift, call)


def _is_refused(lift: Lift, executor: cst.BaseExpression) -> bool:
    return lift.target_version >= (3, 11) and comes_from(lift, executor, _PROCESSES, frozenset())


def _may_stop(lift: Lift, function: cst.BaseExpression) -> bool:
    return lift.target_version < (3, 13) and lift.analysis.names.means(function, frozenset(["builtins.next"]))


def _report_default(lift: Lift, call: cst.Call) -> None:
    lift.report(
        call,
        "default-executor",
        Severity.ERROR,
        "since Python 3.11 the default executor has to be a ThreadPoolExecutor: this is a TypeError",
        "give the pool of processes to run_in_executor() where it is to be used",
    )


def _report_end(lift: Lift, call: cst.Call) -> None:
    lift.report(
        call,
        "stop-iteration",
        Severity.WARNING,
        "from Python 3.5 to 3.12 a StopIteration out of an executor never arrives: this waits for ever",
        "give next() a second argument and test for it",
    )

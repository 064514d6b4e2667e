"""Writes down every test's outcome, inside the interpreter that runs the tests (2.7 and 3.x).

A ``.pth`` file of the test environment calls :func:`start`, and ``PYTEST_ADDOPTS`` loads this
module as a plugin of pytest. Nothing happens unless ``CORPUS_RESULTS`` names a file; it gets one
JSON object a line::

    {"test": "tests/test_a.py::test_b", "outcome": "failed", "why": "KeyError: 1"}

``outcome`` is ``passed``, ``failed`` (also errors) or ``skipped``; ``why`` is one line. Lines
are written as tests end, so a run that hangs or crashes keeps what it had. Parsing ``unittest -v``
was rejected: output of the tests gets between name and result.
"""

import functools
import importlib
import json
import os

_UNITTEST_METHODS = {
    "addSuccess": "passed",
    "addFailure": "failed",
    "addError": "failed",
    "addSkip": "skipped",
    "addExpectedFailure": "passed",
    "addUnexpectedSuccess": "failed",
}


def start():
    """Make the results of unittest and unittest2 write outcomes, where ``CORPUS_RESULTS`` says so.

    Calling it again does nothing: ``site`` reads the ``.pth`` files of a virtual environment twice.
    """
    if not os.environ.get("CORPUS_RESULTS"):
        return
    for name in ("unittest", "unittest2"):
        try:
            result = importlib.import_module(name).TestResult
        except ImportError:
            continue
        if not hasattr(result.addSuccess, "writes_outcomes"):
            _make_write(result)


def _make_write(result):
    for name, outcome in _UNITTEST_METHODS.items():
        setattr(result, name, _writing(getattr(result, name), outcome))
    if hasattr(result, "addSubTest"):
        result.addSubTest = _writing_subtest(result.addSubTest)


def pytest_runtest_logreport(report):
    """Hook of pytest: one phase (setup, call, teardown) of one test has ended."""
    if report.failed or report.when == "call" or report.skipped:
        _write(report.nodeid, report.outcome, _why(report))


def pytest_collectreport(report):
    """Hook of pytest: a module or folder was collected; one that cannot be is a failed test."""
    if report.failed:
        _write(report.nodeid, report.outcome, _why(report))


def _why(report):
    """The line of a report that pytest marks as the error."""
    if not report.failed:
        return ""
    lines = str(report.longrepr).splitlines() or [""]
    return next((line for line in lines if line.startswith("E ")), lines[-1])[1:].strip()


def _writing(method, outcome):
    @functools.wraps(method)
    def write_and_call(self, test, *args):
        _write(test.id(), outcome, _described(args[0]) if outcome == "failed" and args else "")
        return method(self, test, *args)

    write_and_call.writes_outcomes = True
    return write_and_call


def _writing_subtest(method):
    @functools.wraps(method)
    def write_and_call(self, test, subtest, error):
        if error is not None:
            _write(test.id(), "failed", _described(error))
        return method(self, test, subtest, error)

    return write_and_call


def _described(error):
    return "%s: %s" % (error[0].__name__, " ".join(str(error[1]).split())[:200])


def _write(test, outcome, why):
    path = os.environ.get("CORPUS_RESULTS")
    if path:
        with open(path, "a") as results:
            results.write(json.dumps({"test": test, "outcome": outcome, "why": why}) + "\n")

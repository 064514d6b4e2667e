"""Runs test modules with unittest, one test after another, and writes a JSON line for each; 2.7 and 3.x.

    python run_suite.py RESULTS SECONDS LEFT_OUT MODULE...

``LEFT_OUT`` is a JSON list of patterns of test ids, and says with a first item of ``only`` that those and no others are
to run. A test that takes more than ``SECONDS`` is an error.
"""

import fnmatch
import gc
import importlib
import json
import signal
import sys
import traceback
import unittest
import warnings


class TooLong(BaseException):
    """The time of a test is up."""


class Outcomes(unittest.TestResult):
    """Takes the first bad thing that is said about the test that runs."""

    outcome = why = None

    def _note(self, outcome, error=None):
        if self.outcome in (None, "passed"):
            self.outcome = outcome
            self.why = "".join(traceback.format_exception(*error)) if error else None

    def addSuccess(self, test):
        self._note("passed")

    def addFailure(self, test, err):
        self._note("failed", err)

    def addError(self, test, err):
        self._note("error", err)

    def addSkip(self, test, reason):
        self._note("skipped")
        self.why = reason


def tests_of(loaded):
    """The single tests of a suite."""
    if not isinstance(loaded, unittest.TestSuite):
        return [loaded]
    return [test for part in loaded for test in tests_of(part)]


def time_is_up(number, frame):
    raise TooLong()


def run_one(test, seconds):
    """How a test ended, and why."""
    outcomes = Outcomes()
    signal.alarm(seconds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            test.run(outcomes)
    except TooLong:
        outcomes._note("error", sys.exc_info())
    finally:
        signal.alarm(0)
    # What a test leaves, such as pending tasks, is not logged in the next one.
    gc.collect()
    return outcomes.outcome, outcomes.why


def main(results, seconds, patterns, modules):
    """Run what is to run and write how it ended."""
    signal.signal(signal.SIGALRM, time_is_up)
    only = patterns[:1] == ["only"]
    with open(results, "w") as output:
        for name in modules:
            for test in tests_of(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(name))):
                left_out = any(fnmatch.fnmatchcase(test.id(), pattern) for pattern in patterns)
                outcome, why = run_one(test, seconds) if left_out == only else ("left out", None)
                output.write(json.dumps({"test": test.id(), "outcome": outcome, "why": why}) + "\n")
                output.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:])

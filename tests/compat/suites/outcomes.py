"""Run the suite named on the command line by unittest; print, as JSON, how each test ended and with what message."""

import json
import sys
import unittest


class Result(unittest.TestResult):
    def __init__(self):
        unittest.TestResult.__init__(self)
        self.ended = []

    def stopTest(self, test):
        unittest.TestResult.stopTest(self, test)
        self.ended.append(test.id().split(".")[-1])


result = Result()
unittest.defaultTestLoader.loadTestsFromName(sys.argv[1]).run(result)
found = {name: ["passed", ""] for name in result.ended}
for outcome, tests in (
    ("skipped", result.skipped),
    ("xfailed", result.expectedFailures),
    ("failed", result.failures),
    ("error", result.errors),
):
    for test, message in tests:
        found[getattr(test, "test_case", test).id().split(".")[-1]] = [outcome, message]
for test in result.unexpectedSuccesses:
    found[test.id().split(".")[-1]] = ["unexpected success", ""]
print(json.dumps(found))

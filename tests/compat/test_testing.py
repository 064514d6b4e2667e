"""aiocompat.testing: suites that pass, fail and misbehave, run by unittest and by pytest, and how each test ends."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import aiocompat

SUITES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "suites")
COMPAT = os.path.dirname(os.path.dirname(os.path.abspath(aiocompat.__file__)))

# How unittest counts each test, and what it must say.
PORTABLE = {
    "test_generator": ("passed",),
    "test_coroutine": ("passed",),
    "test_plain": ("passed",),
    "test_decorated": ("passed",),
    "test_ends_in_time": ("passed",),
    "test_failure": ("failed", "1 != 2", "self.assertEqual(1, 2)"),
    "test_error": ("error", "in the test", "raise KeyError("),
    "test_skips_itself": ("skipped", "while running"),
    "test_skipped": ("skipped", "from outside"),
    "test_expected_failure": ("xfailed",),
    "test_system_exit": ("error", "SystemExit: 3"),
    "test_returns_coroutine": ("error", "test_returns_coroutine() was not run"),
    "test_hidden_generator": ("error", "test_hidden_generator() was not run"),
    "test_returns_value": ("error", "test_returns_value() returned 3"),
    "test_plain_returns_value": ("error", "test_plain_returns_value() returned False"),
    "test_forgotten_from": ("error", "test_forgotten_from() (", "write `yield From(...)`"),
    "test_set_up_class": ("error", "setUpClass runs before there is a loop"),
    "test_leaves_task": ("error", "The test left tasks over", "in forever", "yield From(sleep(60))"),
    "test_task_fails_when_cancelled": ("error", "left tasks over", "in stubborn", "ValueError: on the way out"),
    "test_task_exception": ("error", "exception was never retrieved", "in failing", "ValueError: nobody asked"),
    "test_future_exception": ("error", "exception was never retrieved", "ValueError: nobody asked"),
    "test_task_exception_in_cycle": ("error", "exception was never retrieved", "in failing"),
    "test_callback": ("error", "Exception in callback", "ZeroDivisionError"),
    "test_retrieved": ("passed",),
    "test_cleanup_ends_task": ("passed",),
    "test_hangs": ("failed", "test_hangs() did not end in 0.1 seconds", "in test_hangs", "in forever"),
    "test_swallows_cancellation": ("failed", "did not end in 0.1 seconds", "in forever"),
    "test_has_no_limit": ("passed",),
    "test_beside_another": ("failed", "in test_beside_another", "in forever"),
    "test_set_up_hangs": (("failed", "error"), "setUp() did not end in 0.1 seconds", "in forever"),
    "test_on_plain_case": ("passed",),
    "test_hangs_on_plain_case": ("failed", "did not end in 0.1 seconds", "in forever"),
    "test_leaves_on_plain_case": ("error", "The test left tasks over", "in forever"),
    "test_expected_on_plain_case": ("xfailed",),
    "test_restored": ("passed",),
}
NATIVE = {
    "test_native": ("passed",),
    "test_native_hangs": ("failed", "test_native_hangs() did not end", "in test_native_hangs", "in nested"),
    "test_sub_tests": ("failed", "1 != 0"),
    "test_not_a_context_manager": ("passed",),
    "test_ignores_cancellation": ("error", "left tasks over", "in stubborn", "did not end after it was cancelled"),
    "test_executor_is_shut_down": ("passed",),
}
CONTEXTS = {"test_sees_set_up": ("passed",), "test_plain_sees_set_up": ("passed",)}


def expected(suite):
    if suite == "portable":
        return PORTABLE
    return dict(NATIVE, **(CONTEXTS if sys.version_info >= (3, 11) else {}))


def python(*arguments, **environment):
    environment = dict(os.environ, PYTHONPATH=COMPAT, **environment)
    process = subprocess.Popen(
        (sys.executable,) + arguments, cwd=SUITES, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return process.communicate()[0].decode("utf-8")


def by_unittest(suite, tmpdir, **environment):
    printed = python("outcomes.py", suite, **environment)
    (found,) = [line for line in printed.splitlines() if line.startswith("{")]
    # What Python says on stderr when it ends may follow on the same line.
    return json.JSONDecoder().raw_decode(found)[0]


def by_pytest(suite, tmpdir, **environment):
    report = tmpdir.join("junit.xml")
    printed = python("-m", "pytest", "-p", "no:cacheprovider", "--junitxml=%s" % report, suite + ".py", **environment)
    assert report.check(), printed
    found = {}
    for case in ElementTree.parse(str(report)).getroot().iter("testcase"):
        outcome, said = "passed", ""
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                outcome = "xfailed" if child.get("type") == "pytest.xfail" else child.tag.replace("failure", "failed")
                said += (child.get("message") or "") + (child.text or "")
        found[case.get("name")] = [outcome, said]
    return found


RUNNERS = [by_unittest, by_pytest]
SUITE_NAMES = ["portable", "native"] if sys.version_info >= (3, 5) else ["portable"]


@pytest.mark.parametrize("suite", SUITE_NAMES)
@pytest.mark.parametrize("runner", RUNNERS)
def test_how_each_test_ends(runner, suite, tmpdir):
    found = runner(suite, tmpdir)
    assert sorted(found) == sorted(expected(suite))
    wrong = []
    for name, wanted in expected(suite).items():
        outcome, said = found[name]
        # pytest does not tell errors of a test from its failures.
        if outcome != wanted[0] and not (outcome == "failed" and runner is by_pytest and wanted[0] == "error"):
            if outcome not in wanted[0] or not isinstance(wanted[0], tuple):
                wrong.append((name, outcome, said))
        for part in wanted[1:]:
            if part not in said:
                wrong.append((name, part, said))
    assert not wrong, "\n".join("%s: %s\n%s" % each for each in wrong)


def test_the_environment_lifts_all_limits(tmpdir):
    printed = python("-m", "unittest", "portable.Hanging.test_has_no_limit", AIOCOMPAT_TEST_TIMEOUT="0.1")
    assert "did not end in 0.1 seconds" in printed
    printed = python("-m", "unittest", "slow.Slow", AIOCOMPAT_TEST_TIMEOUT="0")
    assert "Ran 1 test" in printed
    assert printed.rstrip().endswith("OK")
    assert "did not end in 0.05 seconds" in python("-m", "unittest", "slow.Slow")

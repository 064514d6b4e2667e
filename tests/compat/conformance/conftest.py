"""The marks of the conformance suite, and the record of a run that the table in ``compat/README.rst`` is made from.

``api("name", ...)`` says which names of the API a test is about. ``differs("3.9", "why")`` says that the
runtimes before 3.9 cannot give this: there the test must fail, or the mark is out of date.

Where the environment has AIOCOMPAT_RECORD, the outcome of each test for each name is written to that file, as JSON.
"""

import json
import os
import sys

import pytest

RUNTIME = "pypy3" if hasattr(sys, "pypy_version_info") else "%d.%d" % sys.version_info[:2]


def pytest_configure(config):
    config.addinivalue_line("markers", "api(*names): the names of the API that the test is about")
    config.addinivalue_line("markers", "differs(since, why): what runtimes before that version cannot give")


def pytest_collection_modifyitems(items):
    for item in items:
        for mark in item.iter_markers("differs"):
            if is_before(mark.args[0]):
                item.add_marker(pytest.mark.xfail(reason=mark.args[1], strict=True))


def is_before(version):
    return sys.version_info < tuple(int(part) for part in version.split("."))


class Recorder(object):
    def __init__(self):
        self.outcomes = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = (yield).get_result()
        if report.when == "call":
            whys = [mark.args[1] for mark in item.iter_markers("differs") if is_before(mark.args[0])]
            outcome = whys if whys and report.outcome == "skipped" else report.outcome
            for mark in item.iter_markers("api"):
                for name in mark.args:
                    self.outcomes.setdefault(name, {})[item.nodeid] = outcome


@pytest.fixture(scope="session", autouse=True)
def _record(request):
    path = os.environ.get("AIOCOMPAT_RECORD")
    if not path:
        yield
        return
    recorder = Recorder()
    request.config.pluginmanager.register(recorder)
    yield
    with open(path, "w") as file:
        json.dump({"runtime": RUNTIME, "outcomes": recorder.outcomes}, file, indent=1, sort_keys=True)

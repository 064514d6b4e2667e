"""The judge of benchmarks/corpus.py: what it counts, traces back and compares."""

from __future__ import annotations

import ast
import json
import sys
import textwrap
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import corpus_port  # noqa: E402
import corpus_suite  # noqa: E402
import count_constructs  # noqa: E402
from corpus_environment import unpinned  # noqa: E402

NOTHING: list[tuple[str, int]] = []


def counted(source: str) -> list[tuple[str, int]]:
    found = count_constructs.constructs_of(ast.parse(textwrap.dedent(source)))
    return [(item["kind"], item["line"]) for item in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            """\
            import asyncio as aio
            @aio.coroutine
            def f():
                yield from aio.sleep(1)
            """,
            [("coroutine", 2), ("yield-from", 4)],
        ),
        (
            """\
            from asyncio.coroutines import coroutine as co
            f = co(lambda: None)
            """,
            [("coroutine", 1), ("coroutine", 2)],
        ),
        (
            """\
            import trollius as asyncio
            from trollius import From as F, Return
            @asyncio.coroutine
            def f():
                x = yield F(asyncio.sleep(1))
                raise Return(x)
            """,
            [("trollius", 1), ("trollius", 2), ("coroutine", 3), ("From", 5), ("Return", 6)],
        ),
        (
            """\
            from trollius import *
            def f():
                raise Return(1)
            """,
            [("trollius", 1), ("Return", 3)],
        ),
        ("import asyncio\nf = asyncio.tasks.coroutine(g)\n", [("coroutine", 2)]),
        (
            "import asyncio\ncoroutine = asyncio.coroutine\nf = coroutine(f)\n",
            [("coroutine", 2), ("coroutine", 3)],
        ),
        ("@run_loop\ndef test():\n    yield from f()\n", [("yield-from", 3)]),
        ("def f():\n    yield from g()\n", [("undecorated", 2)]),
        ("@pytest.fixture\ndef f():\n    yield from g()\n", [("undecorated", 3)]),
        ("@co\ndef f():\n    def g():\n        yield from h()\n", [("undecorated", 4)]),
    ],
)
def test_counts_the_old_styles(source: str, expected: list[tuple[str, int]]) -> None:
    assert counted(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "import types\n@types.coroutine\ndef f():\n    yield from g()\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
        "def Return(x): pass\nFrom = 1\nReturn(From)\n",
        "from .compat import coroutine\n@coroutine\ndef f(): pass\n",
        "import asyncio\nasyncio.coroutines.iscoroutine(x)\n",
    ],
)
def test_counts_nothing_else(source: str) -> None:
    assert counted(source) == NOTHING


def test_a_construct_is_traced_back_to_the_line_a_finding_has(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, text in ((before, "import a\nimport b\nold()\nold()\n"), (after, "old()\nold()\n")):
        folder.mkdir()
        (folder / "m.py").write_text(text)
    construct = {"kind": "From", "text": "From"}
    examined = {"m.py": {"error": None, "constructs": [{**construct, "line": n} for n in (1, 2)]}}
    findings = {"m.py": [{"first_line": 3, "end_line": 3}]}
    left = corpus_port.left(examined, before, after, findings)
    assert [(item.line, item.covered) for item in left] == [(1, True), (2, False)]


def test_a_file_has_to_compile_when_it_did_or_when_the_port_changed_it() -> None:
    good, bad = {"error": None, "constructs": []}, {"error": "SyntaxError", "constructs": []}
    before = {"did.py": good, "did_not.py": bad, "changed.py": bad}
    after = {"did.py": bad, "did_not.py": bad, "changed.py": bad}
    broken = corpus_port.stopped_compiling(before, after, frozenset({"changed.py"}))
    assert broken == ["changed.py: SyntaxError", "did.py: SyntaxError"]


def recorded(*outcomes: tuple[str, str]) -> str:
    return "".join(
        json.dumps({"test": test, "outcome": outcome, "why": "KeyError: 1"}) + "\n" for test, outcome in outcomes
    )


def test_a_test_counts_as_often_as_it_passes_and_not_when_its_teardown_fails() -> None:
    lines = recorded(("a", "passed"), ("a", "passed"), ("b", "passed"), ("b", "failed"))
    suite = corpus_suite.outcomes(lines)
    assert suite.passed == {"a": 2}
    assert suite.count == 2


def test_a_lost_test_has_the_error_of_its_module() -> None:
    suite = corpus_suite.outcomes(recorded(("tests/test_a.py", "failed")))
    assert suite.cause("tests/test_a.py::test_b") == "KeyError: 1"
    assert suite.cause("tests/test_b.py::test_b") == "did not run"


def test_ids_are_comparable_between_runs_and_versions_of_pytest() -> None:
    one = corpus_suite.comparable("tests/a.py::A::()::test[<f at 0x7f00aa00>]")
    assert one == corpus_suite.comparable("tests/a.py::A::test[<f at 0x7fbbaa10>]")


def test_requirements_lose_their_versions_elsewhere() -> None:
    commands = (
        "$PY -m pip install -q pip==21.3.1 wheel==0.37.1",
        "$PY -m pip install -q 'mock==5.2.0' 'eventlet<0.31' six",
        "make -s -C src",
    )
    assert unpinned(commands) == ("mock", "eventlet", "six")

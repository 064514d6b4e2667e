"""Every change of asyncio's behaviour that history.md numbers in section B is dealt with, or it says why not."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import aioport.rules

RULES = {
    1: "exception_classes",
    2: "exception_classes",
    5: "moved_names",
    6: "stop_iterations",
    7: "stop_iterations",
    8: "loop_ends",
    9: "tasks",
    10: "tasks",
    14: "removed_names",
    15: "task_class",
    16: "child_watchers",
    17: "deprecated_names",
    18: "private_names",
    20: "sockets",
    21: "generator_questions",
    23: "wait_for_tasks",
    26: "deprecated_names",
    28: "task_factories",
    29: "elsewhere",
    31: "server_waits",
    32: "servers",
    33: "sockets",
    34: "servers",
    38: "arguments",
    39: "executors",
    41: "callbacks",
    43: "elsewhere",
    46: "elsewhere",
}
"""The rule for a row."""

PASSES = {
    11: "aioport.shield",
    12: "aioport.lifting.definitions",
    13: "aioport.lowering.api",
    19: "aioport.inference",
    22: "aioport.lifting.definitions",
    24: "aioport.lifting.suspensions",
    30: "aioport.lowering.blockers",
    35: "aioport.lowering.api",
    37: "aioport.lowering.api",
    44: "aioport.lowering.api",
}
"""What deals with a row as a part of porting from style to style."""

NOTHING = {
    3: "which exception a job of an executor raises is not in the file that waits for it",
    4: "concurrent.futures.Error was never public",
    25: "a partial is one of a coroutine function or not by what it is given at run time; kind-question tells who asks",
    27: "eager tasks are opted into, by code that is newer than the change",
    36: "whether a writer is closed when drain() is called is seen at run time only",
    40: "whether a subprocess is started in the main thread is seen at run time only",
    42: "how often a stopped loop runs is seen at run time only",
    45: "the size of the default executor changes what is quick, not what happens",
    47: "3.15 takes nothing away",
    48: "the text of a log message is not for programs",
}
"""Why neither a rewrite nor a finding is possible."""


def test_each_row_is_dealt_with_once() -> None:
    assert sorted([*RULES, *PASSES, *NOTHING]) == list(range(1, 49))


def test_each_rule_is_for_a_row_a_table_or_a_projects_own_habits() -> None:
    tables = {"loop_argument": "B3", "early_objects": "B3", "current_loop": "B4", "await_locks": "B6", "waits": "B7"}
    of_projects = {"code_in_strings", "coroutine_marker", "dead_branches"}
    there = {info.name for info in pkgutil.iter_modules(aioport.rules.__path__)}
    assert there == {*RULES.values(), *tables, *of_projects}
    for name, table in tables.items():
        assert table in (importlib.import_module(f"aioport.rules.{name}").__doc__ or "")


@pytest.mark.parametrize(("row", "name"), sorted(RULES.items()))
def test_a_rule_cites_its_row(row: int, name: str) -> None:
    text = (importlib.import_module(f"aioport.rules.{name}").__doc__ or "").replace("\n", " ")
    assert "history.md" in text, "the source"
    cited = text.split("history.md")[1]
    numbers = {int(word) for word in re.findall(r"(?<![\d.])\d+(?![\d.]*\d)", cited)}
    ranges = [(low, high) for low in numbers for high in numbers if f"{low} to {high}" in cited]
    assert row in numbers or any(low <= row <= high for low, high in ranges)


@pytest.mark.parametrize("name", sorted(set(PASSES.values())))
def test_a_pass_is_there(name: str) -> None:
    importlib.import_module(name)

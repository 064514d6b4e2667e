"""An audit knows every public name of asyncio, and every parameter that came or went, as they were measured."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aioport.config import Settings
from aioport.history import Version
from aioport.project import port_bytes

NAMES = Path(__file__).parents[3] / "shared" / "asyncio" / "names.json"
VERSIONS = [(2, 7), *((3, minor) for minor in range(4, 16))]
LOOPS = ("AbstractEventLoop", "BaseEventLoop")

pytestmark = pytest.mark.skipif(not NAMES.exists(), reason="the folder shared/ of the project has no names.json")


@cache
def _measured() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(NAMES.read_text(encoding="utf-8"))
    return {name[len("asyncio.") :]: facts for name, facts in found.items() if name.startswith("asyncio.")}


def _version(text: str) -> Version:
    major, minor = text.split(".")
    return int(major), int(minor)


def _added(facts: dict[str, Any]) -> Version:
    # A micro release counts for its minor one.
    micro = re.findall(r"\d+\.\d+", facts.get("added_micro") or "")
    return min(map(_version, micro)) if micro else _version(facts["added"])


def _expected(facts: dict[str, Any], version: Version) -> set[str]:
    if version < (3, 0):
        return set() if facts["trollius"]["present"] else {"newer-name"}
    if facts["removed"] is not None and _version(facts["removed"]) <= version:
        return {"missing-name"}
    return {"newer-name"} if _added(facts) > version else set()


def _names() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, facts in _measured().items():
        if "." not in name and not name.startswith("_") and facts["added"] is not None:
            yield name, facts


def _audited(lines: list[str], version: Version) -> dict[int, set[tuple[str, str]]]:
    settings = Settings(to="async-await", target_version=version, audit=True)
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for finding in port_bytes("".join(lines).encode(), "x.py", settings).findings:
        found[finding.location.line].add((finding.code, finding.message))
    return found


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("form", ["asyncio.{}\n", "from asyncio import {}\n", "getattr(asyncio, '{}')\n"])
def test_each_name_is_gone_not_yet_there_or_neither(version: Version, form: str) -> None:
    names = [(name, facts) for name, facts in _names() if name != "async" or form.startswith("getattr")]
    lines = ["import asyncio\n", *(form.format(name) for name, _ in names)]
    found = _audited(lines, version)
    told = {
        name: {code for code, message in found[line] if code.endswith("-name") and f" {name} " in message}
        for line, (name, _) in enumerate(names, 2)
    }
    # What 3.14 deprecates has the code deprecated-name, and no other.
    told = {name: codes - {"deprecated-name"} for name, codes in told.items()}
    assert told == {name: _expected(facts, version) for name, facts in names}


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_the_name_async_is_a_keyword(version: Version) -> None:
    found = _audited(["import asyncio\n", "asyncio.async(x)\n"], version)
    assert [code for code, message in found[2] if "keyword" in message] == ["version-break"] * (version >= (3, 7))


def _parameters(signature: str) -> set[str]:
    function = ast.parse(f"def f{signature.replace('<', chr(39)).replace('>', chr(39))}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    taken = {argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)} - {"self"}
    return taken | ({"**"} if given.kwarg is not None else set())


def _calls() -> Iterator[tuple[str, str, Version | None, Version | None]]:
    """A call, a parameter, and the versions that it came and went with, of loops as any class has it."""
    found: dict[tuple[str, str], list[tuple[Version | None, Version | None]]] = defaultdict(list)
    for name, facts in _measured().items():
        owner, _, last = name.rpartition(".")
        signatures = [(_version(since), _parameters(text)) for since, text in facts.get("signatures") or []]
        if owner not in ("", *LOOPS) or last.startswith("_") or len(signatures) < 2 or facts["removed"]:
            continue
        for parameter in set.union(*(taken for _, taken in signatures)) - {"**"}:
            there = [since for since, taken in signatures if parameter in taken]
            # What takes `loop` among others since 3.10 hands it on to somebody who refuses it (history.md, B3).
            gone = [v for v, taken in signatures if v > there[-1] and ("**" not in taken or parameter == "loop")]
            came = None if there[0] == signatures[0][0] else there[0]
            found[f"{'loop' if owner else 'asyncio'}.{last}", parameter].append((came, min(gone, default=None)))
    for (call, parameter), changes in sorted(found.items()):
        came = min((came for came, _ in changes if came is not None), default=None)
        yield call, parameter, came, min((gone for _, gone in changes if gone is not None), default=None)


RENAMED = {"run_in_executor.callback", "run_in_executor.func", "wrap_future.fut", "wrap_future.future"}
"""Given by position by everybody."""
INTERNAL = {
    *("Handle.context", "TimerHandle.context", "Server.ssl_shutdown_timeout"),
    *(f"subprocess_{how}.{name}" for how in ("exec", "shell") for name in ("encoding", "errors", "text")),
}
"""Nobody but asyncio gives these, and what is named to be refused."""
REFUSED = (3, 10)
"""Locks and queues took ``loop`` in 3.10 to say that they do not."""


@pytest.mark.parametrize("version", VERSIONS[1:], ids=str)
def test_each_parameter_is_gone_not_yet_there_or_neither(version: Version) -> None:
    calls = [c for c in _calls() if f"{c[0].partition('.')[2]}.{c[1]}" not in RENAMED | INTERNAL]
    assert len(calls) > 60
    lines = ["import asyncio\n", *(f"{call}({parameter}=x)\n" for call, parameter, _, _ in calls)]
    found = _audited(lines, version)
    for line, (call, parameter, came, gone) in enumerate(calls, 2):
        said = (f" {parameter} since ", f"{parameter} is no argument")
        codes = {code for code, message in found[line] if any(words in f" {message}" for words in said)}
        if gone is not None and version >= (min(gone, REFUSED) if parameter == "loop" else gone):
            assert codes == {"version-break"}, (call, parameter)
        else:
            assert codes == ({"newer-name"} if came is not None and version < came else set()), (call, parameter)

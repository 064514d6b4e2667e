"""Every public name of asyncio comes out as one that the target has, from aiocompat, or with a finding.

What is measured of asyncio and Trollius is in names.json, in the folder ``shared`` beside the repository.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from aioport.config import Settings
from aioport.history import ADDED_METHODS, ADDED_METHODS_OF, ADDED_PARAMETERS, OLDER
from aioport.project import port_bytes
from aioport.styles import target_of

NAMES = Path(__file__).resolve().parents[3] / "shared" / "asyncio" / "names.json"
TARGETS = [
    ("trollius", (2, 7)),
    ("compat", (2, 7)),
    ("yield-from", (3, 3)),
    ("yield-from", (3, 4)),
    ("yield-from", (3, 6)),
    ("yield-from", (3, 10)),
]
LINE = 5
"""Where the programs use the name."""

pytestmark = pytest.mark.skipif(not NAMES.exists(), reason="there is no names.json")


def _measured() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(NAMES.read_text(encoding="utf-8"))
    return {name[len("asyncio.") :]: facts for name, facts in found.items() if name.startswith("asyncio.")}


def _public() -> list[str]:
    """The names that asyncio 3.15 exports."""
    if not NAMES.exists():
        return []
    exported = ((name, facts.get("in___all__") or {}) for name, facts in _measured().items() if "." not in name)
    return [name for name, facts in exported if facts.get("added") and not facts["removed"] and name[0] != "_"]


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


def _has(library: str, version: tuple[int, int], name: str) -> bool:
    """Whether a library has a name; a class's method may be one."""
    facts = _measured().get(name)
    if library == "aiocompat":
        vocabulary = target_of("compat").vocabulary
        assert vocabulary is not None
        assert vocabulary.api is not None
        return name in vocabulary.api
    if facts is None:
        return False
    if library == "trollius":
        return bool(facts["trollius"]["present"])
    # What is measured as 3.4 is PyPI's asyncio 3.4.3, which is that for 3.3; a micro release counts for its minor one.
    since = _version(facts["added"])
    if (micro := facts.get("added_micro")) is not None:
        since = min(map(_version, re.findall(r"\d+\.\d+", micro)))
    elif since == (3, 4):
        since = (3, 3)
    return version >= since and (facts["removed"] is None or version < _version(facts["removed"]))


def _used(output: str) -> tuple[str, str]:
    """The library and the name in the line that used the name, in what came out."""
    statement = next(
        node
        for function in ast.walk(ast.parse(output))
        if isinstance(function, ast.FunctionDef) and function.name == "main"
        for node in function.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute)
    )
    library, _, name = ast.unparse(statement.value).partition(".")
    return library, name


@pytest.mark.parametrize(("to", "version"), TARGETS, ids=lambda value: str(value))
@pytest.mark.parametrize("name", _public())
def test_a_name_is_there_or_reported(name: str, to: str, version: tuple[int, int]) -> None:
    source = f"import asyncio\n\n\nasync def main():\n    asyncio.{name}\n    await asyncio.sleep(0)\n"
    report = port_bytes(source.encode(), "x.py", Settings(to=to, target_version=version, fast=True))
    codes = {finding.code for finding in report.findings if finding.location.line == LINE}
    if not report.changed:
        assert codes == {"missing-name"}
        return
    library, found = _used(report.after.decode())
    if "missing-name" in codes:
        assert not _has(library, version, name)
        return
    assert _has(library, version, found)
    # In a coroutine the older names do the same from 3.6 on (3.5.3); before that they are said to differ.
    own = target_of(to).vocabulary
    assert own is not None
    assert found in (name, OLDER.get(name))
    assert (found != name and version < (3, 6)) == bool(codes & {"older-name"})
    assert (library != own.module) == ("new-dependency" in codes)


def _parameters(signature: str) -> set[str]:
    function = ast.parse(f"def f{signature.replace('<', chr(39)).replace('>', chr(39))}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    return {argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)} - {"self"}


def test_methods_came_when_they_were_measured() -> None:
    added = {name: _version(facts["added"]) for name, facts in _measured().items() if facts["added"]}
    assert {name: added[name] for name in ADDED_METHODS_OF} == ADDED_METHODS_OF
    owners = {name.partition(".")[0] for name in ADDED_METHODS_OF}
    later = {
        name
        for name, since in added.items()
        if name.rpartition(".")[0] in owners and since > (3, 4) and "._" not in name and name.count(".") == 1
    }
    told = {name for name in later if name.rpartition(".")[2] in ADDED_METHODS} | set(ADDED_METHODS_OF)
    # A task has what a future has, and every runtime's queues have had these in some release of 3.4.
    assert later - told == {"Task.get_loop", "Queue.join", "Queue.task_done"} - told


def test_parameters_came_when_they_were_measured() -> None:
    measured: dict[str, str] = {}
    for name, facts in _measured().items():
        owner, _, method = name.rpartition(".")
        if (
            owner not in ("", "AbstractEventLoop", "BaseEventLoop", "Future", "Task")
            or facts["removed"]
            or name.startswith("_")
        ):
            continue
        signatures = facts.get("signatures") or [["", "()"]]
        known = _parameters(signatures[0][1])
        for since, signature in signatures[1:]:
            for parameter in _parameters(signature) - known:
                measured[f"{method}.{parameter}"] = min(
                    measured.get(f"{method}.{parameter}", since), since, key=_version
                )
            known |= _parameters(signature)
    renamed = {"run_in_executor.func", "set_result.res", "wrap_future.future"}
    internal = {"Handle.context", "TimerHandle.context", "Server.ssl_shutdown_timeout", "__del__._warn"}
    # Named to say that they are refused.
    internal |= {f"subprocess_{how}.{name}" for how in ("exec", "shell") for name in ("encoding", "errors", "text")}
    assert {
        name: _version(since) for name, since in measured.items() if name not in renamed | internal
    } == ADDED_PARAMETERS

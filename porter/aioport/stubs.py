"""Stubs (``.pyi``): what a module's functions become, they become in the stub beside it as well."""

from __future__ import annotations

from collections.abc import Mapping

from aioport.inference import Decision, Verdict

SUFFIX = ".pyi"


def follow(decisions: Mapping[str, dict[str, Decision]]) -> None:
    """Have undecorated functions in stubs follow those of the modules that they describe."""
    for path, decided in decisions.items():
        if not path.endswith(SUFFIX):
            continue
        native = {
            _qualname(key)
            for key, decision in decisions.get(path[:-1], {}).items()
            if decision.verdict is Verdict.NATIVE
        }
        for key, decision in decided.items():
            if decision.verdict is Verdict.FUNCTION and _qualname(key) in native:
                decided[key] = Decision(Verdict.NATIVE, "its module has it as a coroutine")


def _qualname(key: str) -> str:
    return key.rpartition("@")[0]

"""Why a function is taken for what it is: the chain of reasons, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aioport.facts import FunctionFact
from aioport.inference.decisions import Decision, FunctionId, Verdict

_UNDECIDED = "nothing in sight says whether it is a coroutine"
_NO_SIGN = "it shows no sign of waiting for anything"


def explain(
    functions: Mapping[FunctionId, FunctionFact], decisions: Mapping[str, Mapping[str, Decision]], path: str, name: str
) -> Iterator[str]:
    """Lines on each function called ``name`` (qualified or not) of the file ``path``; none where there is no such."""
    for fact in functions.values():
        if fact.path == path and name in (fact.qualname, fact.name, fact.key):
            yield from _chain(functions, decisions, fact)


def _chain(
    functions: Mapping[FunctionId, FunctionFact], decisions: Mapping[str, Mapping[str, Decision]], fact: FunctionFact
) -> Iterator[str]:
    seen: set[FunctionId] = set()
    depth = 0
    current: FunctionFact | None = fact
    while current is not None and (current.path, current.key) not in seen:
        seen.add((current.path, current.key))
        decision = decisions[current.path][current.key]
        indent = "  " * depth
        yield f"{indent}{current.path}:{current.line}: {current.qualname}: {decision.verdict.value}"
        yield f"{indent}  because {_reason(current, decision)}"
        current = functions.get(decision.because) if decision.because is not None else None
        depth += 1


def _reason(fact: FunctionFact, decision: Decision) -> str:
    told = decision.reason or (_UNDECIDED if decision.verdict is Verdict.UNDECIDED else _of_kind(fact, decision))
    if decision.verdict is Verdict.NATIVE or not fact.blocked:
        return told
    return f"{told}, and it cannot be converted ({fact.blocked})"


def _of_kind(fact: FunctionFact, decision: Decision) -> str:
    if decision.verdict is Verdict.FUNCTION:
        return "it has no yield and no coroutine decorator"
    if decision.because is not None:
        return "a method of that name, above or below it, stays one"
    if fact.hands_out:
        return "it hands out values with yield"
    return "its name or a decorator wants a generator" if fact.wants_generator else _NO_SIGN

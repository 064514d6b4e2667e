"""Calls of the coroutine decorator in decorators of the project, on what is an ``async def`` after the port."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from aioport.facts import Alternatives, Call, FileFacts, Step
from aioport.inference.decisions import Decision, FunctionId, Verdict
from aioport.inference.evaluation import Evaluation
from aioport.inference.things import Kind
from aioport.styles import words


def given_coroutines(
    files: list[FileFacts], evaluation: Evaluation, decisions: Mapping[FunctionId, Decision]
) -> dict[FunctionId, frozenset[int]]:
    """By function, the lines with ``coroutine(f)`` where the project gives only ``async def`` for the parameter f."""
    sites = [
        (file.path, call)
        for file in files
        for call in file.calls
        if call.caller and any(e.step is Step.PARAMETER for _, values in call.arguments for e in values)
    ]
    sites = [(path, call) for path, call in sites if _is_coroutine_decorator(evaluation, path, call)]
    if not sites:
        return {}
    given = _Given(files, evaluation, decisions)
    found: dict[FunctionId, dict[int, bool]] = defaultdict(dict)
    for path, call in sites:
        lines = found[path, call.caller]
        lines[call.line] = lines.get(call.line, True) and given.only_coroutines(path, call)
    return {key: frozenset(line for line, every in lines.items() if every) for key, lines in found.items()}


def _is_coroutine_decorator(evaluation: Evaluation, path: str, call: Call) -> bool:
    things = evaluation.evaluate(path, call.called)
    return bool(things) and all(thing.kind is Kind.LIBRARY and thing.name in words().coroutine for thing in things)


class _Given:
    def __init__(
        self, files: list[FileFacts], evaluation: Evaluation, decisions: Mapping[FunctionId, Decision]
    ) -> None:
        self._evaluation = evaluation
        self._decisions = decisions
        self._calls: dict[FunctionId, list[tuple[str, Call]]] = defaultdict(list)
        for file in files:
            for call in file.calls:
                for function in evaluation.called(file.path, call):
                    self._calls[function.path, function.key].append((file.path, call))

    def only_coroutines(self, path: str, call: Call) -> bool:
        """Whether the one argument of a call surely is an ``async def``, as far as the project's calls tell."""
        arguments = dict(call.arguments)
        return call.is_complete and set(arguments) == {"0"} and self._are_coroutines(path, arguments["0"], frozenset())

    def _are_coroutines(self, path: str, values: Alternatives, seen: frozenset[tuple[str, str]]) -> bool:
        parameters = [e.name for e in values if e.step is Step.PARAMETER]
        others = self._evaluation.evaluate(path, (e for e in values if e.step is not Step.PARAMETER))
        return all(self._is_given_coroutines(path, name, seen) for name in parameters) and all(
            self._decisions[t.path, t.name].verdict is Verdict.NATIVE
            if t.kind is Kind.FUNCTION
            # The parameter itself, once it is `f = coroutine(f)`.
            else bool(parameters) and t.kind is Kind.MADE and t.name in words().coroutine
            for t in others
        )

    def _is_given_coroutines(self, path: str, name: str, seen: frozenset[tuple[str, str]]) -> bool:
        key, _, parameter = name.rpartition(":")
        function = self._evaluation.functions[path, key]
        if function.owner or (path, name) in seen:
            return False
        position = str(function.parameters.index(parameter)) if parameter in function.parameters else ""
        given = []
        for caller, call in self._calls[path, key]:
            arguments = dict(call.arguments)
            if not call.is_complete:
                return False
            given += [(caller, arguments[place]) for place in (position, parameter) if place in arguments]
        return bool(given) and all(self._are_coroutines(where, v, seen | {(path, name)}) for where, v in given)

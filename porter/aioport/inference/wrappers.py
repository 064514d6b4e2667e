"""Decorators of the project that wait for what they decorate, and do nothing else with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from aioport import library
from aioport.facts import Alternatives, Call, Expression, FileFacts, FunctionFact, Step, Use
from aioport.inference.evaluation import Evaluation
from aioport.inference.things import Kind

_ASKING = library.KIND_QUESTIONS | {"functools.wraps", "functools.update_wrapper"}


class Wrappers:
    """Finds the functions that decorators put around others."""

    def __init__(self, files: list[FileFacts], evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._calls: dict[tuple[str, str], list[Call]] = defaultdict(list)
        self._given_on: dict[tuple[str, str], list[Call]] = defaultdict(list)
        for file in files:
            for call in file.calls:
                for name in _parameters(call.called):
                    self._calls[file.path, name].append(call)
                for _, values in call.arguments:
                    for name in _parameters(values):
                        self._given_on[file.path, name].append(call)

    def of(self, path: str, decorator: Alternatives) -> list[FunctionFact]:
        """The functions that wait for what ``decorator`` decorates; none where it may do anything else with it."""
        found = []
        for thing in self._evaluation.evaluate(path, decorator):
            if thing.kind is not Kind.FUNCTION:
                return []
            function = self._evaluation.functions[thing.path, thing.name]
            if function.owner or not function.parameters:
                return []
            parameter = thing.path, f"{function.key}:{function.parameters[0]}"
            calls = self._calls[parameter]
            waiting = {call.caller for call in calls}
            if (
                not calls
                or any(call.use is not Use.AWAITED for call in calls)
                or not all(self._only_asks(thing.path, call) for call in self._given_on[parameter])
            ):
                return []
            found += [self._evaluation.functions[thing.path, caller] for caller in sorted(waiting)]
        return found

    def _only_asks(self, path: str, call: Call) -> bool:
        things = self._evaluation.evaluate(path, call.called)
        return all(thing.kind in (Kind.LIBRARY, Kind.MADE) and thing.name in _ASKING for thing in things)


def _parameters(alternatives: Alternatives) -> Iterator[str]:
    for expression in alternatives:
        if _is_parameter(expression):
            yield expression.name


def _is_parameter(expression: Expression) -> bool:
    return expression.step is Step.PARAMETER

"""Which undecorated functions are coroutines by what decorates them or by what runs them: test frameworks, settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from aioport import library
from aioport.facts import FileFacts, FunctionFact
from aioport.inference.evaluation import Evaluation
from aioport.inference.things import Kind, Thing

_TEST_METHODS = ("test", "setUp", "tearDown")


def runners(
    functions: list[FunctionFact], files: list[FileFacts], evaluation: Evaluation, patterns: Sequence[str]
) -> dict[tuple[str, str], str]:
    """Each function that something runs as a coroutine, with what does so.

    ``patterns`` are those of ``coroutine-decorators``.
    """
    finder = _Runners(files, evaluation, patterns)
    return {(fact.path, fact.key): why for fact in functions if (why := next(finder.of(fact), ""))}


class _Runners:
    def __init__(self, files: list[FileFacts], evaluation: Evaluation, patterns: Sequence[str]) -> None:
        self._evaluation = evaluation
        self._patterns = patterns
        self._modules = {file.path: file.module for file in files}
        self._markers = [(PurePath(file.path), f"pytest.mark.{name}") for file in files for name in file.test_markers]
        self._module_marks = {
            file.path: [
                t.name
                for name, values in file.names
                if name == "pytestmark"
                for t in evaluation.evaluate(file.path, values)
            ]
            for file in files
        }

    def of(self, fact: FunctionFact) -> Iterator[str]:
        """What runs a function."""
        names = [
            name for d in fact.decorators for t in self._evaluation.evaluate(fact.path, d) for name in self._named(t)
        ]
        marks = self._module_marks[fact.path] if fact.name.startswith("test") else []
        for name in (*names, *marks):
            if name in library.LOOP_MARKERS or self._runs(name, PurePath(fact.path)):
                yield f"{name} runs it in an event loop"
            elif any(fnmatchcase(name, pattern) for pattern in self._patterns):
                yield f"the setting coroutine-decorators names {name}"
        if fact.owner and fact.name.startswith(_TEST_METHODS):
            own = self._evaluation.classes.get((fact.path, fact.qualname.rpartition(".")[0]))
            if own is not None and self._evaluation.bases_outside(own) & library.LOOP_TEST_CASES:
                yield "asynctest runs it in an event loop"

    def _runs(self, name: str, path: PurePath) -> bool:
        return any(name == marker and conftest.parent in path.parents for conftest, marker in self._markers)

    def _named(self, thing: Thing) -> Iterator[str]:
        if thing.kind in (Kind.LIBRARY, Kind.MADE):
            yield thing.name
        elif thing.kind is Kind.FUNCTION:
            function = self._evaluation.functions[thing.path, thing.name]
            yield f"{self._modules[thing.path]}.{function.qualname}"

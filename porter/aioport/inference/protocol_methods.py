"""Methods that Python itself calls, and that become no coroutine functions: ``__aiter__`` and ``__await__``."""

from __future__ import annotations

from collections.abc import Iterable

from aioport.facts import FileFacts, FunctionFact, Use
from aioport.functions import Definition


class ProtocolMethods:
    """What a project does with the methods of these names.

    ``has_waiting_iterators``: whether an ``__await__`` becomes a generator, and stays no coroutine function.
    """

    def __init__(self, files: Iterable[FileFacts], *, has_waiting_iterators: bool) -> None:
        self._has_waiting_iterators = has_waiting_iterators
        called = {(call.target.name, call.use) for file in files for call in file.calls if call.target}
        self.aiter_is_called = any(name == "__aiter__" for name, _ in called)
        """Whether something calls an ``__aiter__`` by name, and may wait for what it gives."""
        self._await_is_taken = any(name == "__await__" and use is not Use.AWAITED for name, use in called)

    def is_called(self, fact: FunctionFact) -> bool:
        """Whether something is done by name with what a decorated method gives that a port would not take."""
        if fact.name == "__await__":
            return self._await_is_taken and self.gives_iterator(fact)
        return self.aiter_is_called and bool(fact.owner) and fact.name == "__aiter__"

    def gives_iterator(self, fact: FunctionFact) -> bool:
        """Whether it is an ``__await__`` under a coroutine decorator, which becomes a generator."""
        decorated = fact.definition is Definition.DECORATED
        return self._has_waiting_iterators and decorated and bool(fact.owner) and fact.name == "__await__"

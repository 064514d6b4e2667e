"""What keeps a function from being converted, as far as its own file shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.entered import is_used_as_object
from aioport.functions import Asked, Blocker, Definition, Function, Wait
from aioport.late_iterators import given_last
from aioport.names import Scope, dotted
from aioport.returned import left_before_awaiting, move_of
from aioport.seen_returns import is_own, of_seen_returns
from aioport.tree import awaited_by_hand, walk
from aioport.values import Awaitability, Manager, Values

WITH_AWAIT_GONE = (3, 9)
"""First version whose locks ``with (await lock)`` no longer takes (history.md, B6)."""

DECORATOR_GONE = (3, 11)
"""First version without asyncio.coroutine: what cannot do without it would not even be imported."""

_NATIVE_LIBRARY = (3, 7)
"""First version whose asyncio has no generators among its coroutine functions (bpo-32193)."""

_ASYNCHRONOUS_GENERATORS = (3, 6)
"""First version with ``yield`` in ``async def`` (PEP 525)."""


def find_blockers(analysis: Analysis, values: Values, target_version: tuple[int, int]) -> None:
    """Fill in ``blockers`` of every function that would be converted."""
    for function in analysis.functions:
        if function.definition in (Definition.DECORATED, Definition.GENERATOR):
            function.blockers.extend(_blockers(analysis, values, function, target_version))
    for node in analysis.foreign_yields:
        _block_around(analysis, node)


def _blockers(
    analysis: Analysis, values: Values, function: Function, target_version: tuple[int, int]
) -> Iterator[Blocker]:
    yield from _of_protocols(values, function, target_version)
    yield from _of_decorators(analysis, function)
    yield from _of_yields(values, function)
    yield from _of_asynchronous_generators(function, target_version)
    yield from _of_returns(analysis, values, function, target_version)
    yield from _of_managers(analysis, values, function, target_version)
    yield from _of_keyword_names(analysis, function)
    yield from of_seen_returns(analysis, function)
    yield from _of_stop_iterations(analysis, function)


def _of_protocols(values: Values, function: Function, target_version: tuple[int, int]) -> Iterator[Blocker]:
    name = function.node.name.value
    if function.may_give_iterator and _can_delegate(function, target_version):
        yield from _of_awaited(function)
        return
    if (
        function.is_asynchronous_generator
        or function.definition is not Definition.DECORATED
        or not function.owner
        or name not in library.PROTOCOL_METHODS
    ):
        return
    blocker = Blocker(
        function.node.name,
        "protocol-method",
        f"{name} has to give its result at once, and a coroutine function would give a coroutine",
        "write `def __await__` with what is awaited in an async def beside it"
        if name == "__iter__"
        else f"make {name} a plain function",
    )
    if target_version < library.PLAIN_AITER or not (_is_plain_aiter(function) or given_last(function)):
        yield blocker
        return
    if not _is_plain_aiter(function):
        return
    for returning in function.returns:
        # A plain function cannot ask when it runs.
        if values.awaitability(returning.value) is not Awaitability.NO:
            yield replace(blocker, asked=returning.value, question=Asked.RETURNED_PLAIN)


def _can_delegate(function: Function, target_version: tuple[int, int]) -> bool:
    """Whether the coroutine function ``__await__`` may become a generator, for all that its own text shows.

    Up to Python 3.6 what asyncio's own coroutine functions give has no ``__await__`` to delegate to (bpo-32193).
    """
    waits = {suspension.wait for suspension in function.suspensions}
    return bool(waits) and waits <= {Wait.AWAIT, Wait.TURN} and not function.withs and target_version >= _NATIVE_LIBRARY


def _of_awaited(function: Function) -> Iterator[Blocker]:
    for suspension in function.suspensions:
        if suspension.wait is Wait.AWAIT and awaited_by_hand(suspension.operand) is None:
            yield Blocker(
                suspension.node,
                "protocol-method",
                "__await__ has to be a generator that delegates to the __await__() of this, and nothing in sight says "
                "that it has one",
                "wait for coroutines of the project, of asyncio, or futures; or have an async def do all of it, and "
                "write `return self.run().__await__()`",
                asked=suspension.operand,
                question=Asked.AWAITED,
            )


def _is_plain_aiter(function: Function) -> bool:
    """Whether it is an ``__aiter__`` that waits for nothing."""
    return function.node.name.value == "__aiter__" and not function.suspensions and not function.raises


def _of_decorators(analysis: Analysis, function: Function) -> Iterator[Blocker]:
    if function.definition is not Definition.DECORATED:
        return
    decorators = list(function.node.decorators)
    index = decorators.index(function.decorator) if function.decorator is not None else -1
    for decorator in decorators[index + 1 :]:
        if not is_transparent(analysis, decorator):
            yield Blocker(
                decorator,
                "wrapped-generator",
                "this decorator is given the generator function, before the coroutine decorator sees it",
                "move it above the coroutine decorator if it can wrap a coroutine function",
                asked=decorator.decorator,
                question=Asked.WRAPPED,
            )
    for decorator in decorators[: max(index, 0)]:
        if _origins(analysis, decorator) & library.GENERATOR_DECORATORS:
            yield Blocker(
                decorator,
                "wrapped-generator",
                "this decorator wants a generator function, and would be given a coroutine function",
                "take one of the two decorators away",
            )


def is_transparent(analysis: Analysis, decorator: cst.Decorator) -> bool:
    """Whether a decorator gives back what it gets, or wraps it without looking at what a call returns."""
    origins = _origins(analysis, decorator)
    return bool(origins) and all(
        origin in library.TRANSPARENT_DECORATORS or origin.startswith(library.TRANSPARENT_PREFIXES)
        for origin in origins
    )


def _origins(analysis: Analysis, decorator: cst.Decorator) -> frozenset[str]:
    expression = decorator.decorator
    return analysis.names.origins(expression.func if isinstance(expression, cst.Call) else expression)


def _of_yields(values: Values, function: Function) -> Iterator[Blocker]:
    for suspension in function.suspensions:
        if function.node.name.value == "__await__" and awaited_by_hand(suspension.operand) is not None:
            continue
        if suspension.wait is Wait.AWAIT and values.is_iterable(suspension.operand):
            yield Blocker(
                suspension.node,
                "data-generator",
                "this delegates to something that can be iterated and not awaited",
                "wait for each of its items, or for what `__await__()` or `iter()` was called on",
                # By a word of the style it waits for what a coroutine function of that name gives.
                asked=None if isinstance(suspension.node.value, cst.From) else suspension.operand,
                question=Asked.AWAITED,
            )
    if function.definition is not Definition.DECORATED:
        return
    for suspension in function.suspensions:
        if suspension.wait is Wait.VALUE:
            yield Blocker(
                suspension.node,
                "data-generator",
                "this coroutine hands out a value with yield, so something drives it by hand",
                "split it into a coroutine and an asynchronous generator, or wait with `yield from` if that was meant",
            )


def _of_asynchronous_generators(function: Function, target_version: tuple[int, int]) -> Iterator[Blocker]:
    if function.generator is None:
        return
    if target_version < _ASYNCHRONOUS_GENERATORS or not any(s.wait is Wait.ITEM for s in function.suspensions):
        yield Blocker(
            function.generator,
            "asynchronous-iteration",
            "asynchronous generators came with Python 3.6"
            if target_version < _ASYNCHRONOUS_GENERATORS
            else "nothing in this generator hands out a value, so it would become a coroutine function",
            "write a class with __aiter__ and __anext__",
        )
    values = [r for r in function.returns if r.value is not None]
    for statement in (*values, *(r for r in function.raises if isinstance(r.exc, cst.Call) and r.exc.args)):
        yield Blocker(
            statement,
            "asynchronous-iteration",
            "the value that is returned here is dropped, and an asynchronous generator may return none",
            "return nothing",
        )


def _of_returns(
    analysis: Analysis, values: Values, function: Function, target_version: tuple[int, int]
) -> Iterator[Blocker]:
    for statement in function.raises:
        if isinstance(statement.exc, cst.Call) and any(arg.star or arg.keyword for arg in statement.exc.args):
            yield Blocker(
                statement,
                "except-return",
                "how many values this Return carries is known only when it runs",
                "write the value out",
            )
    if not function.awaits_returned or function.suspensions:
        return
    # One that is left costs little as long as there is its decorator, but one of Trollius holds up all others.
    later = function.trollius or target_version >= DECORATOR_GONE
    for returning in function.returns:
        awaitability = values.awaitability(returning.value)
        leaves = left_before_awaiting(analysis, returning, function)
        moved = later and move_of(analysis, values, function) is not None
        if awaitability is Awaitability.YES and leaves:
            yield Blocker(
                returning,
                "returned-awaitable",
                "the coroutine decorator awaits what is returned here after the try or with statement around it was "
                "left, `return await` would do so inside of it",
                "write `return await` where an exception or the cleaning up may come that late, or move it out of the "
                "statement",
                asked=returning.value if moved else None,
                question=Asked.LEAVING_OR_LATER if moved else None,
            )
        elif awaitability is Awaitability.MAYBE:
            at_once = Asked.RETURNED_OR_LATER if later and not _is_plain_aiter(function) else Asked.RETURNED
            yield Blocker(
                returning,
                "returned-awaitable",
                "the coroutine decorator awaits a future or coroutine returned here, async def does not, and whether "
                "this value is one cannot be told from this file",
                "write `return await ...` into an async def if it is, or a plain `return` if it is not",
                asked=returning.value,
                question=at_once if not leaves else Asked.LEAVING_OR_LATER if moved else Asked.LEAVING,
            )


def _of_managers(
    analysis: Analysis, values: Values, function: Function, target_version: tuple[int, int]
) -> Iterator[Blocker]:
    entered = {item.item for statement in function.withs for item in statement.items}
    for wait in function.suspensions:
        if (
            target_version >= WITH_AWAIT_GONE
            and wait.node not in entered
            and wait.wait is Wait.AWAIT
            and values.manager(wait.operand) is Manager.LOCK
        ):
            yield Blocker(
                wait.node,
                "undecided-context-manager",
                "this waits for a lock outside of a with statement, and locks can no longer be awaited",
                "write `async with`, or `await lock.acquire()` and release it",
            )
    for statement in function.withs:
        waits = {s.node: s for s in function.suspensions}
        kinds = {}
        for item in statement.items:
            suspension = waits.get(item.item) if isinstance(item.item, cst.Yield) else None
            if suspension is not None:
                kind = values.manager(suspension.operand)
                used = kind is Manager.UNDECIDED and is_used_as_object(analysis.names, statement, item)
                kinds[suspension] = Manager.AWAITABLE if used else kind
        locks = [suspension for suspension, kind in kinds.items() if kind is Manager.LOCK]
        if target_version < WITH_AWAIT_GONE or (len(locks) == len(statement.items)):
            continue
        for suspension, kind in kinds.items():
            if kind is Manager.UNDECIDED and _is_used_as_no_lock(function, suspension.operand):
                values.presumed.add(statement)
            elif kind is Manager.UNDECIDED:
                yield Blocker(
                    suspension.node,
                    "undecided-context-manager",
                    "whether this is a lock (`async with`) or an awaitable that gives the context manager "
                    "(`with await`) cannot be told from this file",
                    "write one of the two",
                    # Several must all be locks or none: too rare to ask for.
                    asked=suspension.operand if len(statement.items) == 1 else None,
                    question=Asked.MANAGER,
                )
            elif kind is Manager.LOCK:
                yield Blocker(
                    suspension.node,
                    "undecided-context-manager",
                    "this lock shares its with statement with something that is no lock",
                    "nest two with statements",
                )


def _is_used_as_no_lock(function: Function, operand: cst.BaseExpression | None) -> bool:
    """Whether the function uses something of ``operand`` that no lock of asyncio has."""
    name = dotted(operand)
    return name is not None and any(
        isinstance(node, cst.Attribute)
        and dotted(node.value) == name
        and node.attr.value not in library.LOCK_METHODS
        and not node.attr.value.startswith("_")
        for node in walk(function.node.body)
    )


def is_async_with(values: Values, function: Function, statement: cst.With) -> bool:
    """Whether a with statement over awaited operands becomes ``async with``: all of them are locks."""
    waits = {s.node: s for s in function.suspensions}
    return all(
        isinstance(item.item, cst.Yield)
        and item.item in waits
        and values.manager(waits[item.item].operand) is Manager.LOCK
        for item in statement.items
    )


def _of_keyword_names(analysis: Analysis, function: Function) -> Iterator[Blocker]:
    shielded = {analysis.shielded.async_name: "async", analysis.shielded.await_name: "await"}
    for node in walk(function.node.body):
        if isinstance(node, cst.Name) and node.value in shielded and not _is_renamed(analysis, node):
            yield Blocker(
                node,
                "keyword-name",
                f"{shielded[node.value]} is used as a name here, which it cannot be inside an async def",
                "rename it",
            )


def _is_renamed(analysis: Analysis, node: cst.Name) -> bool:
    """Whether the name is ``asyncio.async``, which the port calls ``ensure_future``."""
    parent = analysis.names.parents[node]
    expression = parent if isinstance(parent, cst.Attribute) and parent.attr is node else node
    return analysis.names.means(expression, frozenset(["asyncio.async", "trollius.async"]))


def _of_stop_iterations(analysis: Analysis, function: Function) -> Iterator[Blocker]:
    for node in walk(function.node.body):
        if (
            isinstance(node, cst.Raise)
            and analysis.names.means(
                node.exc.func if isinstance(node.exc, cst.Call) else node.exc, frozenset(["builtins.StopIteration"])
            )
            and is_own(analysis, node, function)
        ):
            yield Blocker(
                node,
                "stop-iteration",
                "this ends a generator-based coroutine until Python 3.6; out of an async def comes RuntimeError",
                "return the value instead",
            )


def _block_around(analysis: Analysis, node: cst.Yield) -> None:
    """Block the functions around a ``yield`` that belongs to a lambda or to the inside of a comprehension."""
    in_lambda = False
    scope: Scope | None = analysis.names.scope_of(node)
    while scope is not None and not isinstance(scope.opener, (cst.FunctionDef, cst.Module)):
        in_lambda = in_lambda or isinstance(scope.opener, cst.Lambda)
        scope = scope.parent
    if scope is None or not isinstance(scope.opener, cst.FunctionDef):
        return
    function = analysis.function_of(scope.opener)
    if function.definition is Definition.PLAIN and not in_lambda:
        return
    function.blockers.append(
        Blocker(
            node,
            "yield-in-lambda" if in_lambda else "yield-in-comprehension",
            "a lambda that yields is a generator, and there is no asynchronous lambda"
            if in_lambda
            else "a yield inside a comprehension makes the comprehension a generator of its own (until 3.7), not the "
            "coroutine wait",
            "make the lambda a function" if in_lambda else "write the comprehension as a loop",
        )
    )

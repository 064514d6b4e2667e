"""What stands in for ``asyncio.coroutine``, which is gone since Python 3.11, where something cannot do without it.

For a generator function it was ``types.coroutine`` and a note for ``iscoroutinefunction``, debug mode apart. Any other
function it wrapped: what a call gave was waited for, if it could be (Lib/asyncio/coroutines.py of 3.5 to 3.10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from aioport.analysis import wrapper
from aioport.blockers import DECORATOR_GONE
from aioport.findings import Applicability, Severity
from aioport.functions import Function
from aioport.inference import Verdict
from aioport.lifting.added_definitions import define
from aioport.lifting.added_imports import import_module
from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.rules.removed_names import is_guarded
from aioport.styles import libraries

_DECORATOR = frozenset(["asyncio.coroutine"])
_DECORATORS = frozenset(f"{library}.coroutine" for library in libraries())

_STAYING = frozenset(["aiocompat.coroutine"])
"""Whose functions have ``yield From(x)``, which only that understands: no stand-in does."""
_REPLACED = _DECORATORS - _STAYING

_FUNCTION = """\
def {name}(function):
    \"\"\"Make a coroutine function, as asyncio.coroutine() did until Python 3.10.\"\"\"
    called = types.coroutine(function)

    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        result = called(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    return function if inspect.iscoroutinefunction(function) else wrapper
"""
_MODULES = ("types", "inspect", "functools")
"""What it needs; the last one that is added comes first."""


def mark_generators(lift: Lift) -> None:
    """Have ``types.coroutine`` mark what has to stay a generator, or is left as one, where that stands for the other.

    ``__iter__`` gets it for every version: ``yield from`` takes what such a method gives, and it may itself delegate to
    native coroutines. Others get it where the target has no ``asyncio.coroutine``.
    """
    for function in lift.analysis.functions:
        decorator = _decorator(lift, function)
        if decorator is None or not function.suspensions:
            continue
        iterates = is_generator_for_yield_from(function)
        if not (iterates or lift.target_version >= DECORATOR_GONE) or not import_module(lift, "types"):
            continue
        lift.marked.add(function)
        lift.consume(decorator)
        lift.edits.replace(decorator, cst.parse_expression("types.coroutine"))
        if iterates:
            lift.report(
                function.node.name,
                "protocol-method",
                Severity.NOTE,
                "this has to stay a generator, so types.coroutine marks it now",
                "take it away where no generator waits for these objects any more, and __await__ is there",
                applicability=Applicability.SAFE,
            )
        else:
            lift.report(
                decorator,
                "missing-name",
                Severity.WARNING,
                "asyncio has no coroutine since Python 3.11, so types.coroutine marks this generator: it can be waited "
                "for, and driven by hand; asyncio.iscoroutine() says no to it since 3.12, and create_task() refuses it",
                "use ensure_future() in the place of create_task(), or make it an async def",
                applicability=Applicability.SAFE,
            )


def stand_in(lift: Lift, calls: Sequence[cst.Call]) -> None:
    """Have a function of the file do what ``asyncio.coroutine`` did, where the target has none.

    It takes its place in ``calls``, over functions without ``yield`` that are left, and where it is handed on. Other
    calls are reported.
    """
    uses = [found for f in lift.analysis.functions if not f.suspensions and (found := _decorator(lift, f)) is not None]
    uses += [call.func for call in calls if _is_asyncio(lift, call.func) and call.func not in uses]
    handed_on = list(_handed_on(lift, _REPLACED))
    replaces = bool(uses or handed_on) and lift.target_version >= DECORATOR_GONE
    replaces = replaces and all(import_module(lift, module) for module in _MODULES)
    if replaces:
        name = define(lift, "coroutine_from", _FUNCTION)
        for use in (*uses, *handed_on):
            lift.consume(use)
            lift.edits.replace(use, cst.Name(name))
        for use in handed_on:
            lift.report(
                use,
                "missing-name",
                Severity.WARNING,
                "asyncio has no coroutine since Python 3.11, so a function of this file stands for it",
                "write async def where it is used",
                applicability=Applicability.SAFE,
            )
    for call in calls:
        _report(lift, call, is_replaced=replaces and call.func in uses)
    if lift.target_version >= DECORATOR_GONE:
        for use in _handed_on(lift, _STAYING):
            _keep(lift, use)


def _keep(lift: Lift, use: cst.Attribute) -> None:
    """Let a decorator that is handed on stay aiocompat's, also where the file has another name for that.

    A file in which ``aiocompat`` is something else is refused when the port is read back.
    """
    if dotted(use.value) == "aiocompat":
        lift.staying.add(use.value)
    elif import_module(lift, "aiocompat"):
        lift.consume(use.value)
        lift.edits.replace(use.value, cst.Name("aiocompat"))
    lift.report(
        use,
        "missing-name",
        Severity.NOTE,
        "asyncio has no coroutine since Python 3.11, so this stays aiocompat's",
        "write async def where it is used",
        applicability=Applicability.SAFE,
    )


def _handed_on(lift: Lift, decorators: frozenset[str]) -> Iterator[cst.Attribute]:
    """Where one of ``decorators`` is a value: of a name, an argument, a result."""
    for attribute in lift.analysis.attributes:
        parent = lift.analysis.names.parents[attribute]
        if (
            isinstance(parent, (cst.Arg, cst.Assign, cst.Return))
            and lift.analysis.names.means(attribute, decorators)
            and lift.keeps_helpers
            and not is_guarded(lift, attribute)
            and not lift.is_left(attribute)
        ):
            yield attribute


def _report(lift: Lift, call: cst.Call, *, is_replaced: bool) -> None:
    lift.report(
        call,
        "coroutine-call",
        Severity.WARNING if is_replaced else Severity.ERROR,
        "asyncio has no coroutine since Python 3.11, so a function of this file makes the coroutine function"
        if is_replaced
        else "the coroutine decorator is called as a function, and what it gets cannot be made an async def in place",
        "write an async def and use that",
        applicability=Applicability.SAFE if is_replaced else Applicability.MANUAL,
    )


def _is_asyncio(lift: Lift, use: cst.BaseExpression) -> bool:
    return lift.keeps_helpers and _becomes_asyncio(lift, use) and not is_guarded(lift, use)


def _decorator(lift: Lift, function: Function) -> cst.BaseExpression | None:
    """What marks a function that is left, if that is ``asyncio.coroutine``: the decorator, or the call's function."""
    if not lift.keeps_helpers or lift.verdict(function) is not Verdict.LEFT_COROUTINE:
        return None
    found = function.decorator.decorator if function.decorator is not None else wrapper(function.wrapping)
    return found if found is not None and _becomes_asyncio(lift, found) else None


def _becomes_asyncio(lift: Lift, decorator: cst.BaseExpression) -> bool:
    """Whether it is asyncio's; also where that is only tried first, before another library's."""
    origins = lift.analysis.names.origins(decorator)
    return _DECORATOR <= origins <= _DECORATORS


def is_generator_for_yield_from(function: Function) -> bool:
    """Whether it is an ``__iter__`` with nothing else about it."""
    return (
        function.node.name.value == "__iter__"
        and function.decorator is not None
        and bool(function.suspensions)
        and {blocker.code for blocker in function.blockers} == {"protocol-method"}
    )

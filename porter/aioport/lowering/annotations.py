"""``async def f() -> T`` says what ``await`` gives; a generator-based coroutine says ``-> Generator[Any, None, T]``.

That is what a call of it gives to a type checker (PEP 484). Where it is written, ``Generator`` and ``Any`` are imported
from ``typing``, which is there since Python 3.5; before that, only files that import it themselves can say it.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.functions import Function
from aioport.lifting.annotations import in_quotes, is_of_generator
from aioport.lowering.context import Lower
from aioport.lowering.generator_mark import is_generator
from aioport.stubs import SUFFIX
from aioport.tree import walk

_NAMES = ("Any", "Generator")
_TYPING, _SUBSCRIPTED_CLASSES = (3, 5), (3, 9)
_TYPES = (cst.Name, cst.Attribute, cst.Subscript, cst.BinaryOperation, cst.SimpleString, cst.List, cst.Ellipsis)
"""What the expressions of types consist of; ``typing`` takes no others, and says so when the function is made."""


def lower_annotation(lower: Lower, function: Function) -> None:
    """Annotate ``function`` with what a call of it gives from now on."""
    returns = function.node.returns
    new = lowered_annotation(lower, function)
    if returns is None or new is None:
        return
    lower.edits.replace(returns.annotation, new)
    missing = [name for name in _NAMES if _imported(lower, name) is None]
    if missing:
        # Lifting leaves imports of typing, which other files may take from here.
        lower.unlike.append(lower.analysis.module)
        if all(map(lower.is_free, missing)):
            lower.typing.update(missing)
        else:
            lower.modules.add("typing")


def lowered_annotation(lower: Lower, function: Function) -> cst.BaseExpression | None:
    """``Generator[Any, None, T]`` for a function that has ``-> T``, if it is to have that and the file can say it."""
    returns = function.node.returns
    if returns is None or function.is_asynchronous_generator or not _says_result(lower, function):
        return None
    result = returns.annotation
    spelled = _spelled(lower)
    if spelled is None or not _is_type(lower, result):
        _report(lower, function)
        return None
    anything, generator = spelled
    # What a yield gives is of use only where it is the value that is waited for (`x = yield From(y)`).
    sent = anything if lower.vocabulary.wait else cst.Name("None")
    return cst.Subscript(generator, [cst.SubscriptElement(cst.Index(part)) for part in (anything, sent, result)])


def _says_result(lower: Lower, function: Function) -> bool:
    """Whether the annotation is one of what ``await`` gives, and has to be another now.

    What stood on a generator-based coroutine of the original, and was not that of a generator, is left to its author.
    aiocompat's decorator takes a function for what it returns, where that is no generator.
    """
    assert function.node.returns is not None
    if function not in lower.natives or function.qualname not in lower.always_native | lower.annotated:
        return False
    return (
        lower.vocabulary.awaits_returned
        or lower.path.endswith(SUFFIX)
        or is_generator(lower, function)
        or is_of_generator(lower.analysis.names, function.node.returns.annotation)
    )


def _is_type(lower: Lower, node: cst.BaseExpression) -> bool:
    """Whether an annotation surely is one that ``typing`` takes; up to Python 3.10 it refuses what cannot be called."""
    parts = [part for part in walk(node) if isinstance(part, cst.BaseExpression)]
    strings = (part for part in parts if isinstance(part, cst.SimpleString))
    return (
        all(isinstance(part, _TYPES) for part in parts)
        and all(in_quotes(part) is not part for part in strings)
        and not isinstance(node, (cst.List, cst.Ellipsis))
        and not (isinstance(node, cst.Name) and _is_module(lower, node))
    )


def _is_module(lower: Lower, node: cst.Name) -> bool:
    scope, parents = lower.analysis.names.binding_scope(node), lower.analysis.names.parents
    bindings = scope.bindings.get(node.value, ()) if scope is not None else ()
    return any(isinstance(parents.get(binding.node), cst.Import) for binding in bindings)


def _spelled(lower: Lower) -> list[cst.BaseExpression] | None:
    """The expressions for the two names of ``typing``, imported or to be imported, if the target version has it."""
    imported = [_imported(lower, name) for name in _NAMES]
    if None not in imported:
        return [expression for expression in imported if expression is not None]
    if lower.version < _TYPING and not lower.path.endswith(SUFFIX):
        return None
    if all(expression is not None or lower.is_free(name) for expression, name in zip(imported, _NAMES)):
        return [expression or cst.Name(name) for expression, name in zip(imported, _NAMES)]
    return [cst.Attribute(cst.Name("typing"), cst.Name(name)) for name in _NAMES] if lower.is_module("typing") else None


def _imported(lower: Lower, name: str) -> cst.BaseExpression | None:
    """The expression for a name of ``typing``, if the file has an import for it that is there in all of its scopes."""
    origins = {f"typing.{name}"}
    if name == "Generator" and (lower.version >= _SUBSCRIPTED_CLASSES or lower.path.endswith(SUFFIX)):
        origins.add(f"collections.abc.{name}")
    for bound in lower.analysis.names.top.bindings:
        if _is_always(lower, bound, origins):
            return cst.Name(bound)
        if _is_always(lower, bound, {"typing"}):
            return cst.Attribute(cst.Name(bound), cst.Name(name))
    return None


def _is_always(lower: Lower, bound: str, origins: set[str]) -> bool:
    """Whether a name means one of ``origins`` everywhere, imported where nothing but the file itself decides."""
    names = lower.analysis.names
    bindings = [binding for scope in names.scopes.values() for binding in scope.bindings.get(bound, ())]
    lines = {line for line in lower.analysis.module.body if isinstance(line, cst.SimpleStatementLine)}
    return all(
        binding.origin in origins and names.parents[names.parents[binding.node]] in lines for binding in bindings
    )


def _report(lower: Lower, function: Function) -> None:
    assert function.node.returns is not None
    lower.unlike.append(function.node)
    if any(finding.code == "generator-annotation" for finding in lower.findings):
        return
    lower.report(
        function.node.returns,
        "generator-annotation",
        Severity.NOTE,
        "a call gives a generator now, and nothing here could say so: annotations stay those of what is waited for",
        "import Generator and Any from typing, where the project has it",
        applicability=Applicability.SAFE,
    )

"""``-> Generator[Any, None, T]`` said what a call of a generator-based coroutine gives; an ``async def`` has ``-> T``.

PEP 484: the result of an ``async def`` is annotated as what ``await`` gives.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Severity
from aioport.functions import Function
from aioport.lifting.context import Lift
from aioport.names import Names

_RESULT_AT = {
    f"{module}.{name}": index
    for module in ("typing", "collections.abc")
    for name, index in (("Generator", 2), ("Coroutine", 2), ("Awaitable", 0))
}
"""Where a type says what the coroutine returns."""

_SAY_NOTHING = frozenset(
    f"{module}.{name}" for module in ("typing", "collections.abc") for name in ("Iterator", "Iterable")
)


def lift_annotation(lift: Lift, function: Function) -> None:
    """Make the annotation of what ``function`` returns that of an ``async def``."""
    returns = function.node.returns
    if returns is None or lift.gives_iterator(function):
        return
    annotation = returns.annotation
    written = in_quotes(annotation) if isinstance(annotation, cst.SimpleString) else annotation
    generic = written.value if isinstance(written, cst.Subscript) else written
    # What stands in quotes is looked up in the module.
    origins = lift.analysis.names.origins(generic)
    result = _result(written, origins) if isinstance(written, cst.Subscript) else None
    if result is not None:
        new = _quoted(lift, annotation, result) if isinstance(annotation, cst.SimpleString) else result
        lift.edits.replace(annotation, new)
        lift.annotated.add(function.qualname)
    elif not lift.lowered_again and origins & (_SAY_NOTHING | _RESULT_AT.keys()):
        lift.report(
            annotation,
            "generator-annotation",
            Severity.WARNING,
            "this is the type of a generator, and an async def is annotated with the type of what await gives",
            "write that",
        )


def is_of_generator(names: Names, annotation: cst.BaseExpression) -> bool:
    """Whether an annotation would be read as that of a generator-based coroutine."""
    written = in_quotes(annotation) if isinstance(annotation, cst.SimpleString) else annotation
    return isinstance(written, cst.Subscript) and _result(written, names.origins(written.value)) is not None


def _quoted(lift: Lift, before: cst.SimpleString, result: cst.BaseExpression) -> cst.SimpleString:
    return cst.SimpleString(before.quote + lift.analysis.module.code_for_node(result) + before.quote)


def in_quotes(node: cst.SimpleString) -> cst.BaseExpression:
    """The type that an annotation in quotes means, or the string itself if it means none."""
    try:
        return cst.parse_expression(str(node.evaluated_value))
    except cst.ParserSyntaxError:
        return node


def _result(node: cst.Subscript, origins: frozenset[str]) -> cst.BaseExpression | None:
    indexes = {_RESULT_AT.get(origin) for origin in origins}
    index = indexes.pop() if len(indexes) == 1 else None
    if index is None or len(node.slice) != index + 1:
        return None
    element = node.slice[index].slice
    return element.value if isinstance(element, cst.Index) else None

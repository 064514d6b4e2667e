"""Syntax, and builtins, that a target version does not have yet.

The versions are those of the language reference and of the PEPs named; what a row of the table asks of a node is true
of no older syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import libcst as cst

from aioport.analysis import Analysis
from aioport.functions import Definition
from aioport.history import Version, versions
from aioport.lowering.context import Lower
from aioport.lowering.equivalents.future import text_that_is_not_ascii
from aioport.tree import has_item_in_parentheses, walk

_PYTHON3, _UNPACKING = (3, 0), (3, 5)
_Asks = Callable[..., bool]


def newer_syntax(lower: Lower, *, ignored: frozenset[str]) -> Iterator[tuple[cst.CSTNode, str]]:
    """Each construct that the target version does not have, with a sentence on it; ``ignored`` are builtins it has."""
    analysis, version = lower.analysis, lower.version
    for node in analysis.nodes:
        for since, what, asks in _constructs_of(type(node), version):
            if asks(node):
                yield node, _said(what, since)
        if version < _UNPACKING and isinstance(node, (cst.List, cst.Tuple, cst.Set)) and _is_starred(analysis, node):
            yield node, _said("* in a display (PEP 448)", _UNPACKING)
    for name in analysis.free:
        since = NEW_BUILTINS.get(name.value, version)
        if version < since and name.value not in ignored and analysis.names.means(name, _builtin(name)):
            yield name, _said(name.value, since)
    if version < _PYTHON3:
        yield from _of_python2(lower)


@cache
def _constructs_of(kind: type[cst.CSTNode], version: Version) -> tuple[tuple[Version, str, _Asks], ...]:
    """The rows of the table that a node of a class can be, and a version has not got."""
    return tuple(
        (since, what, asks) for since, kinds, what, asks in _CONSTRUCTS if version < since and issubclass(kind, kinds)
    )


def _builtin(name: cst.Name) -> frozenset[str]:
    return frozenset([f"builtins.{name.value}"])


def _said(what: str, since: Version) -> str:
    return f"{what} came with Python {since[0]}.{since[1]}" if since > _PYTHON3 else f"{what} came with Python 3"


def _always(node: cst.CSTNode) -> bool:
    return True


def _has_keyword_only(node: cst.Parameters) -> bool:
    return bool(node.kwonly_params)


def _has_items_in_parentheses(node: cst.With) -> bool:
    return isinstance(node.lpar, cst.LeftParen) and not has_item_in_parentheses(node)


def _calls_without_arguments(node: cst.Call) -> bool:
    return isinstance(node.func, cst.Name) and node.func.value == "super" and not node.args


def _prints_not_one(node: cst.Call) -> bool:
    return (
        isinstance(node.func, cst.Name)
        and node.func.value == "print"
        and (len(node.args) != 1 or node.args[0].star != "" or node.args[0].keyword is not None)
    )


def _stars_more_than_once(node: cst.Call) -> bool:
    """PEP 448; before, one ``*`` and one ``**`` stood last, and only keywords between them."""
    stars = [arg.star for arg in node.args]
    if stars.count("*") > 1 or stars.count("**") > 1:
        return True
    after = stars.index("*") + 1 if "*" in stars else len(stars)
    return any(arg.star == "" and arg.keyword is None for arg in node.args[after:]) or (
        "**" in stars and stars[-1] != "**"
    )


def _is_unpacked_to(node: cst.AssignTarget | cst.For | cst.CompFor) -> bool:
    return any(isinstance(part, cst.StarredElement) for part in walk(node.target))


_CONSTRUCTS: tuple[tuple[Version, type[cst.CSTNode], str, _Asks], ...] = (
    ((3, 0), cst.Annotation, "an annotation (PEP 3107)", _always),
    ((3, 0), cst.Parameters, "a keyword-only parameter (PEP 3102)", _has_keyword_only),
    ((3, 0), cst.Nonlocal, "nonlocal (PEP 3104)", _always),
    ((3, 0), cst.Raise, "raise ... from (PEP 3134)", lambda node: node.cause is not None),
    ((3, 0), cst.ClassDef, "a keyword of a class (PEP 3115)", lambda node: bool(node.keywords)),
    ((3, 0), cst.Ellipsis, "... as an expression", _always),
    ((3, 0), cst.Call, "super() without arguments (PEP 3135)", _calls_without_arguments),
    ((3, 0), cst.Call, "print() of anything but one value", _prints_not_one),
    ((3, 0), cst.AssignTarget, "a starred target (PEP 3132)", _is_unpacked_to),
    ((3, 0), cst.For, "a starred target (PEP 3132)", _is_unpacked_to),
    ((3, 3), cst.Yield, "yield from (PEP 380)", lambda node: isinstance(node.value, cst.From)),
    ((3, 5), cst.BinaryOperation, "@ (PEP 465)", lambda node: isinstance(node.operator, cst.MatrixMultiply)),
    ((3, 5), cst.AugAssign, "@= (PEP 465)", lambda node: isinstance(node.operator, cst.MatrixMultiplyAssign)),
    ((3, 5), cst.StarredDictElement, "** in a display (PEP 448)", _always),
    ((3, 5), cst.Call, "another argument after a starred one (PEP 448)", _stars_more_than_once),
    ((3, 6), cst.FormattedString, "an f-string (PEP 498)", _always),
    ((3, 6), cst.AnnAssign, "an annotated variable (PEP 526)", _always),
    ((3, 6), cst.Integer, "an underscore in a number (PEP 515)", lambda node: "_" in node.value),
    ((3, 6), cst.Float, "an underscore in a number (PEP 515)", lambda node: "_" in node.value),
    ((3, 8), cst.FormattedStringExpression, "= in an f-string (bpo-36817)", lambda node: node.equal is not None),
    ((3, 8), cst.NamedExpr, "an assignment expression (PEP 572)", _always),
    ((3, 8), cst.Parameters, "a positional-only parameter (PEP 570)", lambda node: bool(node.posonly_params)),
    ((3, 9), cst.With, "parentheses around the items of a with statement", _has_items_in_parentheses),
    ((3, 10), cst.Match, "match (PEP 634)", _always),
    ((3, 11), cst.TryStar, "except* (PEP 654)", _always),
    ((3, 12), cst.TypeAlias, "type (PEP 695)", _always),
    ((3, 12), cst.TypeParameters, "a type parameter (PEP 695)", _always),
    ((3, 14), cst.TemplatedString, "a t-string (PEP 750)", _always),
)

NEW_BUILTINS = versions(
    """
    3.0 ascii
    3.2 ResourceWarning
    3.3 BlockingIOError BrokenPipeError ChildProcessError ConnectionAbortedError ConnectionError
    3.3 ConnectionRefusedError ConnectionResetError FileExistsError FileNotFoundError InterruptedError
    3.3 IsADirectoryError NotADirectoryError PermissionError ProcessLookupError TimeoutError
    3.5 RecursionError StopAsyncIteration
    3.6 ModuleNotFoundError
    3.7 breakpoint
    3.10 EncodingWarning aiter anext
    3.11 BaseExceptionGroup ExceptionGroup
    """
)
"""Builtins that are more than another name for what was there before."""


def _of_python2(lower: Lower) -> Iterator[tuple[cst.CSTNode, str]]:
    analysis = lower.analysis
    for function in analysis.functions:
        if function.definition is Definition.GENERATOR:
            for returning in function.returns:
                if returning.value is not None:
                    yield returning, "a generator cannot return a value on Python 2"
    for node in text_that_is_not_ascii(lower):
        yield node, "text that is not ASCII is bytes on Python 2 unless it is marked with u"
    for node in analysis.nodes:
        if isinstance(node, cst.Name) and (
            not node.value.isascii() or (node.value == "exec" and not _is_exec(lower, node))
        ):
            yield node, f"{node.value} cannot be a name on Python 2"


def _is_exec(lower: Lower, node: cst.Name) -> bool:
    """Whether a call of ``exec`` reads as the statement of Python 2, which takes a tuple for the same."""
    call = lower.analysis.names.parents[node]
    return isinstance(call, cst.Call) and call.func is node and isinstance(lower.analysis.names.parents[call], cst.Expr)


def _is_starred(analysis: Analysis, node: cst.List | cst.Tuple | cst.Set) -> bool:
    parent = analysis.names.parents[node]
    return not isinstance(parent, (cst.AssignTarget, cst.For, cst.CompFor)) and any(
        isinstance(element, cst.StarredElement) for element in node.elements
    )

"""What stands at the top of a file for Python 2: ``from __future__`` imports and the coding line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from aioport.history import Version
from aioport.lowering.context import Equivalent, Lower, unchanged
from aioport.names import dotted
from aioport.tree import walk

_PYTHON3 = (3, 0)
_GONE: dict[str, Version] = {"annotations": (3, 7), "generator_stop": (3, 5)}
"""Features of ``__future__`` that came with Python 3; an older one takes them for an error."""
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
"""PEP 263."""


def of_future(lower: Lower) -> Iterator[Equivalent]:
    """The uses of what a ``__future__`` import makes of Python 2 what the source means."""
    for node in lower.analysis.nodes:
        future = isinstance(node, cst.ImportFrom) and dotted(node.module) == "__future__"
        if future and any(_is_gone(lower, alias) for alias in _aliases(node)):  # type: ignore[arg-type]
            yield Equivalent(node, lower.analysis.names.parents[node], lambda updated: _without_gone(lower, updated))
    if lower.version >= _PYTHON3:
        return
    imported = _imported(lower)
    if lower.is_python3 or "print_function" in imported:
        for node in _prints(lower):
            lower.futures.add("print_function")
            parent = lower.analysis.names.parents[node]
            yield Equivalent(parent if isinstance(parent, cst.Call) and parent.func is node else node, node, unchanged)
    if lower.is_python3:
        lower.futures.update(_meant(lower))
    lower.futures.difference_update(imported)


def _meant(lower: Lower) -> Iterator[str]:
    """What Python 3 makes of what Python 2 reads as well."""
    for node in lower.analysis.nodes:
        if isinstance(node, (cst.BinaryOperation, cst.AugAssign)) and _divides(node):
            yield "division"
    if _is_in_package(lower):
        yield "absolute_import"


def of_module(lower: Lower) -> Iterator[Equivalent]:
    """The module itself, where it needs more at its top."""
    module = lower.analysis.module
    if lower.version >= _PYTHON3:
        return
    needs_coding = _lacks_coding_line(module)
    if lower.futures or needs_coding:
        yield Equivalent(module, module, lambda updated: _with_top(sorted(lower.futures), needs_coding, updated))


def _lacks_coding_line(module: cst.Module) -> bool:
    """Whether Python 2 cannot read a file because it is not ASCII and does not say what it is."""
    return not module.code.isascii() and not any(_CODING.match(line) for line in module.code.split("\n", 2)[:2])


def text_that_is_not_ascii(lower: Lower) -> Iterator[cst.CSTNode]:
    """Literals that are text in the source, and on Python 2 the bytes of some encoding, or backslashes."""
    module = lower.analysis.module
    if not lower.is_python3 or "unicode_literals" in _imported(lower):
        return
    for node in walk(module):
        if isinstance(node, cst.SimpleString) and not _is_docstring(lower, node):
            if not set(node.prefix.lower()) & {"b", "u"} and not _is_ascii(node.value, "r" in node.prefix.lower()):
                yield node
        elif isinstance(node, cst.FormattedString):
            texts = (part.value for part in walk(node) if isinstance(part, cst.FormattedStringText))
            if not all(_is_ascii(text, "r" in node.prefix.lower()) for text in texts):
                yield node


def _is_ascii(text: str, raw: bool) -> bool:
    escapes = r"(?<!\\)(?:\\\\)*\\(?:[uUN]|x[89a-fA-F]|[2-7][0-7]{2})"
    return text.isascii() and (raw or re.search(escapes, text) is None)


def _is_docstring(lower: Lower, node: cst.CSTNode) -> bool:
    return isinstance(lower.analysis.names.parents[node], cst.Expr)


def _aliases(node: cst.ImportFrom) -> Sequence[cst.ImportAlias]:
    return () if isinstance(node.names, cst.ImportStar) else node.names


def _imported(lower: Lower) -> set[str]:
    return {
        dotted(alias.name) or ""
        for node in lower.analysis.nodes
        if isinstance(node, cst.ImportFrom) and dotted(node.module) == "__future__"
        for alias in _aliases(node)
    }


def _is_gone(lower: Lower, alias: cst.ImportAlias) -> bool:
    since = _GONE.get(dotted(alias.name) or "")
    return since is not None and lower.version < since


def _without_gone(lower: Lower, updated: cst.CSTNode) -> cst.CSTNode | cst.RemovalSentinel:
    assert isinstance(updated, cst.SimpleStatementLine)
    statement = updated.body[0]
    assert isinstance(statement, cst.ImportFrom)
    kept = [alias for alias in _aliases(statement) if not _is_gone(lower, alias)]
    if not kept:
        return cst.RemoveFromParent()
    kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return updated.with_changes(body=[statement.with_changes(names=kept)])


def _prints(lower: Lower) -> Iterator[cst.Name]:
    """Uses of ``print`` that the statement of Python 2 does not read in the same way."""
    parents = lower.analysis.names.parents
    names = (node for node in lower.analysis.nodes if isinstance(node, cst.Name) and node.value == "print")
    free = set(lower.analysis.free)
    for node in names:
        if node not in free:
            # An attribute, or a name of its own.
            yield node
            continue
        call = parents[node]
        if (
            isinstance(call, cst.Call)
            and call.func is node
            and isinstance(parents[call], cst.Expr)
            and len(call.args) == 1
            and not call.args[0].star
            and call.args[0].keyword is None
            and not isinstance(call.args[0].comma, cst.Comma)
            and not isinstance(call.args[0].value, cst.GeneratorExp)
            and not call.lpar
        ):
            continue
        yield node


def _divides(node: cst.BinaryOperation | cst.AugAssign) -> bool:
    return isinstance(node.operator, (cst.Divide, cst.DivideAssign))


def _is_in_package(lower: Lower) -> bool:
    """Whether a sibling in the same package may be taken for what is imported: Python 2 looks there first."""
    statements = [node for node in lower.analysis.nodes if isinstance(node, (cst.Import, cst.ImportFrom))]
    relative = [node for node in statements if isinstance(node, cst.ImportFrom) and node.relative]
    return bool(relative) and len(relative) < len(statements)


def _with_top(futures: Sequence[str], coding: bool, updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Module)
    module = _with_futures(futures, updated) if futures else updated
    if not coding:
        return module
    line = cst.EmptyLine(comment=cst.Comment("# -*- coding: utf-8 -*-"), indent=False)
    header = list(module.header)
    first = header[0].comment if header else None
    index = 1 if first is not None and first.value.startswith("#!") else 0
    return module.with_changes(header=[*header[:index], line, *header[index:]])


def _with_futures(futures: Sequence[str], module: cst.Module) -> cst.Module:
    body = list(module.body)
    blank = cst.EmptyLine(indent=False)
    line = cst.parse_statement(f"from __future__ import {', '.join(futures)}\n")
    assert isinstance(line, cst.SimpleStatementLine)
    index = 1 if module.get_docstring() is not None else 0
    if index:
        line = line.with_changes(leading_lines=[blank])
    if index < len(body):
        following = body[index]
        assert isinstance(following, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        lines = list(following.leading_lines)
        if not lines or lines[0].comment is not None:
            body[index] = following.with_changes(leading_lines=[blank, *lines])
    body.insert(index, line)
    return module.with_changes(body=body)

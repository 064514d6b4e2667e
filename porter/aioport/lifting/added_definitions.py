"""Functions and classes that a rewrite needs, defined in the file itself."""

from __future__ import annotations

from functools import partial

import libcst as cst

from aioport.lifting.context import Lift
from aioport.tree import walk


def define(lift: Lift, name: str, definition: str) -> str:
    """Put a definition, with ``{name}`` for its name, before the first one of the file, or before an earlier use of it.

    Gives the name, which is ``name`` unless that means something in the file. Doing it again adds nothing.
    """
    free = lift.unused_name(name)
    if free not in lift.defined:
        lift.defined.add(free)
        lift.edits.on(lift.analysis.module, partial(_with_definition, free, definition.format(name=free)))
    return free


def _with_definition(name: str, text: str, updated: cst.CSTNode) -> cst.Module:
    assert isinstance(updated, cst.Module)
    body = list(updated.body)
    place = next(index for index, line in enumerate(body) if _defines(line) or _names(line, name))
    following = body[place]
    assert isinstance(following, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    blank = [cst.EmptyLine(indent=False)] * 2
    lines = following.leading_lines
    comments = next((index for index, line in enumerate(lines) if line.comment is not None), len(lines))
    added = cst.parse_statement(text).with_changes(leading_lines=blank)
    body[place : place + 1] = [added, following.with_changes(leading_lines=[*blank, *lines[comments:]])]
    return updated.with_changes(body=body)


def _defines(line: cst.CSTNode) -> bool:
    return isinstance(line, (cst.FunctionDef, cst.ClassDef))


def _names(line: cst.CSTNode, name: str) -> bool:
    return any(isinstance(node, cst.Name) and node.value == name for node in walk(line))

"""Taking statements away without losing the comments around them, and where at the top new ones go."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import libcst as cst

from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.tree import Edits


def remove_statement(lift: Lift, statement: cst.BaseSmallStatement) -> None:
    """Remove a small statement; its line goes with the last one on it, comments stay where they were.

    A block that would be left empty gets ``pass``.
    """
    lift.consume(statement)
    remove_line(lift.edits, lift.analysis.names.parents, statement)


def remove_line(edits: Edits, parents: Mapping[cst.CSTNode, cst.CSTNode], statement: cst.BaseSmallStatement) -> None:
    """Do what :func:`remove_statement` does, whatever becomes of the names in it."""
    line = parents[statement]
    if not isinstance(line, cst.SimpleStatementLine):
        edits.replace(statement, cst.Pass())
        return
    if len(line.body) > 1:
        _remove_from_line(edits, statement, line)
        return
    block = parents[line]
    siblings: Sequence[cst.CSTNode] = block.body if isinstance(block, (cst.IndentedBlock, cst.Module)) else ()
    if isinstance(block, cst.IndentedBlock) and len(siblings) == 1:
        edits.replace(statement, cst.Pass())
        return
    edits.remove(line)
    index = list(siblings).index(line)
    lines = comment_lines(line.leading_lines, line.trailing_whitespace)
    if not lines and _heads_a_group(siblings[index : index + 2]):
        lines = list(line.leading_lines)
    if lines:
        _move_lines(edits, lines, block, siblings, index)


def remove_block(lift: Lift, statement: cst.BaseCompoundStatement) -> None:
    """Remove a compound statement that holds no comments; a block that would be left empty gets ``pass``."""
    lift.consume(statement)
    block = lift.analysis.names.parents[statement]
    if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        lift.edits.replace(statement, cst.SimpleStatementLine([cst.Pass()]))
        return
    lift.edits.remove(statement)
    if isinstance(block, cst.IndentedBlock) and block.body[0] is statement:
        lift.edits.on(block.body[1], _without_blank_lines)


def _without_blank_lines(statement: cst.CSTNode) -> cst.CSTNode:
    """A statement that heads its block now."""
    lines = getattr(statement, "leading_lines", ())
    return statement.with_changes(leading_lines=[*itertools.dropwhile(lambda line: line.comment is None, lines)])


def _remove_from_line(edits: Edits, statement: cst.BaseSmallStatement, line: cst.SimpleStatementLine) -> None:
    edits.remove(statement)
    if line.body[-1] is statement:
        edits.on(
            line.body[-2],
            lambda updated: updated.with_changes(semicolon=cst.MaybeSentinel.DEFAULT),
        )


def comment_lines(leading: Sequence[cst.EmptyLine], trailing: cst.TrailingWhitespace) -> list[cst.EmptyLine]:
    """The comment lines above a removed line, and its trailing comment as a line of its own."""
    lines = list(leading) if any(line.comment for line in leading) else []
    if trailing.comment is not None:
        lines.append(cst.EmptyLine(comment=trailing.comment))
    return lines


def _heads_a_group(statements: Sequence[cst.CSTNode]) -> bool:
    """Whether the first statement is set apart from what is above it, and the second follows at once."""
    return len(statements) == 2 and not getattr(statements[1], "leading_lines", ())


def _move_lines(
    edits: Edits, lines: list[cst.EmptyLine], block: cst.CSTNode, siblings: Sequence[cst.CSTNode], index: int
) -> None:
    if index + 1 < len(siblings):
        edits.on(
            siblings[index + 1],
            lambda updated: updated.with_changes(
                leading_lines=[*lines, *updated.leading_lines]  # type: ignore[attr-defined]
            ),
        )
    else:
        edits.on(
            block,
            lambda updated: updated.with_changes(footer=[*lines, *updated.footer]),  # type: ignore[attr-defined]
        )


def is_import_line(line: cst.CSTNode) -> bool:
    """Whether a statement imports something, ``__future__`` aside."""
    return isinstance(line, cst.SimpleStatementLine) and any(
        isinstance(small, cst.Import) or (isinstance(small, cst.ImportFrom) and dotted(small.module) != "__future__")
        for small in line.body
    )


def is_prologue(line: cst.CSTNode) -> bool:
    """Whether a statement is the docstring or a ``__future__`` import."""
    return isinstance(line, cst.SimpleStatementLine) and (
        (isinstance(line.body[0], cst.Expr) and isinstance(line.body[0].value, cst.BaseString))
        or (isinstance(line.body[0], cst.ImportFrom) and dotted(line.body[0].module) == "__future__")
    )


def with_alias(method: cst.CSTNode, name: str, of: str) -> cst.FlattenSentinel[cst.CSTNode]:
    """``method`` with ``name = of`` below it."""
    alias = cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], cst.Name(of))])
    return cst.FlattenSentinel([method, alias.with_changes(leading_lines=[cst.EmptyLine(indent=False)])])

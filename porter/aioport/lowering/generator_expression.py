"""Generator expressions that wait become asynchronous generator functions, called where they stood (PEP 530)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import libcst as cst

from aioport.functions import Function
from aioport.lowering.context import Lower
from aioport.lowering.down import Down
from aioport.lowering.loops import line_of, loops_of, own_comments
from aioport.names import Scope
from aioport.tree import walk

_BLANK = cst.EmptyLine(indent=False)


def why_not_function(
    lower: Lower, function: Function, node: cst.GeneratorExp, moved: Collection[cst.CSTNode]
) -> str | None:
    """Why a waiting generator expression cannot be made a function, if so; ``moved`` are the comprehensions that go."""
    scope: Scope | None = lower.analysis.names.scope_of(node)
    while scope is not function.scope:
        if scope is None or scope.opener not in moved:
            return "this is an asynchronous generator that uses what is known only inside of what it stands in"
        scope = scope.parent
    if any(isinstance(part, cst.NamedExpr) for part in walk(node)):
        return "this is an asynchronous generator that assigns to a name of the function"
    if node.for_in.asynchronous is not None and not lower.values.is_asynchronous_generator(node.for_in.iter):
        return "this is an asynchronous generator, and what it goes over is asked for its iterator when it is made"
    return None


def line_before(lower: Lower, line: cst.CSTNode) -> cst.CSTNode:
    """The line before which a statement for ``line`` can stand: not between an ``if`` and its ``elif``."""
    parents = lower.analysis.names.parents
    while isinstance(line, cst.If) and isinstance(around := parents[line], cst.If) and around.orelse is line:
        line = around
    return line


def to_functions(down: Down, line: cst.CSTNode, nodes: Sequence[cst.GeneratorExp]) -> None:
    """Put a function for each of ``nodes`` before ``line``."""
    functions: list[cst.BaseStatement] = []
    for node in nodes:
        _to_function(down, line, node, functions)

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode]:
        if isinstance(updated, cst.SimpleStatementSuite):
            lines = [line_of(small) for small in updated.body]
            return cst.IndentedBlock([*functions, *lines], header=updated.trailing_whitespace)
        assert isinstance(updated, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        above = updated.leading_lines
        apart = above if above and above[0].comment is None else [_BLANK, *above]
        return cst.FlattenSentinel([*functions, updated.with_changes(leading_lines=apart)])

    down.edits.on(line, rewrite)


def _to_function(down: Down, line: cst.CSTNode, node: cst.GeneratorExp, functions: list[cst.BaseStatement]) -> None:
    name = down.fresh(line, *_candidates(down.lower, node))
    iterable = node.for_in.iter
    used_inside = {part.value for part in walk(node) if isinstance(part, cst.Name) and part is not iterable}
    own = isinstance(iterable, cst.Name) and iterable.value not in used_inside
    parameter = iterable.value if own and isinstance(iterable, cst.Name) else down.fresh(line, "iterable", "items")

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.GeneratorExp)
        clause = updated.for_in.with_changes(iter=cst.Name(parameter))
        comments = [cst.EmptyLine(comment=comment) for comment in own_comments(updated)]
        first = not functions and _is_first(down.lower, line)
        functions.append(
            cst.FunctionDef(
                name=cst.Name(name),
                params=cst.Parameters([cst.Param(cst.Name(parameter))]),
                body=cst.IndentedBlock([loops_of(clause, [line_of(cst.Expr(cst.Yield(updated.elt)))])]),
                asynchronous=cst.Asynchronous(),
                leading_lines=[*([] if first else [_BLANK]), *comments],
            )
        )
        argument = updated.for_in.iter
        # The first iterable is asked for its iterator at once.
        if updated.for_in.asynchronous is None:
            argument = cst.Call(cst.Name("iter"), [cst.Arg(argument)])
        return cst.Call(cst.Name(name), [cst.Arg(argument)])

    down.edits.on(node, rewrite)


def _is_first(lower: Lower, line: cst.CSTNode) -> bool:
    """Whether a line is the first of its block."""
    block = lower.analysis.names.parents[line]
    return not isinstance(block, cst.IndentedBlock) or block.body[0] is line


def _candidates(lower: Lower, node: cst.GeneratorExp) -> list[str]:
    parent = lower.analysis.names.parents[node]
    target = parent.targets[0].target if isinstance(parent, cst.Assign) else None
    named = [f"generate_{target.value}"] if isinstance(target, cst.Name) else []
    return [*named, "generate", "generate_items"]

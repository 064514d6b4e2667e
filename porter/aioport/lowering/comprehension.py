"""Comprehensions that wait become loops before the statement that they stand in (PEP 530).

A comprehension is a function of its own, and a generator that waited in it would be one as well. What is unrolled
has to run where it ran before, so only what cannot tell the difference may stand before it in its statement; see
:mod:`aioport.lowering.evaluation`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Union

import libcst as cst

from aioport.functions import Function
from aioport.lifting.parentheses import parenthesized_if_broken
from aioport.lowering.context import Lower
from aioport.lowering.down import Down, as_block, assign
from aioport.lowering.evaluation import Evaluation
from aioport.lowering.generator_expression import line_before, to_functions, why_not_function
from aioport.lowering.loops import below, in_parentheses, line_of, loops_of, own_comments
from aioport.lowering.variables import each, is_seen_around, rename
from aioport.names import Scope
from aioport.tree import Rewrite, walk

Collected = Union[cst.ListComp, cst.SetComp, cst.DictComp]
Comprehension = Union[Collected, cst.GeneratorExp]

_COLLECTED = (cst.ListComp, cst.SetComp, cst.DictComp)
_CONSUMERS = frozenset(
    f"builtins.{name}" for name in "all any dict frozenset list max min set sorted sum tuple".split()
)
"""What has used up a generator when it returns."""


def waiting_comprehensions(lower: Lower, function: Function) -> list[Comprehension]:
    """The comprehensions of ``function`` that wait or iterate asynchronously, outer ones first.

    A generator expression is one when it does; what stands around it does not wait for it.
    """
    found: dict[cst.CSTNode, None] = {}
    names = lower.analysis.names
    for node in lower.inner_waits.get(function, ()):
        scope: Scope | None = names.scope_of(node)
        while scope is not None and scope is not function.scope:
            found[scope.opener] = None
            scope = scope.parent if isinstance(scope.opener, _COLLECTED) else None
    return [node for node in walk(function.node) if node in found]  # type: ignore[misc]


def why_not(lower: Lower, function: Function, node: Comprehension) -> str | None:
    """Why a waiting comprehension cannot be unrolled, if so."""
    moved = waiting_comprehensions(lower, function)
    if isinstance(node, cst.GeneratorExp):
        return why_not_function(lower, function, node, moved)
    if _is_kept(lower, lower.analysis.names.scopes[node]):
        return "a function made in this comprehension keeps its variable, which a loop changes"
    if isinstance(node, cst.SetComp) and lower.analysis.names.scope_of(node).find("set") is not None:
        return "this would need the builtin set, and the name means something else here"
    return Evaluation(lower, function, moved).why_not_before(node)


def _is_kept(lower: Lower, scope: Scope) -> bool:
    """Whether something that may live on refers to a variable of the comprehension ``scope``."""
    names = lower.analysis.names
    for name in scope.bindings:
        for load in lower.analysis.loads.get((scope, name), ()):
            inner = names.scope_of(load)
            while inner is not scope:
                if not isinstance(inner.opener, _COLLECTED) and not _is_consumed(lower, inner.opener):
                    return True
                assert inner.parent is not None
                inner = inner.parent
    return False


def _is_consumed(lower: Lower, node: cst.CSTNode) -> bool:
    names = lower.analysis.names
    call = names.parents[names.parents[node]]
    return isinstance(node, cst.GeneratorExp) and isinstance(call, cst.Call) and names.means(call.func, _CONSUMERS)


def bring_down_comprehensions(down: Down, function: Function) -> None:
    """Rewrite the outermost waiting comprehensions of ``function``; those inside of them come next time."""
    found = waiting_comprehensions(down.lower, function)
    within = {part for node in found for part in walk(node) if part is not node}
    statements: dict[cst.CSTNode, list[Comprehension]] = {}
    for node in found:
        if node not in within:
            statements.setdefault(_statement(down.lower, node), []).append(node)
    rewritten: set[cst.CSTNode] = set()
    for statement, nodes in statements.items():
        collected = [node for node in nodes if not isinstance(node, cst.GeneratorExp)]
        line = _line(down.lower, statement) if collected else line_before(down.lower, _line(down.lower, statement))
        # What else stands in a line that is rewritten has its turn once it is another.
        if line in rewritten:
            continue
        rewritten.add(line)
        if collected:
            _Unrolling(down, function, statement, line, collected).rewrite()
        else:
            to_functions(down, line, [node for node in nodes if isinstance(node, cst.GeneratorExp)])


def _statement(lower: Lower, node: cst.CSTNode) -> cst.CSTNode:
    """The statement that ``node`` is evaluated for; one of several on a line is one of its own."""
    while not isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
        node = lower.analysis.names.parents[node]
    return node


def _line(lower: Lower, statement: cst.CSTNode) -> cst.CSTNode:
    """What ``statement`` stands in, beside other statements or by itself."""
    return statement if isinstance(statement, cst.BaseCompoundStatement) else lower.analysis.names.parents[statement]


class _Unrolling:
    """The waiting comprehensions of one statement, on their way to loops before it."""

    def __init__(
        self,
        down: Down,
        function: Function,
        statement: cst.CSTNode,
        line: cst.CSTNode,
        nodes: Sequence[Collected],
    ) -> None:
        self._down = down
        self._lower = down.lower
        self._function = function
        self._statement = statement
        self._line = line
        self._nodes = nodes
        self._updated: dict[cst.CSTNode, Collected] = {}
        self._names: dict[cst.CSTNode, str] = {}
        self._renamed: dict[str, str] = {}
        self._assigned = self._assigned_directly()

    def rewrite(self) -> None:
        """Add the edits."""
        for node in self._nodes:
            self._names[node] = self._assigned or self._down.fresh(self._statement, *self._candidates(node))
            self._keep_scope(node)
            self._down.edits.on(node, lambda updated, node=node: self._taken_out(node, updated))  # type: ignore[misc]
        if isinstance(self._line, cst.While):
            rewrite: Rewrite = self._tested_inside
        elif isinstance(self._line, cst.BaseCompoundStatement):
            rewrite = self._before
        else:
            rewrite = self._in_suite if isinstance(self._line, cst.SimpleStatementSuite) else self._in_line
        self._down.edits.on(self._line, rewrite)

    # What is taken out, and what is left in its place.

    def _taken_out(self, node: Collected, updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, _COLLECTED)
        self._updated[node] = updated
        return cst.Name(self._names[node])

    def _keep_scope(self, node: Collected) -> None:
        """Rename the variables of a comprehension that mean something else in the function."""
        for name in self._lower.analysis.names.scopes[node].bindings:
            if is_seen_around(self._lower, node, name, self._function.scope):
                if name not in self._renamed:
                    self._renamed[name] = self._down.fresh(self._statement, each(name))
                rename(self._lower, self._down.edits, node, name, self._renamed[name])

    def _assigned_directly(self) -> str:
        """The name that the statement assigns the comprehension to, where nobody can see it while it is filled."""
        assigning = self._statement
        targets = [target.target for target in assigning.targets] if isinstance(assigning, cst.Assign) else []
        targets += [assigning.target] if isinstance(assigning, cst.AnnAssign) else []
        node = self._nodes[0]
        if len(targets) != 1 or not isinstance(target := targets[0], cst.Name) or assigning.value is not node:  # type: ignore[attr-defined]
            return ""
        scope = self._lower.analysis.names.scope_of(target)
        if scope is not self._function.scope or target.value in scope.elsewhere:
            return ""
        names = self._lower.analysis.names
        inside = set(walk(node))
        loads = [load for load in self._lower.analysis.loads[scope, target.value] if load is not target]
        if any(load in inside or (names.scope_of(load) is not scope and not self._is_plain(load)) for load in loads):
            return ""
        bindings = names.scopes[node].bindings
        seen = self._is_guarded() and not self._is_only_used_after([load for load in loads if load not in inside])
        return "" if target.value in bindings or seen else target.value

    def _is_plain(self, load: cst.Name) -> bool:
        """Whether a name is used by a list, set or dict comprehension of the function, which does not keep it."""
        scope: Scope | None = self._lower.analysis.names.scope_of(load)
        while scope is not None and isinstance(scope.opener, _COLLECTED):
            scope = scope.parent
        return scope is self._function.scope

    def _is_guarded(self) -> bool:
        """Whether an exception in the comprehension may be caught in the function."""
        node = self._statement
        while node is not self._function.node:
            if isinstance(node, (cst.Try, cst.TryStar, cst.With)):
                return True
            node = self._lower.analysis.names.parents[node]
        return False

    def _is_only_used_after(self, loads: Sequence[cst.Name]) -> bool:
        """Whether all uses stand behind the statement in its own block, so that they are not reached without it."""
        parents = self._lower.analysis.names.parents
        line = parents[self._statement]
        block = parents[line]
        if not isinstance(block, cst.IndentedBlock):
            return False
        following = block.body[list(block.body).index(line) + 1 :]  # type: ignore[arg-type]
        after = {part for statement in following for part in walk(statement)}
        return all(load in after or parents[load] in (self._statement, *_targets(self._statement)) for load in loads)

    def _candidates(self, node: Collected) -> list[str]:
        """What the value may be called: after where it goes, or after what it is made of."""
        parents = self._lower.analysis.names.parents
        parent = parents[node]
        named: list[str] = []
        if isinstance(parent, cst.Arg) and parent.keyword is not None:
            named = [parent.keyword.value]
        elif isinstance(parent, cst.Assign) and isinstance(target := parent.targets[0].target, cst.Attribute):
            named = [target.attr.value.strip("_")]
        iterable = node.for_in.iter
        last = iterable.attr if isinstance(iterable, cst.Attribute) else iterable
        return [*named, "result", *([f"{last.value}_result"] if isinstance(last, cst.Name) else []), "results"]

    # The statement with what comes before it.

    def _loops(self) -> list[cst.BaseStatement]:
        return [line for node in self._nodes for line in self._loop(node)]

    def _loop(self, node: Collected) -> list[cst.BaseStatement]:
        updated, name = self._updated[node], self._names[node]
        if isinstance(updated, cst.ListComp) and isinstance(self._statement, cst.Expr) and self._is_gone():
            element = line_of(cst.Expr(parenthesized_if_broken(updated.elt)))
            return self._commented([loops_of(updated.for_in, [element])], updated)
        start = assign(name, _empty(updated))
        if self._assigned:
            assert isinstance(self._statement, cst.BaseSmallStatement)
            start = line_of(self._statement.with_changes(value=_empty(updated)))
        return self._commented([start, loops_of(updated.for_in, self._step(node, updated, cst.Name(name)))], updated)

    def _commented(self, lines: list[cst.BaseStatement], node: Collected) -> list[cst.BaseStatement]:
        comments = [cst.EmptyLine(comment=comment) for comment in own_comments(node)]
        return [lines[0].with_changes(leading_lines=comments), *lines[1:]]

    def _step(self, node: Collected, updated: Collected, name: cst.Name) -> list[cst.BaseStatement]:
        if not isinstance(updated, cst.DictComp):
            method = "append" if isinstance(updated, cst.ListComp) else "add"
            call = cst.Call(cst.Attribute(name, cst.Name(method)), [cst.Arg(updated.elt)])
            return [line_of(cst.Expr(call))]
        key: cst.BaseExpression = updated.key
        assert isinstance(node, cst.DictComp)
        before: list[cst.BaseStatement] = []
        variables = self._lower.analysis.names.scopes[node].bindings
        if not _is_constant(node.key, variables) and not _is_constant(node.value, variables):
            # The value of an assignment is evaluated before what is assigned to.
            fresh = self._down.fresh(self._statement, "key", f"{name.value}_key")
            before = [assign(fresh, parenthesized_if_broken(key))]
            key = cst.Name(fresh)
        target = cst.Subscript(name, [cst.SubscriptElement(cst.Index(key))])
        value = parenthesized_if_broken(updated.value)
        return [*before, line_of(cst.Assign([cst.AssignTarget(target)], value))]

    def _before(self, updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        assert isinstance(updated, (cst.If, cst.For, cst.With))
        plain = updated.with_changes(leading_lines=[])
        return cst.FlattenSentinel(below(updated.leading_lines, [*self._loops(), plain]))

    def _tested_inside(self, updated: cst.CSTNode) -> cst.CSTNode:
        """``while True`` with the test, which is evaluated again each time, at the start of the body."""
        assert isinstance(updated, cst.While)
        body, test = as_block(updated.body), updated.test
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            ended = parenthesized_if_broken(test.expression)
        else:
            ended = cst.UnaryOperation(cst.Not(), in_parentheses(test, cst.BooleanOperation))
        leaving = cst.If(ended, cst.IndentedBlock([line_of(cst.Break())]))
        lines = [*self._loops(), leaving, *body.body]
        return updated.with_changes(test=cst.Name("True"), body=body.with_changes(body=lines))

    def _in_line(self, updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
        assert isinstance(updated, cst.SimpleStatementLine)
        lines = self._around(updated.body)
        comment = updated.trailing_whitespace.comment
        if comment is None:
            return cst.FlattenSentinel(below(updated.leading_lines, lines))
        if not self._is_gone():
            lines[-1] = lines[-1].with_changes(trailing_whitespace=updated.trailing_whitespace)
            return cst.FlattenSentinel(below(updated.leading_lines, lines))
        return cst.FlattenSentinel(below([*updated.leading_lines, cst.EmptyLine(comment=comment)], lines))

    def _in_suite(self, updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.SimpleStatementSuite)
        return as_block(updated).with_changes(body=self._around(updated.body))

    def _around(self, body: Sequence[cst.BaseSmallStatement]) -> list[cst.BaseStatement]:
        assert isinstance(self._line, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
        index = next(i for i, small in enumerate(self._line.body) if small is self._statement)
        own = [] if self._is_gone() else [line_of(body[index])]
        return [*map(line_of, body[:index]), *self._loops(), *own, *map(line_of, body[index + 1 :])]

    def _is_gone(self) -> bool:
        """Whether nothing is left of the statement."""
        return bool(self._assigned) or (isinstance(self._statement, cst.Expr) and self._statement.value in self._nodes)


def _targets(statement: cst.CSTNode) -> Sequence[cst.CSTNode]:
    return statement.targets if isinstance(statement, cst.Assign) else ()


def _empty(node: Collected) -> cst.BaseExpression:
    if isinstance(node, cst.SetComp):
        return cst.Call(cst.Name("set"))
    return cst.List([]) if isinstance(node, cst.ListComp) else cst.Dict([])


def _is_constant(node: cst.BaseExpression, variables: Collection[str]) -> bool:
    """Whether it makes no difference when ``node`` is evaluated; only the loops assign to ``variables``."""
    if isinstance(node, cst.Name):
        return node.value in variables
    return isinstance(node, (cst.BaseNumber, cst.SimpleString))

"""``return v`` leaves a ``with`` block before it becomes an exception, where that changes nothing.

``__exit__`` would take ``raise Return(v)`` for a failure. So the value is kept in a name and returned after the block,
if nothing of the block is left to be run where it is returned, and nothing after the block where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import libcst as cst

from aioport import library
from aioport.functions import Function
from aioport.lowering.context import Lower
from aioport.lowering.down import Down, as_block, assign, breaks
from aioport.lowering.generator_mark import is_generator
from aioport.lowering.returns import around
from aioport.tree import children

_OBJECT = frozenset(["builtins.object"])


class _Stuck(Exception):
    """A return that has something left to run after it."""


def bring_down_returns(down: Down, function: Function) -> None:
    """Rewrite the ``with`` statements of ``function`` that would see a value that is returned in them."""
    for node in dict.fromkeys(outermost for _, outermost in seen_returns(down.lower, function)):
        name = down.fresh(node, "result", "returned")
        down.edits.on(
            node, partial(_moved, name=name, ends=_ends(down.lower, node), whole=_moves(down, function, node))
        )


def seen_returns(lower: Lower, function: Function) -> Iterator[tuple[cst.Return, cst.With]]:
    """Each ``return`` of a value that a ``with`` would see as an exception, with the outermost of those."""
    if not lower.vocabulary.value or not is_generator(lower, function):
        return
    for statement in function.returns:
        if statement.value is not None:
            withs = [node for node in around(lower, function, statement) if isinstance(node, cst.With)]
            if withs:
                yield statement, withs[-1]


def can_leave(lower: Lower, function: Function, node: cst.With) -> bool:
    """Whether all values returned in the block of ``node`` can as well be returned after it."""
    try:
        _Block("_", _ends(lower, node), _swallows(lower, node)).settled(node.body)
    except _Stuck:
        return False
    return _ends(lower, node) or _is_last(lower, function, node)


def _moves(down: Down, function: Function, node: cst.With) -> bool:
    """Whether the statement that returns can stand after the block as it is: nothing else binds its name."""
    *others, last = as_block(node.body).body
    if not others or not _ends(down.lower, node) or not _returns_name(last) or any(map(_returns, others)):
        return False
    name = last.body[0].value  # type: ignore[attr-defined]
    names = down.lower.analysis.names
    return names.binding_scope(name) is function.scope and all(
        names.scope_of(binding.node) is function.scope for binding in function.scope.bindings[name.value]
    )


def _moved(node: cst.CSTNode, *, name: str, ends: bool, whole: bool) -> cst.FlattenSentinel[cst.BaseStatement]:
    assert isinstance(node, cst.With)
    body = as_block(node.body)
    if whole:
        return cst.FlattenSentinel([node.with_changes(body=body.with_changes(body=body.body[:-1])), body.body[-1]])
    after = cst.SimpleStatementLine([cst.Return(cst.Name(name))])
    changed = node.with_changes(body=_Block(name, ends).settled(body))
    if ends:
        return cst.FlattenSentinel([changed, after])
    # What ends the block in another way returns nothing.
    before = assign(name, cst.Name("None")).with_changes(leading_lines=node.leading_lines)
    return cst.FlattenSentinel([before, changed.with_changes(leading_lines=()), after])


def _returns_name(line: cst.CSTNode) -> bool:
    return (
        isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
        and isinstance(line.body[0], cst.Return)
        and isinstance(line.body[0].value, cst.Name)
    )


def _returns(node: cst.CSTNode) -> bool:
    """Whether ``node`` holds a ``return`` of a value."""
    if isinstance(node, cst.Return):
        return node.value is not None
    return not isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)) and any(map(_returns, children(node)))


@dataclass(frozen=True)
class _Block:
    """A block whose returns become assignments to ``name``. What cannot be done raises :class:`_Stuck`."""

    name: str
    ends: bool
    """Whether each way to the end of the block returns a value."""
    caught: bool = False
    """Whether something around may catch an exception, so that the block ends in another way."""

    def settled(self, body: cst.BaseSuite) -> cst.IndentedBlock:
        """``body``, in which nothing may be left to run after a return."""
        block = as_block(body)
        index = next((index for index, statement in enumerate(block.body) if _returns(statement)), None)
        if index is None:
            return block
        statement, rest = block.body[index], block.body[index + 1 :]
        if rest:
            # What comes after `if x: return y` is its `else`.
            if not isinstance(statement, cst.If) or statement.orelse is not None or not _always_returns(statement.body):
                raise _Stuck
            if len(rest) == 1 and isinstance(rest[0], cst.If):
                statement = statement.with_changes(orelse=rest[0])
            else:
                orelse = cst.Else(block.with_changes(body=rest, header=cst.TrailingWhitespace()))
                statement = statement.with_changes(orelse=orelse)
                block = block.with_changes(footer=())
        return block.with_changes(body=[*block.body[:index], self._settled_statement(statement)])

    def _settled_statement(self, node: cst.BaseStatement) -> cst.BaseStatement:
        if isinstance(node, cst.SimpleStatementLine):
            return self._line(node)
        if isinstance(node, (cst.For, cst.While)):
            return node.with_changes(body=self._left(node.body), orelse=self._orelse(node))
        if isinstance(node, cst.With):
            self._check_leaving()
            return node.with_changes(body=self._catching.settled(node.body))
        if isinstance(node, cst.If):
            return node.with_changes(body=self.settled(node.body), orelse=self._orelse(node))
        if isinstance(node, cst.Try) and (node.orelse is None or not _returns(node.body)):
            self._check_finally(node)
            handlers = [handler.with_changes(body=self.settled(handler.body)) for handler in node.handlers]
            body = (self._catching if node.handlers else self).settled(node.body)
            return node.with_changes(body=body, handlers=handlers, orelse=self._orelse(node))
        raise _Stuck

    def _orelse(self, node: cst.If | cst.For | cst.While | cst.Try) -> cst.CSTNode | None:
        if isinstance(node.orelse, cst.If):
            return self._settled_statement(node.orelse)
        return node.orelse and node.orelse.with_changes(body=self.settled(node.orelse.body))

    def _line(self, node: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
        *others, last = node.body
        if not isinstance(last, cst.Return) or last.value is None:
            raise _Stuck
        return node.with_changes(body=[*others, cst.Assign([cst.AssignTarget(cst.Name(self.name))], last.value)])

    def _check_leaving(self) -> None:
        # What is done on the way out may raise, and what is around it catch that: nothing is returned then.
        if self.caught and not self.ends:
            raise _Stuck

    @property
    def _catching(self) -> _Block:
        return replace(self, caught=True)

    def _check_finally(self, node: cst.Try) -> None:
        if node.finalbody is not None:
            self._check_leaving()
            if _returns(node.finalbody):
                raise _Stuck

    def _left(self, body: cst.BaseSuite) -> cst.IndentedBlock:
        """``body``, which is in a loop, with a ``break`` after each value."""
        block = as_block(body)
        lines: list[cst.BaseStatement] = []
        for node in block.body:
            if isinstance(node, cst.SimpleStatementLine) and _returns(node):
                lines += [self._line(node), cst.SimpleStatementLine([cst.Break()])]
            else:
                lines.append(self._left_statement(node) if _returns(node) else node)
        return block.with_changes(body=lines)

    def _left_statement(self, node: cst.BaseStatement) -> cst.BaseStatement:
        inside = self
        if isinstance(node, cst.With):
            self._check_leaving()
            inside = self._catching
        elif isinstance(node, cst.Try):
            self._check_finally(node)
            inside = self._catching if node.handlers else self
        elif not isinstance(node, cst.If):
            raise _Stuck
        changed = node.with_changes(body=inside._left(node.body))
        if isinstance(changed, cst.Try):
            handlers = [handler.with_changes(body=self._left(handler.body)) for handler in changed.handlers]
            changed = changed.with_changes(handlers=handlers)
        if isinstance(changed, cst.With) or changed.orelse is None:
            return changed
        if isinstance(changed.orelse, cst.If):
            return changed.with_changes(orelse=self._left_statement(changed.orelse))
        return changed.with_changes(orelse=changed.orelse.with_changes(body=self._left(changed.orelse.body)))


def _always_returns(node: cst.BaseSuite) -> bool:
    return isinstance(node.body[-1], cst.SimpleStatementLine) and isinstance(node.body[-1].body[-1], cst.Return)


def _ends(lower: Lower, node: cst.CSTNode) -> bool:
    """Whether nothing that follows ``node`` is ever reached."""
    if isinstance(node, cst.SimpleStatementLine):
        return isinstance(node.body[-1], (cst.Return, cst.Raise))
    if isinstance(node, (cst.IndentedBlock, cst.SimpleStatementSuite)):
        return isinstance(node.body[-1], (cst.Return, cst.Raise)) or _ends(lower, node.body[-1])
    if isinstance(node, cst.If):
        return node.orelse is not None and _ends(lower, node.body) and _ends(lower, node.orelse)
    if isinstance(node, (cst.Else, cst.ExceptHandler)):
        return _ends(lower, node.body)
    if isinstance(node, cst.While):
        return isinstance(node.test, cst.Name) and node.test.value == "True" and not breaks(node.body)
    if isinstance(node, cst.Try):
        return _ends(lower, node.orelse or node.body) and all(_ends(lower, handler) for handler in node.handlers)
    if isinstance(node, cst.With):
        return _ends(lower, node.body) and not _swallows(lower, node)
    return False


def _swallows(lower: Lower, node: cst.With) -> bool:
    """Whether a manager of ``node`` may deal with an exception, so that what follows the block runs."""
    return any(_may_swallow(lower, node, item) for item in node.items)


def _may_swallow(lower: Lower, node: cst.With, item: cst.WithItem) -> bool:
    if lower.is_lock(item) or lower.values.is_made_by(item.item, library.BLIND_MANAGERS):
        return False
    owner = lower.values.class_of(item.item)
    if owner is None or any(not lower.analysis.names.means(base.value, _OBJECT) for base in owner.bases):
        return True
    method = "__exit__" if node.asynchronous is None else "__aexit__"
    methods = [f for f in lower.analysis.functions if f.node.name.value == method]
    found = [f for f in methods if lower.analysis.names.scope_of(f.node).opener is owner]
    return len(found) != 1 or bool(found[0].suspensions) or any(map(_returns, (s for s in found[0].returns)))


def _is_last(lower: Lower, function: Function, node: cst.CSTNode) -> bool:
    """Whether nothing of ``function`` runs after ``node``."""
    parents = lower.analysis.names.parents
    while node is not function.node:
        parent = parents[node]
        if isinstance(parent, cst.IndentedBlock) and parent.body[-1] is not node:
            return False
        if isinstance(parent, cst.Try) and (
            node is parent.finalbody or (node is parent.body and parent.orelse is not None)
        ):
            return False
        if isinstance(parent, (cst.For, cst.While)):
            return False
        node = parent
    return True

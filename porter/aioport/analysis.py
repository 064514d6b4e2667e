"""What the functions of one file do: how they are defined, where they wait, what they return, what uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import libcst as cst

from aioport import library
from aioport.aliases import Aliases
from aioport.functions import Definition, Function, Suspension, Wait
from aioport.names import Names, Scope, dotted
from aioport.shield import Shielded
from aioport.styles import libraries, vocabularies, words
from aioport.tree import positions_of, walk


class Analysis:
    """The functions of one parsed file, with everything the lifters and the inference ask about them."""

    def __init__(self, module: cst.Module, shielded: Shielded, aliases: Aliases | None = None) -> None:
        self.module = module
        self.shielded = shielded
        self.names = Names(module, _star_names(), shielded.words, aliases)
        self.positions = positions_of(module)
        self.nodes = list(walk(module))
        """All nodes that carry meaning, parents first."""
        self.functions: list[Function] = []
        self._of_scope: dict[Scope, Function] = {}
        self.loads: dict[tuple[Scope, str], list[cst.Name]] = defaultdict(list)
        """Where each name of each scope is used, by the scope that binds it."""
        self.free: list[cst.Name] = []
        """Names that no scope binds: builtins, and what star imports bring."""
        self.calls: list[cst.Call] = []
        self.attributes: list[cst.Attribute] = []
        self.foreign_yields: list[cst.Yield] = []
        """Yields of lambdas and of the inner parts of comprehensions."""
        self._collect()

    def function_of(self, node: cst.FunctionDef) -> Function:
        """The function that ``node`` defines."""
        return self._of_scope[self.names.scopes[node]]

    def function_around(self, node: cst.CSTNode) -> Function | None:
        """The function whose own scope ``node`` is evaluated in; a lambda is no function here."""
        scope = self.names.function_of(node)
        return self._of_scope.get(scope) if scope is not None else None

    def never_run(self, node: cst.Yield) -> cst.If | None:
        """The ``if False:`` that holds nothing but ``node``: it makes a generator of its function (on Python 2)."""
        line = self.names.parents[self.names.parents[node]]
        block = self.names.parents[line]
        statement = self.names.parents.get(block)
        if (
            isinstance(line, cst.SimpleStatementLine)
            and isinstance(statement, cst.If)
            and isinstance(statement.test, cst.Name)
            and statement.test.value == "False"
            and isinstance(block, cst.IndentedBlock)
            and len(block.body) == len(line.body) == 1
            and statement.orelse is None
            and isinstance(self.names.parents.get(statement), cst.IndentedBlock)
            and not any(isinstance(part, cst.Comment) for part in _everything(statement))
        ):
            return statement
        return None

    def _is_behind_return(self, node: cst.Yield) -> bool:
        """Whether the statement ``node`` never runs: a ``return`` or ``raise`` stands before it in its block."""
        line = self.names.parents[self.names.parents[node]]
        block = self.names.parents.get(line)
        if not isinstance(line, cst.SimpleStatementLine) or not isinstance(block, cst.IndentedBlock):
            return False
        before = block.body[: list(block.body).index(line)]
        return any(
            isinstance(other, cst.SimpleStatementLine) and isinstance(other.body[-1], (cst.Return, cst.Raise))
            for other in before
        )

    def foreign_star_imports(self) -> list[cst.ImportFrom]:
        """The star imports of a style's own library, which the port makes star imports of asyncio."""
        foreign = libraries() - {"asyncio"}
        return [node for node, name in self.names.top.star_imports.items() if name.split(".")[0] in foreign]

    def _collect(self) -> None:
        visit: dict[type[cst.CSTNode], Callable[..., None]] = {
            cst.Yield: self._add_yield,
            cst.Return: self._add_return,
            cst.Raise: self._add_raise,
            cst.Name: self._add_name,
            cst.Call: self.calls.append,
            cst.Attribute: self._add_attribute,
            cst.With: self._add_with,
        }
        for node in self.nodes:
            if isinstance(node, cst.FunctionDef):
                self._add_function(node)
        for node in self.nodes:
            if type(node) in visit:
                visit[type(node)](node)
        for function in self.functions:
            _settle(function)

    def _add_function(self, node: cst.FunctionDef) -> None:
        scope = self.names.scopes[node]
        outer = self.names.scope_of(node)
        generator = self._decorator(node, words().generator)
        decorator = self._decorator(node, words().coroutine) or generator
        wrapping = None if decorator else self._wrapping(node, outer)
        if node.asynchronous is not None:
            definition = Definition.NATIVE
        elif decorator is not None or wrapping is not None:
            definition = Definition.DECORATED
        else:
            definition = Definition.PLAIN
        marked = decorator.decorator if decorator else wrapper(wrapping)
        function = Function(
            node=node,
            scope=scope,
            # As it will be called: what was decided is asked for again by that name.
            qualname=self.shielded.unshield(_qualname(scope)),
            owner=outer.opener.name.value if isinstance(outer.opener, cst.ClassDef) else "",
            place=self.positions[node],
            definition=definition,
            decorator=decorator,
            generator=generator,
            wrapping=wrapping,
            trollius=marked is not None and bool(self.names.origins(marked) & words().plain_yield_waits),
            awaits_returned=marked is not None and bool(self.names.origins(marked) & words().awaits_returned),
        )
        self.functions.append(function)
        self._of_scope[scope] = function

    def _decorator(self, node: cst.FunctionDef, wanted: frozenset[str]) -> cst.Decorator | None:
        return next((d for d in node.decorators if self.names.means(d.decorator, wanted)), None)

    def _wrapping(self, node: cst.FunctionDef, outer: Scope) -> cst.Assign | None:
        """The ``f = coroutine(f)`` that decorates ``node`` after the fact, if that is all the two bindings of f."""
        bindings = outer.bindings.get(node.name.value, [])
        if len(bindings) != 2 or bindings[0].node is not node:
            return None
        assign = bindings[1].node
        line = self.names.parents[assign]
        if (
            isinstance(assign, cst.Assign)
            and self.names.parents.get(line) is self.names.parents[node]
            and len(assign.targets) == 1
            and isinstance(assign.value, cst.Call)
            and self.names.means(assign.value.func, words().coroutine)
            and [dotted(arg.value) for arg in assign.value.args] == [node.name.value]
        ):
            return assign
        return None

    def _add_yield(self, node: cst.Yield) -> None:
        function = self.function_around(node)
        inside = self.names.scope_of(node)
        if function is None or (inside is not function.scope and not self._is_python2_list(inside, function)):
            self.foreign_yields.append(node)
        else:
            suspension = self._suspension(node)
            if function.generator is not None and self._is_item(suspension):
                suspension.wait = Wait.ITEM
            function.suspensions.append(suspension)

    def _is_item(self, suspension: Suspension) -> bool:
        """Whether what is waited for is a call that hands out at most one value, to who iterates."""
        call = suspension.operand
        return (
            suspension.wait is Wait.AWAIT
            and isinstance(call, cst.Call)
            and self.names.means(call.func, words().item)
            and len(call.args) <= 1
            and not any(arg.star or arg.keyword for arg in call.args)
        )

    def _is_python2_list(self, scope: Scope | None, function: Function) -> bool:
        # On Python 2, the only place Trollius ran in earnest, a list comprehension has no scope of its own and may
        # yield; `await` in one is fine from 3.6.
        while scope is not None and scope is not function.scope:
            if not isinstance(scope.opener, cst.ListComp):
                return False
            scope = scope.parent
        return function.trollius

    def _suspension(self, node: cst.Yield) -> Suspension:
        value = node.value
        used = not isinstance(self.names.parents[node], cst.Expr)
        if isinstance(value, cst.From):
            item, explicit = value.item, True
            if isinstance(item, (cst.List, cst.Tuple)) and not item.elements:
                return Suspension(node, Wait.NOTHING, None, explicit, used)
        elif value is None:
            never = self.never_run(node) is not None or self._is_behind_return(node)
            return Suspension(node, Wait.NOTHING if never else Wait.TURN, None, False, used)
        else:
            item, explicit = value, False
            while (
                isinstance(item, cst.Call)
                and self.names.means(item.func, words().wait)
                and len(item.args) == 1
                and not item.args[0].star
            ):
                item, explicit = item.args[0].value, True
        if isinstance(item, cst.Name) and item.value == "None":
            return Suspension(node, Wait.TURN, None, explicit, used)
        return Suspension(node, Wait.AWAIT if explicit else Wait.VALUE, item, explicit, used)

    def _add_return(self, node: cst.Return) -> None:
        function = self.function_around(node)
        if function is not None:
            function.returns.append(node)

    def _add_raise(self, node: cst.Raise) -> None:
        function = self.function_around(node)
        exception = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
        if function is not None and self.names.means(exception, words().value):
            function.raises.append(node)

    def _add_with(self, node: cst.With) -> None:
        function = self.function_around(node)
        if function is not None and any(isinstance(item.item, cst.Yield) for item in node.items):
            function.withs.append(node)

    def _add_attribute(self, node: cst.Attribute) -> None:
        if self.names.is_evaluated(node):
            self.attributes.append(node)

    def _add_name(self, node: cst.Name) -> None:
        scope = self.names.binding_scope(node)
        if scope is not None:
            self.loads[scope, node.value].append(node)
        elif self.names.is_evaluated(node):
            self.free.append(node)


def _everything(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _everything(child)


def wrapper(wrapping: cst.Assign | None) -> cst.BaseExpression | None:
    """What is called in ``f = coroutine(f)``."""
    return wrapping.value.func if wrapping is not None and isinstance(wrapping.value, cst.Call) else None


def _star_names() -> frozenset[str]:
    known = library.COROUTINE_FUNCTIONS | library.FUTURES | library.LOCKS | library.TASK_MAKERS
    api = (
        f"{style.module}.{name}"
        for style in vocabularies()
        for names in (style.renamed, style.builtins, style.missing, style.signatures)
        for name in names
    )
    return known.union(api, words().coroutine, words().wait, words().value)


def _qualname(scope: Scope) -> str:
    parts: list[str] = []
    current: Scope | None = scope
    while current is not None:
        if isinstance(current.opener, (cst.FunctionDef, cst.ClassDef)):
            parts.append(current.opener.name.value)
        current = current.parent
    return ".".join(reversed(parts))


def _settle(function: Function) -> None:
    """Decide what the collected yields mean now that all of them are known."""
    if function.definition is Definition.PLAIN and function.suspensions:
        function.definition = Definition.GENERATOR
        # An undecorated generator of the Trollius style says so by using From.
        function.trollius = any(s.explicit and not isinstance(s.node.value, cst.From) for s in function.suspensions)
    if function.trollius:
        for suspension in function.suspensions:
            if suspension.wait is Wait.VALUE and not _is_literal(suspension.operand):
                suspension.wait = Wait.AWAIT


def _is_literal(node: cst.CSTNode | None) -> bool:
    return isinstance(
        node,
        (
            cst.BaseNumber,
            cst.BaseString,
            cst.List,
            cst.Tuple,
            cst.Dict,
            cst.Set,
            cst.BaseComp,
            cst.Comparison,
            cst.Lambda,
        ),
    ) or (isinstance(node, cst.Name) and node.value in ("True", "False"))

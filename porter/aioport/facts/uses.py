"""What calls reach and what becomes of their results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.facts.expressions import Alternatives, Expression, Expressions, Step
from aioport.facts.model import Call, Delegation, Use
from aioport.functions import Target
from aioport.names import UNKNOWN, dotted
from aioport.styles import words

_TELLING_NOTHING = (Step.UNKNOWN, Step.NOTHING)


class CallUses:
    """Finds what calls reach and what becomes of their results."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._names = analysis.names
        self._parents = analysis.names.parents
        self.expressions = Expressions(analysis)
        self._attributes: dict[str, list[cst.BaseExpression]] = defaultdict(list)
        for node in self._parents:
            if isinstance(node, cst.Assign):
                for target in node.targets:
                    if isinstance(target.target, cst.Attribute):
                        self._attributes[target.target.attr.value].append(node.value)

    def calls(self) -> Iterator[Call]:
        """Every call whose target has a name, and every decoration."""
        for call in self._analysis.calls:
            called = tuple(e for e in self.expressions.of(call.func) if e.step not in _TELLING_NOTHING)
            called = tuple(e for e in called if not e.name.startswith("builtins."))
            target = self.target(call.func)
            if target is not None or called:
                around = self._analysis.function_around(call)
                arguments = tuple(self._arguments(call)) if called or self._takes_handler(call) else ()
                line = self._analysis.positions[call].start.line
                complete = not any(arg.star or self._is_unknown(arg.value) for arg in call.args)
                yield Call(target, called, arguments, complete, self.use(call), around.key if around else "", line)
        for function in self._analysis.functions:
            decorated = (Expression(Step.FUNCTION, function.key),)
            for decorator in function.node.decorators:
                called = self.expressions.of(decorator.decorator)
                if any(e.step is not Step.UNKNOWN for e in called):
                    yield Call(None, called, (("0", decorated),), True, Use.OTHER, "", function.place.start.line)

    def _takes_handler(self, call: cst.Call) -> bool:
        return isinstance(call.func, cst.Attribute) and call.func.attr.value in library.HANDLER_TAKING_METHODS

    def _arguments(self, call: cst.Call) -> Iterator[tuple[str, Alternatives]]:
        for index, arg in enumerate(call.args):
            if arg.star:
                return
            given = tuple(e for e in self.expressions.of(arg.value) if e.step not in _TELLING_NOTHING)
            if given:
                yield self.expressions.spelled(arg.keyword) if arg.keyword is not None else str(index), given

    def _is_unknown(self, value: cst.BaseExpression) -> bool:
        return any(expression.step is Step.UNKNOWN for expression in self.expressions.of(value))

    def aliases(self) -> Iterator[tuple[str, Target]]:
        """Other names for functions of this file."""
        for node in self._parents:
            if isinstance(node, cst.Assign) and isinstance(node.value, cst.Name):
                target = self._target_of_name(node.value)
                if target is None or not target.scope:
                    continue
                for assigned in node.targets:
                    name = (dotted(assigned.target) or "").rpartition(".")[2]
                    if name and (name != target.name or isinstance(assigned.target, cst.Attribute)):
                        yield name, target

    def delegation(self, node: cst.CSTNode, operand: cst.BaseExpression | None) -> Delegation:
        """What ``node`` delegates to by waiting for ``operand``, looking through a variable that is assigned once."""
        line = self._analysis.positions[node].start.line
        values = self.expressions.of(operand)
        operand = self.assigned(operand)
        if not isinstance(operand, cst.Call):
            return Delegation(None, "", line, values=values)
        known = library.COROUTINE_FUNCTIONS | library.FUTURES
        origins = self._names.origins(operand.func)
        if origins and origins <= known:
            return Delegation(None, min(origins), line, values=values)
        if isinstance(operand.func, cst.Attribute) and operand.func.attr.value in library.AWAITABLE_METHODS:
            return Delegation(None, operand.func.attr.value, line, values=values)
        written = dotted(operand.func) or ""
        callee = written if written.startswith("self.") else ""
        return Delegation(self.target(operand.func), "", line, callee, values)

    def assigned(self, node: cst.BaseExpression | None) -> cst.BaseExpression | None:
        """The call that a variable bound once, or an attribute, is assigned; else ``node``."""
        if isinstance(node, cst.Attribute):
            calls = [value for value in self._attributes.get(node.attr.value, ()) if isinstance(value, cst.Call)]
            return calls[0] if len(calls) == 1 else node
        if isinstance(node, cst.Name):
            scope = self._names.binding_scope(node)
            bindings = scope.bindings[node.value] if scope is not None else []
            if len(bindings) == 1 and bindings[0].value is not None:
                return bindings[0].value
        return node

    def target(self, func: cst.BaseExpression) -> Target | None:
        """What calling ``func`` reaches; ``None`` where no project function can be meant."""
        if isinstance(func, cst.Name):
            return self._target_of_name(func)
        if isinstance(func, cst.Attribute):
            owner = self._class_of(func.value)
            origins = self._names.origins(func.value)
            imported = UNKNOWN not in origins and not any(origin.startswith("builtins.") for origin in origins)
            return Target(
                self.expressions.spelled(func.attr),
                f"class {owner}" if owner else "",
                of_unknown=not owner and not imported,
            )
        return None

    def _target_of_name(self, func: cst.Name) -> Target | None:
        scope = self._names.binding_scope(func)
        if scope is None:
            origins = self._names.origins(func)
            return None if any(o.startswith("builtins.") for o in origins) else Target(self.expressions.spelled(func))
        for binding in scope.bindings[func.value]:
            if isinstance(binding.node, cst.FunctionDef):
                function = self._analysis.function_of(binding.node)
                return Target(self.expressions.spelled(function.node.name), function.qualname)
            if binding.origin is not None:
                return Target(binding.origin.rpartition(".")[2])
        return None

    def _class_of(self, receiver: cst.BaseExpression) -> str:
        """The class whose method a call on ``receiver`` is, where that is ``self`` or ``cls``."""
        if not isinstance(receiver, cst.Name):
            return ""
        function = self._analysis.function_around(receiver)
        while function is not None:
            first = next(iter(function.node.params.params), None)
            if function.owner and first is not None and first.name.value == receiver.value:
                return function.owner
            function = self._analysis.function_around(function.node)
        return ""

    def use(self, node: cst.CSTNode, depth: int = 0) -> Use:
        """What is done with the value of the expression ``node``."""
        parent = self._parents[node]
        if isinstance(parent, (cst.From, cst.Await)):
            return Use.AWAITED
        if isinstance(parent, cst.Yield):
            around = self._analysis.function_around(parent)
            return Use.AWAITED if around is not None and around.trollius else Use.OTHER
        if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is node:
            return Use.RUN if isinstance(parent, cst.For) and parent.asynchronous else Use.ITERATED
        if isinstance(parent, cst.StarredElement):
            return Use.ITERATED
        if isinstance(parent, cst.Attribute):
            # send() and throw() say nothing: coroutine objects have them too.
            return Use.ITERATED if parent.attr.value in ("next", "__next__") else Use.OTHER
        if isinstance(parent, cst.Arg):
            return self._use_as_argument(node, parent, depth)
        if isinstance(parent, cst.Element):
            return self._use_in_collection(self._parents[parent], depth)
        if isinstance(parent, (cst.ListComp, cst.GeneratorExp, cst.SetComp)) and parent.elt is node:
            return self._use_in_collection(parent, depth)
        if isinstance(parent, cst.Assign) and depth < 2:
            return self._use_of_variable(parent, depth)
        return Use.OTHER

    def _use_in_collection(self, collection: cst.CSTNode, depth: int) -> Use:
        use = self.use(collection, depth)
        return Use.OTHER if use is Use.ITERATED else use

    def _use_as_argument(self, node: cst.CSTNode, arg: cst.Arg, depth: int) -> Use:
        call = self._parents[arg]
        if not isinstance(call, cst.Call):
            return Use.OTHER
        origins = self._names.origins(call.func)
        if origins and origins <= words().wait:
            return Use.AWAITED if isinstance(self._parents[call], cst.Yield) else self.use(call, depth)
        if origins <= library.TASK_MAKERS:
            return Use.RUN
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in library.TASK_MAKING_METHODS:
            return Use.RUN
        if origins <= library.ITERATING_BUILTINS:
            return Use.ITERATED
        return Use.OTHER

    def _use_of_variable(self, assign: cst.Assign, depth: int) -> Use:
        target = assign.targets[0].target if len(assign.targets) == 1 else None
        if not isinstance(target, cst.Name):
            return Use.OTHER
        scope = self._names.binding_scope(target)
        loads = self._analysis.loads.get((scope, target.value), []) if scope is not None else []
        uses = {self.use(load, depth + 1) for load in loads if load is not target}
        for use in (Use.ITERATED, Use.RUN, Use.AWAITED):
            if use in uses:
                return use
        return Use.OTHER

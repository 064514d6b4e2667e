"""What the expressions of one file may evaluate to, by all values assigned to their names and attributes in it."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.functions import Definition, Function
from aioport.names import UNKNOWN, Scope


class Awaitability(enum.Enum):
    """Whether ``asyncio.coroutine`` would have awaited a value returned by the function it decorates."""

    NO = enum.auto()
    YES = enum.auto()
    MAYBE = enum.auto()
    ASK = enum.auto()
    """Not known, and asked when it runs."""


class Manager(enum.Enum):
    """What the operand of ``with (yield from x):`` is."""

    LOCK = "a lock, condition or semaphore"
    AWAITABLE = "an awaitable whose value is the context manager"
    UNDECIDED = "unknown"


_LITERALS = (
    cst.BaseNumber,
    cst.BaseString,
    cst.BaseList,
    cst.Tuple,
    cst.BaseDict,
    cst.BaseSet,
    cst.Comparison,
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.Lambda,
)
_ITERABLES = (cst.BaseString, cst.BaseList, cst.Tuple, cst.BaseDict, cst.BaseSet, cst.GeneratorExp)
_DEPTH = 6


class Values:
    """Answers questions about values by looking at every assignment of the file."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._names = analysis.names
        self._attributes: dict[str, list[cst.BaseExpression | None]] = defaultdict(list)
        self._elements: dict[str, list[cst.BaseExpression | None]] = defaultdict(list)
        self.managers: dict[cst.BaseExpression, Manager] = {}
        """What the rest of the project says that with statements enter."""
        self.presumed: set[cst.With] = set()
        """Statements over what is used as no lock is, and may be one all the same."""
        self.kinds: dict[cst.BaseExpression, Awaitability] = {}
        """What the rest of the project says about returned values."""
        for node in analysis.nodes:
            if isinstance(node, cst.Assign):
                for target in node.targets:
                    self._note(target.target, node.value)
            elif isinstance(node, cst.AnnAssign) and node.value is not None:
                self._note(node.target, node.value)
            elif isinstance(node, (cst.AugAssign, cst.For)):
                self._note(node.target, None)

    def _note(self, target: cst.CSTNode, value: cst.BaseExpression | None) -> None:
        if isinstance(target, cst.Attribute):
            self._attributes[target.attr.value].append(value)
        elif isinstance(target, cst.Name) and isinstance(self._names.scope_of(target).opener, cst.ClassDef):
            self._attributes[target.value].append(value)
        elif isinstance(target, cst.Subscript) and isinstance(target.value, (cst.Attribute, cst.Name)):
            holder = target.value.attr if isinstance(target.value, cst.Attribute) else target.value
            self._elements[holder.value].append(value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._note(element.value, None)

    def manager(self, operand: cst.BaseExpression | None) -> Manager:
        """What ``with (yield from operand):`` enters."""
        if operand in self.managers:
            return self.managers[operand]
        if isinstance(operand, cst.Call):
            function = self._function(operand.func)
            if function is not None and function.definition is not Definition.PLAIN:
                return Manager.AWAITABLE
            if self._names.means(operand.func, library.COROUTINE_FUNCTIONS):
                return Manager.AWAITABLE
        return Manager.LOCK if self.is_made_by(operand, library.LOCKS) else Manager.UNDECIDED

    def is_made_by(self, node: cst.BaseExpression | None, makers: frozenset[str], depth: int = 0) -> bool:
        """Whether all that the value of ``node`` can come from are calls of ``makers``, as far as the file shows.

        A maker that begins with a dot is a method, of whatever object.
        """
        if depth > _DEPTH:
            return False
        if isinstance(node, cst.Call):
            method = f".{node.func.attr.value}" if isinstance(node.func, cst.Attribute) else ""
            return self._names.means(node.func, makers) or method in makers
        if isinstance(node, cst.BooleanOperation):
            return self.is_made_by(node.left, makers, depth + 1) and self.is_made_by(node.right, makers, depth + 1)
        if isinstance(node, cst.IfExp):
            return self.is_made_by(node.body, makers, depth + 1) and self.is_made_by(node.orelse, makers, depth + 1)
        if isinstance(node, cst.Subscript) and isinstance(node.value, (cst.Name, cst.Attribute)):
            holder = node.value.attr if isinstance(node.value, cst.Attribute) else node.value
            return self._all_made_by(self._elements.get(holder.value, ()), makers, depth) or any(
                self._is_factory_of(value, makers) for value in self.assigned(node.value)
            )
        if isinstance(node, cst.Name):
            return self._is_annotated(node, makers) or self._all_made_by(self.assigned(node), makers, depth)
        return isinstance(node, cst.Attribute) and self._all_made_by(self.assigned(node), makers, depth)

    def is_no_lock(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether all that ``node`` can come from are objects of other classes, as far as the file shows.

        What is imported from elsewhere makes no lock, so that only what is handed in is in doubt.
        """
        if depth > _DEPTH:
            return False
        if isinstance(node, cst.Await):
            return self.is_no_lock(node.expression, depth + 1)
        owner = self.class_of(node)
        if owner is not None:
            return all(self._is_no_lock_class(base.value, depth + 1) for base in owner.bases)
        if isinstance(node, cst.Call):
            function = self._function(node.func)
            if function is not None:
                values = [returned.value for returned in function.returns]
                return bool(values) and all(v is not None and self.is_no_lock(v, depth + 1) for v in values)
            return not self._names.origins(node.func) & (library.LOCKS | {UNKNOWN})
        values = [value for value in self.assigned(node) if not _is_none(value)]
        return bool(values) and all(value is not None and self.is_no_lock(value, depth + 1) for value in values)

    def _is_no_lock_class(self, node: cst.BaseExpression, depth: int) -> bool:
        owner = self.class_named(node)
        if owner is not None and depth < _DEPTH:
            return all(self._is_no_lock_class(base.value, depth + 1) for base in owner.bases)
        return not self._names.origins(node) & (library.LOCKS | {UNKNOWN})

    def _all_made_by(self, values: Iterable[cst.BaseExpression | None], makers: frozenset[str], depth: int) -> bool:
        told = [value for value in values if not _is_none(value)]
        return bool(told) and all(self.is_made_by(value, makers, depth + 1) for value in told)

    def _is_factory_of(self, node: cst.BaseExpression | None, makers: frozenset[str]) -> bool:
        return (
            isinstance(node, cst.Call)
            and self._names.means(node.func, frozenset(["collections.defaultdict"]))
            and len(node.args) > 0
            and self._names.means(node.args[0].value, makers)
        )

    def _is_annotated(self, node: cst.Name, makers: frozenset[str]) -> bool:
        scope = self._names.binding_scope(node)
        bindings = scope.bindings[node.value] if scope is not None else []
        return len(bindings) == 1 and any(
            isinstance(binding.node, cst.Param)
            and binding.node.annotation is not None
            and self._names.means(binding.node.annotation.annotation, makers)
            for binding in bindings
        )

    def assigned(self, node: cst.BaseExpression) -> list[cst.BaseExpression | None]:
        """All values assigned to a name or, by its last name, to an attribute; ``None`` for one that is not known."""
        if isinstance(node, cst.Attribute):
            return self._attributes.get(node.attr.value, [None])
        if isinstance(node, cst.Name):
            scope = self._names.binding_scope(node)
            return [binding.value for binding in scope.bindings[node.value]] if scope is not None else [None]
        return [None]

    def elements(self, node: cst.BaseExpression) -> list[cst.BaseExpression]:
        """What a collection is filled with, as far as its display, its assignments and ``append`` calls show."""
        if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
            starred = [e.value for e in node.elements if isinstance(e, cst.StarredElement)]
            plain = [e.value for e in node.elements if not isinstance(e, cst.StarredElement)]
            # What is unpacked and not known is an element that is not known.
            return plain + [element for value in starred for element in self.elements(value) or [value]]
        if isinstance(node, (cst.ListComp, cst.GeneratorExp, cst.SetComp)):
            return [node.elt]
        if not isinstance(node, cst.Name):
            return []
        found = [
            element
            for value in self.assigned(node)
            if value is not None and not isinstance(value, cst.Name)
            for element in self.elements(value)
        ]
        scope = self._names.binding_scope(node)
        for load in self._analysis.loads.get((scope, node.value), []) if scope is not None else []:
            method = self._names.parents[load]
            call = self._names.parents.get(method)
            if (
                isinstance(method, cst.Attribute)
                and method.attr.value in ("append", "add")
                and isinstance(call, cst.Call)
                and len(call.args) == 1
            ):
                found.append(call.args[0].value)
        return found

    def task_kind(self, node: cst.BaseExpression) -> Awaitability:
        """Whether ``asyncio.wait`` would have made a task of the value: NO for what surely is a future or task."""
        if isinstance(node, cst.Name):
            values = {self.task_kind(value) for value in self.assigned(node) if value is not None}
            return values.pop() if len(values) == 1 else Awaitability.MAYBE
        if not isinstance(node, cst.Call):
            return Awaitability.MAYBE
        if self._names.means(node.func, library.FUTURES):
            return Awaitability.NO
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in library.FUTURE_METHODS:
            return Awaitability.NO
        kind = self.awaitability(node)
        return Awaitability.YES if kind is Awaitability.YES else Awaitability.MAYBE

    def is_iterable(self, node: cst.BaseExpression | None, depth: int = 0) -> bool:
        """Whether the value of ``node`` surely is one that ``yield from`` takes and ``await`` does not."""
        if isinstance(node, _ITERABLES):
            return True
        if isinstance(node, cst.Call):
            if isinstance(node.func, cst.Attribute) and node.func.attr.value in library.ITERATOR_METHODS:
                return True
            owner = self.class_named(node.func)
            if owner is not None:
                return self._is_only_iterable(owner)
            origins = self._names.origins(node.func)
            return bool(origins) and all(library.gives_iterable(origin) for origin in origins)
        if isinstance(node, cst.Name) and depth < _DEPTH:
            assigned = self.assigned(node)
            return bool(assigned) and all(self.is_iterable(value, depth + 1) for value in assigned)
        return False

    def awaitability(self, node: cst.BaseExpression | None, depth: int = 0) -> Awaitability:
        """Whether the value of ``node`` is a future, coroutine or other awaitable."""
        if node in self.kinds:
            return self.kinds[node]
        if node is None or _is_none(node) or isinstance(node, _LITERALS):
            return Awaitability.NO
        if depth > _DEPTH:
            return Awaitability.MAYBE
        if isinstance(node, cst.BooleanOperation):
            return self._join([node.left, node.right], depth)
        if isinstance(node, cst.IfExp):
            return self._join([node.body, node.orelse], depth)
        if isinstance(node, cst.Call):
            return self._of_call(node, depth)
        if isinstance(node, cst.Name):
            return self._of_name(node, depth)
        if isinstance(node, cst.Attribute):
            return self._join(self._attributes.get(node.attr.value, [cst.Ellipsis()]), depth)
        return Awaitability.MAYBE

    def _join(self, nodes: Iterable[cst.BaseExpression | None], depth: int) -> Awaitability:
        found = {Awaitability.MAYBE if node is None else self.awaitability(node, depth + 1) for node in nodes}
        return found.pop() if len(found) == 1 else Awaitability.MAYBE

    def _of_name(self, node: cst.Name, depth: int) -> Awaitability:
        scope = self._names.binding_scope(node)
        if scope is None:
            return Awaitability.NO if node.value in ("True", "False", "NotImplemented") else Awaitability.MAYBE
        bindings = scope.bindings[node.value]
        if all(isinstance(binding.node, (cst.FunctionDef, cst.ClassDef)) for binding in bindings):
            return Awaitability.NO
        if all(isinstance(self._names.parents.get(binding.node), cst.ExceptHandler) for binding in bindings):
            return Awaitability.NO
        if self._is_self(node, scope):
            owner = self.class_of(node)
            return Awaitability.NO if owner is not None and self._is_plain_class(owner) else Awaitability.MAYBE
        return self._join([binding.value for binding in bindings], depth)

    def class_of(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class of this file that ``node`` surely is an object of.

        That is ``self``, a call of the class, or a variable that is assigned nothing else.
        """
        if isinstance(node, cst.Call):
            return self.class_named(node.func)
        scope = self._names.binding_scope(node) if isinstance(node, cst.Name) else None
        if scope is None or not isinstance(node, cst.Name):
            return None
        function = self._analysis.function_around(node)
        if function is not None and self._is_self(node, scope):
            opener = self._names.scope_of(function.node).opener
            return opener if isinstance(opener, cst.ClassDef) else None
        owners = {self.class_of(value) if isinstance(value, cst.Call) else None for value in self.assigned(node)}
        return owners.pop() if len(owners) == 1 else None

    def class_named(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class of this file that is all that the name ``node`` can mean."""
        scope = self._names.binding_scope(node) if isinstance(node, cst.Name) else None
        bindings = scope.bindings[node.value] if scope is not None and isinstance(node, cst.Name) else []
        found = bindings[0].node if len(bindings) == 1 else None
        return found if isinstance(found, cst.ClassDef) else None

    def _is_self(self, node: cst.Name, scope: Scope) -> bool:
        function = self._analysis.function_around(node)
        first = next(iter(function.node.params.params), None) if function is not None else None
        return (
            function is not None
            and bool(function.owner)
            and scope is function.scope
            and first is not None
            and first.name.value == node.value
            and len(scope.bindings[node.value]) == 1
        )

    def _of_call(self, node: cst.Call, depth: int) -> Awaitability:
        origins = self._names.origins(node.func)
        if origins and origins <= library.COROUTINE_FUNCTIONS | library.FUTURES:
            return Awaitability.YES
        if origins and all(library.gives_no_awaitable(origin) for origin in origins):
            return Awaitability.NO
        if isinstance(node.func, cst.Attribute):
            if node.func.attr.value in library.AWAITABLE_METHODS:
                return Awaitability.YES
            if node.func.attr.value in library.TEXT_METHODS:
                return Awaitability.NO
        function = self._function(node.func)
        if function is not None:
            return self._of_function(function, depth)
        owner = self.class_named(node.func)
        return Awaitability.NO if owner is not None and self._is_plain_class(owner) else Awaitability.MAYBE

    def _of_function(self, function: Function, depth: int) -> Awaitability:
        if function.is_asynchronous_generator:
            return Awaitability.NO
        if function.definition in (Definition.DECORATED, Definition.NATIVE):
            return Awaitability.YES
        if function.definition is Definition.GENERATOR or function.node.decorators:
            return Awaitability.MAYBE
        if not function.returns:
            # A method that returns nothing is often there to be overridden, in another file too.
            return Awaitability.MAYBE if function.owner else Awaitability.NO
        return self._join([statement.value or cst.Name("None") for statement in function.returns], depth)

    def is_asynchronous_generator(self, node: cst.BaseExpression) -> bool:
        """Whether ``node`` is a call of an asynchronous generator function of this file."""
        function = self._function(node.func) if isinstance(node, cst.Call) else None
        return function is not None and function.is_asynchronous_generator

    def _function(self, func: cst.BaseExpression) -> Function | None:
        """The one function of this file that calling ``func`` surely reaches."""
        if isinstance(func, cst.Name):
            scope = self._names.binding_scope(func)
            bindings = scope.bindings[func.value] if scope is not None else []
            nodes = [b.node for b in bindings if isinstance(b.node, cst.FunctionDef)]
            wrapped = [f for f in map(self._analysis.function_of, nodes) if len(bindings) == 1 or f.wrapping]
            return wrapped[0] if len(wrapped) == 1 else None
        if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name):
            scope = self._names.binding_scope(func.value)
            around = self._analysis.function_around(func.value)
            if scope is not None and around is not None and self._is_self(func.value, scope):
                named = [f for f in self._analysis.functions if f.node.name.value == func.attr.value and f.owner]
                # Another class of the file with a method of that name may be derived from this one.
                return named[0] if len(named) == 1 and named[0].owner == around.owner else None
        return None

    def _is_only_iterable(self, node: cst.ClassDef) -> bool:
        """Whether instances of a class have ``__iter__`` and surely no ``__await__``."""
        methods = self._names.scopes[node].bindings
        known = all(self._names.means(base.value, frozenset(["builtins.object"])) for base in node.bases)
        iterators = [
            self._analysis.function_of(b.node)
            for b in methods.get("__iter__", ())
            if isinstance(b.node, cst.FunctionDef)
        ]
        # One that delegates may wait, and then the class can be given an `__await__`.
        waits = any(function.delegates for function in iterators)
        return known and not node.keywords and "__iter__" in methods and "__await__" not in methods and not waits

    def _is_plain_class(self, node: cst.ClassDef, depth: int = 0) -> bool:
        """Whether instances of a class surely are neither awaitable nor generators."""
        if depth > _DEPTH or node.keywords:
            return False
        defined = {f.node.name.value for f in self._analysis.functions if f.owner == node.name.value}
        if "__await__" in defined or "__await__" in self._attributes:
            return False
        for base in node.bases:
            owner = self.class_named(base.value)
            plain = owner is not None and self._is_plain_class(owner, depth + 1)
            origins = self._names.origins(base.value)
            if not plain and not (origins and all(library.gives_no_awaitable(origin) for origin in origins)):
                return False
        return True


def _is_none(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"

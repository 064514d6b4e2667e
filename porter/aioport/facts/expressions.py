"""What an expression may evaluate to, written down so that the whole project can work it out.

An :class:`Expression` is a chain of steps from a name of its file: calls, attributes, waiting. It is small and
picklable; :mod:`aioport.inference.evaluation` follows it through imports, classes and calls.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.functions import Function
from aioport.names import Binding, Scope
from aioport.styles import words


class Step(enum.Enum):
    """What a link of the chain does; ``name`` and ``of`` are those of :class:`Expression`."""

    IMPORTED = "the dotted name"
    FUNCTION = "the function of this file with the key"
    CLASS = "the class of this file with the qualified name"
    SELF = "an instance of that class, or of one derived from it"
    SUPER = "the same, seen as an instance of its bases"
    PARAMETER = "what is given for a parameter, as function key, colon, name"
    STARRED = "what a star import of this file brings by the name"
    CALL = "the result of a call"
    ANNOTATED = "an object of the class, or of one derived from it"
    ATTRIBUTE = "an attribute"
    AWAITED = "the value that waiting gives"
    NOTHING = "None or another literal"
    UNKNOWN = "only a run can tell"


@dataclass(frozen=True)
class Expression:
    """One step and, where it has one, the expression it is taken from."""

    step: Step
    name: str = ""
    of: Expression | None = None


Alternatives = tuple[Expression, ...]
"""All that one place of the source may evaluate to."""

NOTHING = Expression(Step.NOTHING)
UNCERTAIN = Expression(Step.UNKNOWN)

_MOST = 6
"""So many alternatives say too little; they become :data:`UNCERTAIN`."""

_DEPTH = 7

_LITERALS = (
    cst.BaseNumber,
    cst.BaseString,
    cst.BaseList,
    cst.Tuple,
    cst.BaseDict,
    cst.BaseSet,
    cst.Comparison,
    cst.Lambda,
)
_PASSING_NAMES = ("Task", "async", "create_task", "ensure_future", "shield", "wait_for")
_PARTIAL = frozenset(["functools.partial"])
_PASSING = frozenset(f"{module}.{name}" for module in ("aiocompat", "asyncio", "trollius") for name in _PASSING_NAMES)
_RUNNERS = frozenset(["asyncio.run", "aiocompat.run"])
_NO_BINDINGS: list[Binding] = []


class Expressions:
    """Writes down the expressions of one file."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._names = analysis.names
        self._words = analysis.shielded.words
        self._following: set[tuple[Scope, str]] = set()

    def of(self, node: cst.BaseExpression | None, depth: int = 0) -> Alternatives:
        """All that ``node`` may evaluate to."""
        if node is None or isinstance(node, _LITERALS):
            return (NOTHING,)
        if depth > _DEPTH:
            return (UNCERTAIN,)
        found = tuple(dict.fromkeys(self._of(node, depth + 1)))
        return found if len(found) <= _MOST else (UNCERTAIN,)

    def _of(self, node: cst.BaseExpression, depth: int) -> Iterable[Expression]:
        if isinstance(node, cst.Name):
            return self.of_name(node, depth)
        if isinstance(node, cst.Attribute):
            return [_attribute(base, self.spelled(node.attr)) for base in self.of(node.value, depth)]
        if isinstance(node, cst.Call):
            return self._of_call(node, depth)
        if isinstance(node, cst.Await):
            return _steps(Step.AWAITED, self.of(self._waited(node.expression), depth))
        if isinstance(node, cst.Yield):
            return self._of_yield(node, depth)
        if isinstance(node, cst.IfExp):
            return (*self.of(node.body, depth), *self.of(node.orelse, depth))
        if isinstance(node, cst.BooleanOperation):
            return (*self.of(node.left, depth), *self.of(node.right, depth))
        return (UNCERTAIN,)

    def _of_yield(self, node: cst.Yield, depth: int) -> Iterable[Expression]:
        function = self._analysis.function_around(node)
        for suspension in function.suspensions if function is not None else ():
            if suspension.node is node and suspension.operand is not None and suspension.explicit:
                return _steps(Step.AWAITED, self.of(self._waited(suspension.operand), depth))
        return (UNCERTAIN,)

    def _waited(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What is waited for in the end, where ``node`` is a call of wait_for() or the like."""
        while (
            isinstance(node, cst.Call)
            and node.args
            and not node.args[0].star
            and self._names.means(node.func, _PASSING)
        ):
            node = node.args[0].value
        return node

    def _of_call(self, node: cst.Call, depth: int) -> Iterable[Expression]:
        first = node.args[0].value if node.args and not node.args[0].star and not node.args[0].keyword else None
        if self._names.means(node.func, _PARTIAL | words().coroutine) and first is not None:
            return self.of(first, depth)
        if isinstance(node.func, cst.Name) and node.func.value == "super" and not node.args:
            owner = self._owner_around(node)
            return (Expression(Step.SUPER, owner) if owner else UNCERTAIN,)
        runs = isinstance(node.func, cst.Attribute) and node.func.attr.value == "run_until_complete"
        if (runs or self._names.means(node.func, _RUNNERS)) and first is not None:
            return _steps(Step.AWAITED, self.of(self._waited(first), depth))
        return _steps(Step.CALL, self.of(node.func, depth))

    def _owner_around(self, node: cst.CSTNode) -> str:
        function = self._analysis.function_around(node)
        while function is not None and not function.owner:
            function = self._analysis.function_around(function.node)
        return function.qualname.rpartition(".")[0] if function is not None else ""

    def of_name(self, node: cst.Name, depth: int = 0) -> Alternatives:
        """All that a name may stand for."""
        scope = self._names.binding_scope(node)
        if scope is not None:
            return self.of_binding(scope, node.value, depth)
        if node.value in ("None", "True", "False"):
            return (NOTHING,)
        if self._names.top.star_imports:
            return (Expression(Step.STARRED, self.spelled(node)),)
        return (Expression(Step.IMPORTED, f"builtins.{node.value}"),)

    def of_binding(self, scope: Scope, name: str, depth: int = 0) -> Alternatives:
        """All that a scope binds ``name`` to."""
        if (scope, name) in self._following:
            return ()
        self._following.add((scope, name))
        bindings = scope.bindings.get(name, _NO_BINDINGS)
        found = dict.fromkeys(e for b in bindings for e in self._of_binding(b, scope, len(bindings), depth))
        self._following.discard((scope, name))
        return tuple(found) if len(found) <= _MOST else (UNCERTAIN,)

    def _of_binding(self, binding: Binding, scope: Scope, count: int, depth: int) -> Iterable[Expression]:
        node = binding.node
        if binding.origin is not None:
            return (Expression(Step.IMPORTED, binding.origin),)
        if isinstance(node, cst.FunctionDef):
            return (Expression(Step.FUNCTION, self._analysis.function_of(node).key),)
        if isinstance(node, cst.ClassDef):
            return (Expression(Step.CLASS, self.class_name(node)),)
        if isinstance(node, cst.Param) and isinstance(scope.opener, cst.FunctionDef):
            return self._of_parameter(node, self._analysis.function_of(scope.opener), count, depth)
        if binding.value is None:
            return (UNCERTAIN,)
        found = self.of(binding.value, depth)
        # `x = None` before the real value says nothing of the uses.
        return found if count == 1 else [e for e in found if e != NOTHING]

    def _of_parameter(self, node: cst.Param, function: Function, count: int, depth: int) -> Iterable[Expression]:
        first = next(iter((*function.node.params.posonly_params, *function.node.params.params)), None)
        if function.owner and node is first and not self.is_static(function):
            owner = function.qualname.rpartition(".")[0]
            made_of = {origin for d in function.node.decorators for origin in self._names.origins(d.decorator)}
            is_class = "builtins.classmethod" in made_of or function.node.name.value == "__new__"
            return (Expression(Step.CLASS if is_class else Step.SELF, owner),)
        if node.annotation is not None and count == 1:
            annotated = self.of(node.annotation.annotation, depth)
            return _steps(Step.ANNOTATED, [e for e in annotated if e != NOTHING]) or (UNCERTAIN,)
        return (Expression(Step.PARAMETER, f"{function.key}:{self.spelled(node.name)}"),)

    def spelled(self, node: cst.Name) -> str:
        """The name as the file has it, which is how others ask for it; placeholders for keywords differ by file."""
        return self._words.get(node.value, node.value)

    def class_of(self, node: cst.Name) -> str:
        """The qualified name of the class that ``node`` is an instance of by being its method's first parameter."""
        found = self.of_name(node)
        return found[0].name if len(found) == 1 and found[0].step in (Step.SELF, Step.CLASS) else ""

    def is_static(self, function: Function) -> bool:
        """Whether a method gets no instance."""
        return any(self._names.means(d.decorator, library.STATIC) for d in function.node.decorators)

    def class_name(self, node: cst.ClassDef) -> str:
        """The qualified name of a class."""
        parts = []
        scope: Scope | None = self._names.scopes[node]
        while scope is not None:
            if isinstance(scope.opener, (cst.FunctionDef, cst.ClassDef)):
                parts.append(scope.opener.name.value)
            scope = scope.parent
        return ".".join(reversed(parts))


def _attribute(base: Expression, name: str) -> Expression:
    if base.step is Step.IMPORTED:
        return Expression(Step.IMPORTED, f"{base.name}.{name}")
    return UNCERTAIN if base.step in (Step.UNKNOWN, Step.NOTHING) else Expression(Step.ATTRIBUTE, name, base)


def _steps(step: Step, alternatives: Iterable[Expression]) -> Alternatives:
    return tuple(UNCERTAIN if e.step in (Step.UNKNOWN, Step.NOTHING) else Expression(step, of=e) for e in alternatives)

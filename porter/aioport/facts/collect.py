"""Collecting the facts of one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import libcst as cst

from aioport import library
from aioport.analysis import Analysis
from aioport.facts.expressions import NOTHING, UNCERTAIN, Alternatives, Expressions
from aioport.facts.markers import loop_markers
from aioport.facts.model import ClassFact, Delegation, FileFacts, FunctionFact, Question
from aioport.facts.uses import CallUses
from aioport.functions import Definition, Function, Wait
from aioport.mocks import patched
from aioport.returned import hands_on
from aioport.styles import libraries, vocabularies


def facts_of(analysis: Analysis, path: str, digest: bytes, *, marked: bool = True) -> FileFacts:
    """The facts of one analysed file, whose bytes have the given digest; ``marked`` as in :class:`FileFacts`."""
    uses = CallUses(analysis)
    patches: dict[Function, list[str]] = defaultdict(list)
    for function, _, name in patched(analysis):
        patches[function].append(name)
    top = analysis.names.top
    words = analysis.shielded.words
    return FileFacts(
        path=path,
        digest=digest,
        module=_module_of(path),
        lines=analysis.module.code.count("\n") + 1,
        marked=marked,
        functions=tuple(_function_fact(analysis, function, path, uses, patches) for function in analysis.functions),
        calls=tuple(uses.calls()),
        classes=tuple(_classes(analysis, path, uses.expressions)),
        names=tuple((words.get(name, name), uses.expressions.of_binding(top, name)) for name in top.bindings),
        star_imports=tuple(top.star_imports.values()),
        test_markers=tuple(loop_markers(analysis, uses)),
        aliases=tuple(uses.aliases()),
        asynchronous=bool(_modules(analysis) & libraries()),
        own_loop=bool(_modules(analysis) & {v.module for v in vocabularies() if v.plain_yield_waits}),
        starred=bool(analysis.foreign_star_imports()),
    )


def _modules(analysis: Analysis) -> set[str]:
    """The topmost modules that the file's top level imports something of."""
    top = analysis.names.top
    origins = [b.origin for bindings in top.bindings.values() for b in bindings if b.origin is not None]
    return {origin.split(".")[0] for origin in (*origins, *top.star_imports.values())}


def _module_of(path: str) -> str:
    """The dotted name of a file, from the topmost folder that is a package."""
    file = Path(path)
    parts = [] if file.stem == "__init__" else [file.stem]
    for folder in file.parents:
        if not (folder / "__init__.py").exists():
            break
        parts.append(folder.name)
    return ".".join(reversed(parts))


def _function_fact(
    analysis: Analysis, function: Function, path: str, uses: CallUses, patches: dict[Function, list[str]]
) -> FunctionFact:
    decorators = [
        analysis.names.origins(d.decorator.func if isinstance(d.decorator, cst.Call) else d.decorator)
        for d in function.node.decorators
    ]
    firm = [blocker for blocker in function.blockers if blocker.asked is None]
    params = function.node.params
    return FunctionFact(
        path=path,
        key=function.key,
        name=uses.expressions.spelled(function.node.name),
        owner=function.owner,
        qualname=function.qualname,
        line=function.place.start.line,
        definition=function.definition,
        delegations=tuple(_delegations(analysis, function, uses)),
        hands_out=any(
            s.wait is Wait.VALUE or (s.wait is Wait.TURN and s.used and not s.explicit) for s in function.suspensions
        ),
        only_returns=_only_returns(analysis, function),
        hands_on=hands_on(analysis, function),
        explicit=function.explicit,
        trollius=function.trollius,
        wants_generator=function.node.name.value in library.PROTOCOL_METHODS
        or any(origins & library.GENERATOR_DECORATORS for origins in decorators),
        blocked=firm[0].code if firm else "",
        questions=tuple(
            Question(blocker.question, uses.expressions.of(blocker.asked))
            for blocker in function.blockers
            if blocker.asked is not None and blocker.question is not None
        ),
        decorators=tuple(uses.expressions.of(d.decorator) for d in _decorators(analysis, function)),
        parameters=tuple(
            uses.expressions.spelled(p.name) for p in (*params.posonly_params, *params.params, *params.kwonly_params)
        ),
        is_property=any(origins & library.PROPERTIES for origins in decorators),
        patches=tuple(patches.get(function, ())),
        is_passed_on=_is_passed_on(analysis, function),
        returned=_returned(function, uses.expressions, is_fixture=any(o & library.FIXTURES for o in decorators)),
    )


def _only_returns(analysis: Analysis, function: Function) -> bool:
    """``return value`` with a ``yield`` below it, which makes a generator of what is to stand in for a coroutine."""
    return (
        bool(function.suspensions)
        and any(statement.value is not None for statement in function.returns)
        and all(_is_never_reached(analysis, s.node, function) for s in function.suspensions)
    )


def _is_never_reached(analysis: Analysis, node: cst.Yield, function: Function) -> bool:
    if analysis.never_run(node) is not None:
        return True
    body = list(function.node.body.body)
    ends = (i for i, line in enumerate(body) if isinstance(line, cst.SimpleStatementLine) and _leaves(line))
    end = next(ends, None)
    above: set[cst.CSTNode] = {node}
    current: cst.CSTNode = node
    while current is not function.node:
        current = analysis.names.parents[current]
        above.add(current)
    return end is not None and any(line in above for line in body[end + 1 :])


def _leaves(line: cst.SimpleStatementLine) -> bool:
    return isinstance(line.body[-1], (cst.Return, cst.Raise))


def _is_passed_on(analysis: Analysis, function: Function) -> bool:
    name = function.node.name
    loads = analysis.loads.get((analysis.names.scope_of(function.node), name.value), ())
    parents = analysis.names.parents
    return any(
        load is not name and not (isinstance(parent := parents[load], cst.Call) and parent.func is load)
        for load in loads
    )


def _decorators(analysis: Analysis, function: Function) -> Iterator[cst.Decorator]:
    """The decorators of a function, and those of the class around it, which for markers of pytest are the same."""
    yield from function.node.decorators
    outer = analysis.names.scope_of(function.node).opener
    if isinstance(outer, cst.ClassDef):
        yield from outer.decorators


def _returned(function: Function, expressions: Expressions, *, is_fixture: bool) -> Alternatives:
    values = [statement.value for statement in function.returns]
    values += [
        s.exc.args[0].value if isinstance(s.exc, cst.Call) and len(s.exc.args) == 1 else None for s in function.raises
    ]
    if is_fixture:
        values += [s.operand for s in function.suspensions if s.wait is Wait.VALUE]
    found = dict.fromkeys(expression for value in values for expression in expressions.of(value))
    return tuple(found) if len(found) <= _MOST_RETURNED else (UNCERTAIN,)


_MOST_RETURNED = 12


def _delegations(analysis: Analysis, function: Function, uses: CallUses) -> Iterator[Delegation]:
    if function.definition is Definition.PLAIN:
        for returning in function.returns:
            yield uses.delegation(returning, returning.value)
    for suspension in function.suspensions:
        if suspension.wait is Wait.AWAIT:
            yield uses.delegation(suspension.node, suspension.operand)


def _classes(analysis: Analysis, path: str, expressions: Expressions) -> Iterator[ClassFact]:
    through_self: dict[str, list[tuple[str, Alternatives]]] = defaultdict(list)
    for node in analysis.names.parents:
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Attribute) and isinstance(target.target.value, cst.Name):
                    owner = expressions.class_of(target.target.value)
                    if owner:
                        through_self[owner].append(
                            (expressions.spelled(target.target.attr), expressions.of(node.value))
                        )
    for opener, scope in analysis.names.scopes.items():
        if isinstance(opener, cst.ClassDef):
            name = expressions.class_name(opener)
            words = analysis.shielded.words
            own = [(words.get(bound, bound), expressions.of_binding(scope, bound)) for bound in scope.bindings]
            told = [(bound, values) for bound, values in (*own, *through_self[name]) if values != (NOTHING,)]
            yield ClassFact(path, name, tuple(expressions.of(base.value) for base in opener.bases), tuple(told))

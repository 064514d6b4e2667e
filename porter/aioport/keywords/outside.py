"""What belongs to somebody else keeps its name, and is called by a string where it may not be written any more.

``connect(dsn, async=True)`` becomes ``connect(dsn, **{"async": True})``, ``options.async`` becomes
``getattr(options, "async")``: exactly the same.
"""

from __future__ import annotations

import libcst as cst

from aioport.findings import Applicability, Severity
from aioport.keywords.tree import LIBRARY, Place
from aioport.lifting.context import Lift
from aioport.names import dotted

_ADVICE = "see what it is called in the version that is used now"


def keep_outside_names(lift: Lift) -> None:
    """Add the edits for one file."""
    _rename_texts(lift)
    _leave_aliases(lift)
    if not lift.renames.suffix:
        return
    kept = {lift.analysis.shielded.async_name: "async", lift.analysis.shielded.await_name: "await"}
    parents = lift.analysis.names.parents
    for node in lift.analysis.nodes:
        if not isinstance(node, cst.Name) or node.value not in kept or kept[node.value] in lift.renames.taken:
            continue
        parent = parents[node]
        if _is_in_formatted(lift, node):
            # A string inside of one may not have its quotes before Python 3.12.
            continue
        if isinstance(parent, cst.Arg) and parent.keyword is node:
            start = lift.analysis.positions[node].start
            if (start.line, start.column) not in lift.renames.undecided:
                _keep_keyword(lift, parent, kept[node.value])
        elif isinstance(parent, cst.Attribute) and parent.attr is node:
            _keep_attribute(lift, parent, kept[node.value])


def _is_in_formatted(lift: Lift, node: cst.CSTNode) -> bool:
    current: cst.CSTNode | None = node
    while current is not None and not isinstance(current, cst.FormattedString):
        current = lift.analysis.names.parents.get(current)
    return current is not None


def _keep_keyword(lift: Lift, arg: cst.Arg, word: str) -> None:
    call = lift.analysis.names.parents[arg]
    # `f(**{...}, *rest)` is no syntax, and neither is it in the head of a class.
    if not isinstance(call, cst.Call) or any(later.star == "*" for later in call.args[call.args.index(arg) :]):
        return

    def rewrite(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Arg)
        value = cst.Dict([cst.DictElement(_quoted(word), updated.value)])
        return updated.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT, star="**", value=value)

    lift.edits.on(arg, rewrite)
    _report(lift, arg, f"the argument {word} is of no function in these files, so it keeps its name")


def _keep_attribute(lift: Lift, node: cst.Attribute, word: str) -> None:
    if not lift.analysis.names.is_evaluated(node) or lift.analysis.names.origins(node) & LIBRARY:
        return
    statement = _statement_that_stores(lift, node)
    if statement is not None:
        if not isinstance(statement, cst.Assign) or not _can_be_call(statement):
            return
        lift.edits.on(statement, lambda updated: _stored(cst.ensure_type(updated, cst.Assign), word))
    else:
        lift.edits.on(node, lambda updated: _loaded(cst.ensure_type(updated, cst.Attribute), word))
    _report(lift, node, f"the attribute {word} is defined nowhere in these files, so it keeps its name")


def _statement_that_stores(lift: Lift, node: cst.Attribute) -> cst.CSTNode | None:
    """What gives the attribute a value or deletes it, if that is what is done to it."""
    parents = lift.analysis.names.parents
    child: cst.CSTNode = node
    parent = parents[node]
    while isinstance(parent, (cst.Element, cst.StarredElement, cst.Tuple, cst.List)):
        child, parent = parent, parents[parent]
    if isinstance(parent, cst.AssignTarget):
        return parents[parent]
    if isinstance(parent, (cst.Del, cst.AsName)):
        return parent
    if isinstance(parent, (cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor)) and parent.target is child:
        return parent
    return None


def _can_be_call(statement: cst.Assign) -> bool:
    """Whether ``x.async = value`` may become a call: of one target, evaluated as early as it is late."""
    target = statement.targets[0].target
    return (
        len(statement.targets) == 1
        and isinstance(target, cst.Attribute)
        and dotted(target) is not None
        and not isinstance(statement.value, (cst.Yield, cst.Tuple))
    )


def _stored(updated: cst.Assign, word: str) -> cst.Expr:
    target = cst.ensure_type(updated.targets[0].target, cst.Attribute)
    arguments = [cst.Arg(target.value), cst.Arg(_quoted(word)), cst.Arg(updated.value)]
    return cst.Expr(cst.Call(cst.Name("setattr"), arguments), semicolon=updated.semicolon)


def _loaded(updated: cst.Attribute, word: str) -> cst.Call:
    arguments = [cst.Arg(updated.value), cst.Arg(_quoted(word))]
    return cst.Call(cst.Name("getattr"), arguments, lpar=updated.lpar, rpar=updated.rpar)


def _quoted(word: str) -> cst.SimpleString:
    return cst.SimpleString(f'"{word}"')


def _report(lift: Lift, node: cst.CSTNode, message: str) -> None:
    lift.report(node, "outside-keyword", Severity.WARNING, message, _ADVICE, applicability=Applicability.SAFE)


def _rename_texts(lift: Lift) -> None:
    if not lift.renames.texts:
        return
    for node in lift.analysis.nodes:
        if isinstance(node, cst.SimpleString):
            start = lift.analysis.positions[node].start
            new = lift.renames.texts.get(Place(start.line, start.column))
            if new is not None:
                lift.edits.replace(node, node.with_changes(value=f"{node.prefix}{node.quote}{new}{node.quote}"))


def _leave_aliases(lift: Lift) -> None:
    """Leave what strings may ask for under its old name in the module's namespace as well."""
    new = {word + lift.renames.suffix: word for word in lift.renames.aliases}
    unshield = lift.analysis.shielded.unshield
    for statement in lift.analysis.module.body:
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and unshield(statement.name.value) in new:
            name = unshield(statement.name.value)
            alias = cst.parse_statement(f'globals()["{new[name]}"] = {name}')
            lift.edits.on(statement, lambda updated, alias=alias: cst.FlattenSentinel([updated, alias]))  # type: ignore[misc]

"""``super()``, ``metaclass=`` and the special methods that Python 2 calls by another name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.lowering.context import Equivalent, Lower

_PYTHON3 = (3, 0)
_OLD_NAMES = {"__bool__": "__nonzero__", "__next__": "next"}
"""Special methods and what Python 2 calls them ("What's New In Python 3.0")."""


def of_classes(lower: Lower) -> Iterator[Equivalent]:
    """What Python 2 says otherwise in and of classes."""
    if lower.version >= _PYTHON3:
        return
    for node in lower.analysis.nodes:
        if isinstance(node, cst.Call) and (owner := _owner(lower, node)) is not None:
            yield Equivalent(node, node, lambda updated, names=owner: _super(names, updated))  # type: ignore[misc]
        elif isinstance(node, cst.ClassDef) and _has_metaclass_only(node) and lower.has_six:
            yield Equivalent(node, node, _with_metaclass, "six")
    for node, scope in lower.analysis.names.scopes.items():
        if isinstance(node, cst.ClassDef):
            for new, old in _OLD_NAMES.items():
                bindings = scope.bindings.get(new, ())
                if len(bindings) == 1 and isinstance(bindings[0].node, cst.FunctionDef) and old not in scope.bindings:
                    method = bindings[0].node
                    yield Equivalent(method, method, lambda m, old=old: _with_old_name(old, m))  # type: ignore[misc]


def _owner(lower: Lower, node: cst.Call) -> tuple[str, str] | None:
    """The class and the first parameter that ``super()`` means, where both can be named."""
    names = lower.analysis.names
    if not isinstance(node.func, cst.Name) or node.func.value != "super" or node.args:
        return None
    scope = names.scope_of(node)
    method = scope.opener
    if not isinstance(method, cst.FunctionDef) or scope.parent is None or not names.means(node.func, _SUPER):
        return None
    owner = scope.parent.opener
    outer = scope.parent.parent
    positional = [*method.params.posonly_params, *method.params.params]
    if not isinstance(owner, cst.ClassDef) or outer is None or isinstance(outer.opener, cst.ClassDef) or not positional:
        return None
    name, first = owner.name.value, positional[0].name.value
    # A decorator may put another class behind the name; in a method two underscores make another name of it.
    if owner.decorators or name.startswith("__") or len(outer.bindings.get(name, ())) != 1:
        return None
    if name in scope.bindings or len(scope.bindings.get(first, ())) != 1 or name in scope.elsewhere:
        return None
    return name, first


_SUPER = frozenset(["builtins.super"])


def _super(names: tuple[str, str], updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Call)
    return updated.with_changes(args=[cst.Arg(cst.Name(name)) for name in names])


def _has_metaclass_only(node: cst.ClassDef) -> bool:
    return (
        len(node.keywords) == 1
        and node.keywords[0].keyword is not None
        and node.keywords[0].keyword.value == "metaclass"
        and not any(base.star for base in node.bases)
    )


def _with_metaclass(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.ClassDef)
    bases = [base.with_changes(comma=cst.MaybeSentinel.DEFAULT) for base in updated.bases]
    made = cst.Call(
        cst.Attribute(cst.Name("six"), cst.Name("with_metaclass")), [cst.Arg(updated.keywords[0].value), *bases]
    )
    return updated.with_changes(bases=[cst.Arg(made)], keywords=[])


def _with_old_name(old: str, updated: cst.CSTNode) -> cst.FlattenSentinel[cst.CSTNode]:
    assert isinstance(updated, cst.FunctionDef)
    alias = cst.parse_statement(f"{old} = {updated.name.value}  # Python 2\n")
    assert isinstance(alias, cst.SimpleStatementLine)
    return cst.FlattenSentinel([updated, alias.with_changes(leading_lines=[cst.EmptyLine(indent=False)])])

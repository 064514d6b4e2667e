"""``class A:`` becomes ``class A(object):`` on Python 2, where it would be an old-style class."""

from __future__ import annotations

import libcst as cst

from aioport.lowering.context import Lower

_NEW_STYLE_ONLY = (3, 0)


def lower_classes(lower: Lower) -> None:
    """Name the base that classes have by themselves on Python 3."""
    if lower.version >= _NEW_STYLE_ONLY:
        return
    for node in lower.analysis.names.scopes:
        if isinstance(node, cst.ClassDef) and not node.bases and not node.keywords:
            lower.unlike.append(node)
            lower.edits.on(node, _with_object)


def _with_object(updated: cst.CSTNode) -> cst.CSTNode:
    return updated.with_changes(bases=[cst.Arg(cst.Name("object"))], lpar=cst.LeftParen(), rpar=cst.RightParen())

"""Modules of the standard library that a rewrite needs, and the file does not import yet."""

from __future__ import annotations

from functools import partial

import libcst as cst

from aioport.lifting.context import Lift
from aioport.lifting.statements import is_import_line, is_prologue


def import_module(lift: Lift, name: str) -> bool:
    """Have the file import a module, unless it does; whether its name means nothing else anywhere in the file."""
    names = lift.analysis.names
    bindings = [binding for scope in names.scopes.values() for binding in scope.bindings.get(name, ())]
    if any(binding.origin != name for binding in bindings):
        return False
    if name not in names.top.bindings and name not in lift.modules:
        lift.modules.add(name)
        lift.edits.on(lift.analysis.module, partial(_with_import, name))
    return True


def _with_import(name: str, updated: cst.CSTNode) -> cst.Module:
    assert isinstance(updated, cst.Module)
    body = list(updated.body)
    added = cst.SimpleStatementLine([cst.Import([cst.ImportAlias(cst.Name(name))])])
    place = next((index + 1 for index, line in enumerate(body) if is_import_line(line)), None)
    if place is None:
        place = next((index for index, line in enumerate(body) if not is_prologue(line)), len(body))
        added = added.with_changes(leading_lines=[cst.EmptyLine(indent=False)] if place else [])
    body.insert(place, added)
    return updated.with_changes(body=body)

"""``getattr(asyncio, "name")``, which is how names are written that are keywords, or that may not be there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.analysis import Analysis

_GETATTR = frozenset(["builtins.getattr"])
_ASYNCIO = frozenset(["asyncio", "trollius"])


def asked_by_name(analysis: Analysis) -> Iterator[tuple[cst.Call, str]]:
    """Each ``getattr(asyncio, "name")`` of a file, which is an AttributeError where there is none; with the name."""
    for call in analysis.calls:
        if len(call.args) == 2 and analysis.names.means(call.func, _GETATTR):
            name = call.args[1].value
            if isinstance(name, cst.SimpleString) and analysis.names.means(call.args[0].value, _ASYNCIO):
                yield call, str(name.evaluated_value)

"""Version rules: what the target version no longer has, whatever the style. One module each, found by name.

A rule has ``SINCE``, the first version it matters for, its source in the docstring, and ``apply(lift)``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from aioport.lifting.context import Lift


@cache
def _rules() -> tuple[ModuleType, ...]:
    return tuple(importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))


def apply_rules(lift: Lift) -> None:
    """Add the edits and findings of every rule that matters for the target version."""
    for rule in _rules():
        if lift.target_version >= rule.SINCE:
            rule.apply(lift)

"""What newer syntax is called in older Pythons, where that says exactly the same and can still be read.

What has no such equivalent is found by :mod:`aioport.lowering.syntax`, and keeps the file as it is.
"""

from __future__ import annotations

from aioport.findings import Applicability, Severity
from aioport.lowering.context import Lower
from aioport.lowering.equivalents.annotations import of_annotations
from aioport.lowering.equivalents.classes import of_classes
from aioport.lowering.equivalents.comprehensions import of_comprehensions
from aioport.lowering.equivalents.fstrings import of_fstrings
from aioport.lowering.equivalents.future import of_future, of_module
from aioport.lowering.equivalents.literals import of_literals
from aioport.lowering.equivalents.nonlocals import of_nonlocals
from aioport.lowering.equivalents.parameters import of_parameters
from aioport.lowering.equivalents.raising import of_raising

_KINDS = (
    # Parameters that are keyword-only have to be there first.
    of_nonlocals,
    of_parameters,
    # Above what parameters put at the start of a function.
    of_annotations,
    of_classes,
    of_comprehensions,
    of_fstrings,
    of_future,
    of_literals,
    of_raising,
)

_NATIVE_TEXT_UNTIL = (3, 0)


def find_equivalents(lower: Lower) -> None:
    """Note every construct that the target version lacks and that can be said in an older way."""
    for kind in _KINDS:
        lower.equivalents.extend(kind(lower))
    # What the module needs at its top is known only now.
    lower.equivalents.extend(of_module(lower))


def lower_syntax(lower: Lower) -> None:
    """Put the equivalents in their places; after the other passes, which find what they look for as it was."""
    for equivalent in lower.equivalents:
        lower.unlike.append(equivalent.node)
        lower.edits.on(equivalent.node, equivalent.rewrite)
        if equivalent.requires:
            lower.modules.add(equivalent.requires)
            lower.report(
                equivalent.construct,
                "new-dependency",
                Severity.NOTE,
                f"Python 2 has nothing like this, so it comes from {equivalent.requires}",
                f"add {equivalent.requires} to what the project depends on",
                applicability=Applicability.SAFE,
            )
    if lower.equivalents and lower.version < _NATIVE_TEXT_UNTIL and lower.is_python3:
        first = min(lower.equivalents, key=lambda found: lower.analysis.positions[found.construct].start.line)
        lower.report(
            first.construct,
            "older-syntax",
            Severity.NOTE,
            "from here on syntax of Python 3 is written as Python 2 has it; what builtins and methods give is another "
            "matter",
            "read what the page on this finding says of strings and of the library",
            applicability=Applicability.SAFE,
        )

"""Calls that give a loop to a class of the project which only hands it on to a lock or queue of asyncio."""

from __future__ import annotations

from collections import defaultdict

from aioport import library
from aioport.facts import FileFacts
from aioport.inference.decisions import FunctionId
from aioport.inference.evaluation import Evaluation
from aioport.inference.things import Kind, Thing


def loopless_calls(files: list[FileFacts], evaluation: Evaluation) -> dict[FunctionId, frozenset[tuple[int, str]]]:
    """By function, the lines and the last names of the calls that give ``loop=`` to what surely is such a class.

    The class and those of the project above it have no ``__init__``.
    """
    found: dict[FunctionId, dict[tuple[int, str], bool]] = defaultdict(dict)
    for file in files:
        for call in file.calls:
            if call.caller and call.target is not None and any(name == "loop" for name, _ in call.arguments):
                things = evaluation.evaluate(file.path, call.called)
                fits = bool(things) and all(_is_loopless(evaluation, thing) for thing in things)
                calls, place = found[file.path, call.caller], (call.line, call.target.name)
                calls[place] = calls.get(place, True) and fits
    return {key: frozenset(place for place, every in calls.items() if every) for key, calls in found.items()}


def _is_loopless(evaluation: Evaluation, thing: Thing) -> bool:
    if thing.kind is not Kind.CLASS or any(evaluation.has(thing, name) for name in ("__init__", "__new__")):
        return False
    above, _ = evaluation.ancestors(evaluation.classes[thing.path, thing.name])
    bases = {base for fact in above for values in fact.bases for base in evaluation.evaluate(fact.path, values)}
    outside = {base for base in bases if base.kind is not Kind.CLASS}
    return any(_took_loop(base) for base in outside) and all(_took_loop(b) or b == _OBJECT for b in outside)


def _took_loop(thing: Thing) -> bool:
    module, _, name = thing.name.rpartition(".")
    return thing.kind is Kind.LIBRARY and module.split(".")[0] == "asyncio" and name in library.TOOK_LOOP


_OBJECT = Thing(Kind.LIBRARY, name="builtins.object")

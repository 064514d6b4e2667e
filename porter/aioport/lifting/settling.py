"""What the rest of the project told about one file: blockers that asked for it go, and values know the answers."""

from __future__ import annotations

from aioport.analysis import Analysis
from aioport.functions import Asked
from aioport.inference import Decision
from aioport.values import Awaitability, Manager, Values


def settle(analysis: Analysis, values: Values, decisions: dict[str, Decision]) -> None:
    """Take the answers in ``decisions`` over into what is known of the file."""
    for function in analysis.functions:
        asking = [blocker for blocker in function.blockers if blocker.asked is not None]
        for blocker, answer in zip(asking, decisions[function.key].answers):
            if answer in (Manager.UNDECIDED, Awaitability.MAYBE):
                continue
            assert blocker.asked is not None
            if isinstance(answer, Manager):
                values.managers[blocker.asked] = answer
            elif blocker.question is not Asked.WRAPPED:
                values.kinds[blocker.asked] = answer
            function.blockers.remove(blocker)

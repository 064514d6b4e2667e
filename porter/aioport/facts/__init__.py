"""Facts: what one file tells the inference over the whole project."""

from aioport.facts.collect import facts_of
from aioport.facts.expressions import Alternatives, Expression, Step
from aioport.facts.model import Call, ClassFact, Delegation, FileFacts, FunctionFact, Question, Use
from aioport.facts.uses import CallUses

__all__ = [
    "Alternatives",
    "Call",
    "CallUses",
    "ClassFact",
    "Delegation",
    "Expression",
    "FileFacts",
    "FunctionFact",
    "Question",
    "Step",
    "Use",
    "facts_of",
]

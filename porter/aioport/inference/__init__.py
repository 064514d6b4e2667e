"""Inference: which functions of a project are coroutines, from the facts of all its files."""

from aioport.inference.decisions import ASSUMED, CALLED, GENERATORS, ITERATED, Decision, Verdict
from aioport.inference.explain import explain
from aioport.inference.fixpoint import infer

__all__ = ["ASSUMED", "CALLED", "GENERATORS", "ITERATED", "Decision", "Verdict", "explain", "infer"]

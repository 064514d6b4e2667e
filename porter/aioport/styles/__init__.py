"""The styles: one folder each, found by name. A style is its ``names`` module, its lifter and its lowerer."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True)
class Vocabulary:
    """What a generator-based style calls the constructs that async/await has syntax for.

    All names are canonical dotted names, as :meth:`aioport.names.Names.origins` gives them.
    """

    module: str
    """The library the style's API names come from."""

    marker: str
    """A regular expression (for bytes) that every file in this style matches."""

    coroutine: frozenset[str]
    """Decorators that make a generator function a coroutine."""

    wait: frozenset[str] = frozenset()
    """Functions around a yielded awaitable: ``yield From(x)``."""

    value: frozenset[str] = frozenset()
    """Exceptions whose raising returns a value: ``raise Return(v)``."""

    value_bases: frozenset[str] = frozenset()
    """The builtin exceptions that those are: handlers for them see a value that is returned."""

    awaits_returned: bool = True
    """Whether the decorator awaits a future or coroutine that a function without ``yield`` returns."""

    plain_yield_waits: bool = False
    """Whether ``yield x`` alone waits for x."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Names that asyncio has under another name."""

    builtins: frozenset[str] = frozenset()
    """Names that are builtins on Python 3."""

    missing: Mapping[str, str] = field(default_factory=dict)
    """Names that asyncio does not have, with what to use instead."""

    api: frozenset[str] | None = None
    """All names of asyncio that the library has, where it does not simply have those of some version of asyncio."""

    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Parameters of functions and classes that asyncio takes by keyword only from the one marked ``*`` on."""

    loop_signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for methods of event loops."""


@cache
def style_names() -> tuple[str, ...]:
    """The styles there are, as ``--to`` spells them."""
    return tuple(sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__) if info.ispkg))


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    """The vocabulary of every style that has generator-based coroutines."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        if info.ispkg:
            names = importlib.import_module(f"{__name__}.{info.name}.names")
            if names.VOCABULARY is not None:
                found.append(names.VOCABULARY)
    return tuple(found)


@cache
def libraries() -> frozenset[str]:
    """The modules that the styles' API names come from, asyncio among them."""
    return frozenset(vocabulary.module for vocabulary in vocabularies())


@dataclass(frozen=True)
class Words:
    """The vocabularies of all styles together. Resolved names keep them apart, so one lifting pass serves them all."""

    coroutine: frozenset[str]
    wait: frozenset[str]
    value: frozenset[str]
    plain_yield_waits: frozenset[str]
    awaits_returned: frozenset[str]


@cache
def words() -> Words:
    """All constructs of all generator-based styles."""
    every = vocabularies()
    return Words(
        coroutine=frozenset[str]().union(*(v.coroutine for v in every)),
        wait=_with_twins(frozenset[str]().union(*(v.wait for v in every))),
        value=_with_twins(frozenset[str]().union(*(v.value for v in every))),
        plain_yield_waits=frozenset[str]().union(*(v.coroutine for v in every if v.plain_yield_waits)),
        awaits_returned=frozenset[str]().union(*(v.coroutine for v in every if v.awaits_returned)),
    )


def _with_twins(names: frozenset[str]) -> frozenset[str]:
    # asyncio has no From and no Return: where `try/except ImportError` makes one name stand for asyncio or Trollius,
    # only the latter can have been meant.
    return names | {"asyncio." + name.rpartition(".")[2] for name in names}


@cache
def marker() -> re.Pattern[bytes]:
    """Matches the bytes of every file that may hold a construct of some style."""
    return re.compile("|".join(sorted({v.marker for v in vocabularies()})).encode())

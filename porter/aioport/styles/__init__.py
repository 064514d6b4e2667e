"""The styles: one folder each, found by name. A style is its ``names`` module, its lifter and its lowerer."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from aioport.history import Version


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

    generator: frozenset[str] = frozenset()
    """Decorators that make a coroutine function an asynchronous generator function."""

    item: frozenset[str] = frozenset()
    """Functions around what such a function hands out: ``yield From(yield_(x))``."""

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

    helpers: frozenset[str] = frozenset()
    """Functions that stand for syntax of async/await; the passes that bring it down write them as asyncio's."""

    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Parameters of functions and classes that asyncio takes by keyword only from the one marked ``*`` on."""

    loop_signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for methods of event loops."""


@dataclass(frozen=True)
class Target:
    """What can be written in a style, and for which versions: all that the lowering passes need to know of it."""

    vocabulary: Vocabulary | None
    """``None`` for async/await, the pivot, which needs no lowering."""

    oldest: Version
    newest: Version
    """The versions that run the style."""

    default: Version
    limits: str
    """Why there are no others, as the end of a sentence."""

    mixes_since: Version | None = None
    """First version whose native coroutines and those of this style can wait for each other; ``None`` for none."""

    native_since: Version | None = None
    """First version in which its coroutines are native ones, not generators; ``None`` for none."""

    with_lock_until: Version | None = None
    """Last version whose locks ``with (yield from lock):`` takes; ``None`` where there is no last one."""

    async_locks_since: Version | None = None
    """First version whose locks have ``__aenter__``; ``None`` for none."""

    lacks: frozenset[str] = frozenset()
    """Names that asyncio's first version had or got later, and the library of this style does not have."""

    waits_for_objects: bool = True
    """Whether its coroutines wait for what has an ``__iter__`` or ``__await__`` that does, and is nothing else."""

    has_waiting_iterators_since: Version | None = (3, 3)
    """First version whose ``__iter__`` and ``__await__`` wait with ``yield from``; before, they are coroutines."""

    meaning: Version | None = None
    """The version of asyncio whose meaning the library's names have; ``None``: that of the target version."""

    def mixes(self, version: Version) -> bool:
        """Whether a coroutine of this style and one that stays native can wait for each other in ``version``."""
        return self.mixes_since is not None and version >= self.mixes_since

    def gives_generators(self, version: Version) -> bool:
        """Whether a call of its coroutines gives a generator in ``version``."""
        return self.vocabulary is not None and (self.native_since is None or version < self.native_since)

    def has_waiting_iterators(self, version: Version) -> bool:
        """Whether ``__iter__`` and ``__await__`` that wait stay the generators they are in ``version``."""
        return self.has_waiting_iterators_since is not None and version >= self.has_waiting_iterators_since

    def has_with_lock(self, version: Version) -> bool:
        """Whether code for ``version`` may say ``with (yield from lock):``."""
        return self.with_lock_until is None or version <= self.with_lock_until

    def has_async_locks(self, version: Version) -> bool:
        """Whether ``__aenter__`` of a lock can be called in ``version``."""
        return self.async_locks_since is not None and version >= self.async_locks_since


@cache
def target_of(style: str) -> Target:
    """The target of a style, by the name that ``--to`` gives it."""
    module = importlib.import_module(f"{__name__}.{style.replace('-', '_')}.lower")
    target: Target = module.TARGET
    return target


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
    generator: frozenset[str]
    item: frozenset[str]
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
        generator=frozenset[str]().union(*(v.generator for v in every)),
        item=frozenset[str]().union(*(v.item for v in every)),
        plain_yield_waits=frozenset[str]().union(*(v.coroutine for v in every if v.plain_yield_waits)),
        awaits_returned=frozenset[str]().union(*(v.coroutine for v in every if v.awaits_returned)),
    )


def _with_twins(names: frozenset[str]) -> frozenset[str]:
    # asyncio has no From and no Return: where `try/except ImportError` makes one name stand for asyncio or Trollius,
    # only the latter can have been meant.
    return names | {"asyncio." + name.rpartition(".")[2] for name in names}


@cache
def marker(to: str) -> re.Pattern[bytes]:
    """Matches the bytes of every file that may hold something to port to the style ``to``."""
    markers = {v.marker for v in vocabularies()}
    if target_of(to).vocabulary is not None:
        markers.add(r"async\s+def")
        # What gives native coroutines to whoever waits for it.
        markers.add(r"\.__await__\s*\(")
    else:
        # Native, and not what it was in 3.5.
        markers.add(r"async\s+def\s+__aiter__")
    # What a loop does with those that are derived from it changed.
    markers.add(r"class\s+\w+\s*\([^)]*\bBaseException\b")
    return re.compile("|".join(sorted(markers)).encode())

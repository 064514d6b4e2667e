"""Programs that hypothesis makes up do the same when they are ported; ``benchmarks/generated.py`` runs many of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from generated_programs import programs
from generated_runs import Divergence, Runs

if sys.version_info[:2] != (3, 13):
    pytest.skip("once is enough: what Python runs the porter makes no difference", allow_module_level=True)


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs(sparing=True) as found:
        if found.missing:
            pytest.skip(f"no Python {', '.join(found.missing)} in .tox or on PATH, with Trollius for 2.7")
        yield found


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(text=programs())
def test_ports_do_the_same(runs: Runs, text: str) -> None:
    runs.check(text)


_PROGRAM = """\
import asyncio
import sys


async def main():
    await asyncio.sleep(0)
    print(%s)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
loop.close()
"""


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("sys.version_info[:2]", "yield-from 3.6 on 3.6 differs"),
        ("1 // int(sys.version_info >= (3, 0))", "trollius 2.7 on 2.7 fails"),
        ("3 // 0", "the program itself fails"),
    ],
)
def test_what_does_something_else_is_found(runs: Runs, printed: str, kind: str) -> None:
    with pytest.raises(Divergence) as raised:
        runs.check(_PROGRAM % printed)
    assert raised.value.kind == kind

"""async and await as names: renamed for the parser, and back."""

from __future__ import annotations

import libcst as cst
import pytest

from aioport.shield import shield

NAMES = [
    "asyncio.async(x)",
    "from asyncio import async",
    "from asyncio import async as spawn",
    "from project.async import x",
    "import project.async",
    "import async",
    "def async(x): pass",
    "def f(async, await=1): pass",
    "def f(*async, **await): pass",
    "class async: pass",
    "f(async=True, await=False)",
    "async = 1",
    "await = async",
    "async.x = await.y",
    "x = async + await",
    "async(1)",
    "await(1)",
    "await (1)",
    "x = await[0]",
    "await, async = 1, 2",
    "if async: pass",
    "if async and await or not async: pass",
    "[x for async in await]",
    "lambda async: async",
    "f'{async}'",
    "global async",
    "with async as await: pass",
    "x.async.await",
    "@async\ndef f(): pass",
    "return_ = await if async else await",
    "async\nawait",
    "for async in await: pass",
    "from ...await import x",
    "from .async.await import x",
    "raise await from async",
    "[async for x in y]",
    "{async for async in async}",
    "f(async for x in y)",
    "[x if y else async for x in y]",
    "[x for y in async for x in y]",
    "f'{ {async: 1}[async]:>{await}}'",
]

KEYWORDS = [
    "async def f(): await x",
    "async def f():\n    await x\n    await (x)\n    await [x][0]\n    await {x: y}[x]\n    await f()",
    "async def f():\n    async with a as b, c: pass\n    async for x in y: pass",
    "async def f():\n    return [x async for x in y if await x]",
    "async def f(): return await x + await (y)",
    "async  def f(): pass",
    "async def f():\n    def g(): pass\n    await (x)",
    "class A:\n    async def f(self):\n        await (self.x)",
    "async def f():\n    return f'{await x}'",
    "async def f():\n    await 'text'\n    await ...",
    "async def f(): raise await (x) from await (y)",
    "async \\\ndef f():\n    await \\\n      (x)",
    "async def f(): return [x[1] async for x in y for y in z() async for z in a]",
    "async def f(): return ['a' async for x in y], {f'{x}' async for x in y}, (1 async for x in y)",
]


@pytest.mark.parametrize("text", NAMES)
def test_names_can_be_parsed_and_come_back(text: str) -> None:
    shielded = shield(text + "\n")
    assert shielded.text != text + "\n"
    assert len(shielded.text) == len(text) + 1
    assert cst.parse_module(shielded.text).code == shielded.text
    assert shielded.unshield(shielded.text) == text + "\n"
    assert list(shielded.names_in(shielded.text))


@pytest.mark.parametrize("text", KEYWORDS)
def test_keywords_stay(text: str) -> None:
    shielded = shield(text)
    assert shielded.text == text
    assert not list(shielded.names_in(text))


@pytest.mark.parametrize(
    "text", ["x = 'async await'\n", "# async def await\n", '"""\nasync = await\n"""\n', "asyncio = awaited\n"]
)
def test_text_stays(text: str) -> None:
    assert shield(text).text == text


def test_await_after_an_async_def_is_a_name_again() -> None:
    text = "async def f():\n    await (x)\n\n\ndef g(await):\n    await (x)\n"
    shielded = shield(text)
    assert [(line, word) for line, _, word in shielded.names_in(shielded.text)] == [(5, "await"), (6, "await")]


def test_placeholders_do_not_occur_in_the_text() -> None:
    text = "asaa_ = awaa_ = asab_ = 1\nasync = await\n"
    shielded = shield(text)
    assert shielded.unshield(shielded.text) == text
    assert shielded.async_name not in text
    assert shielded.await_name not in text

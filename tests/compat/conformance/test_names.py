"""The lists of names agree: ``__all__``, the stubs, the table that the suite makes, and asyncio's own."""

import ast
import inspect
import io
import os
import re
import sys

import pytest
import table

import aiocompat
from aiocompat.backends.library import asyncio

PACKAGE = os.path.dirname(aiocompat.__file__)
# Deprecated, and to be removed in 3.16: history of the policies.
LEFT_OUT = ["get_event_loop_policy", "set_event_loop_policy"]


def stub():
    with io.open(os.path.join(PACKAGE, "__init__.pyi"), encoding="utf-8") as file:
        return file.read()


def in_table():
    with io.open(table.README, encoding="utf-8") as file:
        _, inside, _ = table.divided(file.read())
    return inside


def test_every_name_is_there():
    for name in aiocompat.__all__:
        assert hasattr(aiocompat, name), name
    assert len(set(aiocompat.__all__)) == len(aiocompat.__all__)


def test_the_stubs_have_every_name():
    tree = stub()
    listed = re.search(r"^__all__ = (\[.*?\])$", tree, re.MULTILINE | re.DOTALL).group(1)
    assert ast.literal_eval(listed) == aiocompat.__all__
    for name in aiocompat.__all__:
        pattern = r"\bas %s\b|^ *(class|def|async def) %s\b" % (name, name)
        assert re.search(pattern, tree, re.MULTILINE), name


def test_the_table_has_every_name():
    rows = [line.split()[0] for line in in_table().splitlines() if re.match(r"\w+ .*(yes|\d)$", line)]
    rows.remove("name")
    assert sorted(rows) == sorted(aiocompat.__all__)


def test_the_table_spells_out_every_difference():
    listed = re.findall(r"^\d+\. Before ([\d.]+): (.*)\.$", in_table(), re.MULTILINE)
    assert listed == table.differences()


@pytest.mark.skipif(sys.version_info < (3, 14), reason="about the newest asyncio")
def test_every_name_of_the_newest_asyncio_is_there():
    public = [name for name in asyncio.__all__ if not name.startswith("_")]
    assert sorted(set(public) - set(aiocompat.__all__) - set(LEFT_OUT)) == []


@pytest.mark.parametrize("name", aiocompat.__all__)
def test_what_is_ours_says_what_it_does(name):
    found = getattr(aiocompat, name)
    if getattr(found, "__module__", "").startswith("aiocompat"):
        assert inspect.getdoc(found)

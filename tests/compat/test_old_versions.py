"""The modules that Python 2.7 and 3.3 to 3.5 import need nothing newer: neither syntax, nor modules, nor names.

``vermin`` says what a source needs. It does not know what a condition such as ``if sys.version_info >= (3, 7):`` leaves
out, nor that a name of Python's may be imported from elsewhere. So it gets each module as a version sees it: conditions
on the version, and on what asyncio has, are carried out, and what does not come from the standard library is renamed.
"""

import ast
import json
import os
import subprocess
import sys

import pytest

import aiocompat
from aiocompat.backends import _ROWS

pytest.importorskip("vermin", reason="vermin comes with the porter, which Python before 3.9 does not run")

PACKAGE = os.path.dirname(os.path.abspath(aiocompat.__file__))
NAMES = os.path.join(PACKAGE, "..", "..", "..", "shared", "asyncio", "names.json")
# What a program imports by itself.
ENTRIES = ["aiocompat", "aiocompat.subprocess", "aiocompat.testing"]
# Python 3.3 has asyncio 3.4.3 from PyPI.
VERSIONS = [((2, 7), None), ((3, 3), (3, 4)), ((3, 4), (3, 4)), ((3, 5), (3, 5))]
# asyncio's that are not in the list of its public names, with the version that brought them (3.4.4 for the factory).
INTERNAL = {"_get_running_loop": (3, 6)}


def asyncio_names(version):
    """The public names of asyncio in a version, or of Trollius where there is none."""
    if not os.path.exists(NAMES):
        pytest.skip("the list of asyncio's names is not beside the clone")
    with open(NAMES, encoding="utf-8") as file:
        facts = {name[len("asyncio.") :]: fact for name, fact in json.load(file).items() if name != "_meta"}
    if version is None:
        return {name for name, fact in facts.items() if fact["trollius"]["present"]}
    return {name for name, fact in facts.items() if fact["added"] and numbers(fact["added"]) <= version} | {
        name for name, since in INTERNAL.items() if since <= version
    }


def numbers(version):
    return tuple(int(part) for part in version.split("."))


class AsSeen(ast.NodeTransformer):
    """Leaves out of a module what a version does not run."""

    def __init__(self, version, names):
        self.version = version
        self.names = names

    def holds(self, test):
        """Whether a condition is true in the version; None where it depends on more."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            held = self.holds(test.operand)
            return None if held is None else not held
        if isinstance(test, ast.BoolOp):
            held = [self.holds(value) for value in test.values]
            decisive = isinstance(test.op, ast.Or)
            return decisive if decisive in held else None if None in held else not decisive
        text = ast.unparse(test)
        if text.startswith("sys.version_info ") and len(test.ops) == 1:
            bound = ast.literal_eval(test.comparators[0])
            return self.version < bound if isinstance(test.ops[0], ast.Lt) else self.version >= bound
        if text.startswith("hasattr(asyncio, "):
            return test.args[1].value in self.names
        return None

    def visit_If(self, node):
        held = self.holds(node.test)
        if held is None:
            return self.generic_visit(node)
        # As the block of something that is gone, so that an `elif` in it is carried out as well.
        block = self.generic_visit(ast.Module(node.body if held else node.orelse, []))
        return block.body or ast.Pass()

    def visit_IfExp(self, node):
        held = self.holds(node.test)
        return self.generic_visit(node) if held is None else self.visit(node.body if held else node.orelse)

    def generic_visit(self, node):
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            ends = [index for index, item in enumerate(body) if isinstance(item, (ast.Return, ast.Raise))]
            del body[ends[0] + 1 if ends else len(body) :]
        return node


class Renamed(ast.NodeTransformer):
    """Gives names of their own to what is imported from outside of Python's standard library, and from asyncio."""

    # asyncio's names are the other test's; concurrent.futures comes with Trollius.
    PACKAGES = ("aiocompat", "asyncio", "concurrent", "exceptiongroup", "six", "trollius")

    def __init__(self):
        self.bound = set()

    def visit_Import(self, node):
        node.names = [self.renamed(alias, alias.name) for alias in node.names]
        return node

    def visit_ImportFrom(self, node):
        node.names = [self.renamed(alias, node.module) for alias in node.names]
        node.module = self.name(node.module) if self.is_outside(node.module) else node.module
        return node

    def visit_Name(self, node):
        node.id = self.name(node.id) if node.id in self.bound else node.id
        return node

    def renamed(self, alias, module):
        if not self.is_outside(module):
            return alias
        self.bound.add(alias.asname or alias.name.split(".")[0])
        return ast.alias(self.name(alias.name), alias.asname and self.name(alias.asname))

    def is_outside(self, module):
        return module.split(".")[0] in self.PACKAGES

    def name(self, text):
        return "outside_" + text


def file_of(module):
    """The file of a module of aiocompat; None where the name is not a module's."""
    path = os.path.join(os.path.dirname(PACKAGE), *module.split("."))
    return next((file for file in (path + ".py", os.path.join(path, "__init__.py")) if os.path.exists(file)), None)


def imported(version, names):
    """The modules of aiocompat that a version imports, as it sees them."""
    seen, left = {}, ENTRIES + ["aiocompat.backends." + module for since, module, _ in _ROWS if version < since]
    while left:
        module = left.pop()
        path = file_of(module)
        if module in seen or path is None:
            continue
        with open(path, encoding="utf-8") as file:
            seen[module] = ast.fix_missing_locations(AsSeen(version, names).visit(ast.parse(file.read())))
        for node in ast.walk(seen[module]):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("aiocompat"):
                left += [node.module] + [node.module + "." + alias.name for alias in node.names]
    return seen


@pytest.mark.parametrize("version, of_asyncio", VERSIONS)
def test_nothing_newer_is_needed(version, of_asyncio, tmp_path):
    names = asyncio_names(of_asyncio)
    modules = imported(version, names)
    assert "aiocompat.backends.streams" in modules
    for module, tree in modules.items():
        renamed = ast.unparse(Renamed().visit(tree))
        (tmp_path / (module + ".py")).write_text(renamed, encoding="utf-8")
    command = [
        sys.executable,
        "-c",
        "import sys, vermin; sys.exit(vermin.main())",
        "--no-tips",
        "-vvv",
        "--violations",
        "-t=%d.%d-" % version,
    ]
    process = subprocess.run(command + [str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.returncode == 0, process.stdout


@pytest.mark.parametrize("version, of_asyncio", VERSIONS)
def test_no_name_of_a_newer_asyncio_is_used(version, of_asyncio):
    names = asyncio_names(of_asyncio)
    used = set()
    for module, tree in imported(version, names).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("asyncio", "trollius"):
                used.add((module, node.attr))
            elif isinstance(node, ast.ImportFrom) and node.module in ("asyncio", "trollius"):
                used.update((module, alias.name) for alias in node.names)
    assert used
    assert sorted(item for item in used if item[1] not in names) == []

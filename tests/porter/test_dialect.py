"""Python 2 syntax is found, and nothing else is taken for it."""

from __future__ import annotations

import ast

import pytest

from aioport.dialect import python2_constructs

EXCEPT = "except with a comma"

PYTHON2 = {
    'print "a"': "a print statement",
    "print x": "a print statement",
    "print 1, 2": "a print statement",
    'print >>f, "a"': "a print statement",
    "print >> f": "a print statement",
    "print not x": "a print statement",
    "print -1": "a print statement",
    "print - x, y": "a print statement",
    "print +x": "a print statement",
    "print [1]": "a print statement",
    "print {}": "a print statement",
    'print ("a"), x': "a print statement",
    "if x: print x": "a print statement",
    "x = 1; print x": "a print statement",
    "try: pass\nexcept E, e: pass": EXCEPT,
    "try: pass\nexcept (E, F), e: pass": EXCEPT,
    "try: pass\nexcept a.E, e: pass": EXCEPT,
    "try: pass\nexcept (\nE), e: pass": EXCEPT,
    "try: pass\nexcept E \\\n, e: pass": EXCEPT,
    "try: pass\nexcept errors[0:2], (a, b): pass": EXCEPT,
    'raise E, "a"': "raise with commas",
    "raise E, v, tb": "raise with commas",
    "raise E(\n1), v": "raise with commas",
    "x = `1`": "backticks",
    "x = 10L": "a long integer literal",
    "x = 0xFFl": "a long integer literal",
    "x = 0b1L": "a long integer literal",
    "x = 0777": "an octal literal without 0o",
    'x = ur"a"': "a string with the prefix ur",
    "x = UR'a'": "a string with the prefix ur",
    'exec "x"': "an exec statement",
    "exec code in names": "an exec statement",
    "exec (code) in names": "an exec statement",
    "exec `code`": "an exec statement",
    "x = a <> b": "the operator <>",
    "def f(a, (b, c)): pass": "a tuple parameter",
    "def f((a, b), c): pass": "a tuple parameter",
    "def f(a,  # x\n (b, c)): pass": "a tuple parameter",
    "f = lambda \\\n(a, b): a": "a tuple parameter",
    "f = lambda (a, b): a": "a tuple parameter",
    "f = lambda x, (a, b): a": "a tuple parameter",
}

PYTHON3 = [
    "print",
    "print()",
    "print(a, b)",
    "print(a, file=b), ",
    "print (a)",
    "print (a, b)",
    "print.x",
    "x = print",
    "f(print, exec)",
    "print = exec = 1",
    "exec(code, names)",
    "exec (code)",
    "exec (code) if x in y else z",
    "y = print, exec (code) in names",
    "try: pass\nexcept (E, F): pass",
    "try: pass\nexcept (E, F) as e: pass",
    "try: pass\nexcept f(a, b): pass",
    "try: pass\nexcept (E, F,): pass",
    "try: pass\nexcept (\nE,\nF\n): pass",
    "try: pass\nexcept E[a, b].c as e: pass",
    "raise E(a, b)",
    "raise E(\na, b\n)",
    "raise E(a, b) from c",
    "raise (E, F)[0]",
    "x = 0",
    "x = 0.5, 00, 0o777, 0x1F, 1e5, 1j",
    "x = a < b > c",
    "def f(a, b=(1, 2), *c): pass",
    "def f(a: (1, 2)): pass",
    "f = lambda a, b=(1, 2): a",
    "f = lambda: (1, 2)",
    "g(lambda x: x, (1, 2))",
    "def f(x=lambda a: (a, 1)): pass",
    "ur = 1",
    "x = u'a' r'b'",
    "x = '`' \"<>\"",
    "x = f'`{y}`, {z}'",
    "raise f'{x},{y}'",
    "# print x",
    '"""\nprint x\n"""',
    "match = case = 1\nprint (match)",
    "raise_ = 1, 2",
]


@pytest.mark.parametrize("text", PYTHON2)
def test_python2_is_found(text: str) -> None:
    found = python2_constructs(text + "\n")
    assert PYTHON2[text] in {construct.what for construct in found}


@pytest.mark.parametrize("text", PYTHON3)
def test_python3_is_not(text: str) -> None:
    ast.parse(text + "\n")
    assert python2_constructs(text + "\n") == ()


def test_places() -> None:
    found = python2_constructs('x = 1\nif x:\n    print "a"; print "b"\n')
    assert [(construct.line, construct.col) for construct in found] == [(3, 5), (3, 16)]


ONLY_PYTHON3 = [
    "f'{x}'", "def f() -> int: pass", "(x := 1)", "def f(): yield from x", "async def f(): pass",
    "def f():\n def g():\n  nonlocal x", "try: pass\nexcept* A: pass",
]  # fmt: skip


@pytest.mark.parametrize("text", ONLY_PYTHON3)
def test_except_with_a_comma_in_what_can_only_be_python_3(text: str) -> None:
    both = text + "\ntry: pass\nexcept A, B: pass\n"
    assert python2_constructs(both) == ()
    assert len(python2_constructs(both + "print x\n")) == 2


@pytest.mark.parametrize("text", ["x = 'f\"{}\" ->'", "nonlocal = 1", "yield_from = x.yield_", "x = y - -z"])
def test_except_with_a_comma_in_what_may_be_either(text: str) -> None:
    assert len(python2_constructs(text + "\ntry: pass\nexcept A, B: pass\n")) == 1


@pytest.mark.parametrize("text", ["try: pass\nexcept A, B, C: pass", "try: pass\nexcept* A, B: pass"])
def test_what_only_python_3_14_reads_is_not(text: str) -> None:
    assert python2_constructs(text + "\n") == ()

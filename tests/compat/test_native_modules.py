"""Python 3.5 and later: the coroutine functions of a module that are converted together do what they did."""

import importlib.util
import os
import py_compile
import sys
import time

import pytest
from test_native_conversion import START, is_converted, load, methods_of, new_module, outcome

from aiocompat.coroutines import conversion, deferring, keeping, modules


@pytest.fixture(autouse=True)
def converted_together(monkeypatch):
    monkeypatch.setattr(deferring, "POSSIBLE", False)


PROGRAM = '''
    if log is not None:
        class Base(object):
            """Of a branch."""
            __private = 1
            @coroutine
            def greet(self, name="nobody", *, end="."):
                """The greeting."""
                raise Return((yield From(give(name + end))))
            class Inner(Exception):
                @classmethod
                @coroutine
                def made(cls):
                    yield From(None)
                    raise Return(cls.__name__)
    else:
        @coroutine
        def never():
            yield From(None)
    try:
        missing
    except NameError:
        @aiocompat.coroutine
        def handled(): raise Return((yield From(give("handled"))))
    finally:
        with contextlib.suppress():
            pass
    @functools.lru_cache()
    def cached():
        return 5
    class Derived(Base, metaclass=type):
        @coroutine
        def greet(self, name):
            greeting = yield From(super().greet(
                name,
            end="!"))
            with (yield From(Lock())):
                log.append(__class__.__name__ + greeting)
            raise Return(self._Base__private, greeting, cached())
        @coroutine
        def plain(self):
            return """
    at the margin"""
    @coroutine
    def main():
        derived = Derived()
        found = [(yield From(derived.greet("you"))), (yield From(Base.Inner.made())), (yield From(handled()))]
        raise Return(found, (yield From(derived.plain())), Base.greet.__doc__)
'''


def test_together(tmpdir, monkeypatch):
    expected = outcome(load(PROGRAM, tmpdir, has_source=False))
    assert isinstance(expected[0], tuple) and len(expected[0]) == 3
    monkeypatch.setattr(conversion, "_converted", None)
    module = load(PROGRAM, tmpdir)
    functions = list(methods_of(module))
    assert len(functions) == 6
    assert all(map(is_converted, functions))
    assert outcome(module) == expected


LEFT = """
    def decorate(function):
        return coroutine(function)
    @decorate
    def other():
        raise Return((yield From(give(1))))
    def make(value):
        @coroutine
        def inner():
            raise Return((yield From(give(value))))
        return inner
    @coroutine
    def before():
        raise Later((yield From(give(3))))
    Later = Return
    @coroutine
    def outer():
        @coroutine
        def inner():
            raise Later((yield From(give(4))))
        raise Return((yield From(inner())))
    @coroutine
    def main():
        found = []
        for function in (other, make(2), before, outer):
            found.append((yield From(function())))
        raise Return(found)
"""


def test_what_is_left_is_converted_by_itself(tmpdir):
    module = load(LEFT, tmpdir)
    assert all(map(is_converted, [module.other, module.make(2), module.before, module.outer, module.main]))
    assert outcome(module) == outcome(load(LEFT, tmpdir, has_source=False)) == ([1, 2, 3, 4], [])


REFUSED = """
    @coroutine
    def wrong():
        yield 5
    class Class:
        @coroutine
        def wrong(self):
            yield Unknown(5)
    @coroutine
    def main():
        try:
            yield From(wrong())
        except TypeError:
            raise Return("wrong")
"""


def test_what_is_refused_leaves_the_others(tmpdir, monkeypatch):
    def refused(function, source):
        raise conversion.Refused

    monkeypatch.setattr(conversion, "_converted", refused)
    module = load(REFUSED, tmpdir)
    assert [is_converted(function) for function in (module.wrong, module.Class.wrong, module.main)] == [
        False,
        False,
        True,
    ]
    assert outcome(module) == ("wrong", [])


def test_a_module_that_cannot_be_compiled_again(tmpdir):
    deep = "".join("%sfor _ in range(1):\n" % (" " * number) for number in range(1, 20))
    text = "@coroutine\ndef deep():\n%s%syield From(None)\n" % (deep, " " * 20)
    module = load(text + "@coroutine\ndef main():\n yield From(deep())\n raise Return(1)\n", tmpdir)
    assert outcome(module) == (1, [])
    assert is_converted(module.give) and is_converted(module.main)


TEXT = START + "@coroutine\ndef main():\n    raise Return(1 + (yield From(give(2))))\n"
TEXT += "if 0:\n    @coroutine\n    def dead():\n        yield From(None)\n"


class Cached(object):
    """A module's source, and the code that Python keeps of it, as if written a while later."""

    def __init__(self, path):
        self.path = str(path)
        path.write(TEXT)
        self.code = compile(TEXT, self.path, "exec", 0, True)
        os.utime(self.path, (1000000000, 1000000000))
        self.compiled = py_compile.compile(self.path)
        self.age()

    def age(self):
        os.utime(self.compiled, (time.time() + 5, time.time() + 5))

    def change(self, text):
        """Change the source, and let it seem unchanged."""
        with open(self.path, "w") as file:
            file.write(text)
        os.utime(self.path, (1000000000, 1000000000))

    def run(self, monkeypatch):
        """The module, of the text that was there first, and how often something was compiled."""
        module, compiled = new_module("cached", self.path), []

        def counted(*arguments):
            compiled.append(arguments)
            return conversion.compiled_like(*arguments)

        monkeypatch.setattr(modules, "compiled_like", counted)
        monkeypatch.setattr(modules, "_tried", set())
        monkeypatch.setattr(keeping, "_kept", {})
        exec(self.code, vars(module))
        return module, len(compiled)


@pytest.fixture
def cached(tmpdir):
    return Cached(tmpdir.join("cached.py"))


posix_only = pytest.mark.skipif(os.name == "nt", reason="files have no ctime there")


@posix_only
def test_what_python_keeps_is_not_compiled_again(cached, monkeypatch):
    monkeypatch.setattr(conversion, "_converted", None)
    module, compiled = cached.run(monkeypatch)
    assert is_converted(module.main)
    assert (outcome(module), compiled) == ((3, []), 2)


@posix_only
def test_but_not_where_it_may_be_of_another_text(cached, monkeypatch):
    cached.change(TEXT.replace("+", "-"))
    os.utime(cached.compiled, None)
    module, compiled = cached.run(monkeypatch)
    assert (outcome(module), compiled) == ((3, []), 3)
    assert is_converted(module.give) and not is_converted(module.main)


def gone(cached):
    os.remove(cached.compiled)


def written_at_once(cached):
    os.utime(cached.compiled, None)


def damaged(cached):
    with open(cached.compiled, "r+b") as file:
        file.truncate(20)
    cached.age()


def moved(cached):
    moved = cached.path.replace("cached.py", "moved.py")
    os.rename(cached.path, moved)
    os.rename(cached.compiled, importlib.util.cache_from_source(moved))
    cached.path, cached.code = moved, compile(TEXT, moved, "exec", 0, True)


def outdated(cached):
    cached.change(TEXT + "# The end.\n")
    cached.age()


def hashed(cached):
    py_compile.compile(cached.path, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    cached.age()


@pytest.mark.parametrize(
    "change",
    [
        lambda cached: os.remove(cached.compiled),
        lambda cached: os.utime(cached.compiled, None),
        damaged,
        moved,
        outdated,
    ]
    + [hashed] * (sys.version_info >= (3, 7)),
)
def test_nor_where_it_says_nothing(cached, monkeypatch, change):
    change(cached)
    module, compiled = cached.run(monkeypatch)
    assert is_converted(module.main)
    assert (outcome(module), compiled) == ((3, []), 3)


def test_few_functions_are_converted_one_by_one(cached, monkeypatch):
    with open(cached.path, "a") as file:
        file.write("\n" * 300)
    module, compiled = cached.run(monkeypatch)
    assert (is_converted(module.give), is_converted(module.main), compiled) == (True, True, 0)

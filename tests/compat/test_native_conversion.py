"""Python 3.5 and later: a converted function does what the driver does with it, and is an ``async def``."""

import asyncio
import gc
import importlib
import inspect
import itertools
import linecache
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import traceback
import types
import warnings
import zipfile

import pytest

import aiocompat

START = """\
import aiocompat, contextlib, functools
from aiocompat import From, Lock, Return, coroutine, sleep
log = []
@coroutine
def give(value=None):
    yield From(None)
    raise Return(value)
"""
_numbers = itertools.count()


def load(text, folder, has_source=True):
    """A module of the text after START; without source its functions are driven."""
    name = "program%d" % next(_numbers)
    path = str(folder.join(name + ".py"))
    text = START + textwrap.dedent(text)
    if has_source:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    module = types.ModuleType(name)
    module.__file__ = path
    exec(compile(text, path, "exec", 0, True), vars(module))
    return module


def is_converted(function):
    # The driver's parameters are the function's, but it has no code of its own.
    assert inspect.iscoroutinefunction(function)
    return not hasattr(function, "__wrapped__")


def outcome(module):
    """What main() gives or raises, what was logged, and the lines of the program that a traceback shows."""
    try:
        result = aiocompat.run(module.main())
    except Exception as error:
        shown = traceback.extract_tb(error.__traceback__)
        lines = [(entry[1], entry[2]) for entry in shown if entry[0] == module.__file__]
        result = type(error), str(error).replace(module.__file__, "FILE"), lines
    return result, module.log


PROGRAMS = {
    "closures and nonlocal": """
        def make(start):
            total = start
            @coroutine
            def add(number):
                nonlocal total
                total += yield From(give(number))
                raise Return(total)
            return add
        @coroutine
        def main():
            one, two = make(1), make(10)
            yield From(one(1))
            raise Return((yield From(one(2))), (yield From(two(5))))
    """,
    "methods, super, __class__ and private names": """
        class Base:
            @coroutine
            def greet(self, name):
                raise Return((yield From(give("hello " + name))))
        class Derived(Base):
            __greeting = "!"
            @coroutine
            def greet(self, name):
                __local = yield From(super().greet(name))
                raise Return(__local + self.__greeting, __class__.__name__)
            @classmethod
            @coroutine
            def made(cls):
                raise Return((yield From(give(cls))))
            @staticmethod
            @coroutine
            def count(*numbers, start=1):
                raise Return((yield From(give(sum(numbers) + start))))
        @coroutine
        def main():
            made = yield From(Derived.made())
            raise Return((yield From(made().greet("you"))), (yield From(Derived.count(1, 2, start=3))))
    """,
    "defaults and keyword-only arguments": """
        @coroutine
        def body(a, b=[1], *rest, c, d={"x": 1}, **more):
            yield From(None)
            b.append(a)
            raise Return(a, tuple(b), rest, c, d, more)
        @coroutine
        def main():
            raise Return((yield From(body(1, c=2))), (yield From(body(1, [], 3, c=4, d=5, e=6))))
    """,
    "a wrong call fails where it is called": """
        @coroutine
        def body(a, *, b=1):
            yield From(None)
        @coroutine
        def main():
            for arguments, named in (((), {}), ((1, 2), {}), ((1,), {"c": 2})):
                try:
                    body(*arguments, **named)
                except TypeError as error:
                    log.append(str(error).replace("driven", "body"))
            yield From(body(1, b=2))
    """,
    "global, loops and conditionals": """
        count = 0
        made = []
        for step in (1, 2):
            @coroutine
            def body(step=step):
                global count
                count += yield From(give(step))
            made.append(body)
        if made:
            @coroutine
            def other():
                raise Return((yield From(give("other"))))
        @coroutine
        def main():
            for function in made:
                yield From(function())
            raise Return(count, (yield From(other())))
    """,
    "decorators above and below": """
        def below(function):
            @functools.wraps(function)
            def wrapper(*args):
                log.append("called")
                return function(*args)
            return wrapper
        def above(function):
            @functools.wraps(function)
            @coroutine
            def wrapper(*args):
                raise Return("above", (yield From(function(*args))))
            return wrapper
        @above
        @coroutine
        @below
        def body(value):
            raise Return((yield From(give(value))))
        @coroutine
        def main():
            raise Return((yield From(body(1))))
    """,
    "Return in try, with, finally and handlers": """
        class Watching:
            def __enter__(self):
                return self
            def __exit__(self, kind, error, trace):
                log.append(kind)
        @coroutine
        def bare():
            try:
                raise Return((yield From(give(1))))
            except:
                log.append("seen")
                raise
        @coroutine
        def swallowed():
            try:
                raise Return(1)
            except BaseException as error:
                log.append(type(error))
            yield From(None)
            return 2
        @coroutine
        def by_name():
            try:
                yield From(None)
                raise Return(3)
            except Return as returned:
                raise Return(returned.value + 1)
        @coroutine
        def held():
            with Watching():
                yield From(None)
                raise Return(5)
        @coroutine
        def at_last():
            try:
                raise KeyError
            finally:
                raise Return((yield From(give(6))))
        @coroutine
        def handled():
            try:
                yield From(None)
                raise KeyError
            except KeyError:
                raise Return(7)
            else:
                log.append("else")
            finally:
                log.append((yield From(give("finally"))))
        @coroutine
        def loop():
            for number in range(3):
                try:
                    if number == 1:
                        raise Return(8)
                except ValueError:
                    log.append("never")
                finally:
                    break
            yield From(None)
            return 9
        @coroutine
        def caused():
            yield From(None)
            raise Return(10) from KeyError("x")
        @coroutine
        def spread():
            yield From(None)
            raise Return(*[1, 2])
        @coroutine
        def main():
            found = []
            for function in (bare, swallowed, by_name, held, at_last, handled, loop, caused, spread):
                found.append((yield From(function())))
            raise Return(found)
    """,
    "Return from a function that is called": """
        def helper():
            raise Return("helped")
        @coroutine
        def body():
            yield From(None)
            helper()
            log.append("never")
        @coroutine
        def main():
            raise Return((yield From(body())))
    """,
    "Return under other names": """
        import aiocompat as c
        Wait, Done = From, Return
        @coroutine
        def body():
            value = yield Wait(give(1))
            raise Done(value)
        @c.coroutine
        def through_module():
            raise c.Return((yield c.From(body())))
        @coroutine
        def main():
            raise Return((yield From(body())), (yield aiocompat.From(through_module())))
    """,
    "locks": """
        class Holder:
            def __init__(self):
                self.lock = Lock()
            def get(self):
                return self.lock
        @coroutine
        def main():
            holder = Holder()
            with (yield From(holder.lock)) as nothing:
                log.append((nothing, holder.lock.locked()))
            with (yield From(holder.get())), (yield From(Lock())):
                log.append(holder.lock.locked())
            held = yield From(holder.lock)
            with held:
                log.append(holder.lock.locked())
            raise Return(holder.lock.locked())
    """,
    "waits of every kind": """
        @coroutine
        def main():
            task = aiocompat.create_task(give("task"))
            future = aiocompat.get_running_loop().create_future()
            future.set_result("future")
            waiting = give("variable")
            nothing = None
            found = [(yield From(task)), (yield From(future)), (yield From(waiting)), (yield From(nothing))]
            found.append((yield From(give((yield From(give("inner")))))))
            found += [item for item in (yield From(give([1, 2])))]
            found += (item for item in (yield From(give([3]))))
            raise Return(found, (yield From(task if found else future)))
    """,
    "nested functions stay what they are": """
        @coroutine
        def main():
            def numbers():
                yield 1
                value = yield From(2)
                yield value
            def leave():
                raise Return("from the nested function")
            @contextlib.contextmanager
            def managed():
                log.append("enter")
                yield "managed"
                log.append("exit")
            found = numbers()
            log.append((next(found), type(next(found)) is From, found.send(3)))
            with managed() as name:
                log.append((yield From(give(name))))
            waits = lambda: (yield From(5))
            log.append(type(next(waits())) is From)
            def evaluated(value=(yield From(give("default")))):
                return value
            log.append(evaluated())
            leave()
    """,
    "errors and their lines": """
        @coroutine
        def innermost():
            yield From(None)
            raise ValueError(
                "deep")
        @coroutine
        def middle(
            value,
        ):
            with (yield From(Lock())):
                yield From(
                    innermost()
                )
        @coroutine
        def main():
            try:
                yield From(middle(1))
            except KeyError:
                log.append("never")
    """,
    "awaited for too long is cancelled": """
        @coroutine
        def body():
            try:
                yield From(sleep(10))
            except aiocompat.CancelledError:
                log.append("cancelled")
                raise
            finally:
                log.append((yield From(give("cleaned"))))
        @coroutine
        def main():
            task = aiocompat.create_task(body())
            yield From(sleep(0))
            task.cancel()
            try:
                yield From(task)
            except aiocompat.CancelledError:
                raise Return("seen")
    """,
    "what cannot be waited for": """
        @coroutine
        def main():
            five = 5
            yield From(five)
    """,
    "functions without yield": """
        @coroutine
        def plain(value):
            if value:
                raise Return(value, "returned")
            return "plain"
        @coroutine
        def main():
            raise Return((yield From(plain(1))), (yield From(plain(0))))
    """,
    "PEP 479": """
        @coroutine
        def leaking():
            yield From(None)
            next(iter(()))
        @coroutine
        def main():
            try:
                yield From(leaking())
            except RuntimeError as error:
                raise Return(str(error).split(" ", 1)[1], type(error.__cause__))
    """,
    "nested coroutines of coroutines": """
        @coroutine
        def main():
            @coroutine
            def middle(depth):
                @coroutine
                def inner():
                    raise Return((yield From(give(depth))))
                if depth:
                    yield From(middle(depth - 1))
                raise Return((yield From(inner())))
            raise Return((yield From(middle(3))))
    """,
}

PROGRAMS["source of many shapes"] = '''
@coroutine
def strings():
    text = """
at the margin
   not a comment: # yield From(x)
also at the margin
def and():
pass
"""
    yield From(None)
# a comment at the margin
    raise Return(text)
@coroutine
def one_line(): yield From(None); raise Return(1)
class Client:
    @coroutine
    @functools.partial(lambda mark, function: function,
        "mark"
    )
    def brackets(
self, value=(
    1,
)
    ):
        """The docstring."""
        yield From(give())

        raise Return(value)
@coroutine
def with_comment(): # def x():
    # comment
\tyield From(None)
\traise Return("\\u00e4", "\u00e4")
@coroutine
def main():
    raise Return((yield From(strings())), (yield From(one_line())), (yield From(Client().brackets())),
                 (yield From(with_comment())))
'''


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@pytest.mark.filterwarnings("ignore:.*in a 'finally':SyntaxWarning")
def test_does_what_the_driver_does(name, tmpdir):
    if name == "PEP 479" and sys.version_info < (3, 7):
        pytest.skip("until 3.7 Python itself warns first")
    converted, driven = load(PROGRAMS[name], tmpdir), load(PROGRAMS[name], tmpdir, has_source=False)
    assert is_converted(converted.give)
    assert is_converted(converted.main)
    assert not is_converted(driven.main)
    found, wanted = outcome(converted), outcome(driven)
    log = [found[1], wanted[1]]
    assert str(log[0]) == str(log[1])
    # The lines of both are the same up to a driver's frame, which is not of the program.
    assert found[0] == wanted[0]

"""Python 3.5 and later: a converted function does what the driver does with it, and is an ``async def``."""

import gc
import importlib.util
import inspect
import itertools
import linecache
import os
import pickle
import py_compile
import subprocess
import sys
import textwrap
import threading
import traceback
import warnings
import zipfile

import pytest

import aiocompat
from aiocompat.coroutines import deferring, native

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
    module = new_module(name, path)
    exec(compile(text, path, "exec", 0, True), vars(module))
    return module


def new_module(name, path):
    return importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path))


@pytest.fixture(autouse=True, params=["with the module", "alone"] + ["when called"] * deferring.POSSIBLE)
def converted_when(request, monkeypatch):
    monkeypatch.setattr(deferring, "POSSIBLE", request.param == "when called")
    if request.param == "alone":
        monkeypatch.setattr(native, "convert_module", lambda function, decorator: None)


def is_converted(function):
    assert inspect.iscoroutinefunction(function)
    for constant in function.__code__.co_consts:
        if isinstance(constant, deferring._FirstCall):
            # As far as the first call goes without arguments.
            function = constant.target(function)
    return function.__code__.co_name != "driven"


def methods_of(module):
    """The coroutine functions of a module and of its classes, as far as they are not made when it runs."""
    for value in vars(module).values():
        for inner in vars(value).values() if isinstance(value, type) else [value]:
            function = getattr(inner, "__func__", inner)
            if inspect.iscoroutinefunction(function) and function.__module__ == module.__name__:
                yield function


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
    "a bare yield": """
        @coroutine
        def answer():
            raise Return(42)
            yield
        @coroutine
        def turns():
            log.append((yield))
            yield
        @coroutine
        def main():
            aiocompat.get_running_loop().call_soon(log.append, "callback")
            yield From(turns())
            raise Return((yield From(answer())))
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
            class Local((yield From(give(dict))), metaclass=(yield From(give(type)))):
                @property
                def waits(self):
                    yield From("not waited for")
            log.append((Local.__name__, Local.__mro__[1], type(next(Local().waits)) is From))
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

if sys.version_info >= (3, 12):
    PROGRAMS["newer syntax"] = """
        @coroutine
        def given[T](value: T) -> T:
            local: T = yield From(give(value))
            raise Return(local, T.__name__)
        class Generic[U]:
            @coroutine
            def method(self, value: U):
                raise Return((yield From(given(value))), U.__name__)
            @coroutine
            def plain(self):
                raise Return((yield From(give(1))))
        @coroutine
        def main():
            match (yield From(give([1, 2]))):
                case [first, *rest] if (yield From(give(True))):
                    log.append(f"{first:>{(yield From(give(5)))}}")
            try:
                raise ExceptionGroup("several", [ValueError(), KeyError()])
            except* ValueError as errors:
                log.append(len((yield From(give(errors.exceptions)))))
            except* KeyError:
                yield From(None)
            made = Generic()
            if (value := (yield From(made.method(3)))):
                raise Return(value, (yield From(made.plain())), sorted(locals()))
    """


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@pytest.mark.filterwarnings("ignore:.*in a 'finally':SyntaxWarning")
def test_does_what_the_driver_does(name, tmpdir):
    if name == "PEP 479" and sys.version_info < (3, 7):
        pytest.skip("until 3.7 Python itself warns first")
    converted, driven = load(PROGRAMS[name], tmpdir), load(PROGRAMS[name], tmpdir, has_source=False)
    assert is_converted(converted.give)
    assert is_converted(converted.main)
    # functools.wraps leaves the mark by which a driver is known.
    assert name == "decorators above and below" or all(map(is_converted, methods_of(converted)))
    assert not is_converted(driven.main)
    found, wanted = outcome(converted), outcome(driven)
    assert repr(found) == repr(wanted).replace(driven.__name__, converted.__name__)


REFUSED = {
    "yield of a value": """
        @coroutine
        def main():
            yield From(None)
            yield 5
    """,
    "a generator of values": """
        @coroutine
        def main():
            for number in range(3):
                yield number
    """,
    "From of two things": """
        @coroutine
        def main():
            yield From(None, None)
    """,
    "From of a star": """
        @coroutine
        def main():
            raise Return((yield From(*[give(1)])))
    """,
    "From by keyword": """
        @coroutine
        def main():
            raise Return((yield From(awaitable=give(1))))
    """,
    "yield from beside From": """
        @coroutine
        def main():
            one = yield From(give(1))
            two = yield from give(2)
            raise Return(one, two)
    """,
    "a From that is not ours": """
        class Other:
            def __init__(self, value):
                self.value = value
        def From(value):
            return None
        @coroutine
        def main():
            raise Return((yield From("unrelated")))
    """,
    "a local From": """
        @coroutine
        def main():
            from aiocompat import From
            raise Return((yield From(give(1))))
    """,
    "a From that is set later": """
        def make():
            @coroutine
            def body():
                raise Return((yield Later(give(1))))
            Later = From
            return body
        main = make()
    """,
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_is_left_to_the_driver(name, tmpdir):
    module, driven = load(REFUSED[name], tmpdir), load(REFUSED[name], tmpdir, has_source=False)
    known = name == "a From that is set later" and deferring.POSSIBLE
    assert is_converted(module.main) == known
    assert outcome(module) == outcome(driven)


def test_mistakes_name_function_and_line(tmpdir):
    text = """
        @coroutine
        def of_variable(value):
            yield From(value)
        @coroutine
        def of_call(function):
            yield From(function())
        @coroutine
        def of_values():
            yield 5
    """
    for has_source in (True, False):
        module = load(text, tmpdir, has_source)
        for waiting, line, what in (
            (module.of_variable(5), 11, "5"),
            (module.of_call(int), 14, "int" if has_source else "0"),
            (module.of_values(), 17, "5"),
        ):
            with pytest.raises(TypeError) as caught:
                aiocompat.run(waiting)
            for part in (waiting.__name__ + "()", "line %d" % line, what, module.__file__):
                assert part in str(caught.value)


def test_a_call_must_give_an_awaitable(tmpdir):
    text = """
        @coroutine
        def main(function):
            yield From(function())
    """
    with pytest.raises(TypeError, match=r"main\(\) .* waits for what a call returned, an object of type NoneType"):
        aiocompat.run(load(text, tmpdir).main(lambda: None))
    aiocompat.run(load(text, tmpdir, has_source=False).main(lambda: None))


def test_other_type_errors_stay_as_they_are(tmpdir):
    module = load(
        """
        def helper():
            raise TypeError("object int can't be used in 'await' expression")
        @coroutine
        def main():
            yield From(None)
            helper()
    """,
        tmpdir,
    )
    with pytest.raises(TypeError, match="^object int can't be used in 'await' expression$"):
        aiocompat.run(module.main())


def test_functions_keep_what_functions_have(tmpdir):
    text = """
        def make(outer):
            def body(a: int, b=2, *, c: "text" = outer) -> str:
                '''The docstring.'''
                yield From(None)
                raise Return(a, b, c, outer)
            body.mark = "kept"
            return body, coroutine(body)
        plain, body = make(3)
        @coroutine
        def documented():
            '''Only documented.'''
    """
    module = load(text, tmpdir)
    plain, body = module.plain, module.body
    assert is_converted(body)
    for name in "__name__ __qualname__ __module__ __doc__ __defaults__ __kwdefaults__ __annotations__ mark".split():
        assert getattr(body, name) == getattr(plain, name), name
    assert inspect.signature(body) == inspect.signature(plain)
    assert inspect.getsource(body) == inspect.getsource(plain)
    assert not inspect.isgeneratorfunction(body)
    for name in ("co_name", "co_filename", "co_firstlineno", "co_argcount", "co_kwonlyargcount"):
        assert getattr(body.__code__, name) == getattr(plain.__code__, name)
    assert aiocompat.run(body(1)) == (1, 2, 3, 3)
    assert module.documented.__doc__ == "Only documented."
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        body(1)
        gc.collect()
    assert [str(warning.message) for warning in caught] == ["coroutine 'make.<locals>.body' was never awaited"]


def test_future_statements_count(tmpdir):
    future, annotation = ("annotations", "undefined") if sys.version_info >= (3, 7) else ("division", "int")
    path = tmpdir.join("futures.py")
    body = "@coroutine\ndef main(a: %s = 3):\n    yield From(None)\n    raise Return(a / 2)\n" % annotation
    path.write("from __future__ import %s\n" % future + START + body)
    module = new_module("futures", str(path))
    exec(compile(path.read(), str(path), "exec", 0, True), vars(module))
    assert is_converted(module.main)
    assert aiocompat.run(module.main()) == 1.5


def test_pickled_by_name(tmpdir, monkeypatch):
    module = load("", tmpdir)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    module.give.__module__ = module.__name__
    assert pickle.loads(pickle.dumps(module.give)) is module.give


def test_source_that_is_not_that_of_the_code_is_not_used(tmpdir):
    text = """
        def make():
            @coroutine
            def body():
                raise Return((yield From(give(1 + 1))))
            return body
    """
    module = load(text, tmpdir)
    path = tmpdir.join(os.path.basename(module.__file__))
    path.write(path.read().replace("1 + 1", "1 * 5"))
    linecache.checkcache()
    body = module.make()
    assert not is_converted(body)
    assert aiocompat.run(body()) == 2


def test_made_again_and_again_it_is_converted_once(tmpdir):
    module = load(
        """
        def make(number):
            @coroutine
            def body():
                raise Return((yield From(give(number))))
            return body
    """,
        tmpdir,
    )
    one, two = module.make(1), module.make(2)
    assert (aiocompat.run(one()), aiocompat.run(two())) == (1, 2)
    assert one.__code__ is two.__code__ is module.make(3).__code__


def test_equal_code_of_two_files_has_two_file_names(tmpdir):
    one, two = load("", tmpdir), load("", tmpdir)
    assert (one.give.__code__.co_filename, two.give.__code__.co_filename) == (one.__file__, two.__file__)


def test_what_is_known_of_code_goes_with_it(tmpdir):
    from aiocompat.coroutines import conversion

    load("", tmpdir)
    gc.collect()
    before = len(conversion._conversions)
    for _ in range(5):
        load("", tmpdir)
    gc.collect()
    assert len(conversion._conversions) <= before


def test_threads_decorate_at_once(tmpdir):
    module = load(
        """
        def make(number):
            @coroutine
            def body():
                raise Return((yield From(give(number))))
            return body
    """,
        tmpdir,
    )
    made = []
    threads = [threading.Thread(target=lambda: made.append(module.make(len(made)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert all(map(is_converted, made))
    assert len({body.__code__ for body in made}) == 1


def test_debuggers_see_the_same_lines(tmpdir):
    text = """
        @coroutine
        def body(number):
            '''The docstring.'''
            for step in range(2):
                number += yield From(give(
                    step))
            if number:
                raise Return(
                    number)
            yield From(None)
        @coroutine
        def main():
            yield From(body(1))
    """
    seen = []
    for has_source in (True, False):
        module, lines = load(text, tmpdir, has_source), []

        def trace(frame, event, _, module=module, lines=lines):
            if frame.f_code.co_filename == module.__file__ and event == "line":
                lines.append(frame.f_lineno)
            if frame.f_code.co_filename == module.__file__:
                return trace

        # With the first call goes one more event, at the first line.
        assert [is_converted(function) for function in (module.body, module.main, module.give)] == [has_source] * 3
        waiting = module.main()
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            aiocompat.run(waiting)
        finally:
            sys.settrace(before)
        # A statement on two lines may be seen at either first.
        seen.append([line for line, _ in itertools.groupby({14: 13, 17: 16}.get(line, line) for line in lines)])
    assert seen[0] == seen[1]


WARNED_OF = """
    @coroutine
    def body():
        yield From(None)
        assert (1, "always true")
        raise Return("\\d")
"""


def test_python_warns_of_the_source_once(tmpdir):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = load(WARNED_OF, tmpdir)
        said = len(caught)
        assert said
        assert is_converted(module.body)
        assert len(caught) == said
        filters = list(warnings.filters)
        compile("'\\d'", module.__file__, "exec", 0, True)
        assert len(caught) == said + 1
        assert warnings.filters == filters


def test_converting_leaves_other_threads_their_warnings(tmpdir, monkeypatch):
    from aiocompat.coroutines import conversion

    def converted(function, source):
        # As in another thread.
        warnings.warn("of something else")
        warnings.simplefilter("error")
        raise conversion.Refused

    monkeypatch.setattr(native, "convert_module", lambda function, decorator: None)
    monkeypatch.setattr(conversion, "_converted", converted)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        is_converted(load("", tmpdir).give)
        assert [str(warning.message) for warning in caught] == ["of something else"]
        assert warnings.filters[0][0] == "error"


def test_decorators_of_classes_go_above(tmpdir):
    for kind in (classmethod, staticmethod):
        with pytest.raises(TypeError, match="@coroutine goes below @" + kind.__name__):
            aiocompat.coroutine(kind(lambda: None))


def test_what_is_no_function_is_driven():
    import functools

    @aiocompat.coroutine
    def give(value):
        raise aiocompat.Return(value)

    def body(value, more):
        result = yield aiocompat.From(give(value))
        raise aiocompat.Return(result, more)

    assert aiocompat.run(aiocompat.coroutine(functools.partial(body, 1))(2)) == (1, 2)


@pytest.mark.parametrize("has_source", [True, False])
def test_closed_while_it_waits(tmpdir, has_source):
    text = """
        @coroutine
        def body():
            try:
                yield From(None)
            finally:
                log.append("closed")
                raise Return("dropped")
    """
    module = load(text, tmpdir, has_source)
    waiting = module.body()
    waiting.send(None)
    waiting.close()
    assert module.log == ["closed"]


@pytest.mark.skipif(sys.version_info < (3, 8), reason="positional-only parameters are new in 3.8")
@pytest.mark.parametrize("has_source", [True, False])
def test_positional_only_parameters(tmpdir, has_source):
    text = """
        @coroutine
        def body(a, /, b=2, **more):
            raise Return(a, b, (yield From(give(more))))
    """
    module = load(text, tmpdir, has_source)
    assert aiocompat.run(module.body(1, a=3)) == (1, 2, {"a": 3})


def test_kept_pieces_are_used_for_equal_code_only(tmpdir, monkeypatch):
    from aiocompat.coroutines import conversion, keeping

    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for name in ("_kept", "_new"):
        monkeypatch.setattr(keeping, name, {})
    monkeypatch.setattr(keeping.atexit, "register", lambda function: None)
    path = tmpdir.join("kept.py")

    def imported(text):
        path.write(START + text)
        path.setmtime(1000000000)
        py_compile.compile(str(path))
        module = new_module("kept", str(path))
        exec(compile(path.read(), str(path), "exec", 0, True), vars(module))
        keeping._write_all()
        keeping._kept.clear()
        return module

    text = "@coroutine\ndef main(number=7):\n    return number + (yield From(give(5)))\n"
    assert aiocompat.run(imported(text).main()) == 12
    with monkeypatch.context() as patch:
        patch.setattr(conversion, "_converted", None)
        again = imported(text)
    assert is_converted(again.main)
    assert aiocompat.run(again.main()) == 12
    # As long, and as old.
    assert aiocompat.run(imported(text.replace("+", "-")).main()) == 2
    # The folder is gone: nothing is written, and nothing fails.
    module = imported("")
    tmpdir.join("__pycache__").remove()
    keeping.keep(module.give.__code__, module.give.__code__, ())
    assert not tmpdir.join("__pycache__").check()


def run_python(*arguments, **environment):
    paths = os.pathsep.join([os.path.dirname(os.path.dirname(aiocompat.__file__)), os.environ.get("PYTHONPATH", "")])
    environment = dict(os.environ, PYTHONPATH=paths, **environment)
    return subprocess.check_output((sys.executable,) + arguments, env=environment, universal_newlines=True).strip()


REPORT = """
print(aiocompat.run(give("given")), give.__doc__, give.__code__.co_name)
"""


@pytest.mark.parametrize("option", ["-O", "-OO", "-Wdefault", "-bb"])
def test_options_of_the_interpreter(tmpdir, option):
    path = tmpdir.join("optimized.py")
    documented = START.replace("value=None):\n", "value=None):\n    '''Doc.'''\n    assert value, '\\d'\n")
    path.write(documented + REPORT)
    doc = "None" if option == "-OO" else "Doc."
    assert run_python(option, str(path)) == "given %s give" % doc


def test_from_a_zip_with_source_and_from_one_without(tmpdir):
    archive = str(tmpdir.join("modules.zip"))
    module = tmpdir.join("zipped.py")
    module.write(START + REPORT)
    run_python("-c", "import py_compile; py_compile.compile(%r, %r)" % (str(module), str(tmpdir.join("bare.pyc"))))
    with zipfile.ZipFile(archive, "w") as file:
        file.write(str(module), "zipped.py")
        file.write(str(tmpdir.join("bare.pyc")), "bare.pyc")
    module.remove()
    for name, code_name in (("zipped", "give"), ("bare", "driven")):
        code = "import sys; sys.path.insert(0, %r); import %s" % (archive, name)
        assert run_python("-c", code) == "given None %s" % code_name


def test_kept_for_the_next_import(tmpdir):
    module = tmpdir.join("imported.py")
    module.write(START)
    use = "import sys, aiocompat.coroutines.conversion as c; sys.path.insert(0, %r); %s; import imported as i; "
    use += "print(i.aiocompat.run(i.give(5)), i.give.__code__.co_name, i.give.__code__.co_firstlineno)"
    first, later = use % (str(tmpdir), "pass"), use % (str(tmpdir), "c._converted = None")
    assert run_python("-c", first, PYTHONDONTWRITEBYTECODE="1") == "5 give 4"
    assert not tmpdir.join("__pycache__").check()
    assert run_python("-c", first, PYTHONDONTWRITEBYTECODE="") == "5 give 4"
    assert len([path for path in tmpdir.join("__pycache__").listdir() if "aiocompat" in path.basename]) == 1
    assert run_python("-c", later, PYTHONDONTWRITEBYTECODE="") == "5 give 4"
    # Damaged and outdated pieces are made again.
    (kept,) = [path for path in tmpdir.join("__pycache__").listdir() if "aiocompat" in path.basename]
    kept.write_binary(kept.read_binary()[:-20])
    assert run_python("-c", first, PYTHONDONTWRITEBYTECODE="") == "5 give 4"
    module.write("# One line more.\n" + START)
    assert run_python("-c", first, PYTHONDONTWRITEBYTECODE="") == "5 give 5"
    assert run_python("-c", later, PYTHONDONTWRITEBYTECODE="") == "5 give 5"

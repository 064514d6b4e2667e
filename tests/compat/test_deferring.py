"""Python 3.11 and later: what is made native when it is first called does that time what it does any other time."""

import gc
import importlib
import inspect
import io
import linecache
import os
import pickle
import sys
import threading
import traceback
import types
import warnings
import weakref

import pytest
from test_native_conversion import is_converted, load

import aiocompat
from aiocompat.coroutines import conversion, deferring

pytestmark = pytest.mark.skipif(not deferring.POSSIBLE, reason="here a call makes a coroutine before any code runs")

DEEP = """
    @coroutine
    def inner(number, *, wrong=False):
        yield From(None)
        if wrong:
            raise ValueError(number)
        raise Return(number)
    @coroutine
    def outer(*numbers, **options):
        '''The docstring.'''
        raise Return((yield From(inner(*numbers, **options))))
"""


def test_decorating_converts_nothing(tmpdir, monkeypatch):
    monkeypatch.setattr(conversion, "_converted", None)
    module = load(DEEP, tmpdir)
    with pytest.raises(TypeError, match="not callable"):
        module.give()


def what_is_known_of(function):
    names = "name qualname module doc defaults kwdefaults annotations dict".split()
    of_code = "filename firstlineno freevars argcount posonlyargcount kwonlyargcount qualname".split()
    return (
        inspect.iscoroutinefunction(function),
        str(inspect.signature(function)),
        inspect.getsource(function),
        {name: getattr(function, "__%s__" % name) for name in names},
        {name: getattr(function.__code__, "co_" + name) for name in of_code},
    )


def test_before_the_first_call_it_is_the_function(tmpdir):
    text = DEEP.replace("outer(*numbers", "outer(first: int, /, second=2, *numbers, named=3")
    text = text.replace("inner(*numbers", "inner(first")
    module = load(text, tmpdir)
    outer = module.outer
    before = what_is_known_of(outer)
    assert before[:2] == (True, "(first: int, /, second=2, *numbers, named=3, **options)")
    assert aiocompat.run(outer(1)) == 1
    assert what_is_known_of(outer) == before


def test_the_first_call_gives_what_every_call_gives(tmpdir):
    module = load(DEEP, tmpdir)
    first, second = module.outer(1), module.outer(2)
    assert first.cr_code is second.cr_code is module.outer.__code__
    assert (first.__name__, first.__qualname__) == ("outer", "outer")
    first.close()
    second.close()


def test_the_first_coroutine_is_missed_by_name(tmpdir):
    module = load(DEEP, tmpdir)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module.outer(1)
        gc.collect()
    assert [str(warning.message) for warning in caught] == ["coroutine 'outer' was never awaited"]


def test_the_first_traceback_is_that_of_every_call(tmpdir):
    module = load(DEEP, tmpdir)
    shown = []
    for _ in range(2):
        with pytest.raises(ValueError) as caught:
            aiocompat.run(module.outer(1, wrong=True))
        shown.append([(entry[0], entry[1], entry[2]) for entry in traceback.extract_tb(caught.value.__traceback__)][1:])
    assert shown[0] == shown[1]
    assert [name for file, _, name in shown[0] if file == module.__file__] == ["outer", "inner"]


def test_a_wrong_first_call_is_one(tmpdir):
    module = load(DEEP, tmpdir)
    with pytest.raises(TypeError, match=r"^inner\(\) missing 1 required positional argument: 'number'$"):
        module.inner()
    assert aiocompat.run(module.inner(1)) == 1


def test_threads_call_first_at_once(tmpdir):
    module = load(DEEP, tmpdir)
    start, found = threading.Barrier(8), []

    def call(number):
        start.wait(10)
        found.append(aiocompat.run(module.outer(number)))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(8))
    assert module.inner.__code__.co_name == "inner"


def test_copies_have_their_own_globals_and_cells(tmpdir):
    text = """
        number = 1
        def make(cell):
            @coroutine
            def body(value=0):
                raise Return((yield From(give(number))), cell, value)
            return body
    """
    module = load(text, tmpdir)
    body = module.make("own")
    cells = tuple(types.CellType("copied") if value.cell_contents == "own" else value for value in body.__closure__)
    copy = types.FunctionType(body.__code__, dict(vars(module), number=2), "copy", (5,), cells)
    assert [aiocompat.run(copy()), aiocompat.run(body()), aiocompat.run(copy(6))] == [
        (2, "copied", 5),
        (1, "own", 0),
        (2, "copied", 6),
    ]
    kept = types.FunctionType(module.make("kept").__code__, vars(module), "kept", (7,), cells)
    assert aiocompat.run(kept()) == (1, "copied", 7)


def test_copies_of_what_is_driven(tmpdir):
    text = """
        def make(cell):
            @coroutine
            def body():
                yield From(None)
                value = yield from give(cell)
                return value
            return body
    """
    module = load(text, tmpdir)
    body = module.make("own")
    copy = types.FunctionType(body.__code__, vars(module), "copy", None, (types.CellType("copied"),))
    assert [aiocompat.run(function()) for function in (copy, body, copy, body)] == ["copied", "own", "copied", "own"]
    assert not is_converted(body)


def test_the_source_is_that_of_the_import(tmpdir):
    module = load(DEEP, tmpdir)
    path = tmpdir.join(os.path.basename(module.__file__))
    path.write("# Installed over it.\n" + path.read())
    linecache.checkcache()
    assert aiocompat.run(module.outer(1)) == 1
    assert module.outer.__code__.co_name == "outer"


def test_what_is_never_called_is_freed(tmpdir):
    text = """
        def make():
            class Local:
                @coroutine
                def method(self):
                    super()
                    raise Return((yield From(itself(self))))
            @coroutine
            def itself(number):
                raise Return((yield From(itself(number))), Local)
            return Local
    """
    module = load(text, tmpdir)
    gone = weakref.ref(module.make())
    gc.collect()
    assert gone() is None


CODE_FIELDS = (
    "argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name qualname "
    "firstlineno linetable exceptiontable freevars cellvars"
)
CODE_FIELDS = ["co_" + name for name in CODE_FIELDS.split()]


class ByValue(pickle.Pickler):
    """Pickles functions as cloudpickle does: their code, and the globals that it names."""

    def reducer_override(self, value):
        if isinstance(value, types.CodeType):
            return code_of, ({name: getattr(value, name) for name in CODE_FIELDS},)
        if isinstance(value, types.FunctionType) and value.__module__ not in sys.modules:
            known = {name: value.__globals__[name] for name in globals_of(value.__code__) & set(value.__globals__)}
            return function_of, (value.__code__, known, value.__name__, (), value.__closure__)
        if isinstance(value, types.CellType):
            return cell_of, (value.cell_contents,)
        if isinstance(value, types.ModuleType):
            return importlib.import_module, (value.__name__,)
        return NotImplemented


def code_of(fields):
    return code_of.__code__.replace(**fields)


def function_of(*fields):
    return types.FunctionType(*fields)


def cell_of(value):
    return types.CellType(value)


def globals_of(code):
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*map(globals_of, inner))


@pytest.mark.parametrize("is_called", [False, True])
def test_pickled_by_value(tmpdir, is_called):
    text = """
        def make(cell):
            @coroutine
            def body(number, *, other):
                raise Return((yield From(give(number))), other, cell)
            return body
    """
    body = load(text, tmpdir).make("cell")
    if is_called:
        assert aiocompat.run(body(1, other=2)) == (1, 2, "cell")
    pickled = io.BytesIO()
    ByValue(pickled).dump(body)
    copy = pickle.loads(pickled.getvalue())
    assert copy.__code__ is not body.__code__
    assert inspect.iscoroutinefunction(copy)
    assert [aiocompat.run(copy(number, other=2)) for number in (3, 4)] == [(3, 2, "cell"), (4, 2, "cell")]


def test_free_names_that_are_marks(tmpdir):
    text = """
        def make():
            from aiocompat import From as Wait, Return as Done
            @coroutine
            def body(number):
                value = yield Wait(give(number))
                raise Done(value)
            return body
    """
    body = load(text, tmpdir).make()
    assert aiocompat.run(body(1)) == aiocompat.run(body(1)) == 1
    assert body.__code__.co_name == "body"
    assert body.__code__.co_freevars == ("Done", "Wait")

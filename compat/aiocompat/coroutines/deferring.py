"""Python 3.11 and later: a function is made native when it is first called, so that decorating it costs little.

Up to 3.10, and in PyPy, the flags of a function's code say that a call makes a coroutine. Since 3.11 the code itself
does (``RETURN_GENERATOR``), and the flags only tell others. So a function can be a coroutine function to all that ask,
while a call still runs its code, which makes the function native, calls it, and gives the coroutine.
"""

import functools
import inspect
import operator
import types
import weakref

from aiocompat.coroutines.conversion import converted
from aiocompat.coroutines.driving import driven
from aiocompat.coroutines.making import replaced, with_code, with_object

# Stands for the _FirstCall of a function in its code: a constant, as the globals are the user's.
_FIRST_CALL = b"aiocompat.coroutines.deferring"
_PARAMETERS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_FLAGS = inspect.CO_OPTIMIZED | inspect.CO_NEWLOCALS | inspect.CO_COROUTINE


def _calls_run_code():
    code = replaced((lambda: None).__code__, co_flags=_FLAGS)
    given = types.FunctionType(code, {})()
    if given is not None:
        given.close()
    return given is None


POSSIBLE = _calls_run_code()


def deferred(function, source):
    """A coroutine function that is made native from its source, or driven, when it is first called."""
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    template = _template(count, len(code.co_freevars))
    names = {name: getattr(function, name) for name in ("__module__", "__name__", "__qualname__")}
    first_call = _FirstCall(code, names, source)
    same = "argcount posonlyargcount kwonlyargcount freevars filename firstlineno qualname"
    changes = {"co_" + name: getattr(code, "co_" + name) for name in same.split()}
    changes["co_varnames"] = code.co_varnames[:count]
    # What pickles functions by value (cloudpickle) looks there for the globals that they use.
    changes["co_consts"] = template.co_consts + (code,)
    changes["co_flags"] = _FLAGS | code.co_flags & (_PARAMETERS | inspect.CO_NESTED)
    made = with_code(function, with_object(template.replace(**changes), _FIRST_CALL, first_call))
    first_call.function = weakref.ref(made)
    return made


@functools.lru_cache(maxsize=256)
def _template(parameters, free_variables):
    """Code that takes parameters and has free variables, under any names, and calls its constant for what to call."""
    taken = ", ".join("p%03d" % number for number in range(parameters))
    free = "".join("f%03d, " % number for number in range(free_variables))
    # A name of its own, as profilers tell functions by file, line and name. On one line, the first.
    source = """\
def cells({1}):
    def first_call({0}): return {2!r}.to_call(lambda: ({1}), ({0}{3}))()
"""
    module = compile(source.format(taken, free, _FIRST_CALL, "," * bool(taken)), __file__, "exec")
    (cells,) = (constant for constant in module.co_consts if isinstance(constant, types.CodeType))
    return next(constant for constant in cells.co_consts if isinstance(constant, types.CodeType))


class _FirstCall(object):
    """What the code of a deferred function calls.

    Keeps the function's code, not the function, which its own code would keep alive: the garbage collector does not
    look into code. The source is that of the time when the module was imported; its file may change until the call.
    """

    def __init__(self, code, names, source):
        self._code, self._names, self._source = code, names, source
        self._driver = None
        self.function = _no_function

    def __reduce__(self):
        # With a function that is pickled by value. What it becomes is a copy.
        return _FirstCall, (self._code, self._names, self._source)

    def to_call(self, scope, arguments):
        """What to call, without arguments. ``scope`` has the globals and the cells of the function that was called."""
        return functools.partial(self.target(scope), *self._positional(arguments), **self._named(arguments))

    def target(self, scope):
        """The function that takes the call: the one that was called, now native, or its driver."""
        function = self.function()
        if function is None or not _same_scope(function, scope):
            # A copy that somebody made of it.
            copy = self._in_scope(scope, self._code)
            native = converted(copy, self._source)
            return driven(copy) if native is None else self._in_scope(scope, native)
        if self._driver is None:
            original = self._in_scope(scope, self._code)
            native = converted(original, self._source)
            if native is not None:
                function.__code__ = native
                return function
            self._driver = driven(original)
        return self._driver

    def _in_scope(self, scope, code):
        """A function that has no defaults, since all arguments are given."""
        function = types.FunctionType(code, scope.__globals__, code.co_name, None, scope.__closure__)
        for name, value in self._names.items():
            setattr(function, name, value)
        return function

    def _positional(self, arguments):
        code = self._code
        named = code.co_argcount + code.co_kwonlyargcount
        rest = arguments[named] if code.co_flags & inspect.CO_VARARGS else ()
        return arguments[: code.co_argcount] + rest

    def _named(self, arguments):
        code = self._code
        names = slice(code.co_argcount, code.co_argcount + code.co_kwonlyargcount)
        rest = arguments[-1] if code.co_flags & inspect.CO_VARKEYWORDS else {}
        return dict(zip(code.co_varnames[names], arguments[names]), **rest)


def _no_function():
    return None


def _same_scope(function, other):
    cells, others = function.__closure__ or (), other.__closure__ or ()
    return function.__globals__ is other.__globals__ and all(map(operator.is_, cells, others))

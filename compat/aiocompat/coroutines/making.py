"""Python 3.5 and later: functions that are like others, but for their code."""

import functools
import operator
import types

# What CodeType takes up to 3.7.
_FIELDS = (
    "argcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name firstlineno lnotab "
    "freevars cellvars"
)
_FIELDS = ["co_" + name for name in _FIELDS.split()]
_values = operator.attrgetter(*_FIELDS)


def replaced(code, **changes):
    """The code object with some of its attributes changed."""
    if hasattr(code, "replace"):
        return code.replace(**changes)
    values = list(_values(code))
    for name, value in changes.items():
        values[_FIELDS.index(name)] = value
    return types.CodeType(*values)


def with_object(code, mark, value):
    """The code object with an object of any kind in the place of a constant, a bytes string."""
    constants = (value if type(constant) is bytes and constant == mark else constant for constant in code.co_consts)
    return replaced(code, co_consts=tuple(constants))


def with_code(function, code):
    """A function like another, but with other code, that has the same free variables."""
    defaults, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    maker = _maker(code.co_freevars, len(defaults), tuple(sorted(named)))
    constants = tuple(code if isinstance(constant, types.CodeType) else constant for constant in maker.co_consts)
    maker = replaced(maker, co_consts=constants)
    make = types.FunctionType(maker, function.__globals__, "make", None, function.__closure__)
    made = functools.update_wrapper(make(defaults, named), function)
    del made.__wrapped__
    return made


@functools.lru_cache(maxsize=256)
def _maker(free_names, positional, keyword_only):
    """Code that makes a function of the code among its constants, with defaults from a tuple and a dict.

    Python 3.13 and later call only what a ``def`` statement has made the fast way, not what FunctionType has, nor a
    function whose code or defaults were assigned: 8 to 15% per call.
    """
    parameters = ["_aiocompat_%d=_aiocompat_defaults[%d]" % (number, number) for number in range(positional)]
    parameters += ["*"] * bool(keyword_only) + ["%s=_aiocompat_named[%r]" % (name, name) for name in keyword_only]
    source = """\
def cells({0}):
    def make(_aiocompat_defaults, _aiocompat_named):
        async def _aiocompat_made({1}):
            return ({0})
        return _aiocompat_made
"""
    module = compile(
        source.format("".join(name + ", " for name in free_names), ", ".join(parameters)), __file__, "exec"
    )
    (cells,) = (constant for constant in module.co_consts if isinstance(constant, types.CodeType))
    return next(constant for constant in cells.co_consts if isinstance(constant, types.CodeType))

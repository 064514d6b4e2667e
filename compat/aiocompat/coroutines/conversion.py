"""Python 3.5 and later: native coroutine code from the source of a function that waits with From.

A function is converted by itself, when it is decorated or first called, unless that was done with its module (see
``modules``). Its lines are parsed and compiled twice: as they are, and made an ``async def``. Unless the first gives
exactly the code that was loaded nothing is converted: source that changed meanwhile, code that pytest, an import hook
or a debugger rewrote. Names count with what they mean at that time.
"""

import __future__

import ast
import builtins
import contextlib
import functools
import inspect
import linecache
import re
import sys
import threading
import types
import warnings
import weakref

from aiocompat.coroutines import waiting
from aiocompat.coroutines.keeping import keep, kept
from aiocompat.coroutines.making import with_object
from aiocompat.coroutines.rewriting import WAITING, Refused, Rewriting

_FUTURES = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_KINDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ITERABLE_COROUTINE | 0x200  # CO_ASYNC_GENERATOR, 3.6
_DEFINITION = re.compile(r"\s*def\b")
_COMMENT = re.compile(r"\s*#")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+\S+[ \t]+)?import\b(?:[ \t]*([\w., \t]+)|\s*\(([^)#]*)\))", re.MULTILINE)
_TRIES = 3

lock = threading.RLock()
_conversions = {}
_last_imported = None, frozenset()


def converted(function, source):
    """Native code for a function, or None where no native code does exactly what the function does.

    It has the same free variables. ``source`` is what :func:`source_of` gave when the function was decorated.
    """
    code = function.__code__
    with lock:
        known = _known(code) or _remember(code, _conversion(function, source))
    if known[1] is None:
        return None
    native, marks = known[1]
    meaning = _meaning_in(function)
    return None if any(meaning(path) is not mark for path, mark in marks.items()) else native


def is_known(code):
    """Whether the code of a function has been converted, or refused, by this process or, if it was kept, another."""
    with lock:
        return _known(code) is not None


def source_of(function):
    """The lines of the file that a function is from."""
    filename = function.__code__.co_filename
    linecache.checkcache(filename)
    return linecache.getlines(filename, function.__globals__)


def _known(code):
    known = _conversions.get(id(code))
    if known is None:
        found = kept(code)
        if found is not None and code.co_filename == found[0].co_filename and _same(code, found[0]):
            known = _remember(code, found[1:])
    return known


def _remember(code, conversion):
    if conversion is not None:
        native, marks = conversion
        marks = {path: getattr(waiting, name) for path, name in marks}
        conversion = with_object(native, WAITING, waiting), marks
    # By identity: code of another file may be equal.
    gone = weakref.ref(code, functools.partial(_forget, id(code)))
    _conversions[id(code)] = known = gone, conversion
    return known


def _forget(key, reference, lock=lock, _conversions=_conversions):
    # Defaults, because the module's names may be gone when Python ends.
    with lock:
        if _conversions.get(key, (None,))[0] is reference:
            del _conversions[key]


def meaning_of(code, closure, scope, path):
    """What a dotted name means in a function's code, None if that is not known before it runs."""
    name = path[0]
    if name in code.co_freevars:
        try:
            value = closure[code.co_freevars.index(name)].cell_contents
        except (IndexError, ValueError):
            return None
    elif name in code.co_varnames or name in code.co_cellvars:
        return None
    else:
        value = scope.get(name, getattr(builtins, name, None))
    for attribute in path[1:]:
        value = vars(value).get(attribute) if isinstance(value, types.ModuleType) else None
    return value


def _meaning_in(function):
    return functools.partial(meaning_of, function.__code__, function.__closure__ or (), function.__globals__)


def _conversion(function, lines):
    """Native code, and the names that it took for From and Return, or None."""
    with silenced(function.__code__.co_filename):
        try:
            native, marks = _converted(function, lines)
        except (Refused, SyntaxError, ValueError, RecursionError):
            return None
    keep(function.__code__, native, marks)
    return native, marks


@contextlib.contextmanager
def silenced(filename):
    """Ignores what compiling a file warns of: Python said it when it compiled the module.

    Other threads lose no other warning. ``warnings.catch_warnings`` would put back what they change meanwhile.
    """
    filters, ours = warnings.filters, _filter(filename)
    filters.insert(0, ours)
    try:
        yield
    finally:
        if ours in filters:
            filters.remove(ours)


@functools.lru_cache(maxsize=16)
def _filter(filename):
    # The compiler gives a file's name for that of the module.
    module = filename[: -len(".py")] if filename.endswith(".py") else filename
    # Compiling an expression costs as much as converting a function.
    return ("ignore", None, Warning, types.SimpleNamespace(match=module.__eq__), 0)


def _converted(function, lines):
    code = function.__code__
    module, scope = _parsed(code, getattr(code, "co_qualname", function.__qualname__), lines)
    if not _same(_compiled(module, code), code):
        raise Refused
    rewriting = Rewriting(_meaning_in(function), code.co_freevars)
    scope[0] = rewriting.native(scope[0])
    native = _compiled(module, code)
    if not stands_for(native, code):
        raise Refused
    return native, tuple((path, mark.__name__) for path, mark in rewriting.marks.items())


def stands_for(native, code):
    """Whether native code that was made of the same source can take the place of a function's code."""
    fits = native.co_flags & _KINDS == inspect.CO_COROUTINE and native.co_freevars == code.co_freevars
    return fits and nested(native) == nested(code)


def _parsed(code, qualified_name, lines):
    """The definition that code was compiled from, as far as its first line and its name tell, in a module like its own.

    Gives the module and the list that the definition is the first of.
    """
    start = code.co_firstlineno - 1
    if start >= len(lines):
        raise Refused
    around = _around(code, qualified_name, lines[start])
    before = "\n" * (start - len(around)) + "".join(around)
    imported = _imported(lines)
    after = "".join("\nimport " + name for name in sorted(imported & _names(code))) if imported else ""
    for end in _ends(lines, start):
        try:
            module = compiled_like(before + "".join(lines[start:end]) + after, code, ast.PyCF_ONLY_AST)
        except SyntaxError:
            continue
        scope = module.body
        for _ in around:
            scope = scope[0].body
        if isinstance(scope[0], ast.FunctionDef) and scope[0].name == code.co_name:
            strip(scope[0])
            return module, scope
        break
    raise Refused


def _around(code, qualified_name, line):
    """Lines of classes and functions as those around some code, which begins with ``line``.

    They give it its qualified name, ``__class__``, its closure.
    """
    indentation = line[: _indentation(line)]
    if not indentation:
        return []
    names = qualified_name.split(".")[:-1]
    free = ", ".join(name for name in code.co_freevars if name != "__class__")
    # Code that is nested, but in no function, is so in the type parameters of a class (PEP 695).
    is_generic = code.co_flags & inspect.CO_NESTED and "<locals>" not in names
    type_parameters = "[%s]" % (free or "_") if is_generic else ""
    around = []
    for name, inner in zip(names, names[1:] + [""]):
        if inner == "<locals>":
            around.append("def %s(%s):" % (name, free))
        elif name != "<locals>":
            around.append("class %s%s:" % (name, type_parameters))
    return ["%s%s\n" % (indentation[:depth], text) for depth, text in enumerate(around or ["if 1:"])]


def compiled_like(source, code, flags=0):
    """What a source or tree is compiled to in the module that some code is from."""
    return compile(source, code.co_filename, "exec", code.co_flags & _FUTURES | flags, True)


def _compiled(module, code):
    """What became of the code in a module like its own."""
    for found in _found(compiled_like(module, code), code.co_name, code.co_firstlineno):
        return found
    raise Refused


def _found(code, name, line):
    for inner in nested(code):
        if (inner.co_name, inner.co_firstlineno) == (name, line):
            yield inner
        for found in _found(inner, name, line):
            yield found


def _ends(lines, start):
    """Where the definition may end: before lines that are indented no more than it, if it parses that far."""
    depth = _indentation(lines[start])
    header = next((number for number in range(start, len(lines)) if _DEFINITION.match(lines[number])), len(lines))
    tries = 0
    for number in range(header + 1, len(lines)):
        if lines[number][: depth + 1].strip() and not _COMMENT.match(lines[number]):
            yield number
            tries += 1
            if tries == _TRIES:
                # Strings and brackets go on at the left margin: a tokenizer knows, but takes its time.
                yield start + len(inspect.getblock(lines[start:]))
                return
    yield len(lines)


def _indentation(line):
    return len(line) - len(line.lstrip())


def strip(definition):
    """Take from a definition what is evaluated outside of it, but not its first line."""
    if definition.decorator_list:
        first = definition.decorator_list[0]
        definition.decorator_list = [ast.copy_location(ast.Name("coroutine", ast.Load()), first)]
    definition.returns = None
    arguments = definition.args
    arguments.defaults = []
    arguments.kw_defaults = [None for _ in arguments.kwonlyargs]
    for group in (getattr(arguments, "posonlyargs", []), arguments.args, arguments.kwonlyargs):
        for argument in group:
            argument.annotation = None
    for argument in (arguments.vararg, arguments.kwarg):
        if argument is not None:
            argument.annotation = None


def _imported(lines):
    """The names that a module's import statements may bind.

    Since 3.11 calling an attribute of such a name has code of its own.
    """
    global _last_imported
    if sys.version_info >= (3, 11) and _last_imported[0] is not lines:
        found = set()
        for names, in_brackets in _IMPORT.findall("".join(lines)):
            found.update(name.split()[-1].split(".")[0] for name in (names or in_brackets).split(",") if name.strip())
        _last_imported = lines, found
    return _last_imported[1]


def _names(code):
    return set(code.co_names).union(*map(_names, nested(code)))


def nested(code):
    """The code objects among the constants of another."""
    return [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]


def _same(code, other):
    """Whether two code objects do the same, at the same places.

    ``==`` does not look at the table of lines until 3.10, and never at the qualified name.
    """
    names = ("co_qualname", "co_linetable") if sys.version_info >= (3, 10) else ("co_lnotab",)
    return code == other and all(getattr(code, name, None) == getattr(other, name, None) for name in names)

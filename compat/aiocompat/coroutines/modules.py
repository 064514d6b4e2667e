"""Python 3.5 to 3.10: the coroutine functions of a module converted at once, when the first of them is decorated.

That costs two thirds of what it takes to convert one by one those of the module itself and of its classes. What is not
converted this way (nested functions, what another decorator decorates) is left to ``conversion``.
"""

import ast
import functools
import importlib.util
import inspect
import marshal
import os
import struct
import sys
import types

from aiocompat.coroutines.conversion import (
    compiled_like,
    lock,
    meaning_of,
    nested,
    silenced,
    source_of,
    stands_for,
    strip,
)
from aiocompat.coroutines.keeping import keep_for_this_run, kept_any
from aiocompat.coroutines.rewriting import Refused, Rewriting, dotted

# Times of files are that coarse (FAT), and Python keeps those of sources in whole seconds.
_SECONDS = 2

# Where there is no more than one function in so many lines they cost less one by one than parsing all lines.
_LINES = 100

_tried = set()


def convert_module(function, decorator):
    """Convert and keep the functions of a function's module that ``decorator`` decorates, by the name it has now.

    Once, and not where some are kept of an earlier run, which has left the others as they are.
    """
    code = function.__code__
    with lock:
        if code.co_flags & inspect.CO_NESTED or code.co_filename in _tried or kept_any(code.co_filename):
            return
        if not os.path.isfile(code.co_filename):
            return
        _tried.add(code.co_filename)
        with silenced(code.co_filename):
            try:
                pieces = list(_pieces(function, decorator))
            except (SyntaxError, ValueError, RecursionError):
                return
        for piece in pieces:
            keep_for_this_run(*piece)


def _pieces(function, decorator):
    """What to keep: the code of each function, its native code, and the names that it took for From and Return."""
    like, scope = function.__code__, function.__globals__
    text, module = _from_cache(like.co_filename) or ("".join(source_of(function)), None)
    paths = _paths(scope, decorator)
    count = sum(text.count("@" + ".".join(path)) for path in paths)
    if count * _LINES < text.count("\n"):
        return []
    tree = compiled_like(text, like, ast.PyCF_ONLY_AST)
    tree.body = _trimmed(tree.body, paths)
    codes = _functions(module or compiled_like(tree, like))
    marks = {}

    def native(definition):
        key = definition.name, definition.decorator_list[0].lineno
        if key not in codes:
            raise Refused
        rewriting = Rewriting(functools.partial(meaning_of, codes[key], (), scope), codes[key].co_freevars)
        made = rewriting.native(definition)
        marks[key] = tuple((path, mark.__name__) for path, mark in rewriting.marks.items())
        return made

    tree.body = list(_natives(tree.body, native))
    natives = _functions(compiled_like(tree, like))
    return [(codes[key], natives[key], marks[key]) for key in marks if stands_for(natives[key], codes[key])]


def _paths(scope, decorator):
    """The dotted names that a module has for the decorator: its own, and those of a module that it knows."""
    paths = set()
    for name, value in list(scope.items()):
        if value is decorator:
            paths.add((name,))
        elif isinstance(value, types.ModuleType) and vars(value).get(decorator.__name__) is decorator:
            paths.add((name, decorator.__name__))
    return paths


def _from_cache(filename):
    """The source of a module and the code that Python has kept of it, or None.

    Python takes one for the other where a file's size and its time in seconds are the same. Here the file must also
    have been left alone since a while before that code was written, or the code may be that of an earlier text. Its
    ctime says so, which no program can set. On Windows that is something else.
    """
    try:
        with open(importlib.util.cache_from_source(filename), "rb") as file:
            data, written = file.read(), os.fstat(file.fileno()).st_mtime
        with open(filename, "rb") as file:
            source, status = file.read(), os.fstat(file.fileno())
        # PEP 552: no flags since 3.7.
        header = importlib.util.MAGIC_NUMBER + b"\0\0\0\0" * (sys.version_info >= (3, 7))
        header += struct.pack("<LL", int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
        left_alone = os.name != "nt" and max(status.st_mtime, status.st_ctime) + _SECONDS <= written
        if not left_alone or not data.startswith(header):
            return None
        module = marshal.loads(data[len(header) :])
        return (importlib.util.decode_source(source), module) if module.co_filename == filename else None
    except (OSError, EOFError, NotImplementedError, SyntaxError, TypeError, ValueError):
        return None


def _trimmed(statements, paths):
    """The functions that are decorated by one of the names, among the statements of a module or class and below them.

    Without what is evaluated outside of them. Those of classes are in such classes, all others in one list.
    """
    left = []
    for node in statements:
        if type(node) is ast.FunctionDef:
            if not paths.isdisjoint(map(dotted, node.decorator_list)):
                strip(node)
                left.append(node)
        elif type(node) is ast.ClassDef:
            node.body = _trimmed(node.body, paths)
            if node.body:
                node.bases, node.keywords, node.decorator_list = [], [], []
                left.append(node)
        elif type(node) is not ast.AsyncFunctionDef:
            for field in ("body", "handlers", "orelse", "finalbody"):
                left += _trimmed(getattr(node, field, []), paths)
    return left


def _natives(statements, native):
    """What :func:`_trimmed` gave, made native; without what is refused."""
    for node in statements:
        if type(node) is ast.ClassDef:
            node.body = list(_natives(node.body, native))
            if node.body:
                yield node
        else:
            try:
                yield native(node)
            except Refused:
                pass


def _functions(code):
    """The functions of a module and of its classes, by their names and lines."""
    found = {}
    for inner in nested(code):
        if inner.co_flags & inspect.CO_OPTIMIZED:
            found[inner.co_name, inner.co_firstlineno] = inner
        else:
            found.update(_functions(inner))
    return found

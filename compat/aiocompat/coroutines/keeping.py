"""Converted code kept between runs, beside the module's own compiled code, so that only the first process converts.

Each piece is kept with the code that it stands for and is used for equal code only: what changed in the module cannot
be missed. As with the module's own code, nothing is kept where ``sys.dont_write_bytecode`` says so or nothing can be
written.
"""

import atexit
import importlib.util
import marshal
import os
import sys

# Raise it when converted code changes.
_FORMAT = 2

_kept = {}
_new = {}


def kept(code):
    """What was kept for code of this name at this line of this file, of an earlier run or for this one, or None."""
    return _pieces(code.co_filename).get((code.co_name, code.co_firstlineno))


def kept_any(filename):
    """Whether anything was kept for the code of a file."""
    return bool(_pieces(filename))


def _pieces(filename):
    if filename not in _kept:
        _kept[filename] = _read(filename)
    return _kept[filename]


def keep_for_this_run(code, native, marks):
    """:func:`keep`, and have :func:`kept` find it in this run."""
    _pieces(code.co_filename)[code.co_name, code.co_firstlineno] = (code, native, marks)
    keep(code, native, marks)


def keep(code, native, marks):
    """Keep the native code for a code object and what it took names for; ``marshal`` must take them."""
    if sys.dont_write_bytecode or code.co_filename not in _new and _path(code.co_filename) is None:
        return
    if not _new:
        atexit.register(_write_all)
    _new.setdefault(code.co_filename, {})[code.co_name, code.co_firstlineno] = (code, native, marks)


def _path(filename):
    """Where pieces of a module are kept, or None where Python does not keep the module's own code either."""
    try:
        compiled = importlib.util.cache_from_source(filename)
    except (NotImplementedError, ValueError):
        return None
    return compiled[: -len("pyc")] + "aiocompat.pyc" if os.path.exists(compiled) else None


def _header(filename):
    source = os.stat(filename)
    return (_FORMAT, importlib.util.MAGIC_NUMBER, int(source.st_mtime), source.st_size)


def _read(filename):
    path = _path(filename)
    if path is None:
        return {}
    try:
        with open(path, "rb") as file:
            header, pieces = marshal.loads(file.read())
        return pieces if header == _header(filename) else {}
    except (OSError, EOFError, ValueError, TypeError):
        return {}


def _write_all():
    for filename, pieces in _new.items():
        path = _path(filename)
        if path is None:
            continue
        unfinished = "%s.%d" % (path, os.getpid())
        try:
            everything = _read(filename)
            everything.update(pieces)
            with open(unfinished, "wb") as file:
                file.write(marshal.dumps((_header(filename), everything)))
            os.replace(unfinished, path)
        except OSError:
            pass
    _new.clear()

"""Runs programs, on any Python from 2.7 on: a line with a path comes in, a line with what it printed goes out.

Started by :mod:`generated_runs`. One process runs many programs, since starting it is what takes time.
"""

import io
import json
import linecache
import logging
import os
import signal
import sys
import traceback
import types

_SECONDS = 10

_SUPPORT = {}
"""What programs of a folder import: a module for each folder."""


class Late(BaseException):
    """A program takes too long."""


def _stop(number, frame):
    raise Late()


class Printed(io.StringIO):
    """What ``print`` writes: bytes on Python 2."""

    def write(self, text):
        return io.StringIO.write(self, text.decode("utf-8") if isinstance(text, bytes) else text)


def outcome(path):
    """What the program in ``path`` prints, and the error that it ends with."""
    linecache.clearcache()
    folder = os.path.dirname(path)
    sys.path[0] = folder
    sys.modules.pop("support", None)
    if folder in _SUPPORT:
        sys.modules["support"] = _SUPPORT[folder]
    module = types.ModuleType("program")
    module.__file__ = path
    sys.modules["program"] = module
    sys.stdout = Printed()
    error = None
    signal.alarm(_SECONDS)
    try:
        with open(path, "rb") as file:
            source = file.read()
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    except SyntaxError:
        error = "does not compile: " + traceback.format_exc()
    except BaseException:
        error = traceback.format_exc()
    finally:
        signal.alarm(0)
        printed, sys.stdout = sys.stdout.getvalue(), sys.__stdout__
    if "support" in sys.modules:
        _SUPPORT[folder] = sys.modules["support"]
    return {"printed": printed, "error": error}


def main():
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, _stop)
    while True:
        # Not `for line in`: on Python 2 that reads ahead.
        line = sys.stdin.readline()
        if not line:
            break
        print(json.dumps(outcome(line.rstrip("\n"))))
        sys.stdout.flush()


main()

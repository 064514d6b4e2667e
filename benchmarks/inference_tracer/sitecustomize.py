"""Writes down which generator functions are driven as coroutines and which are iterated, while tests run on 3.6.

``INFERENCE_TRACE`` names a folder; each process puts one JSON file there, a list of::

    {"path": "...", "line": 12, "name": "read", "driven": true, "iterated": false, "by": [["...", 40, "main"]]}

``by`` are the generators that delegate to it with ``yield from`` or ``await``: it is what they are. Who resumes a
generator is seen from its caller: a ``for``, a builtin such as ``next``, a delegating frame, or else the event loop.
"""

import atexit
import json
import os
import signal
import sys
import threading

_YIELD_FROM = 72
_CALLS = (131, 141, 142)
_CO_GENERATOR = 0x20
_CO_COROUTINE = 0x80
_BY_HAND = {"send", "throw", "__next__", "close"}


class Tracer:
    """A profile function: ``call`` comes whenever a generator is resumed."""

    def __init__(self, folder, root):
        self.folder = folder
        self.root = root
        self.seen = {}
        self.calling = {}

    def __call__(self, frame, event, argument):
        if event == "c_call":
            self.calling[frame] = argument
        elif event in ("c_return", "c_exception"):
            self.calling.pop(frame, None)
        elif event == "call" and frame.f_code.co_flags & (_CO_GENERATOR | _CO_COROUTINE):
            self.note(frame)

    def note(self, frame):
        """Remember who resumes the generator of ``frame``."""
        code = frame.f_code
        if not code.co_filename.startswith(self.root) or frame.f_back is None:
            return
        driven, iterated, by = self.seen.setdefault(code, ([], [], set()))
        caller = frame.f_back
        operation = caller.f_code.co_code[caller.f_lasti] if caller.f_lasti >= 0 else 0
        builtin = self.calling.get(caller)
        if operation == _YIELD_FROM:
            by.add(caller.f_code)
        elif operation not in _CALLS or self.is_iterating(builtin, caller):
            # A loop, an unpacking, `f(*generator)`, or a builtin.
            iterated[:] = [True]
        else:
            driven[:] = [True]

    @staticmethod
    def is_iterating(builtin, caller):
        """Whether a call from C is of what iterates; the loop calls ``send`` as well."""
        name = getattr(builtin, "__name__", "")
        # Not the file: Trollius executes a part of its coroutine decorator from a string.
        from_loop = str(caller.f_globals.get("__name__")).partition(".")[0] in ("asyncio", "trollius")
        if builtin is None:
            # No event tells of a call of a type, such as list.
            return not from_loop
        if name in _BY_HAND:
            return not from_loop and name != "close"
        return not from_loop and type(builtin).__name__ in ("builtin_function_or_method", "type") and name in (
            "next", "list", "tuple", "set", "sorted", "sum", "any", "all", "dict", "join", "extend", "update", "deque",
        )  # fmt: skip

    def start_again(self, number, frame):
        """Go on after a test that runs into the recursion limit: what fails in a profile function takes it away."""
        if sys.getprofile() is None:
            self.calling.clear()
            sys.setprofile(self)

    def write(self):
        """Put what was seen into a file of this process's own."""
        found = [
            dict(_place(code), driven=bool(driven), iterated=bool(iterated), by=[list(_place(c).values()) for c in by])
            for code, (driven, iterated, by) in list(self.seen.items())
        ]
        with open(os.path.join(self.folder, f"{os.getpid()}.json"), "w") as file:
            json.dump(found, file)


def _place(code):
    return {"path": code.co_filename, "line": code.co_firstlineno, "name": code.co_name}


if os.environ.get("INFERENCE_TRACE"):
    _tracer = Tracer(os.environ["INFERENCE_TRACE"], os.environ["INFERENCE_ROOT"])
    atexit.register(_tracer.write)
    signal.signal(signal.SIGPROF, _tracer.start_again)
    signal.setitimer(signal.ITIMER_PROF, 0.05, 0.05)
    threading.setprofile(_tracer)
    sys.setprofile(_tracer)

"""What ``@aiocompat.coroutine`` costs, on the Python that runs this: 2.7, and 3.6 to 3.15.

    PYTHONPATH=compat python benchmarks/shim.py [--repeats 40]

Prints, for each of three programs, the time of one step and its ratio to the first column's: native ``async def`` on
Python 3, Trollius on 2.7. On Python 3 there is a ratio with the conversion and one with the driver that takes over
where there is no source, and up to 3.10 one for ``asyncio.coroutine`` with ``yield from``. Then what decorating costs
at import: milliseconds per thousand lines of a module of coroutines, when it is imported for the first time and later,
when the converted code has been kept, beside what compiling the module's source once more costs.

The variants take turns, and the best of all repeats counts, since machines are shared and noisy.
"""

from __future__ import print_function

import argparse
import glob
import linecache
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

import aiocompat

clock = getattr(time, "perf_counter", time.time)

PROGRAMS = """\
DEFINE chain(depth):
    if depth:
        value = WAIT(chain(depth - 1))
        RETURN(value)
    RETURN(depth)


DEFINE call(steps):
    for _ in range(steps):
        WAIT(chain(0))


DEFINE chain20(steps):
    for _ in range(steps):
        WAIT(chain(20))


DEFINE sleep0(steps):
    for _ in range(steps):
        WAIT(sleep(0))
"""
STEPS = (("call", "a call that does not suspend", 2000, 1), ("chain20", "a call in a chain 20 deep", 100, 20))
STEPS += (("sleep0", "a turn of a loop of sleep(0)", 500, 1),)
PORTABLE = {"DEFINE": "@coroutine\ndef", "WAIT": "yield From", "RETURN": "raise Return"}
ASYNC = {"DEFINE": "async def", "WAIT": "await ", "RETURN": "return "}
YIELD_FROM = {"DEFINE": "@coroutine\ndef", "WAIT": "yield from ", "RETURN": "return "}

MODULE = '''\
class Client{0}(object):
    """Talks to one server."""

    def __init__(self, host, port=80):
        self.host = host
        self.port = port
        self._lines = []

    @coroutine
    def connect(self, timeout=None):
        """Connect, and give what the server says first."""
        reader, writer = yield From(open_connection(self.host, self.port))
        try:
            line = yield From(reader.readline())
            if not line:
                raise ValueError("closed: %s" % self.host)
        except IOError as error:
            self.log(error, "failed")
            raise Return(None)
        finally:
            self._lines.pop()
        raise Return(line.split(b" ", 2))

    @coroutine
    def fetch(self, number, *names, **options):
        found = {{}}
        for name in names:
            with (yield From(self.lock)):
                value = yield From(self.get(name, number + 1, key=options.get("key")))
            found[name] = value
        raise Return(found)


'''


IMPORT = """\
import sys, time, aiocompat
sys.path.insert(0, {0!r})
clock = getattr(time, "perf_counter", time.time)
begin = clock()
import {1}
print(clock() - begin)
"""
ENVIRONMENT = dict(os.environ, PYTHONDONTWRITEBYTECODE="")


def program(style, filename=None, **names):
    """The coroutine functions of PROGRAMS written in a style; with a file name, ``linecache`` has their source."""
    text = PROGRAMS
    for word, meaning in style.items():
        text = text.replace(word, meaning)
    if filename is not None:
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    namespace = dict(names, __name__="program")
    exec(compile(text, filename or "<program>", "exec"), namespace)
    return namespace


def variants():
    """Pairs of a name and its program; the first is what the others are compared with."""
    ours = {"coroutine": aiocompat.coroutine, "From": aiocompat.From, "Return": aiocompat.Return}
    ours["sleep"] = aiocompat.sleep
    if sys.version_info < (3,):
        import trollius

        yield (
            "Trollius",
            program(
                PORTABLE,
                coroutine=trollius.coroutine,
                From=trollius.From,
                Return=trollius.Return,
                sleep=trollius.sleep,
            ),
        )
        yield "aiocompat", program(PORTABLE, **ours)
        return
    import asyncio

    yield "async def", program(ASYNC, sleep=asyncio.sleep)
    yield "converted", program(PORTABLE, "<converted>", **ours)
    yield "driver", program(PORTABLE, **ours)
    if sys.version_info < (3, 11):
        yield "asyncio.coroutine", program(YIELD_FROM, coroutine=asyncio.coroutine, sleep=asyncio.sleep)


def timed(loop, function, steps):
    begin = clock()
    loop.run_until_complete(function(steps))
    return clock() - begin


def measure_steps(repeats):
    """Print the table of ratios."""
    loop = aiocompat.new_event_loop()
    aiocompat.set_event_loop(loop)
    candidates = list(variants())
    for name, title, steps, calls in STEPS:
        best = {}
        for _ in range(repeats):
            for variant, functions in candidates:
                taken = timed(loop, functions[name], steps) / steps / calls
                best[variant] = min(taken, best.get(variant, taken))
        first = best[candidates[0][0]]
        found = [
            "%s %.3f us (%.2f)" % (variant, best[variant] * 1e6, best[variant] / first) for variant, _ in candidates
        ]
        print("  %-30s %s" % (title, ", ".join(found)))
    aiocompat.set_event_loop(None)
    loop.close()


def import_time(folder, module):
    """Seconds that a new process takes to import a module, after aiocompat."""
    return float(subprocess.check_output([sys.executable, "-c", IMPORT.format(folder, module)], env=ENVIRONMENT))


def measure_import(repeats):
    """Print what it costs to import a module full of coroutines, over what the same module costs undecorated."""
    imports = "from aiocompat import From, Return, coroutine\n"
    text = imports + "".join(MODULE.format(number) for number in range(30))
    best = {}
    folder = tempfile.mkdtemp()
    try:
        for name, header in (("decorated", ""), ("plain", "coroutine = lambda function: function\n")):
            with open(os.path.join(folder, name + ".py"), "w") as file:
                file.write(text.replace(imports, imports + header))
            import_time(folder, name)
        for _ in range(max(repeats // 4, 3)):
            begin = clock()
            compile(text, "module", "exec", 0, True)
            times = {"compiled": clock() - begin, "plain": import_time(folder, "plain")}
            for kept in glob.glob(os.path.join(folder, "__pycache__", "*aiocompat*")):
                os.unlink(kept)
            times["first"] = import_time(folder, "decorated")
            times["later"] = import_time(folder, "decorated")
            best = {what: min(taken, best.get(what, taken)) for what, taken in times.items()}
    finally:
        shutil.rmtree(folder)
    thousand = 1e6 / text.count("\n")
    print(
        "  decorating at import           first %.1f ms per thousand lines, later %.1f (compiling them: %.1f)"
        % (
            (best["first"] - best["plain"]) * thousand,
            (best["later"] - best["plain"]) * thousand,
            best["compiled"] * thousand,
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=40)
    repeats = parser.parse_args().repeats
    # asyncio.coroutine is deprecated since 3.8, and is what is measured.
    warnings.simplefilter("ignore")
    print("Python %d.%d.%d" % sys.version_info[:3])
    measure_steps(repeats)
    measure_import(repeats)


if __name__ == "__main__":
    main()

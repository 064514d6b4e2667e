"""What ``@aiocompat.coroutine`` costs, on the Python that runs this: 2.7, and 3.6 to 3.15.

    PYTHONPATH=compat python benchmarks/shim.py [--rounds 300]

Prints, for each of three programs, the time of one step and its ratio to the first contender's: native ``async def`` on
Python 3, Trollius on 2.7. On Python 3 there is a ratio for functions converted when they were decorated; from 3.11 on
one for those converted when they were called first, as in the process that imports their module for the first time; one
for the driver that takes over where there is no source; and up to 3.10 one for ``asyncio.coroutine`` with ``yield
from``.

Then what importing aiocompat costs, and its ratio to importing asyncio or Trollius alone.

Then what a module full of coroutines costs over the same undecorated, in milliseconds per thousand lines and in times
that its source could be compiled in the same process: its first import, the first call of each of its functions, and
both in a later process, which finds the converted code kept. Up to 3.10 also its first import when Python's own code of
it was written within two seconds of the source, and does not prove what that says.

The contenders take turns, in both orders, and the best of all rounds counts, since machines are shared and noisy. What
happens once in a process is measured as time of the processor.
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
STEPS = (("call", "a call that does not suspend", 1000, 1), ("chain20", "a call in a chain 20 deep", 50, 20))
STEPS += (("sleep0", "a turn of a loop of sleep(0)", 200, 1),)
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


LIBRARY = """\
import sys, time
clock = time.process_time if sys.version_info >= (3,) else time.clock
begin = clock()
import {0}
print(clock() - begin)
"""

IMPORT = """\
import sys, time, aiocompat
sys.path.insert(0, {0!r})
clock = time.process_time if sys.version_info >= (3,) else time.clock
with open({0!r} + "/{1}.py") as file:
    text = file.read()

def seconds(function, *arguments):
    begin = clock()
    result = function(*arguments)
    return clock() - begin, result

def calls(clients):
    return [made for client in clients for made in (client.connect(), client.fetch(1))]

importing, module = seconds(__import__, {1!r})
clients = [value("host") for name, value in vars(module).items() if name.startswith("Client")]
first_calls, made = seconds(calls, clients)
compiling, _ = seconds(compile, text, "module", "exec", 0, True)
print("%r %r %r" % (importing, first_calls, compiling))
for coroutine in made:
    coroutine.close()
"""
ENVIRONMENT = dict(os.environ, PYTHONDONTWRITEBYTECODE="")


class Program(object):
    """PROGRAMS written in a style; with a file name, ``linecache`` has the source."""

    def __init__(self, style, filename=None, **names):
        text = PROGRAMS
        for word, meaning in style.items():
            text = text.replace(word, meaning)
        if filename is not None:
            linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        self._code, self._names = compile(text, filename or "<program>", "exec"), names

    def functions(self):
        """New coroutine functions by name."""
        namespace = dict(self._names, __name__="program")
        exec(self._code, namespace)
        return namespace

    def functions_again(self):
        """Coroutine functions that are known when they are decorated, since others of the same code were called."""
        functions = self.functions()
        for name in ("chain", "call", "chain20", "sleep0"):
            functions[name](0).close()
        return self.functions()


def contenders():
    """Pairs of a name and its functions; the first is what the others are compared with."""
    ours = {"coroutine": aiocompat.coroutine, "From": aiocompat.From, "Return": aiocompat.Return}
    ours["sleep"] = aiocompat.sleep
    if sys.version_info < (3,):
        import trollius

        names = {name: getattr(trollius, name) for name in ours}
        yield "Trollius", Program(PORTABLE, **names).functions()
        yield "aiocompat", Program(PORTABLE, **ours).functions()
        return
    import asyncio

    yield "async def", Program(ASYNC, sleep=asyncio.sleep).functions()
    yield "converted", Program(PORTABLE, "<converted>", **ours).functions_again()
    if sys.version_info >= (3, 11):
        yield "when called", Program(PORTABLE, "<when called>", **ours).functions()
    yield "driver", Program(PORTABLE, **ours).functions()
    if sys.version_info < (3, 11):
        yield "asyncio.coroutine", Program(YIELD_FROM, coroutine=asyncio.coroutine, sleep=asyncio.sleep).functions()


def timed(loop, function, steps):
    begin = clock()
    loop.run_until_complete(function(steps))
    return clock() - begin


def measure_steps(rounds):
    """Print the table of ratios."""
    loop = aiocompat.new_event_loop()
    aiocompat.set_event_loop(loop)
    competing = list(contenders())
    for name, title, steps, calls in STEPS:
        best = {}
        for _ in range(rounds):
            for contender, functions in competing:
                taken = timed(loop, functions[name], steps) / steps / calls
                best[contender] = min(taken, best.get(contender, taken))
            competing.reverse()
        if rounds % 2:
            competing.reverse()
        first = best[competing[0][0]]
        found = ["%s %.3f us (%.2f)" % (name, best[name] * 1e6, best[name] / first) for name, _ in competing]
        print("  %-30s %s" % (title, ", ".join(found)))
    aiocompat.set_event_loop(None)
    loop.close()


def measure_library(rounds):
    """Print what importing aiocompat costs, and the ratio to importing only the runtime that it imports as well."""
    runtime = "trollius" if sys.version_info < (3,) else "asyncio"
    names, best = (runtime, "aiocompat"), {}
    for _ in range(rounds):
        for library in names:
            command = [sys.executable, "-c", LIBRARY.format(library)]
            taken = float(subprocess.check_output(command, env=ENVIRONMENT))
            best[library] = min(taken, best.get(library, taken))
    found = ["%s %.1f ms (%.2f)" % (name, best[name] * 1e3, best[name] / best[runtime]) for name in names]
    print("  %-30s %s" % ("importing the library", ", ".join(found)))


def import_times(folder, module):
    """Seconds of the processor for a module in a new process: to import it, call it first, and compile its source."""
    command = [sys.executable, "-c", IMPORT.format(folder, module)]
    return [float(seconds) for seconds in subprocess.check_output(command, env=ENVIRONMENT).split()]


def write_modules(folder, text):
    """A module of the text and two like it, undecorated and just changed, with the code that Python keeps of them."""
    imports, header = text.split("\n", 1)[0] + "\n", "coroutine = lambda function: function\n"
    for name in ("decorated", "changed", "plain"):
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write(text.replace(imports, imports + header) if name == "plain" else text)
    time.sleep(2.5)
    for name in ("decorated", "changed", "plain"):
        import_times(folder, name)
    for compiled in glob.glob(os.path.join(folder, "__pycache__", "changed.*")):
        os.utime(compiled, (time.time() - 2.5,) * 2)


def measure_import(rounds):
    """Print what it costs to import a module full of coroutines and to call them first."""
    text = "from aiocompat import From, Return, coroutine\n" + "".join(MODULE.format(number) for number in range(30))
    processes = [("plain", "plain"), ("first", "decorated"), ("later", "decorated")]
    processes += [("changed", "changed")] * ((3,) <= sys.version_info < (3, 11))
    best = {}
    folder = tempfile.mkdtemp()
    try:
        write_modules(folder, text)
        for _ in range(rounds):
            for kept in glob.glob(os.path.join(folder, "__pycache__", "*aiocompat*")):
                os.unlink(kept)
            for process, module in processes:
                for what, taken in zip(("import", "calls", "compiling"), import_times(folder, module)):
                    best[process, what] = min(taken, best.get((process, what), taken))
    finally:
        shutil.rmtree(folder)
    thousand, compiling = 1e6 / text.count("\n"), min(best[process, "compiling"] for process, _ in processes)
    print("  a thousand lines               compiling %.1f ms (1.0)" % (compiling * thousand))
    for process, _ in processes[1:]:
        taken = [best[process, what] - best["plain", what] for what in ("import", "calls")]
        found = ["%.1f ms (%.1f)" % (seconds * thousand, seconds / compiling) for seconds in taken]
        title = "first process, just changed" if process == "changed" else process + " process"
        print("    %-28s import %s, first calls %s" % (title, found[0], found[1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    # asyncio.coroutine is deprecated since 3.8, and is what is measured.
    warnings.simplefilter("ignore")
    print("Python %d.%d.%d" % sys.version_info[:3])
    measure_steps(rounds)
    measure_library(max(rounds // 20, 5))
    measure_import(max(rounds // 20, 5))


if __name__ == "__main__":
    main()

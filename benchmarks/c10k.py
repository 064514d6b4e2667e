"""An echo server and 10,000 clients at once, through aiocompat's streams and on the bare runtime: 2.7, and 3.6 to 3.15.

    PYTHONPATH=compat python benchmarks/c10k.py [--clients 10000] [--rounds 10] [--repeats 6]

The bare runtime is Trollius on 2.7, asyncio with ``async def`` on Python 3; the program is the same text. The server
and the clients are processes of their own. All clients connect, and wait for each other; when every connection is open
on both sides, each client sends ``--rounds`` messages, one after the other, and compares each reply with what it sent.
The clients have ten addresses of the loopback, so that ports do not run out.

Prints, for each: connections held at once, as the server counts them, messages per second, and kilobytes of resident
memory per connection of the server and of the clients, the median of all repeats. Work is processor time, of server and
clients together: other programs on the machine disturb it less than the rate. The two take turns, and take turns in
being first; a ratio is that of the two runs of one repeat, and its median, lowest and highest are printed. Exit status:
1 when a reply was lost or wrong or a connection was not held, 2 when it did not end in ``--timeout`` seconds.
"""

from __future__ import print_function

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time

clock = getattr(time, "perf_counter", time.time)

PROGRAM = """\
DEFINE echo(reader, writer):
    held.append(None)
    while True:
        line = WAIT(reader.readline())
        if not line:
            break
        writer.write(line)
        WAIT(writer.drain())
    writer.close()
    held.pop()


DEFINE serve(commands):
    server = WAIT(start_server(echo, "127.0.0.1", 0, backlog=4096))
    tell(port=server.sockets[0].getsockname()[1], memory=memory())
    while (WAIT(commands())) != "quit":
        tell(held=len(held), memory=memory(), worked=worked())
    server.close()


DEFINE connect(number, port, gate):
    WAIT(gate.acquire())
    reader, writer = WAIT(open_connection("127.0.0.1", port, local_addr=("127.0.0.%d" % (1 + number % 10), 0)))
    gate.release()
    RETURN((number, reader, writer))


DEFINE talk(number, reader, writer, rounds):
    good = 0
    for turn in range(rounds):
        message = ("client %d message %d\\n" % (number, turn)).encode("ascii")
        writer.write(message)
        WAIT(writer.drain())
        good += (WAIT(reader.readline())) == message
    RETURN(good)


DEFINE drive(port, clients, rounds, commands):
    gate = Semaphore(200)
    before = memory()
    opened = WAIT(gather(*[connect(number, port, gate) for number in range(clients)]))
    tell(opened=len(opened), memory=memory() - before)
    WAIT(commands())
    begin, before = clock(), worked()
    good = WAIT(gather(*[talk(number, reader, writer, rounds) for number, reader, writer in opened]))
    tell(seconds=clock() - begin, worked=worked() - before, good=sum(good))
    WAIT(commands())
    for _, _, writer in opened:
        writer.close()
    WAIT(sleep(0))
"""
PORTABLE = {"DEFINE": "@coroutine\ndef", "WAIT": "yield From", "RETURN": "raise Return"}
ASYNC = {"DEFINE": "async def", "WAIT": "await ", "RETURN": "return "}
RUNTIMES = ("bare", "aiocompat")
MEASURED = ("rate", "work", "server", "client")
TITLES = ("messages per second:", "work for a message:", "memory of the server:", "memory of the clients:")
NAMES = "start_server open_connection gather sleep Semaphore"


def memory():
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def worked():
    """Seconds of processor time that this process has had."""
    return sum(os.times()[:2])


def tell(**found):
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def program(runtime):
    """The functions of PROGRAM over a runtime, "aiocompat" or "bare", and a function that runs one of them."""
    bare = runtime == "bare"
    if not bare:
        import aiocompat as library
    elif sys.version_info < (3,):
        import trollius as library
    else:
        import asyncio as library
    text = PROGRAM
    is_native = bare and sys.version_info >= (3,)
    for word, meaning in (ASYNC if is_native else PORTABLE).items():
        text = text.replace(word, meaning)
    names = NAMES if is_native else NAMES + " coroutine From Return"
    namespace = {name: getattr(library, name) for name in names.split()}
    namespace.update(held=[], memory=memory, tell=tell, clock=clock, worked=worked, __name__="program")
    if not bare:
        # aiocompat makes functions native from their source.
        import linecache

        linecache.cache["<program>"] = (len(text), None, text.splitlines(True), "<program>")
    exec(compile(text, "<program>", "exec"), namespace)
    loop = library.new_event_loop()
    library.set_event_loop(loop)

    def run(name, *arguments):
        loop.run_until_complete(namespace[name](*arguments, commands=lambda: loop.run_in_executor(None, _command)))
        # The connections that are still open end with the process.
        os._exit(0)

    return run


def _command():
    return sys.stdin.readline().strip() or "quit"


class Child(object):
    """A process of this script, to which one says a line and gets an answer."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__)] + [str(argument) for argument in arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def say(self, command):
        self._process.stdin.write(command.encode("ascii") + b"\n")
        self._process.stdin.flush()

    def answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process ended too early: exit status %s" % self._process.wait())
        return json.loads(line.decode("ascii"))

    def end(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def measure(runtime, clients, rounds, children):
    """One server and its clients, from beginning to end."""
    server = Child("--serve", "--runtime", runtime)
    children.append(server)
    started = server.answer()
    driver = Child("--drive", started["port"], "--runtime", runtime, "--clients", clients, "--rounds", rounds)
    children.append(driver)
    opened = driver.answer()
    # The server may still have to accept what the kernel has connected.
    deadline = clock() + 5
    server.say("held")
    held = server.answer()
    while held["held"] < clients and clock() < deadline:
        time.sleep(0.05)
        server.say("held")
        held = server.answer()
    driver.say("go")
    talked = driver.answer()
    server.say("held")
    served = server.answer()["worked"] - held["worked"]
    driver.say("quit")
    server.say("quit")
    for child in (driver, server):
        child.end()
        children.remove(child)
    return {
        "held": held["held"],
        "lost": clients * rounds - talked["good"],
        "rate": clients * rounds / talked["seconds"],
        "work": (served + talked["worked"]) * 1e6 / (clients * rounds),
        "server": (held["memory"] - started["memory"]) / 1024.0 / clients,
        "client": opened["memory"] / 1024.0 / clients,
    }


def raise_limit(clients):
    """As many clients as the limit of open files allows, at most ``clients``; says so where they are fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = clients + 100
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print("  the limit of open files is %d: %d clients instead of %d" % (hard, hard - 100, clients))
        wanted = hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(clients, wanted - 100)


def report(samples, clients, rounds):
    for runtime in RUNTIMES:
        print(
            "  %-10s held %d of %d, lost %d of %d replies, median of %d: %.0f messages/s, "
            "%.0f us of work for one, KB per connection: server %.1f, client %.1f"
            % (
                (runtime, min(values(samples, runtime, "held")), clients)
                + (max(values(samples, runtime, "lost")), clients * rounds, len(samples))
                + tuple(median(values(samples, runtime, what)) for what in MEASURED)
            )
        )
    for what, title in zip(MEASURED, TITLES):
        ratios = [sample["aiocompat"][what] / sample["bare"][what] for sample in samples]
        print(
            "  aiocompat / bare, %-22s median %.2f, lowest %.2f, highest %.2f"
            % (title, median(ratios), min(ratios), max(ratios))
        )


def values(samples, runtime, what):
    return [sample[runtime][what] for sample in samples]


def median(numbers):
    # The statistics module is not there on 2.7.
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2.0


def compare(arguments):
    """Measure both in turns; whether nothing was lost."""
    clients = raise_limit(arguments.clients)
    children = []

    def give_up():
        print("  not done after %d seconds" % arguments.timeout)
        sys.stdout.flush()
        for child in children:
            child.end()
        os._exit(2)

    timer = threading.Timer(arguments.timeout, give_up)
    timer.daemon = True
    timer.start()
    samples = []
    try:
        for repeat in range(arguments.repeats):
            # Each is first as often as the other.
            order = RUNTIMES if repeat % 2 == 0 else RUNTIMES[::-1]
            samples.append({runtime: measure(runtime, clients, arguments.rounds, children) for runtime in order})
    finally:
        timer.cancel()
        for child in children:
            child.end()
    report(samples, clients, arguments.rounds)
    return all(found["held"] == clients and found["lost"] == 0 for sample in samples for found in sample.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=6)
    parser.add_argument("--timeout", type=int, default=900)
    parser.add_argument("--runtime", choices=RUNTIMES, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--drive", type=int, metavar="PORT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        program(arguments.runtime)("serve")
    elif arguments.drive:
        program(arguments.runtime)("drive", arguments.drive, arguments.clients, arguments.rounds)
    else:
        print("Python %d.%d.%d" % sys.version_info[:3])
        sys.exit(0 if compare(arguments) else 1)


if __name__ == "__main__":
    main()

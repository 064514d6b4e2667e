"""What the programs of this folder have around the library that they show: a loop, the command line, a clock."""

import asyncio
import sys
import time


def run(talk):
    """Run ``talk(port, times)``, a coroutine function, with the two numbers of the command line.

    An error is printed, and the exit status is 1: what a library raises when its server misbehaves is part of what it
    does.
    """
    port, times = map(int, sys.argv[1:])
    loop = asyncio.get_event_loop()
    try:
        loop.run_until_complete(talk(port, times))
    except (Exception, asyncio.CancelledError) as error:
        print("%s: %s" % (type(error).__name__, error))
        sys.exit(1)
    finally:
        loop.close()


@asyncio.coroutine
def again(request, *arguments, times):
    """Wait for ``request(*arguments)`` so many times, one after the other, and say on stderr how fast it went."""
    started = time.perf_counter()
    for _ in range(times):
        yield from request(*arguments)
    if times:
        print("requests per second: %.0f" % (times / (time.perf_counter() - started)), file=sys.stderr)

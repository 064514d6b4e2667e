"""The module that generated programs import: what their statements use, and a word that is in some of these."""

TIME_LIMIT = "timeout(0.001)"
"""A limit that ends what is under it, sooner or later."""

SUPPORT = """\
import asyncio

COUNTS = {}
TASKS = []


class Hold(object):
    pass


HOLD = Hold()


def begin():
    COUNTS.clear()
    del TASKS[:]


class Step(object):
    def __init__(self, t, name, quiet):
        self.t = t
        self.name = name
        self.quiet = quiet

    def __enter__(self):
        log(self.t, "enter %s" % self.name)
        return self.name

    def __exit__(self, kind, error, traceback):
        log(self.t, "leave %s %s" % (self.name, kind and kind.__name__))
        return self.quiet and kind is ValueError


class Stage(object):
    def __init__(self, t, name, quiet):
        self.step = Step(t, name, quiet)

    async def __aenter__(self):
        await asyncio.sleep(0)
        return self.step.__enter__()

    async def __aexit__(self, kind, error, traceback):
        await asyncio.sleep(0)
        return self.step.__exit__(kind, error, traceback)


class Ticks(object):
    def __init__(self, number):
        self.number = number

    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(0)
        if self.number == 0:
            raise StopAsyncIteration
        self.number -= 1
        return self.number


def log(t, text):
    print("%s: %s" % (t, text))


def shown(value):
    if isinstance(value, BaseException):
        return "%s %s" % (type(value).__name__, value)
    return value


def fork(t):
    COUNTS[t] = COUNTS.get(t, 0) + 1
    return "%s.%s" % (t, COUNTS[t])


def spawn(coroutine):
    task = asyncio.ensure_future(coroutine)
    TASKS.append(task)
    return task


def add(a, b=1):
    return a + b


def counted(number):
    for value in range(number):
        yield value


async def later(value):
    await asyncio.sleep(0)
    return value


async def now(value):
    return value


async def both(one, other):
    await asyncio.sleep(0)
    return one, other


async def setting(t, event):
    await asyncio.sleep(0)
    log(t, "set")
    event.set()


async def filling(t, queue, number):
    for value in range(number):
        await queue.put(value)
        log(t, "put %s" % value)
        await asyncio.sleep(0)
    await queue.put(None)


async def pause(t, ready):
    if not ready.is_set():
        log(t, "pause")
        ready.set()
        await asyncio.Event().wait()


async def idle(t, depth):
    if depth:
        return await idle(t, depth - 1)
    log(t, "idle")
    try:
        await asyncio.Event().wait()
    finally:
        log(t, "idle no more")


async def stepping(t, number):
    for value in range(number):
        log(t, value)
        await asyncio.sleep(0)
    return number


async def current(depth):
    await asyncio.sleep(0)
    return await current(depth - 1) if depth else asyncio.current_task()


async def watched(coroutine, ready):
    try:
        return await coroutine
    finally:
        ready.set()
"""

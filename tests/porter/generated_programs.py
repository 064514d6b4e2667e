"""Programs for hypothesis to make up: coroutines as async/await, which print what they do.

They import :data:`generated_support.SUPPORT`, which has to lie beside them as ``support.py``.

Every line that a program prints starts with the name of the logical thread that prints it. The threads only meet where
the order of their steps makes no difference (one reader a queue, events that are set once, joined tasks, locks around
what nobody else sees, cancellation of what waits for nothing else): so the lines of one thread are the same however
many turns of the loop a call takes, which is more with Trollius. Where turns are the same all lines are in order, too,
unless a limit of time ends something: what the other threads do until then depends on how fast the program is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from generated_expressions import Expressions, Place, Routine
from generated_support import TIME_LIMIT

_START = """\
import asyncio

from support import HOLD, TASKS, Stage, Step, Ticks, add, begin, both, counted, current, filling, fork
from support import idle, later, log, now, pause, setting, shown, spawn, stepping, watched
"""

_END = """

async def main():
    begin()
{locks}
    ready = asyncio.Event()
    ready.set()
{calls}
    while not all([task.done() for task in TASKS]):
        await asyncio.gather(*TASKS, return_exceptions=True)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
loop.close()
"""

_HANDLERS = ("ValueError", "KeyError", "(KeyError, ValueError)", "asyncio.CancelledError", "Exception", "BaseException")

Lines = list[str]


def _indented(lines: Lines) -> Lines:
    return [f"    {line}" if line else "" for line in lines]


@dataclass
class Writer(Expressions):
    """Writes one program, as hypothesis decides."""

    def block(self, place: Place, most: int = 2) -> Lines:
        """The lines of a block."""
        lines: Lines = []
        inner = replace(place, depth=place.depth - 1)
        for _ in range(self.number(most, 1)):
            lines += self.statement(inner)
        if self.rarely(5):
            lines += self.leaving(place)
        return lines

    def statement(self, place: Place) -> Lines:
        """One statement."""
        kinds: list[Callable[[Place], Lines]] = [self.logging, self.assigning]
        if not place.calm:
            kinds += [self.turning, self.adding, self.unpacking, self.collecting, self.asking]
            if place.pausing:
                kinds.append(self.pausing)
        if place.depth > 0:
            kinds += [self.branching, self.looping, self.repeating, self.trying, self.managing, self.trying]
            if not place.calm:
                kinds += [self.locking, self.taking, self.nesting, self.waiting, self.staging, self.ticking]
                kinds += [self.limiting, self.grouping, self.pending]
                if any(not routine.pausing for routine in place.routines):
                    kinds += [self.joining, self.gathering]
                if any(routine.pausing for routine in place.routines):
                    kinds += [self.cancelling]
        if self.rarely(10):
            return [f"if {self.test(place)}:", *_indented(self.leaving(place))]
        write = self.choice(*kinds)
        return write(place)  # type: ignore[operator,no-any-return]

    def logging(self, place: Place) -> Lines:
        return [f"log(t, {self.value(place)})"]

    def assigning(self, place: Place) -> Lines:
        return [f"{self.choice(*place.names[:2])} = {self.operand(place, 1 + self.number(1))} % 7"]

    def turning(self, place: Place) -> Lines:
        return ["await asyncio.sleep(0)"]

    def adding(self, place: Place) -> Lines:
        return [f"{self.choice(*place.names[:2])} += await {self.choice('later', 'now')}({self.value(place, 1)})"]

    def unpacking(self, place: Place) -> Lines:
        one, other = place.names[:2]
        return [
            str(
                self.choice(
                    f"{one}, {other} = await both({self.value(place, 1)}, {other})",
                    f"{one}, {other} = {self.value(place, 1)}, {self.value(place, 1)}",
                )
            )
        ]

    def collecting(self, place: Place) -> Lines:
        """A comprehension that waits."""
        element = str(self.choice("v", f"await later(v + {self.choice(*place.names)})"))
        source = (
            f"for v in range({self.number(2)})" if "await" in element else f"async for v in Ticks({self.number(2)})"
        )
        return [f"{place.names[0]} = sum([{element} {source}])"]

    def pausing(self, place: Place) -> Lines:
        return ["await pause(t, ready)"]

    def raising(self, place: Place) -> Lines:
        return [f"raise {self.choice('ValueError', 'KeyError')}({self.number(9)})"]

    def leaving(self, place: Place) -> Lines:
        """A statement that ends its block."""
        kinds = [self.raising]
        if not place.managed or self.rarely(6):
            kinds.append(lambda place: [f"return {self.value(place)}"])
        if place.looping:
            kinds += [lambda _: ["break"], lambda _: ["continue"]]
        write = self.choice(*kinds)
        return write(place)  # type: ignore[operator,no-any-return]

    def branching(self, place: Place) -> Lines:
        lines = [f"if {self.test(place)}:", *_indented(self.block(place))]
        if self.rarely(2):
            lines += ["else:", *_indented(self.block(place))]
        return lines

    def looping(self, place: Place) -> Lines:
        name = self.fresh("i")
        source = str(
            self.choice(
                f"range({self.number(2, 1)})",
                f"counted({self.number(2, 1)})",
                f"[{self.value(place, 1)}, {self.value(place, 1)}]",
            )
        )
        inner = replace(place, names=(*place.names, name), looping=True)
        return [f"for {name} in {source}:", *_indented(self.block(inner)), *self.finishing(place)]

    def repeating(self, place: Place) -> Lines:
        name = self.fresh("n")
        test = f" and {self.test(place)}" if self.rarely(2) else ""
        inner = replace(place, names=(*place.names, name), looping=True)
        lines = [f"{name} = 0", f"while {name} < {self.number(2, 1)}{test}:", f"    {name} += 1"]
        return [*lines, *_indented(self.block(inner)), *self.finishing(place)]

    def finishing(self, place: Place) -> Lines:
        return ["else:", *_indented(self.block(place, 1))] if self.rarely(3) else []

    def trying(self, place: Place) -> Lines:
        lines = ["try:", *_indented(self.block(place))]
        handlers = [self.choice(*_HANDLERS) for _ in range(self.number(2))]
        if self.rarely(8):
            handlers.append("")
        for handler in handlers:
            lines += self.handling(place, str(handler))
        if handlers and self.rarely(3):
            lines += ["else:", *_indented(self.block(place, 2))]
        if not handlers or self.rarely(3):
            # `continue` could not stand here before Python 3.8.
            lines += ["finally:", *_indented(self.block(replace(place, looping=False), 2))]
        return lines

    def handling(self, place: Place, kinds: str) -> Lines:
        again = self.rarely(3)
        inner = replace(place, calm=place.calm or (again and not self.rarely(12)))
        lines = self.block(inner, 2)
        if kinds and self.rarely(2):
            head = f"except {kinds} as error:"
            lines = ["log(t, shown(error))", *lines]
        else:
            head = f"except {kinds}:" if kinds else "except:"
        return [head, *_indented([*lines, "raise"] if again else lines)]

    def managing(self, place: Place) -> Lines:
        items = [f"Step(t, {self.value(place, 1)}, {self.choice(True, False)})" for _ in range(self.number(2, 1))]
        name = self.fresh("w")
        if self.rarely(2):
            items[-1] += f" as {name}"
        lines = self.block(replace(place, managed=True), 2)
        return [f"with {', '.join(items)}:", *_indented(lines)]

    def staging(self, place: Place) -> Lines:
        name = self.fresh("w")
        target = f" as {name}" if self.rarely(2) else ""
        head = f"async with Stage(t, {self.value(place, 1)}, {self.choice(True, False)}){target}:"
        return [head, *_indented(self.block(place, 2))]

    def ticking(self, place: Place) -> Lines:
        name = self.fresh("i")
        inner = replace(place, names=(*place.names, name), looping=True)
        head = f"async for {name} in Ticks({self.number(2, 1)}):"
        return [head, *_indented(self.block(inner)), *self.finishing(place)]

    def locking(self, place: Place) -> Lines:
        if not place.locked and self.rarely(2):
            inner = replace(place, locked=True)
            return [f"async with HOLD.lock{len(place.routines)}:", *_indented(self.block(inner, 2))]
        name = self.fresh("lock")
        maker = self.choice("Lock", "Semaphore", "Condition")
        return [f"{name} = asyncio.{maker}()", f"async with {name}:", *_indented(self.block(place, 2))]

    def taking(self, place: Place) -> Lines:
        queue, item = self.fresh("queue"), self.fresh("item")
        inner = replace(place, names=(*place.names, item), looping=True)
        return [
            f"{queue} = asyncio.Queue()",
            f"spawn(filling(fork(t), {queue}, {self.number(3)}))",
            "while True:",
            f"    {item} = await {queue}.get()",
            f"    if {item} is None:",
            "        break",
            *_indented(self.block(inner, 2)),
        ]

    def nesting(self, place: Place) -> Lines:
        """A coroutine function inside of this one."""
        name, parameter, local = self.fresh("inner"), self.fresh("p"), self.fresh("q")
        inner = replace(place, names=(local, parameter, *place.names), looping=False, managed=False)
        return [
            f"async def {name}({parameter}):",
            f"    {local} = {self.value(replace(place, calm=True), 1)}",
            *_indented(self.block(inner, 2)),
            f"    return {self.value(inner, 1)}",
            "",
            f"log(t, await {name}({self.value(place, 1)}))",
        ]

    def pending(self, place: Place) -> Lines:
        """Wait for an object of a class, by a coroutine function of its own."""
        name, parameter, local = self.fresh("Pending"), self.fresh("p"), self.fresh("q")
        inner = replace(place, names=(local, parameter, *place.names), looping=False, managed=False)
        waits = self.choice(
            ["return self.run().__await__()"],
            [f"{local} = yield from self.run().__await__()", f"log(t, {local})", f"return {local}"],
            ["yield", "return (yield from self.run().__await__())"],
        )
        assert isinstance(waits, list)
        return [
            f"class {name}(object):",
            "    def __init__(self, value):",
            "        self.value = value",
            "",
            "    async def run(self):",
            f"        {local} = 1",
            f"        {parameter} = self.value",
            *_indented(_indented(self.block(inner, 2))),
            f"        return {self.value(inner, 1)}",
            "",
            "    def __await__(self):",
            *_indented(_indented(waits)),
            "",
            f"log(t, await {name}({self.value(place, 1)}))",
        ]

    def asking(self, place: Place) -> Lines:
        """Ask for the current task, which the coroutines that this one waits for share."""
        return [f"log(t, asyncio.current_task() is await current({self.number(2)}))"]

    def limiting(self, place: Place) -> Lines:
        """A limit of time: none, or one that always ends what is in it."""
        if self.rarely(2):
            return ["async with asyncio.timeout(None):", *_indented(self.block(place, 2))]
        lines = [f"async with asyncio.{TIME_LIMIT}:", f"    await idle(t, {self.number(2)})"]
        if self.rarely(3):
            return lines
        return ["try:", *_indented(lines), "except asyncio.TimeoutError:", '    log(t, "too slow")']

    def grouping(self, place: Place) -> Lines:
        """A group of tasks that do not fail, so that it makes no difference how far they are."""
        name = self.fresh("group")
        tasks = [f"{name}.create_task(stepping(fork(t), {self.number(2)}))" for _ in range(self.number(2, 1))]
        return [f"async with asyncio.TaskGroup() as {name}:", *_indented(tasks), '    log(t, "started")']

    def waiting(self, place: Place) -> Lines:
        """Wait for what is no coroutine."""
        if self.rarely(2):
            event = self.fresh("event")
            lines = [f"{event} = asyncio.Event()", f"spawn(setting(fork(t), {event}))"]
            return [*lines, *self.statement(replace(place, depth=0)), f"await {event}.wait()"]
        future = self.fresh("future")
        result = self.choice(f"set_result, {self.value(place, 1)}", f"set_exception, KeyError({self.number(3)})")
        return [
            f"{future} = asyncio.Future()",
            f"asyncio.get_event_loop().call_soon({future}.{result})",
            f"{place.names[0]} = await {future}",
        ]

    def some(self, place: Place) -> str:
        """The call of a routine in a new thread."""
        calm = [routine for routine in place.routines if not routine.pausing]
        routine = self.choice(*calm)
        assert isinstance(routine, Routine)
        return f"spawn({self.called(place, routine, 'fork(t)')})"

    def joining(self, place: Place) -> Lines:
        task = self.fresh("task")
        awaited = self.choice(task, f"asyncio.shield({task})", f"asyncio.gather({task})")
        return [f"{task} = {self.some(place)}", *self.block(place, 2), f"log(t, await {awaited})"]

    def gathering(self, place: Place) -> Lines:
        lines = [f"for done in await asyncio.gather({self.some(place)}, {self.some(place)}, return_exceptions=True):"]
        return [*lines, "    log(t, shown(done))"]

    def cancelling(self, place: Place) -> Lines:
        ready, task = self.fresh("ready"), self.fresh("task")
        routine = self.choice(*[routine for routine in place.routines if routine.pausing])
        assert isinstance(routine, Routine)
        call = f"{routine.call}(fork(t), {self.value(place, 1)}, {ready})"
        return [
            f"{ready} = asyncio.Event()",
            f"{task} = spawn(watched({call}, {ready}))",
            f"await {ready}.wait()",
            f"{task}.cancel()",
            "try:",
            f"    log(t, await {task})",
            "except asyncio.CancelledError:",
            '    log(t, "cancelled")',
        ]

    # Functions.

    def routine(self, routines: tuple[Routine, ...]) -> tuple[Routine, Lines]:
        """A coroutine function, which may be a method."""
        pausing = self.rarely(2)
        name = f"{'p' if pausing else 'f'}{len(routines)}"
        method = self.rarely(3)
        holder = f"C{len(routines)}"
        routine = Routine(name, f"{holder}().{name}" if method else name, pausing)
        place = Place(routines, ("a", "b", "x"), depth=3, pausing=pausing)
        parameters = ", ".join([*(["self"] if method else []), "t", "x", *(["ready"] if pausing else [])])
        lines = [
            f"async def {name}({parameters}):",
            "    a = x",
            "    b = 1",
            *_indented([line for _ in range(self.number(2)) for line in self.statement(place)]),
            *_indented(self.block(place)),
            f"    return {self.value(place)}",
        ]
        if method:
            lines = [f"class {holder}(object):", *_indented(lines)]
        return routine, ["", "", *lines]


@st.composite
def programs(draw: Callable[[st.SearchStrategy[object]], object]) -> str:
    """The text of a program."""
    writer = Writer(draw)
    routines: tuple[Routine, ...] = ()
    lines = _START.splitlines()
    for _ in range(writer.number(3, 1)):
        routine, more = writer.routine(routines)
        routines += (routine,)
        lines += more
    locks = [f"    HOLD.lock{number} = asyncio.Lock()" for number in range(len(routines))]
    calls = [line for routine in routines for line in _called_first(routine)]
    return "\n".join(lines) + _END.format(locks="\n".join(locks), calls="\n".join(calls))


def _called_first(routine: Routine) -> Lines:
    call = f'{routine.call}("{routine.name}", 2{", ready" if routine.pausing else ""})'
    lines = ["try:", f'    log("main", shown(await {call}))']
    return _indented([*lines, "except Exception as error:", '    log("main", shown(error))'])

"""What a typed library over aiocompat looks like; mypy and pyright check it, and nothing runs it."""
# pyright: strict

from collections.abc import Generator
from typing import Any

import aiocompat
from aiocompat import From, Lock, Queue, Return, coroutine, gather, run, sleep


@coroutine
def fetch(number: int, lock: Lock) -> Generator[Any, Any, str]:
    with (yield From(lock)):
        yield From(sleep(0.1))
    raise Return(str(number))


@coroutine
def plain(number: int) -> int:
    return number + 1


@coroutine
async def native(queue: "Queue[int]") -> int:
    return await queue.get()


@aiocompat.async_generator
def numbers(limit: int) -> Generator[Any, Any, None]:
    for number in range(limit):
        yield From(aiocompat.yield_(number))


@coroutine
def limited(delay: float) -> Generator[Any, Any, None]:
    deadline: aiocompat.Timeout = yield From(aiocompat.aenter(aiocompat.timeout(delay)))
    yield From(aiocompat.aexit(deadline))


async def echo(reader: aiocompat.StreamReader, writer: aiocompat.StreamWriter) -> None:
    line: bytes = await reader.readuntil((b"\r\n", b"\n"))
    writer.write(line)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def serve() -> None:
    server: aiocompat.Server = await aiocompat.start_server(echo, "127.0.0.1", 0)
    async with server:
        await server.serve_forever()


async def together() -> int:
    lock, queue = Lock(), aiocompat.PriorityQueue[int](maxsize=3)
    with await lock:
        queue.shutdown()
    async with lock, aiocompat.TaskGroup() as group:
        task: aiocompat.Task[int] = group.create_task(plain(1), name="one")
    async with aiocompat.timeout(1), aiocompat.Barrier(1) as position:
        number: int = await aiocompat.wait_for(task, 1)
    for waiting in aiocompat.as_completed([plain(1), plain(2)], timeout=1):
        number += await waiting
    async for found in numbers(3):
        number += found
    done, pending = await aiocompat.wait({task}, return_when=aiocompat.ALL_COMPLETED)
    number += await aiocompat.to_thread(len, "text")
    graph = aiocompat.capture_call_graph(task, limit=1)
    if graph is not None:
        number += len(graph.awaited_by) + graph.call_stack[0].frame.f_lineno
    return number + position + len(done) + len(pending)


async def main() -> list[str]:
    lock = Lock()
    number: int = await plain(1)
    text: str = await fetch(number, lock)
    await native(Queue())
    first: int = await aiocompat.anext(aiocompat.aiter(numbers(1)))
    process = await aiocompat.create_subprocess_exec("true", stdout=aiocompat.subprocess.PIPE)
    try:
        await process.wait()
    except aiocompat.ExceptionGroup as group:
        return [str(error) for error in group.exceptions]
    return [text, str(first), *await gather(fetch(1, lock), fetch(2, lock))]


result: list[str] = run(main(), debug=False, loop_factory=aiocompat.new_event_loop)
with aiocompat.Runner() as runner:
    count: int = runner.run(together())

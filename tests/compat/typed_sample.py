"""What a typed library over aiocompat looks like; mypy checks it, and nothing runs it."""

from collections.abc import Generator
from typing import Any

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


async def main() -> list[str]:
    lock = Lock()
    number: int = await plain(1)
    text: str = await fetch(number, lock)
    await native(Queue())
    return [text, *await gather(fetch(1, lock), fetch(2, lock))]


result: list[str] = run(main())

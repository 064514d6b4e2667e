"""Set, get and delete a key of the Redis server on a port (aioredis 0.1.4, 0.3.5)."""

import asyncio

import aioredis
import frame


@asyncio.coroutine
def visit(redis):
    stored = yield from redis.set("talk:key", "a value")
    value = yield from redis.get("talk:key")
    deleted = yield from redis.delete("talk:key")
    gone = yield from redis.get("talk:key")
    return stored, value, deleted, gone


@asyncio.coroutine
def talk(port, times):
    redis = yield from aioredis.create_redis(("127.0.0.1", port))
    print(*(yield from visit(redis)))
    yield from frame.again(visit, redis, times=times)
    redis.close()


if __name__ == "__main__":
    frame.run(talk)

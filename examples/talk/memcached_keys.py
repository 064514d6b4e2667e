"""Set, get and delete a key of the memcached server on a port (aiomcache 0.1)."""

import asyncio

import aiomcache
import frame


@asyncio.coroutine
def visit(client):
    stored = yield from client.set(b"talk:key", b"a value")
    value = yield from client.get(b"talk:key")
    deleted = yield from client.delete(b"talk:key")
    gone = yield from client.get(b"talk:key")
    return stored, value, deleted, gone


@asyncio.coroutine
def talk(port, times):
    client = aiomcache.Client("127.0.0.1", port)
    print(*(yield from visit(client)))
    yield from frame.again(visit, client, times=times)


if __name__ == "__main__":
    frame.run(talk)

"""Set, get and delete a key of the Redis server on a port, over streams."""

import sys
import asyncio


class Refused(Exception):
    """The server's reason for not doing what it was asked."""


class Redis(object):
    """A connection to a server; https://redis.io/docs/latest/develop/reference/protocol-spec/ says how they talk."""

    async def connect(self, port):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)

    async def ask(self, *words):
        """Send a command and wait for the answer: text, a number, bytes, or None."""
        self.writer.write(request(words))
        await self.writer.drain()
        line = await self.line()
        kind, rest = line[:1], line[1:]
        if kind == "-":
            raise Refused(rest)
        if kind == ":":
            return int(rest)
        if kind == "$":
            return await self.block(int(rest))
        return rest

    async def line(self):
        line = await self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("the server hung up")
        return line[:-2].decode("utf-8")

    async def block(self, size):
        if size < 0:
            return None
        block = await self.reader.readexactly(size + 2)
        return block[:-2]

    async def close(self):
        self.writer.close()
        # The loop closes the connection in its next turn.
        await asyncio.sleep(0)


def request(words):
    """A command as it goes over the wire: how many words, and each with its length."""
    parts = [("*%d\r\n" % len(words)).encode("ascii")]
    for word in words:
        data = word.encode("utf-8")
        parts.append(("$%d\r\n" % len(data)).encode("ascii") + data + b"\r\n")
    return b"".join(parts)


async def main(port):
    redis = Redis()
    await redis.connect(port)
    print("set: %s" % await redis.ask("SET", "talk:key", u"Hello, Zo\xeb\r\n"))
    value = await redis.ask("GET", "talk:key")
    print("get: %s" % value.decode("utf-8").strip())
    try:
        await redis.ask("INCR", "talk:key")
    except Refused as reason:
        print("add 1: %s" % reason)
    print("delete: %s" % await redis.ask("DEL", "talk:key"))
    print("get: %s" % await redis.ask("GET", "talk:key"))
    await redis.close()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

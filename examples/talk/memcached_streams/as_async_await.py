"""Set, get and delete a key of the memcached server on a port, over streams."""

import sys
import asyncio


class Refused(Exception):
    """What the server answered where it should have said something else."""


class Memcached(object):
    """A connection to a server; https://docs.memcached.org/protocols/basic/ says how they talk."""

    async def connect(self, port):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)

    async def set(self, key, value):
        """Store bytes under a key, without a time limit."""
        words = await self.ask("set %s 0 0 %d" % (key, len(value)), value + b"\r\n")
        if words != ["STORED"]:
            raise Refused(" ".join(words))

    async def get(self, key):
        """The bytes under a key, or None."""
        value = None
        words = await self.ask("get %s" % key)
        while words[0] == "VALUE":
            block = await self.reader.readexactly(int(words[3]) + 2)
            value = block[:-2]
            words = await self.answer()
        if words != ["END"]:
            raise Refused(" ".join(words))
        return value

    async def delete(self, key):
        """Whether there was such a key; now there is none."""
        words = await self.ask("delete %s" % key)
        if words not in (["DELETED"], ["NOT_FOUND"]):
            raise Refused(" ".join(words))
        return words == ["DELETED"]

    async def ask(self, command, block=b""):
        self.writer.write(command.encode("ascii") + b"\r\n" + block)
        await self.writer.drain()
        return await self.answer()

    async def answer(self):
        """The words of the next line."""
        line = await self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("the server hung up")
        return line.decode("ascii").split()

    async def close(self):
        self.writer.close()
        # The loop closes the connection in its next turn.
        await asyncio.sleep(0)


async def main(port):
    memcached = Memcached()
    await memcached.connect(port)
    await memcached.set("talk:key", u"Hello, Zo\xeb\r\n".encode("utf-8"))
    value = await memcached.get("talk:key")
    print("get: %s" % value.decode("utf-8").strip())
    try:
        await memcached.get("")
    except Refused as reason:
        print("no key: %s" % reason)
    print("delete: %s" % await memcached.delete("talk:key"))
    print("delete: %s" % await memcached.delete("talk:key"))
    print("get: %s" % await memcached.get("talk:key"))
    await memcached.close()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

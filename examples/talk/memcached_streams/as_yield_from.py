"""Set, get and delete a key of the memcached server on a port, over streams."""

import sys
import asyncio


class Refused(Exception):
    """What the server answered where it should have said something else."""


class Memcached(object):
    """A connection to a server; https://docs.memcached.org/protocols/basic/ says how they talk."""

    @asyncio.coroutine
    def connect(self, port):
        self.reader, self.writer = yield from asyncio.open_connection("127.0.0.1", port)

    @asyncio.coroutine
    def set(self, key, value):
        """Store bytes under a key, without a time limit."""
        words = yield from self.ask("set %s 0 0 %d" % (key, len(value)), value + b"\r\n")
        if words != ["STORED"]:
            raise Refused(" ".join(words))

    @asyncio.coroutine
    def get(self, key):
        """The bytes under a key, or None."""
        value = None
        words = yield from self.ask("get %s" % key)
        while words[0] == "VALUE":
            block = yield from self.reader.readexactly(int(words[3]) + 2)
            value = block[:-2]
            words = yield from self.answer()
        if words != ["END"]:
            raise Refused(" ".join(words))
        return value

    @asyncio.coroutine
    def delete(self, key):
        """Whether there was such a key; now there is none."""
        words = yield from self.ask("delete %s" % key)
        if words not in (["DELETED"], ["NOT_FOUND"]):
            raise Refused(" ".join(words))
        return words == ["DELETED"]

    @asyncio.coroutine
    def ask(self, command, block=b""):
        self.writer.write(command.encode("ascii") + b"\r\n" + block)
        yield from self.writer.drain()
        return (yield from self.answer())

    @asyncio.coroutine
    def answer(self):
        """The words of the next line."""
        line = yield from self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("the server hung up")
        return line.decode("ascii").split()

    @asyncio.coroutine
    def close(self):
        self.writer.close()
        # The loop closes the connection in its next turn.
        yield from asyncio.sleep(0)


@asyncio.coroutine
def main(port):
    memcached = Memcached()
    yield from memcached.connect(port)
    yield from memcached.set("talk:key", u"Hello, Zo\xeb\r\n".encode("utf-8"))
    value = yield from memcached.get("talk:key")
    print("get: %s" % value.decode("utf-8").strip())
    try:
        yield from memcached.get("")
    except Refused as reason:
        print("no key: %s" % reason)
    print("delete: %s" % (yield from memcached.delete("talk:key")))
    print("delete: %s" % (yield from memcached.delete("talk:key")))
    print("get: %s" % (yield from memcached.get("talk:key")))
    yield from memcached.close()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

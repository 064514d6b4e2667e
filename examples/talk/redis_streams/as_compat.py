"""Set, get and delete a key of the Redis server on a port, over streams."""

import sys
import aiocompat
from aiocompat import From, Return


class Refused(Exception):
    """The server's reason for not doing what it was asked."""


class Redis(object):
    """A connection to a server; https://redis.io/docs/latest/develop/reference/protocol-spec/ says how they talk."""

    @aiocompat.coroutine
    def connect(self, port):
        self.reader, self.writer = yield From(aiocompat.open_connection("127.0.0.1", port))

    @aiocompat.coroutine
    def ask(self, *words):
        """Send a command and wait for the answer: text, a number, bytes, or None."""
        self.writer.write(request(words))
        yield From(self.writer.drain())
        line = yield From(self.line())
        kind, rest = line[:1], line[1:]
        if kind == "-":
            raise Refused(rest)
        if kind == ":":
            raise Return(int(rest))
        if kind == "$":
            raise Return((yield From(self.block(int(rest)))))
        raise Return(rest)

    @aiocompat.coroutine
    def line(self):
        line = yield From(self.reader.readline())
        if not line.endswith(b"\r\n"):
            raise EOFError("the server hung up")
        raise Return(line[:-2].decode("utf-8"))

    @aiocompat.coroutine
    def block(self, size):
        if size < 0:
            raise Return(None)
        block = yield From(self.reader.readexactly(size + 2))
        raise Return(block[:-2])

    @aiocompat.coroutine
    def close(self):
        self.writer.close()
        # The loop closes the connection in its next turn.
        yield From(aiocompat.sleep(0))


def request(words):
    """A command as it goes over the wire: how many words, and each with its length."""
    parts = [("*%d\r\n" % len(words)).encode("ascii")]
    for word in words:
        data = word.encode("utf-8")
        parts.append(("$%d\r\n" % len(data)).encode("ascii") + data + b"\r\n")
    return b"".join(parts)


@aiocompat.coroutine
def main(port):
    redis = Redis()
    yield From(redis.connect(port))
    print("set: %s" % (yield From(redis.ask("SET", "talk:key", u"Hello, Zo\xeb\r\n"))))
    value = yield From(redis.ask("GET", "talk:key"))
    print("get: %s" % value.decode("utf-8").strip())
    try:
        yield From(redis.ask("INCR", "talk:key"))
    except Refused as reason:
        print("add 1: %s" % reason)
    print("delete: %s" % (yield From(redis.ask("DEL", "talk:key"))))
    print("get: %s" % (yield From(redis.ask("GET", "talk:key"))))
    yield From(redis.close())


loop = aiocompat.new_event_loop()
aiocompat.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

"""Set, get and delete a key of the memcached server on a port, over streams."""

import sys
import trollius
from trollius import From, Return


class Refused(Exception):
    """What the server answered where it should have said something else."""


class Memcached(object):
    """A connection to a server; https://docs.memcached.org/protocols/basic/ says how they talk."""

    @trollius.coroutine
    def connect(self, port):
        self.reader, self.writer = yield From(trollius.open_connection("127.0.0.1", port))

    @trollius.coroutine
    def set(self, key, value):
        """Store bytes under a key, without a time limit."""
        words = yield From(self.ask("set %s 0 0 %d" % (key, len(value)), value + b"\r\n"))
        if words != ["STORED"]:
            raise Refused(" ".join(words))

    @trollius.coroutine
    def get(self, key):
        """The bytes under a key, or None."""
        value = None
        words = yield From(self.ask("get %s" % key))
        while words[0] == "VALUE":
            block = yield From(self.reader.readexactly(int(words[3]) + 2))
            value = block[:-2]
            words = yield From(self.answer())
        if words != ["END"]:
            raise Refused(" ".join(words))
        raise Return(value)

    @trollius.coroutine
    def delete(self, key):
        """Whether there was such a key; now there is none."""
        words = yield From(self.ask("delete %s" % key))
        if words not in (["DELETED"], ["NOT_FOUND"]):
            raise Refused(" ".join(words))
        raise Return(words == ["DELETED"])

    @trollius.coroutine
    def ask(self, command, block=b""):
        self.writer.write(command.encode("ascii") + b"\r\n" + block)
        yield From(self.writer.drain())
        raise Return((yield From(self.answer())))

    @trollius.coroutine
    def answer(self):
        """The words of the next line."""
        line = yield From(self.reader.readline())
        if not line.endswith(b"\r\n"):
            raise EOFError("the server hung up")
        raise Return(line.decode("ascii").split())

    @trollius.coroutine
    def close(self):
        self.writer.close()
        # The loop closes the connection in its next turn.
        yield From(trollius.sleep(0))


@trollius.coroutine
def main(port):
    memcached = Memcached()
    yield From(memcached.connect(port))
    yield From(memcached.set("talk:key", u"Hello, Zo\xeb\r\n".encode("utf-8")))
    value = yield From(memcached.get("talk:key"))
    print("get: %s" % value.decode("utf-8").strip())
    try:
        yield From(memcached.get(""))
    except Refused as reason:
        print("no key: %s" % reason)
    print("delete: %s" % (yield From(memcached.delete("talk:key"))))
    print("delete: %s" % (yield From(memcached.delete("talk:key"))))
    print("get: %s" % (yield From(memcached.get("talk:key"))))
    yield From(memcached.close())


loop = trollius.new_event_loop()
trollius.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

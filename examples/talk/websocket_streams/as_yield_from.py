"""Say hello to the WebSocket server on a port, and be greeted, over streams."""

import base64
import hashlib
import os
import struct
import sys
import asyncio

MORE, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


class WebSocket(object):
    """A connection to a server, as RFC 6455 has it."""

    @asyncio.coroutine
    def connect(self, port, path):
        self.reader, self.writer = yield from asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode("ascii")
        self.writer.write(opening(port, path, key).encode("ascii"))
        status = yield from self.line()
        if status.split()[1] != "101":
            raise EOFError(status)
        accepted = False
        text = yield from self.line()
        while text:
            name, _, value = text.partition(":")
            accepted = accepted or (name.lower() == "sec-websocket-accept" and value.strip() == answer_to(key))
            text = yield from self.line()
        if not accepted:
            raise EOFError("not a WebSocket server")

    @asyncio.coroutine
    def line(self):
        line = yield from self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("the server hung up")
        return line[:-2].decode("latin-1")

    @asyncio.coroutine
    def send(self, text):
        yield from self.write(TEXT, text.encode("utf-8"))

    @asyncio.coroutine
    def receive(self):
        """The text of the next message, or None when the server says goodbye."""
        message, last = b"", False
        while not last:
            last, kind, data = yield from self.read()
            if kind in (TEXT, MORE):
                message += data
                continue
            # These may come between the parts of a message.
            last = False
            if kind == PING:
                yield from self.write(PONG, data)
            elif kind == CLOSE:
                return None
        return message.decode("utf-8")

    @asyncio.coroutine
    def close(self):
        yield from self.write(CLOSE, struct.pack("!H", 1000))
        while (yield from self.receive()) is not None:
            pass
        self.writer.close()
        # The loop closes the connection in its next turn.
        yield from asyncio.sleep(0)

    @asyncio.coroutine
    def write(self, kind, data):
        """Send a frame; what clients send is masked."""
        mask = os.urandom(4)
        self.writer.write(head(kind, len(data)) + mask + masked(data, mask))
        yield from self.writer.drain()

    @asyncio.coroutine
    def read(self):
        """The next frame: whether it ends its message, what it is, and its data."""
        first, size = struct.unpack("!BB", (yield from self.reader.readexactly(2)))
        if size == 126:
            (size,) = struct.unpack("!H", (yield from self.reader.readexactly(2)))
        elif size == 127:
            (size,) = struct.unpack("!Q", (yield from self.reader.readexactly(8)))
        data = yield from self.reader.readexactly(size)
        return first >= 128, first & 15, data


def opening(port, path, key):
    """What asks an HTTP server to go on with WebSocket."""
    return "\r\n".join([
        "GET %s HTTP/1.1" % path,
        "Host: 127.0.0.1:%d" % port,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: %s" % key,
        "Sec-WebSocket-Version: 13",
        "",
        "",
    ])


def answer_to(key):
    """What a server makes of the client's key."""
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode("ascii")).digest()
    return base64.b64encode(digest).decode("ascii")


def head(kind, size):
    """The start of a frame that is a whole message, and masked."""
    if size < 126:
        return struct.pack("!BB", 128 | kind, 128 | size)
    if size < 65536:
        return struct.pack("!BBH", 128 | kind, 128 | 126, size)
    return struct.pack("!BBQ", 128 | kind, 128 | 127, size)


def masked(data, mask):
    mask = bytearray(mask)
    return bytes(bytearray(byte ^ mask[place % 4] for place, byte in enumerate(bytearray(data))))


@asyncio.coroutine
def main(port):
    websocket = WebSocket()
    yield from websocket.connect(port, "/door")
    for name in ["Ann", u"Zo\xeb"]:
        yield from websocket.send(name)
        print((yield from websocket.receive()))
    for size in [125, 126, 70000]:
        yield from websocket.send("B" + size * "o" + "b")
        greeting = yield from websocket.receive()
        print("%d letters" % len(greeting))
    yield from websocket.close()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

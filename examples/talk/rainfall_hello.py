"""A web application that says hello, asked over plain streams (rainfall 0.8.3)."""

import asyncio

import frame
from rainfall.web import Application, HTTPHandler, HTTPServer


class Hello(HTTPHandler):
    @asyncio.coroutine
    def handle(self, request):
        yield from asyncio.sleep(0)
        return "Hello!"


class HelloName(HTTPHandler):
    def handle(self, request, name):
        return "Hello, %s!" % name


@asyncio.coroutine
def fetch(port, path):
    reader, writer = yield from asyncio.open_connection("127.0.0.1", port)
    writer.write(("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path).encode("ascii"))
    answer = yield from reader.read()
    writer.close()
    head, _, body = answer.decode("utf-8").partition("\r\n\r\n")
    return head.splitlines()[0], body.strip()


@asyncio.coroutine
def talk(port, times):
    Application({r"^/$": Hello(), r"^/to/(?P<name>\w+)$": HelloName()})
    server = yield from asyncio.get_event_loop().create_server(HTTPServer, "127.0.0.1", port)
    port = server.sockets[0].getsockname()[1]
    for path in ("/", "/to/Ann", "/nowhere"):
        print(*(yield from fetch(port, path)))
    yield from frame.again(fetch, port, "/", times=times)
    server.close()


if __name__ == "__main__":
    frame.run(talk)

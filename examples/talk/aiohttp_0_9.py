"""GET a body from a server of its own or from the one on a port (aiohttp 0.9.0)."""

import asyncio

import aiohttp
import aiohttp.server
import frame


class Greeter(aiohttp.server.ServerHttpProtocol):
    @asyncio.coroutine
    def handle_request(self, message, payload):
        body = ("Hello from %s\n" % message.path).encode("utf-8")
        response = aiohttp.Response(self.writer, 200, http_version=message.version)
        response.add_header("Content-Type", "text/plain; charset=utf-8")
        response.add_header("Content-Length", str(len(body)))
        response.send_headers()
        response.write(body)
        yield from response.write_eof()


@asyncio.coroutine
def fetch(port, path):
    response = yield from aiohttp.request("GET", "http://127.0.0.1:%d%s" % (port, path))
    body = yield from response.read()
    return response.status, body


@asyncio.coroutine
def talk(port, times):
    server = None
    if not port:
        loop = asyncio.get_event_loop()
        server = yield from loop.create_server(Greeter, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
    print(*(yield from fetch(port, "/body")))
    yield from frame.again(fetch, port, "/again", times=times)
    if server is not None:
        server.close()


if __name__ == "__main__":
    frame.run(talk)

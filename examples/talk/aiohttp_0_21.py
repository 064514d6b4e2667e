"""GET a body from a server of its own or from the one on a port (aiohttp 0.21.6)."""

import asyncio

import aiohttp
import frame
from aiohttp import web


@asyncio.coroutine
def greet(request):
    yield from asyncio.sleep(0)
    return web.Response(body=("Hello from %s\n" % request.path).encode("utf-8"))


@asyncio.coroutine
def fetch(session, port, path):
    response = yield from session.get("http://127.0.0.1:%d%s" % (port, path))
    body = yield from response.read()
    return response.status, body


@asyncio.coroutine
def talk(port, times):
    server = None
    if not port:
        loop = asyncio.get_event_loop()
        application = web.Application(loop=loop)
        application.router.add_route("GET", "/{name}", greet)
        handler = application.make_handler()
        server = yield from loop.create_server(handler, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
    with aiohttp.ClientSession() as session:
        print(*(yield from fetch(session, port, "/body")))
        yield from frame.again(fetch, session, port, "/again", times=times)
    if server is not None:
        server.close()
        yield from handler.finish_connections(1.0)
        yield from server.wait_closed()
        yield from application.finish()


if __name__ == "__main__":
    frame.run(talk)

"""Say hello over a WebSocket, both ways, to a server of its own or to the one on a port (websockets 2.2, 3.4)."""

import asyncio

import frame
import websockets


@asyncio.coroutine
def greet(websocket, path):
    name = yield from websocket.recv()
    while name != "bye":
        yield from websocket.send("Hello, %s, at %s" % (name, path))
        name = yield from websocket.recv()


@asyncio.coroutine
def hello(websocket, name):
    yield from websocket.send(name)
    return (yield from websocket.recv())


@asyncio.coroutine
def talk(port, times):
    server = None
    if not port:
        server = yield from websockets.serve(greet, "127.0.0.1", 0)
        # 3.4 has a class of its own around asyncio's.
        port = getattr(server, "server", server).sockets[0].getsockname()[1]
    websocket = yield from websockets.connect("ws://127.0.0.1:%d/door" % port)
    print((yield from hello(websocket, "Ann")))
    print((yield from hello(websocket, "Zoë")))
    yield from frame.again(hello, websocket, "Bob", times=times)
    yield from websocket.send("bye")
    yield from websocket.close()
    if server is not None:
        server.close()
        yield from server.wait_closed()


if __name__ == "__main__":
    frame.run(talk)

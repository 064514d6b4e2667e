"""GET some pages of the HTTP server on a port together, over streams."""

import sys
import asyncio


@asyncio.coroutine
def get(port, path):
    """The status and the body of a page. HTTP 1.0: the server closes the connection after the body."""
    reader, writer = yield from asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(("GET %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n" % (path, port)).encode("ascii"))
        status = (yield from line(reader)).split()[1]
        headers = yield from read_headers(reader)
        body = yield from reader.read()
    finally:
        writer.close()
    size = int(headers.get("content-length", len(body)))
    if len(body) != size:
        raise EOFError("%d of %d bytes" % (len(body), size))
    return int(status), body


@asyncio.coroutine
def read_headers(reader):
    """The headers by lower-case name."""
    headers = {}
    text = yield from line(reader)
    while text:
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
        text = yield from line(reader)
    return headers


@asyncio.coroutine
def line(reader):
    data = yield from reader.readline()
    if not data.endswith(b"\r\n"):
        raise EOFError("the server hung up")
    return data[:-2].decode("latin-1")


@asyncio.coroutine
def show(port, path):
    try:
        status, body = yield from get(port, path)
    except EOFError as error:
        return "%s: %s" % (path, error)
    return "%s: %d %s" % (path, status, body.decode("utf-8").strip())


@asyncio.coroutine
def main(port):
    paths = ["/hello/Ann", "/hello/Zo%C3%AB", "/slow", "/cut", "/hung-up", "/nowhere"]
    for text in (yield from asyncio.gather(*[show(port, path) for path in paths])):
        print(text)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

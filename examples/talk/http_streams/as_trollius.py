"""GET some pages of the HTTP server on a port together, over streams."""

import sys
import trollius
from trollius import From, Return


@trollius.coroutine
def get(port, path):
    """The status and the body of a page. HTTP 1.0: the server closes the connection after the body."""
    reader, writer = yield From(trollius.open_connection("127.0.0.1", port))
    try:
        writer.write(("GET %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n" % (path, port)).encode("ascii"))
        status = (yield From(line(reader))).split()[1]
        headers = yield From(read_headers(reader))
        body = yield From(reader.read())
    finally:
        writer.close()
    size = int(headers.get("content-length", len(body)))
    if len(body) != size:
        raise EOFError("%d of %d bytes" % (len(body), size))
    raise Return(int(status), body)


@trollius.coroutine
def read_headers(reader):
    """The headers by lower-case name."""
    headers = {}
    text = yield From(line(reader))
    while text:
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
        text = yield From(line(reader))
    raise Return(headers)


@trollius.coroutine
def line(reader):
    data = yield From(reader.readline())
    if not data.endswith(b"\r\n"):
        raise EOFError("the server hung up")
    raise Return(data[:-2].decode("latin-1"))


@trollius.coroutine
def show(port, path):
    try:
        status, body = yield From(get(port, path))
    except EOFError as error:
        raise Return("%s: %s" % (path, error))
    raise Return("%s: %d %s" % (path, status, body.decode("utf-8").strip()))


@trollius.coroutine
def main(port):
    paths = ["/hello/Ann", "/hello/Zo%C3%AB", "/slow", "/cut", "/hung-up", "/nowhere"]
    for text in (yield From(trollius.gather(*[show(port, path) for path in paths]))):
        print(text)


loop = trollius.new_event_loop()
trollius.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

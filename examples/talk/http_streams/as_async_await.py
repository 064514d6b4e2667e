"""GET some pages of the HTTP server on a port together, over streams."""

import sys
import asyncio


async def get(port, path):
    """The status and the body of a page. HTTP 1.0: the server closes the connection after the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(("GET %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n" % (path, port)).encode("ascii"))
        status = (await line(reader)).split()[1]
        headers = await read_headers(reader)
        body = await reader.read()
    finally:
        writer.close()
    size = int(headers.get("content-length", len(body)))
    if len(body) != size:
        raise EOFError("%d of %d bytes" % (len(body), size))
    return int(status), body


async def read_headers(reader):
    """The headers by lower-case name."""
    headers = {}
    text = await line(reader)
    while text:
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
        text = await line(reader)
    return headers


async def line(reader):
    data = await reader.readline()
    if not data.endswith(b"\r\n"):
        raise EOFError("the server hung up")
    return data[:-2].decode("latin-1")


async def show(port, path):
    try:
        status, body = await get(port, path)
    except EOFError as error:
        return "%s: %s" % (path, error)
    return "%s: %d %s" % (path, status, body.decode("utf-8").strip())


async def main(port):
    paths = ["/hello/Ann", "/hello/Zo%C3%AB", "/slow", "/cut", "/hung-up", "/nowhere"]
    for text in await asyncio.gather(*[show(port, path) for path in paths]):
        print(text)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(int(sys.argv[1])))
loop.close()

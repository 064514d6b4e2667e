"""Streams, their servers, protocols and transports, child processes."""

import gc
import os
import pickle
import platform
import socket
import subprocess
import sys

import pytest
from portable import api, differs, in_loop, turns

import aiocompat
from aiocompat import From, aenter, aexit, aiter, anext, coroutine

unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no Unix sockets")


def fed(data, eof=True, **options):
    reader = aiocompat.StreamReader(**options)
    reader.feed_data(data)
    if eof:
        reader.feed_eof()
    return reader


@coroutine
def echo(reader, writer):
    while True:
        line = yield From(reader.readline())
        if not line:
            break
        writer.write(line.upper())
        yield From(writer.drain())
    writer.close()


def port_of(server):
    return server.sockets[0].getsockname()[1]


@pytest.mark.skipif(platform.python_implementation() == "PyPy", reason="PyPy frees what is dropped some time later")
@api("StreamWriter", "Server")
@differs("3.4", "a StreamWriter that is dropped does not close the connection")
@pytest.mark.filterwarnings("ignore")
@in_loop
def test_a_writer_that_is_dropped_closes_the_connection():
    @coroutine
    def forgetful(reader, writer):
        writer.write((yield From(reader.readline())))

    server = yield From(aiocompat.start_server(forgetful, "127.0.0.1", 0))
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
    writer.write(b"one\n")
    assert (yield From(aiocompat.wait_for(reader.read(), 1))) == b"one\n"
    writer.close()
    server.close()
    yield From(aiocompat.wait_for(server.wait_closed(), 1))


@api("start_server", "open_connection", "StreamReader", "StreamWriter", "Server", "AbstractServer")
@in_loop
def test_server_and_client():
    server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0))
    assert isinstance(server, aiocompat.Server)
    assert isinstance(server, aiocompat.AbstractServer)
    assert server.is_serving()
    assert server.get_loop() is aiocompat.get_running_loop()
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
    assert isinstance(reader, aiocompat.StreamReader)
    assert isinstance(writer, aiocompat.StreamWriter)
    writer.writelines([b"one\n", b"two\n"])
    yield From(writer.drain())
    assert (yield From(reader.readline())) == b"ONE\n"
    assert (yield From(reader.readexactly(4))) == b"TWO\n"
    assert writer.get_extra_info("peername")[0] == "127.0.0.1"
    assert writer.can_write_eof()
    writer.write_eof()
    assert (yield From(reader.read())) == b""
    assert reader.at_eof()
    assert not writer.is_closing()
    writer.close()
    assert writer.is_closing()
    yield From(writer.wait_closed())
    server.close()
    yield From(server.wait_closed())
    assert not server.is_serving()
    assert len(server.sockets) == 0


@api("start_server", "Server")
@in_loop
def test_server_waits_for_its_connections():
    server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0))
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
    writer.write(b"a\n")
    yield From(reader.readline())
    server.close()
    waiting = aiocompat.create_task(server.wait_closed())
    yield From(aiocompat.sleep(0.02))
    assert not waiting.done()
    writer.close()
    yield From(writer.wait_closed())
    yield From(waiting)


@api("Server")
@pytest.mark.parametrize("how", ["close_clients", "abort_clients"])
def test_server_closes_its_connections(how):
    @coroutine
    def main():
        server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0))
        reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
        writer.write(b"a\n")
        yield From(reader.readline())
        getattr(server, how)()
        server.close()
        yield From(server.wait_closed())
        try:
            rest = yield From(reader.read())
        except OSError:
            rest = b""
        assert rest == b""
        writer.close()
        try:
            yield From(writer.wait_closed())
        except OSError:
            pass

    aiocompat.run(main())


@api("Server")
@in_loop
def test_server_forever():
    server = yield From(aenter((yield From(aiocompat.start_server(echo, "127.0.0.1", 0)))))
    serving = aiocompat.create_task(server.serve_forever())
    yield From(turns(5))
    with pytest.raises(RuntimeError):
        yield From(server.serve_forever())
    serving.cancel()
    with pytest.raises(aiocompat.CancelledError):
        yield From(serving)
    assert not server.is_serving()
    yield From(aexit(server))
    with pytest.raises(RuntimeError):
        yield From(server.serve_forever())


@api("start_server", "Server")
@differs("3.7", "a server serves from the start")
@in_loop
def test_server_starts_later():
    server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0, start_serving=False))
    assert not server.is_serving()
    yield From(server.start_serving())
    assert server.is_serving()
    server.close()
    yield From(server.wait_closed())


@api("start_server", "StreamReader")
@in_loop
def test_a_callback_that_waits_is_not_collected():
    server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0))
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
    for line in (b"ONE\n", b"TWO\n"):
        gc.collect()
        writer.write(line.lower())
        assert (yield From(aiocompat.wait_for(reader.readline(), 1))) == line
    writer.close()
    server.close()
    yield From(aiocompat.wait_for(server.wait_closed(), 1))


@api("StreamWriter")
@in_loop
def test_several_tasks_wait_for_room():
    @coroutine
    def patient(reader, writer):
        yield From(full.wait())
        received.append(len((yield From(reader.read()))))
        writer.close()

    full, received = aiocompat.Event(), []
    server = yield From(aiocompat.start_server(patient, "127.0.0.1", 0))
    # Or the system's buffer may grow until all is in it.
    server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
    writer.write(b"." * 2**24)
    draining = [aiocompat.create_task(writer.drain()) for _ in range(3)]
    yield From(turns())
    assert not any(task.done() for task in draining)
    draining[1].cancel()
    full.set()
    yield From(aiocompat.wait(draining))
    assert [task.cancelled() for task in draining] == [False, True, False]
    writer.write_eof()
    assert (yield From(reader.read())) == b""
    assert received == [2**24]
    writer.close()
    yield From(writer.wait_closed())
    with pytest.raises(EnvironmentError, match="onnection lost"):
        yield From(writer.drain())
    server.close()


@api("start_server")
@in_loop
def test_a_callback_that_is_no_coroutine():
    seen = []

    def connected(reader, writer):
        seen.append((isinstance(reader, aiocompat.StreamReader), isinstance(writer, aiocompat.StreamWriter)))
        writer.close()

    server = yield From(aiocompat.start_server(connected, "127.0.0.1", 0, limit=100))
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server), limit=100))
    assert (yield From(reader.read())) == b""
    assert seen == [(True, True)]
    writer.close()
    yield From(writer.wait_closed())
    server.close()
    yield From(server.wait_closed())


@api("open_connection", "start_server")
@in_loop
def test_loop_is_no_argument():
    loop = aiocompat.get_running_loop()
    with pytest.raises(TypeError):
        yield From(aiocompat.open_connection("127.0.0.1", 1, loop=loop))
    with pytest.raises(TypeError):
        yield From(aiocompat.start_server(echo, "127.0.0.1", 0, loop=loop))


@api("open_unix_connection", "start_unix_server")
@unix
def test_unix_sockets(tmpdir):
    path = str(tmpdir.join("socket"))

    @coroutine
    def main():
        server = yield From(aiocompat.start_unix_server(echo, path))
        reader, writer = yield From(aiocompat.open_unix_connection(path))
        writer.write(b"unix\n")
        assert (yield From(reader.readline())) == b"UNIX\n"
        writer.close()
        yield From(writer.wait_closed())
        server.close()
        yield From(server.wait_closed())
        assert not os.path.exists(path)
        server = yield From(aiocompat.start_unix_server(echo, path=path, cleanup_socket=False))
        server.close()
        yield From(server.wait_closed())
        assert os.path.exists(path)

    aiocompat.run(main())


@api("StreamWriter")
@differs("3.7", "start_tls() raises NotImplementedError: the loops cannot")
@in_loop
def test_start_tls():
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())
    except NotImplementedError:
        pytest.skip("this Python is built without TLS")
    hello = []

    @coroutine
    def refuses(reader, writer):
        hello.append((yield From(reader.read(3))))
        writer.close()

    server = yield From(aiocompat.start_server(refuses, "127.0.0.1", 0))
    reader, writer = yield From(aiocompat.open_connection("127.0.0.1", port_of(server)))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        yield From(writer.start_tls(context))
    # A TLS handshake has begun.
    assert hello[0][:2] == b"\x16\x03"
    writer.close()
    server.close()
    yield From(aiocompat.sleep(0.01))


@api("StreamReader")
@in_loop
def test_readuntil():
    reader = fed(b"one;two;;three")
    assert (yield From(reader.readuntil(b";"))) == b"one;"
    assert (yield From(reader.readuntil(b";;"))) == b"two;;"
    with pytest.raises(aiocompat.IncompleteReadError) as caught:
        yield From(reader.readuntil(b";"))
    assert caught.value.partial == b"three"
    reader = fed(b"par", eof=False)
    reading = aiocompat.create_task(reader.readuntil())
    yield From(turns())
    reader.feed_data(b"t\nrest")
    assert (yield From(reading)) == b"part\n"
    with pytest.raises(ValueError, match="eparator"):
        yield From(reader.readuntil(b""))


@api("StreamReader")
@in_loop
def test_readuntil_one_of_several_separators():
    reader = fed(b"a\r\nb\nc\r\n")
    found = []
    for _ in range(3):
        found.append((yield From(reader.readuntil((b"\r\n", b"\n")))))
    assert found == [b"a\r\n", b"b\n", b"c\r\n"]
    with pytest.raises(ValueError, match="eparator"):
        yield From(reader.readuntil(()))


@api("StreamReader", "LimitOverrunError")
@in_loop
def test_readuntil_within_the_limit():
    reader = fed(b"much too long;", limit=5)
    with pytest.raises(aiocompat.LimitOverrunError) as caught:
        yield From(reader.readuntil(b";"))
    assert caught.value.consumed == 13
    reader = fed(b"much too long", limit=5)
    with pytest.raises(aiocompat.LimitOverrunError) as caught:
        yield From(reader.readuntil(b";"))
    assert (yield From(reader.readexactly(caught.value.consumed))) == b"much too long"


@api("StreamReader")
@in_loop
def test_lines_within_the_limit():
    for data, left in ((b"much too long\nrest", b"rest"), (b"much too long", b"")):
        reader = fed(data, limit=5)
        with pytest.raises(ValueError, match="limit"):
            yield From(reader.readline())
        assert (yield From(reader.read())) == left
    assert (yield From(fed(b"12345\n", limit=5).readline())) == b"12345\n"


@api("StreamReader", "aiter", "anext", "StopAsyncIteration")
@in_loop
def test_lines_of_a_reader():
    lines, found = aiter(fed(b"one\ntwo\nthree")), []
    while True:
        try:
            found.append((yield From(anext(lines))))
        except aiocompat.StopAsyncIteration:
            break
    assert found == [b"one\n", b"two\n", b"three"]


@api("StreamReader", "IncompleteReadError")
@in_loop
def test_reader():
    reader = fed(b"12345")
    assert (yield From(reader.read(2))) == b"12"
    with pytest.raises(aiocompat.IncompleteReadError) as caught:
        yield From(reader.readexactly(10))
    assert (caught.value.partial, caught.value.expected) == (b"345", 10)
    assert isinstance(caught.value, EOFError)
    with pytest.raises(ValueError):
        yield From(reader.readexactly(-1))
    reader = aiocompat.StreamReader()
    reader.set_exception(KeyError("x"))
    assert isinstance(reader.exception(), KeyError)
    for reading in (reader.read, reader.readline, reader.readuntil):
        with pytest.raises(KeyError):
            yield From(reading())


@api("LimitOverrunError", "SendfileNotAvailableError")
def test_late_exceptions():
    error = pickle.loads(pickle.dumps(aiocompat.LimitOverrunError("message", 3), 2))
    assert (str(error), error.consumed) == ("message", 3)
    assert issubclass(aiocompat.SendfileNotAvailableError, RuntimeError)


@api("StreamReaderProtocol", "BaseProtocol", "Protocol", "Transport", "BaseTransport", "ReadTransport")
@api("WriteTransport")
@in_loop
def test_stream_protocol_by_hand():
    server = yield From(aiocompat.start_server(echo, "127.0.0.1", 0))
    reader = aiocompat.StreamReader()
    protocol = aiocompat.StreamReaderProtocol(reader)
    assert isinstance(protocol, aiocompat.Protocol)
    assert issubclass(aiocompat.Protocol, aiocompat.BaseProtocol)
    loop = aiocompat.get_running_loop()
    transport, same = yield From(loop.create_connection(lambda: protocol, "127.0.0.1", port_of(server)))
    assert same is protocol
    for kind in ("Transport", "BaseTransport", "ReadTransport", "WriteTransport"):
        assert isinstance(transport, getattr(aiocompat, kind))
    writer = aiocompat.StreamWriter(transport, protocol, reader, loop)
    writer.write(b"x\n")
    assert (yield From(reader.readline())) == b"X\n"
    writer.close()
    server.close()
    yield From(server.wait_closed())


@api("DatagramProtocol", "DatagramTransport")
@in_loop
def test_datagrams():
    received = aiocompat.Future()

    class Receiver(aiocompat.DatagramProtocol):
        def datagram_received(self, data, address):
            received.set_result(data)

    loop = aiocompat.get_running_loop()
    there, _ = yield From(loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0)))
    here, _ = yield From(
        loop.create_datagram_endpoint(aiocompat.DatagramProtocol, remote_addr=there.get_extra_info("sockname"))
    )
    here.sendto(b"data")
    assert (yield From(received)) == b"data"
    here.close()
    there.close()
    yield From(turns())


@api("DatagramTransport", "BaseTransport")
def test_datagram_transport():
    assert issubclass(aiocompat.DatagramTransport, aiocompat.BaseTransport)
    for name in ("sendto", "abort", "close", "get_extra_info"):
        assert hasattr(aiocompat.DatagramTransport, name)


class Buffered(aiocompat.BufferedProtocol):
    def __init__(self):
        self.buffer = bytearray(10)
        self.received = aiocompat.Future()

    def get_buffer(self, sizehint):
        return self.buffer

    def buffer_updated(self, nbytes):
        self.received.set_result(bytes(self.buffer[:nbytes]))


@api("BufferedProtocol")
@in_loop
def test_a_buffered_protocol_is_a_protocol():
    protocol = Buffered()
    assert isinstance(protocol, aiocompat.BaseProtocol)
    assert not isinstance(protocol, aiocompat.Protocol)
    assert protocol.eof_received() is None
    yield From(None)


@api("BufferedProtocol")
@differs("3.7", "no transport calls it")
@in_loop
def test_a_buffered_protocol_receives():
    here, there = socket.socketpair()
    loop = aiocompat.get_running_loop()
    for end in (here, there):
        end.setblocking(False)
    transport, protocol = yield From(loop.create_connection(Buffered, sock=here))
    there.send(b"data")
    try:
        assert (yield From(aiocompat.wait_for(protocol.received, 0.5))) == b"data"
    finally:
        transport.close()
        there.close()
    yield From(turns())


PRINTS = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('err')"


@api("create_subprocess_exec", "subprocess")
@in_loop
def test_child_process():
    pipe = aiocompat.subprocess.PIPE
    process = yield From(
        aiocompat.create_subprocess_exec(sys.executable, "-c", PRINTS, stdin=pipe, stdout=pipe, stderr=pipe)
    )
    assert isinstance(process, aiocompat.subprocess.Process)
    assert isinstance(process.stdout, aiocompat.StreamReader)
    assert isinstance(process.stdin, aiocompat.StreamWriter)
    assert (yield From(process.communicate(b"out"))) == (b"OUT", b"err")
    assert process.returncode == 0


@api("create_subprocess_shell", "subprocess", "StreamReader")
@in_loop
def test_child_process_of_a_shell():
    process = yield From(
        aiocompat.create_subprocess_shell(
            "echo one; echo two >&2; exit 3",
            stdin=aiocompat.subprocess.DEVNULL,
            stdout=aiocompat.subprocess.PIPE,
            stderr=aiocompat.subprocess.STDOUT,
        )
    )
    assert (yield From(process.stdout.readuntil((b"\n", b";")))) == b"one\n"
    assert (yield From(anext(aiter(process.stdout)))) == b"two\n"
    assert (yield From(process.stdout.read())) == b""
    assert (yield From(process.wait())) == 3


@api("create_subprocess_exec", "create_subprocess_shell", "subprocess")
@differs("3.8", "child processes belong to the loop of the main thread")
def test_child_process_in_a_thread():
    assert subprocess.call([sys.executable, "-c", IN_A_THREAD]) == 0


IN_A_THREAD = """
import sys, threading
import aiocompat
from aiocompat import From

@aiocompat.coroutine
def main():
    process = yield From(aiocompat.create_subprocess_exec(sys.executable, "-c", ""))
    done.append((yield From(process.wait())))

done = []
thread = threading.Thread(target=lambda: aiocompat.run(aiocompat.wait_for(main(), 5)))
thread.start()
thread.join()
sys.exit(done != [0])
"""


@api("SubprocessProtocol", "SubprocessTransport")
@in_loop
def test_child_process_with_a_protocol():
    ended = aiocompat.Future()

    class Waits(aiocompat.SubprocessProtocol):
        def process_exited(self):
            ended.set_result(True)

    loop = aiocompat.get_running_loop()
    transport, _ = yield From(
        loop.subprocess_exec(Waits, sys.executable, "-c", "", stdin=None, stdout=None, stderr=None)
    )
    assert isinstance(transport, aiocompat.SubprocessTransport)
    yield From(ended)
    assert transport.get_returncode() == 0
    transport.close()

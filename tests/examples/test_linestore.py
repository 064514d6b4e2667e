"""The sample library of examples/, over the loopback."""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

from aiocompat import (
    CancelledError,
    Event,
    ExceptionGroup,
    From,
    Return,
    StopAsyncIteration,
    StreamReader,
    aiter,
    anext,
    coroutine,
    create_task,
    gather,
    open_connection,
    sleep,
    start_server,
)
from aiocompat.testing import TestCase, async_test
from linestore.client import Client, ServerError, Unavailable, get_fastest
from linestore.protocol import ProtocolError, read_message, write_message
from linestore.server import JournalError, Server, journal_of

# OpenSSL's SSL_OP_IGNORE_UNEXPECTED_EOF.
_IGNORE_UNEXPECTED_EOF = 0x80


def fed(data):
    reader = StreamReader(limit=64)
    reader.feed_data(data)
    reader.feed_eof()
    return reader


@coroutine
def under_way(server, client):
    """A task of the client that waits for the key "a", once the server has read its request."""
    yield From(client.keys())
    while not server._idle:
        yield From(sleep(0))
    waiting = create_task(client.wait("a"))
    while server._idle:
        yield From(sleep(0))
    raise Return(waiting)


class TestProtocol(TestCase):
    def test_messages_follow_each_other(self):
        reader = fed(b"SET a 5\r\nb\r\nc\n" + b"KEYS 0\r\n")
        self.assertEqual((yield From(read_message(reader))), (["SET", "a"], b"b\r\nc\n"))
        self.assertEqual((yield From(read_message(reader))), (["KEYS"], b""))
        self.assertIsNone((yield From(read_message(reader))))

    def test_what_is_not_a_message(self):
        for data, reason in (
            (b"GET a", "ended in a line"),
            (b"SET a 5\r\nabc", "after 3 of 5 bytes"),
            (b"SET a b\r\n", "not a message"),
            (b"\r\n", "not a message"),
            (b"SET a 99999999\r\n", "too large"),
            (b"a" * 100 + b" 0\r\n", "too long"),
        ):
            try:
                yield From(read_message(fed(data)))
            except ProtocolError as error:
                self.assertIn(reason, str(error))
            else:
                self.fail("%r was taken" % data)


class TestServer(TestCase):
    # For TLS.
    server_side = client_side = None

    def setUp(self):
        self.changed = []
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.backup = os.path.join(folder, "backup")
        self.server = Server(self.journal, backup=self.backup, ssl=self.server_side)
        self.serving = create_task(self.server.serve())
        _, self.port = yield From(self.server.started())
        self.client = Client("localhost", self.port, ssl=self.client_side)

    def tearDown(self):
        yield From(self.client.close())
        self.server.stop()
        yield From(self.serving)

    @coroutine
    def journal(self, key):
        yield From(sleep(0))
        self.changed.append(key)

    def test_values_are_kept(self):
        self.assertIsNone((yield From(self.client.get("a"))))
        yield From(self.client.set("a", b"1\r\n2"))
        self.assertEqual((yield From(self.client.get("a"))), b"1\r\n2")

    def test_many_clients_at_once(self):
        keys = ["k%02d" % number for number in range(50)]
        yield From(gather(*[self.client.set(key, key.encode("ascii") * 1000) for key in keys]))
        self.assertEqual((yield From(self.client.keys())), keys)
        values = yield From(self.client.get_many(keys))
        self.assertEqual(values, {key: key.encode("ascii") * 1000 for key in keys})
        self.assertLessEqual(len(self.client._free), 4)

    def test_values_one_after_the_other(self):
        yield From(self.client.set("b", b"2"))
        yield From(self.client.set("a", b"1"))
        values, found = aiter(self.client.values()), []
        while True:
            try:
                found.append((yield From(anext(values))))
            except StopAsyncIteration:
                break
        self.assertEqual(found, [("a", b"1"), ("b", b"2")])

    def test_wait_ends_when_the_value_is_set(self):
        waiting = yield From(under_way(self.server, self.client))
        self.assertFalse(waiting.done())
        yield From(self.client.set("a", b"1"))
        self.assertEqual((yield From(waiting)), b"1")

    def test_a_refusal_leaves_the_client_usable(self):
        try:
            yield From(self.client._request(["DROP", "a"]))
        except ServerError as error:
            self.assertIn("not a request", str(error))
        else:
            self.fail("it was not refused")
        yield From(self.client.set("a", b"1"))
        self.assertEqual((yield From(self.client.get("a"))), b"1")

    def test_updates_follow_one_another(self):
        def longer(value):
            return (value or b"") + b"+"

        yield From(gather(*[self.client.update("a", longer) for _ in range(10)]))
        self.assertEqual((yield From(self.client.get("a"))), b"+" * 10)

    def test_a_backup_has_all_values(self):
        yield From(gather(self.client.set("a", b"1\r\n2"), self.client.set("b", b"3")))
        yield From(self.client.backup())
        with open(self.backup, "rb") as file:
            reader = fed(file.read())
        self.assertEqual((yield From(read_message(reader))), (["SET", "a"], b"1\r\n2"))
        self.assertEqual((yield From(read_message(reader))), (["SET", "b"], b"3"))
        self.assertIsNone((yield From(read_message(reader))))

    def test_who_is_cancelled_does_not_cancel_a_backup(self):
        first, second = create_task(self.server.backup()), create_task(self.server.backup())
        yield From(sleep(0))
        first.cancel()
        yield From(second)
        with self.assertRaises(CancelledError):
            yield From(first)
        self.assertTrue(os.path.exists(self.backup))

    def test_a_backup_that_cannot_be_written(self):
        os.mkdir(self.backup)
        with self.assertRaises(ServerError):
            yield From(self.client.backup())

    def test_a_word_with_spaces_is_not_sent(self):
        with self.assertRaises(ValueError):
            yield From(self.client.get("a b"))

    def test_stop_lets_requests_end_and_the_journal_be_written(self):
        waiting = yield From(under_way(self.server, self.client))
        self.server.stop()
        yield From(self.server.store.set("a", b"late"))
        self.assertEqual((yield From(waiting)), b"late")
        yield From(self.serving)

    def test_every_change_is_in_the_journal_when_it_stops(self):
        for key in "abc":
            yield From(self.client.set(key, b""))
        yield From(self.client.close())
        self.server.stop()
        yield From(self.serving)
        self.assertEqual(self.changed, ["a", "b", "c"])


class TestServerOverTLS(TestServer):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp()
        try:
            cls.server_side, cls.client_side = contexts(os.path.join(folder, "localhost.pem"))
        finally:
            shutil.rmtree(folder)

    def test_a_server_that_is_not_trusted(self):
        stranger = Client("localhost", self.port, attempts=1, ssl=ssl.create_default_context())
        try:
            yield From(stranger.get("a"))
        except Unavailable as error:
            self.assertIn("CERTIFICATE_VERIFY_FAILED", str(error))
        else:
            self.fail("it was trusted")

    def test_a_client_without_tls(self):
        with self.assertRaises(Unavailable):
            yield From(Client("localhost", self.port, attempts=1).get("a"))


def contexts(path):
    """A server's and a client's context, with a certificate that is made at ``path``."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost".split()
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", path, "-out", path + ".crt"]
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        with open(os.devnull, "w") as nowhere:
            subprocess.check_call(command, stderr=nowhere)
        server_side.load_cert_chain(path + ".crt", path)
        client_side = ssl.create_default_context(cafile=path + ".crt")
        if sys.version_info >= (3,):
            client_side.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    except (EnvironmentError, NotImplementedError) as error:
        raise unittest.SkipTest("there is no OpenSSL, or this Python is built without TLS: %s" % error)
    if sys.version_info < (3,):
        # Trollius does not say goodbye, which is an error for OpenSSL 3. Python 3.10 and later set this option.
        server_side.options |= _IGNORE_UNEXPECTED_EOF
        client_side.options |= _IGNORE_UNEXPECTED_EOF
    return server_side, client_side


@async_test
def test_a_request_beyond_the_grace_is_cut_off():
    server = Server(journal=None, grace=0)
    serving = create_task(server.serve())
    client = Client(*(yield From(server.started())), attempts=1)
    waiting = yield From(under_way(server, client))
    server.stop()
    yield From(serving)
    try:
        yield From(waiting)
    except Unavailable as error:
        assert "hung up" in str(error)
    else:
        raise AssertionError("it was answered")


@async_test
def test_a_client_that_asks_for_nothing_is_hung_up_on():
    server = Server(journal=None, patience=0.01)
    serving = create_task(server.serve())
    reader, writer = yield From(open_connection(*(yield From(server.started()))))
    assert (yield From(reader.read())) == b""
    writer.close()
    server.stop()
    yield From(serving)


@async_test
def test_the_journal_runs_a_program():
    server = Server(journal_of(sys.executable, "-c", "import sys; sys.exit(sys.argv[1] == 'bad')"))
    serving = create_task(server.serve())
    client = Client(*(yield From(server.started())))
    yield From(client.set("good", b""))
    yield From(client.set("bad", b""))
    try:
        yield From(serving)
    except ExceptionGroup as group:
        assert [type(error) for error in group.exceptions] == [JournalError]
        assert "'bad'" in str(group.exceptions[0])
    else:
        raise AssertionError("the server did not tell")
    yield From(client.close())


@async_test
def test_an_error_of_the_journal_ends_the_server():
    @coroutine
    def broken(key):
        yield From(None)
        raise ValueError(key)

    server = Server(broken)
    serving = create_task(server.serve())
    client = Client(*(yield From(server.started())))
    yield From(client.set("a", b""))
    try:
        yield From(serving)
    except ExceptionGroup as group:
        assert [(type(error), str(error)) for error in group.exceptions] == [(ValueError, "a")]
    else:
        raise AssertionError("the server did not tell")
    yield From(client.close())


@async_test
def test_the_client_tries_again():
    failures, over = ["hang up", "be silent"], Event()

    @coroutine
    def unreliable(reader, writer):
        yield From(read_message(reader))
        failure = failures.pop(0) if failures else None
        if failure == "be silent":
            yield From(over.wait())
        elif failure is None:
            yield From(write_message(writer, ["VALUE"], b"at last"))
        writer.close()

    listening = yield From(start_server(unreliable, "127.0.0.1", 0))
    client = Client(*listening.sockets[0].getsockname()[:2], timeout=0.2, pause=0.01)
    assert (yield From(client.get("a"))) == b"at last"
    assert failures == []
    over.set()
    yield From(client.close())
    listening.close()
    yield From(listening.wait_closed())


@coroutine
def refused():
    listening = yield From(start_server(lambda reader, writer: None, "127.0.0.1", 0))
    address = listening.sockets[0].getsockname()[:2]
    listening.close()
    yield From(listening.wait_closed())
    raise Return(address)


@async_test
def test_a_server_that_is_not_there():
    client = Client(*(yield From(refused())), attempts=2, pause=0)
    try:
        yield From(client.get("a"))
    except Unavailable as error:
        assert "after 2 attempts" in str(error)
    else:
        raise AssertionError("who answered?")


@async_test
def test_the_fastest_server():
    @coroutine
    def silent(reader, writer):
        yield From(over.wait())
        writer.close()

    @coroutine
    def quick(reader, writer):
        yield From(read_message(reader))
        yield From(write_message(writer, ["VALUE"], b"quick"))
        writer.close()

    over = Event()
    servers = []
    for connected in (silent, quick):
        servers.append((yield From(start_server(connected, "127.0.0.1", 0))))
    addresses = [(yield From(refused()))] + [server.sockets[0].getsockname()[:2] for server in servers]
    clients = [Client(*address, attempts=1) for address in addresses]
    assert (yield From(get_fastest(clients, "a"))) == b"quick"
    try:
        yield From(get_fastest(clients[:1], "a"))
    except Unavailable:
        pass
    else:
        raise AssertionError("who answered?")
    over.set()
    for client in clients:
        yield From(client.close())
    for server in servers:
        server.close()
        yield From(server.wait_closed())

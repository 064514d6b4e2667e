"""Streams and their servers as asyncio has them since 3.13, out of what every runtime has."""

import os
import stat
import sys
import warnings

from aiocompat.backends.arguments import keywords
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_running_loop, new_future
from aiocompat.backends.readers import StreamReader
from aiocompat.coroutines import From, Return, coroutine

if sys.version_info < (3,):
    from trollius import ConnectionResetError

_LIMIT = 2**16


class _Protocol(asyncio.StreamReaderProtocol):
    """Tells when the connection is lost: to the writer, and to the server that it belongs to."""

    # There are as many as connections: what most do not need is not made. The future that wait_closed() waits for ...
    closed = None
    # ... and, once the connection is lost, what by, in a tuple.
    lost = None

    def __init__(self, reader, connected, loop, server_connections=None):
        asyncio.StreamReaderProtocol.__init__(self, reader, connected, loop=loop)
        # A task that waits for data is only known to the reader, and the base only knows that weakly (3.8 on).
        self.reader = reader
        self.transport = None
        self.connections = server_connections

    def connection_made(self, transport):
        self.transport = transport
        if self.connections is not None:
            self.connections.add(self)
        asyncio.StreamReaderProtocol.connection_made(self, transport)
        # Or a writer that is dropped would stay.
        self._stream_writer = None

    def connection_lost(self, exc):
        asyncio.StreamReaderProtocol.connection_lost(self, exc)
        if self.lost is None:
            self.lost = (exc,)
            if self.closed is not None:
                self._tell()
        if self.connections is not None:
            self.connections.lost(self)

    def closing(self):
        """A future of the connection's end."""
        if self.closed is None:
            self.closed = asyncio.Future(loop=self._loop)
            if self.lost is not None:
                self._tell()
        return self.closed

    def _tell(self):
        if self.lost == (None,):
            self.closed.set_result(None)
        else:
            self.closed.set_exception(*self.lost)
            # Nobody has to ask.
            self.closed.exception()

    if sys.version_info < (3, 11):

        @coroutine
        def _drain_helper(self):
            # Any number of tasks may wait (asyncio: since 3.11, and late releases of 3.10).
            if hasattr(self, "_drain_waiters"):
                yield From(asyncio.StreamReaderProtocol._drain_helper(self))
            elif self._connection_lost:
                raise ConnectionResetError("Connection lost")
            elif self._paused:
                if self._drain_waiter is None:
                    self._drain_waiter = asyncio.Future(loop=self._loop)
                yield From(asyncio.shield(self._drain_waiter))


if sys.version_info >= (3, 11):
    from asyncio import StreamWriter
else:

    class StreamWriter(asyncio.StreamWriter):
        """Writes bytes to a stream. One that is dropped closes it, with a ResourceWarning (asyncio: since 3.11).

        Not before 3.4: a cycle that has an object with ``__del__`` in it would never be freed (PEP 442).
        """

        if sys.version_info >= (3, 4):

            def __del__(self):
                if not self.is_closing() and not self._loop.is_closed():
                    self.close()
                    warnings.warn("unclosed %r" % (self,), ResourceWarning)

        def is_closing(self):
            """Whether the stream is closed or being closed (asyncio: since 3.7)."""
            return _is_closing(self.transport)

        @coroutine
        def drain(self):
            """Wait until there is room to write more. Raises the reader's error; ConnectionResetError when closed."""
            error = None if self._reader is None else self._reader.exception()
            if error is not None:
                raise error
            if self.is_closing():
                # connection_lost() may be called meanwhile.
                yield From(None)
            yield From(self._protocol._drain_helper())

        @coroutine
        def wait_closed(self):
            """Wait until the stream is closed (asyncio: since 3.7). Before that of a child process's pipe: one turn."""
            if isinstance(self._protocol, _Protocol):
                yield From(asyncio.shield(self._protocol.closing()))
            elif hasattr(asyncio.StreamWriter, "wait_closed"):
                yield From(asyncio.StreamWriter.wait_closed(self))
            else:
                yield From(None)

        @coroutine
        def start_tls(self, sslcontext, **options):
            """Go on over TLS (asyncio: since 3.11). NotImplementedError before 3.7, where loops cannot."""
            options = keywords(options, server_hostname=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None)
            del options["ssl_shutdown_timeout"]
            if sys.version_info < (3, 7):
                raise NotImplementedError("start_tls() needs Python 3.7")
            serving = self._protocol._client_connected_cb is not None
            yield From(self.drain())
            loop = get_running_loop()
            transport = yield From(
                loop.start_tls(self._transport, self._protocol, sslcontext, server_side=serving, **options)
            )
            self._transport = self._protocol.transport = transport
            if self._reader is not None:
                self._reader._transport = transport
            self._protocol._over_ssl = True


def _is_closing(transport):
    if hasattr(transport, "is_closing"):
        return transport.is_closing()
    # New in 3.4.4; until then, and in Trollius, every transport notes it so.
    return bool(getattr(transport, "_closing", False))


class _Connections(set):
    """The protocols of a server's open connections."""

    def __init__(self):
        set.__init__(self)
        self.waiters = []

    def lost(self, protocol):
        self.discard(protocol)
        if not self:
            for waiter in self.waiters:
                if not waiter.done():
                    waiter.set_result(None)
            del self.waiters[:]


class Server(asyncio.AbstractServer):
    """A server of streams, with the methods that asyncio's has since 3.13. An asynchronous context manager."""

    def __init__(self, server, connections, loop, socket_file=None):
        self._server = server
        self._connections = connections
        self._loop = loop
        self._socket_file = socket_file
        self._forever = None
        self._closed = False

    @property
    def sockets(self):
        """The sockets that it listens on; none when closed."""
        return tuple(self._server.sockets or ())

    def get_loop(self):
        """The loop that it runs on."""
        return self._loop

    def is_serving(self):
        """Whether it takes connections."""
        if self._closed:
            return False
        return self._server.is_serving() if hasattr(self._server, "is_serving") else True

    def close(self):
        """Take no more connections; those that are open stay."""
        if self._closed:
            return
        self._closed = True
        self._server.close()
        if self._forever is not None and not self._forever.done():
            self._forever.cancel()
        if self._socket_file is not None:
            _remove(*self._socket_file)

    def close_clients(self):
        """Close the connections."""
        for protocol in list(self._connections):
            protocol.transport.close()

    def abort_clients(self):
        """Close the connections without sending what is still to be sent."""
        for protocol in list(self._connections):
            protocol.transport.abort()

    @coroutine
    def wait_closed(self):
        """Wait until it is closed and its connections are (asyncio: since 3.12.1)."""
        while not self._closed or self._connections:
            waiter = new_future()
            self._connections.waiters.append(waiter)
            yield From(waiter)

    @coroutine
    def start_serving(self):
        """Begin to take connections. Before 3.7 it does so from the start."""
        if hasattr(self._server, "start_serving"):
            yield From(self._server.start_serving())

    @coroutine
    def serve_forever(self):
        """Take connections until cancelled; then it is closed."""
        if self._closed:
            raise RuntimeError("server %r is closed" % (self,))
        if self._forever is not None:
            raise RuntimeError("server %r is already being awaited on serve_forever()" % (self,))
        yield From(self.start_serving())
        self._forever = new_future()
        try:
            yield From(self._forever)
        except asyncio.CancelledError as cancelled:
            self.close()
            yield From(self.wait_closed())
            raise cancelled
        finally:
            self._forever = None

    @coroutine
    def __aenter__(self):
        yield From(None)
        raise Return(self)

    @coroutine
    def __aexit__(self, exc_type, exc, tb):
        self.close()
        yield From(self.wait_closed())


def _remove(path, inode):
    try:
        if os.stat(path).st_ino == inode:
            os.unlink(path)
    except OSError:
        # Somebody was quicker.
        pass


@coroutine
def open_connection(host=None, port=None, **options):
    """A StreamReader and a StreamWriter of a connection; ``limit`` and what ``create_connection`` takes by keyword."""
    raise Return((yield From(_open("create_connection", (host, port), options))))


@coroutine
def start_server(client_connected_cb, host=None, port=None, **options):
    """A :class:`Server` that calls ``client_connected_cb(reader, writer)``, and runs what that returns, per client.

    ``limit`` and what ``create_server`` takes come by keyword.
    """
    raise Return((yield From(_serve("create_server", client_connected_cb, (host, port), options))))


@coroutine
def open_unix_connection(path=None, **options):
    """As :func:`open_connection`, through a Unix socket."""
    raise Return((yield From(_open("create_unix_connection", (path,), options))))


@coroutine
def start_unix_server(client_connected_cb, path=None, **options):
    """As :func:`start_server`, on a Unix socket; its file is removed at the end (``cleanup_socket``, asyncio: 3.13)."""
    cleanup = options.pop("cleanup_socket", True)
    server = yield From(_serve("create_unix_server", client_connected_cb, (path,), options))
    if cleanup and path is not None and stat.S_ISSOCK(os.stat(path).st_mode):
        server._socket_file = (path, os.stat(path).st_ino)
    raise Return(server)


@coroutine
def _open(method, address, options):
    loop = get_running_loop()
    _no_loop(options)
    reader = StreamReader(limit=options.pop("limit", _LIMIT), loop=loop)
    protocol = _Protocol(reader, None, loop)
    transport, _ = yield From(getattr(loop, method)(lambda: protocol, *address, **options))
    raise Return((reader, StreamWriter(transport, protocol, reader, loop)))


@coroutine
def _serve(method, callback, address, options):
    loop = get_running_loop()
    _no_loop(options)
    limit = options.pop("limit", _LIMIT)
    connections = _Connections()

    def connected(reader, writer):
        writer.__class__ = StreamWriter
        return callback(reader, writer)

    def connection():
        return _Protocol(StreamReader(limit=limit, loop=loop), connected, loop, connections)

    server = yield From(getattr(loop, method)(connection, *address, **options))
    raise Return(Server(server, connections, loop))


def _no_loop(options):
    if "loop" in options:
        raise TypeError("unexpected keyword argument 'loop'")

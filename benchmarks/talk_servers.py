"""The servers that the talk's programs talk to: on loopback, on a free port, in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import dnslib
import dnslib.server
import mockupdb

from corpus_packages import CorpusError
from corpus_shell import end_group, must, note, start

_PATIENCE = 20
"""Seconds until a server has to take connections."""

_DOCUMENTS = ({"name": "Ann", "year": 2014}, {"name": "Zoë", "year": 2014}, {"name": "Bob", "year": 2014})


@contextlib.contextmanager
def server(name: str, install: bool) -> Iterator[int]:
    """Run a server by its name in :data:`SERVERS`; gives its port.

    Raises CorpusError where its Debian package is missing, unless ``install`` says to install it.
    """
    with tempfile.TemporaryDirectory(prefix="talk-") as folder, SERVERS[name](Path(folder), install) as port:
        yield port


@contextlib.contextmanager
def _own(folder: Path, install: bool) -> Iterator[int]:
    """None: the program starts one where it is given no port."""
    yield 0


@contextlib.contextmanager
def _redis(folder: Path, install: bool) -> Iterator[int]:
    program = _program("redis-server", "redis-server", install)
    port = free_port()
    with _running(
        [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)], folder, port
    ):
        yield port


@contextlib.contextmanager
def _memcached(folder: Path, install: bool) -> Iterator[int]:
    program = _program("memcached", "memcached", install)
    port = free_port()
    # It does not run as root.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _running([program, *user, "-l", "127.0.0.1", "-p", str(port), "-U", "0"], folder, port):
        yield port


@contextlib.contextmanager
def _postgres(folder: Path, install: bool) -> Iterator[int]:
    # Debian has its programs outside PATH.
    initdb = _program("initdb", "postgresql", install, "/usr/lib/postgresql/*/bin")
    postgres = _program("postgres", "postgresql", install, "/usr/lib/postgresql/*/bin")
    port = free_port()
    user: list[str] = []
    if os.geteuid() == 0:
        # It does not run as root either, and its package makes a user for it.
        shutil.chown(folder, "postgres", "postgres")
        user = ["runuser", "-u", "postgres", "--"]
    data = str(folder / "data")
    must([*user, initdb, "-D", data, "-U", "talk", "-A", "trust", "-N"], folder)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-k", str(folder), "-p", str(port)]
    with _running([*user, postgres, "-D", data, *options], folder, port):
        yield port


@contextlib.contextmanager
def _mongo(folder: Path, install: bool) -> Iterator[int]:
    database = mockupdb.MockupDB()

    def find(request: mockupdb.OpQuery) -> bool:
        wanted = request.doc["year"]
        found = [document for document in _DOCUMENTS if document["year"] == wanted]
        request.reply(*found[: abs(request.num_to_return) or None])
        return True

    database.autoresponds(mockupdb.OpQuery(namespace="talks.speakers"), find)
    database.run()
    try:
        yield database.port
    finally:
        database.stop()


@contextlib.contextmanager
def _dns(folder: Path, install: bool) -> Iterator[int]:
    # No time to live: newer resolvers would keep the answer and ask once.
    zone = dnslib.server.BaseResolver()
    zone.resolve = lambda request, handler: request.replyZone("talk.example 0 A 192.0.2.14")
    port = free_port(socket.SOCK_DGRAM)
    names = dnslib.server.DNSServer(
        zone, port=port, address="127.0.0.1", logger=dnslib.server.DNSLogger("-request,-reply")
    )
    names.start_thread()
    try:
        yield port
    finally:
        names.stop()
        names.server.server_close()


BAD_DAYS: Mapping[str, bytes | None] = {
    "nobody listens": None,
    "hangs up": b"",
    "garbage": b"\x00\xff\x01 \x80nonsense\r\n" * 8,
}
"""What a bad server does, and what :func:`bad_server` is given for it."""

SERVERS: Mapping[str, Callable[[Path, bool], contextlib.AbstractContextManager[int]]] = {
    "own": _own,
    "redis": _redis,
    "memcached": _memcached,
    "postgres": _postgres,
    "mongo": _mongo,
    "dns": _dns,
}


@contextlib.contextmanager
def bad_server(answer: bytes | None, kind: socket.SocketKind) -> Iterator[int]:
    """A port where each connection gets these bytes after its first request, and is closed; None: nobody listens.

    In the place of connections each datagram, taken for one of DNS, is answered so, or, by no bytes, never.
    """
    if answer is None:
        yield free_port(kind)
        return

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(1)
            # Some wait for the server to speak first.
            with contextlib.suppress(OSError):
                self.request.recv(65536)
            with contextlib.suppress(OSError):
                self.request.sendall(answer)

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            request, answering = self.request
            if answer:
                # DNS: the question again and one answer to it, the garbage (RFC 1035, 4.1.1). What does not begin with
                # the question older resolvers drop, and newer ones take for an answer.
                header = request[:2] + b"\x81\x80" + request[4:6] + b"\x00\x01" + request[8:12]
                answering.sendto(header + request[12:] + answer, self.client_address)

    listening: socketserver.BaseServer
    if kind is socket.SOCK_DGRAM:
        listening = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Datagram)
    else:
        listening = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection)
    with listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield int(listening.server_address[1])
        listening.shutdown()


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(name: str, package: str, install: bool, elsewhere: str = "") -> str:
    """The path of a program of a Debian package, which is installed first where it is missing and may be."""
    found = _which(name, elsewhere)
    if found is None and install:
        note(f"installing {package}")
        extra = {"DEBIAN_FRONTEND": "noninteractive"}
        must(["apt-get", "update", "-q"], Path("/"), extra)
        must(["apt-get", "install", "-q", "-y", package], Path("/"), extra)
        found = _which(name, elsewhere)
    if found is None:
        raise CorpusError(f"no {name}: apt-get install {package}, or say --install")
    return found


def _which(name: str, elsewhere: str) -> str | None:
    folders = sorted(Path("/").glob(elsewhere.lstrip("/"))) if elsewhere else []
    return shutil.which(name) or next((str(folder / name) for folder in folders if (folder / name).exists()), None)


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    """A server program, from when it takes connections to the end of the block."""
    process = start(command, folder, None, subprocess.DEVNULL)
    try:
        until = time.monotonic() + _PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise CorpusError(f"does not take connections: {' '.join(command)}")
            time.sleep(0.05)
        yield
    finally:
        end_group(process)
        process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

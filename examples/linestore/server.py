"""The server: the store, the connections, a journal of what changed, and backups."""

import os
import sys

from aiocompat import (
    Condition,
    Event,
    From,
    Queue,
    QueueShutDown,
    Return,
    TaskGroup,
    TimeoutError,
    aenter,
    aexit,
    coroutine,
    create_subprocess_exec,
    create_task,
    current_task,
    shield,
    start_server,
    timeout,
    to_thread,
    wait,
)
from linestore.protocol import Message, ProtocolError, encoded, read_message, write_message


class JournalError(Exception):
    """A change could not be noted."""


class Store(object):
    """Values by key, and a way to wait for one."""

    def __init__(self):
        self._values = {}
        self._changed = Condition()

    def keys(self):
        return sorted(self._values)

    def copy(self):
        """All values as they are now, by key."""
        return dict(self._values)

    def get(self, key):
        """The value, or None."""
        return self._values.get(key)

    @coroutine
    def set(self, key, value):
        with (yield From(self._changed)):
            self._values[key] = value
            self._changed.notify_all()

    @coroutine
    def wait(self, key):
        """The value, as soon as there is one."""
        with (yield From(self._changed)):
            yield From(self._changed.wait_for(lambda: key in self._values))
            value = self._values[key]
        raise Return(value)


class Server(object):
    """Serves a store.

    ``journal`` is a coroutine function that is called with the key of each change, one at a time and in order.
    ``grace`` is how many seconds requests that are under way may take when the server stops; a client that asks for
    nothing during ``patience`` seconds is hung up on. Backups go to the file ``backup``. With a context in ``ssl`` the
    connections are encrypted.
    """

    def __init__(self, journal, backup=None, grace=5, patience=60, ssl=None):
        self.store = Store()
        self.address = None
        self._journal = journal
        self._grace = grace
        self._patience = patience
        self._ssl = ssl
        self._backup_path = backup
        self._backup = None
        self._changes = Queue()
        self._started = Event()
        self._stopping = Event()
        self._talks = set()
        self._idle = set()

    @coroutine
    def serve(self, host="127.0.0.1", port=0):
        """Serve until :meth:`stop`; an error of the journal ends the server, and is raised in an ExceptionGroup.

        When it stops no more connections are taken, requests under way are answered within the grace, and the journal
        is told of every change.
        """
        listening = yield From(start_server(self._connected, host, port, ssl=self._ssl))
        self.address = listening.sockets[0].getsockname()[:2]
        group = yield From(aenter(TaskGroup()))
        try:
            group.create_task(self._keep_journal())
            self._started.set()
            try:
                yield From(self._stopping.wait())
            finally:
                self._stopping.set()
                listening.close()
                yield From(self._hang_up())
                self._changes.shutdown()
        except BaseException:
            yield From(aexit(group, *sys.exc_info()))
        else:
            yield From(aexit(group))
        yield From(listening.wait_closed())
        if self._backup is not None:
            yield From(wait([self._backup]))

    @coroutine
    def started(self):
        """Wait until connections are taken; the address, as ``(host, port)``."""
        yield From(self._started.wait())
        raise Return(self.address)

    def stop(self):
        """Make :meth:`serve` end."""
        self._stopping.set()

    @coroutine
    def backup(self):
        """Write all values to a file; who asks while that is under way waits for the same backup. EnvironmentError."""
        if self._backup is None or self._backup.done():
            # Writing would keep the loop from everything else.
            self._backup = create_task(to_thread(save, self._backup_path, self.store.copy()))
        # Who is cancelled must not cancel it for the others.
        yield From(shield(self._backup))

    @coroutine
    def _hang_up(self):
        for talk in self._idle:
            talk.cancel()
        if self._talks:
            _, late = yield From(wait(self._talks, timeout=self._grace))
            for talk in late:
                talk.cancel()
            if late:
                yield From(wait(late))

    @coroutine
    def _keep_journal(self):
        while True:
            try:
                key = yield From(self._changes.get())
            except QueueShutDown:
                break
            yield From(self._journal(key))

    def _connected(self, reader, writer):
        # A task of our own: stop() has to know it.
        talk = create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    @coroutine
    def _talk(self, reader, writer):
        try:
            yield From(self._answer_all(reader, writer))
        except (EnvironmentError, TimeoutError):
            # The client has gone, or has fallen asleep.
            pass
        finally:
            writer.close()

    @coroutine
    def _answer_all(self, reader, writer):
        refusal = None
        try:
            while not self._stopping.is_set():
                request = yield From(self._next_request(reader))
                if request is None:
                    break
                reply = yield From(self._reply(request))
                yield From(write_message(writer, reply.words, reply.body))
        except ProtocolError as error:
            refusal = str(error).encode("utf-8")
        if refusal is not None:
            yield From(write_message(writer, ["ERROR"], refusal))

    @coroutine
    def _next_request(self, reader):
        # Between requests there is nothing to be lost by cancelling.
        talk = current_task()
        self._idle.add(talk)
        request = None
        limit = yield From(aenter(timeout(self._patience)))
        try:
            request = yield From(read_message(reader))
        except BaseException:
            yield From(aexit(limit, *sys.exc_info()))
        else:
            yield From(aexit(limit))
        finally:
            self._idle.discard(talk)
        raise Return(request)

    @coroutine
    def _reply(self, request):
        command, arguments = request.words[0], request.words[1:]
        if command == "KEYS" and not arguments:
            raise Return(Message(["VALUE"], " ".join(self.store.keys()).encode("utf-8")))
        if command == "BACKUP" and not arguments:
            raise Return((yield From(self._reply_of_backup())))
        if command not in ("GET", "SET", "WAIT") or len(arguments) != 1:
            raise ProtocolError("not a request: %s" % " ".join(request.words))
        key = arguments[0]
        if command == "SET":
            yield From(self.store.set(key, request.body))
            yield From(self._changes.put(key))
            raise Return(Message(["DONE"], b""))
        value = (yield From(self.store.wait(key))) if command == "WAIT" else self.store.get(key)
        raise Return(Message(["NONE"], b"") if value is None else Message(["VALUE"], value))

    @coroutine
    def _reply_of_backup(self):
        try:
            yield From(self.backup())
        except EnvironmentError as error:
            reply = Message(["ERROR"], str(error).encode("utf-8"))
        else:
            reply = Message(["DONE"], b"")
        raise Return(reply)


def save(path, values):
    """Write values to a file, as the requests that set them; an error leaves the old file."""
    with open(path + ".new", "wb") as file:
        for key in sorted(values):
            file.write(encoded(["SET", key], values[key]))
    os.rename(path + ".new", path)


def journal_of(*command):
    """A journal that runs a program for each change, the key being its last argument; JournalError where that fails."""

    @coroutine
    def journal(key):
        process = yield From(create_subprocess_exec(*(command + (key,))))
        status = yield From(process.wait())
        if status != 0:
            raise JournalError("%s ended with status %d for %r" % (command[0], status, key))

    return journal

"""The client: a pool of connections, attempts with a time limit, many values at once, and the fastest of servers."""

from aiocompat import (
    BoundedSemaphore,
    CancelledError,
    From,
    Lock,
    Return,
    TimeoutError,
    as_completed,
    async_generator,
    coroutine,
    create_task,
    gather,
    open_connection,
    sleep,
    wait_for,
    yield_,
)
from linestore.protocol import ProtocolError, read_message, write_message


class ServerError(Exception):
    """The server refused a request, and says why."""


class Unavailable(Exception):
    """No attempt was answered."""


class Client(object):
    """Talks to a server over at most ``connections`` connections, encrypted where ``ssl`` is a context.

    Each attempt may take ``timeout`` seconds; after ``attempts`` of them it raises Unavailable. Every request may be
    sent twice.
    """

    def __init__(self, host, port, connections=4, timeout=5, attempts=3, pause=0.05, ssl=None):
        self._address = (host, port)
        self._ssl = ssl
        self._timeout = timeout
        self._attempts = attempts
        self._pause = pause
        self._free = []
        self._slots = BoundedSemaphore(connections)
        self._updating = Lock()

    @coroutine
    def get(self, key):
        """The value as bytes, or None."""
        reply = yield From(self._request(["GET", key]))
        raise Return(None if reply.words == ["NONE"] else reply.body)

    @coroutine
    def set(self, key, value):
        yield From(self._request(["SET", key], value))

    @coroutine
    def update(self, key, change):
        """Set the value to what ``change`` makes of it, and give that; updates of this client follow one another."""
        with (yield From(self._updating)):
            value = change((yield From(self.get(key))))
            yield From(self.set(key, value))
        raise Return(value)

    @coroutine
    def backup(self):
        """Have the server write all values to its file; ServerError where it cannot."""
        yield From(self._request(["BACKUP"]))

    @coroutine
    def wait(self, key):
        """The value, as soon as somebody has set it; Unavailable if nobody does during all attempts."""
        reply = yield From(self._request(["WAIT", key]))
        raise Return(reply.body)

    @coroutine
    def keys(self):
        reply = yield From(self._request(["KEYS"]))
        raise Return(reply.body.decode("utf-8").split())

    @coroutine
    def get_many(self, keys):
        """A dictionary of the values of ``keys``, fetched at once over the connections there are."""
        values = yield From(gather(*[self.get(key) for key in keys]))
        raise Return(dict(zip(keys, values)))

    @async_generator
    def values(self):
        """Pairs of key and value, each fetched when it is asked for; what has gone meanwhile is left out."""
        for key in (yield From(self.keys())):
            value = yield From(self.get(key))
            if value is not None:
                yield From(yield_((key, value)))

    @coroutine
    def close(self):
        """Close the connections that are not in use."""
        free, self._free = self._free, []
        for _, writer in free:
            yield From(_hang_up(writer))

    @coroutine
    def _request(self, words, body=b""):
        with (yield From(self._slots)):
            reply = yield From(self._attempt_often(words, body))
        if reply.words == ["ERROR"]:
            raise ServerError(reply.body.decode("utf-8"))
        raise Return(reply)

    @coroutine
    def _attempt_often(self, words, body):
        problem = None
        for attempt in range(self._attempts):
            if attempt:
                yield From(sleep(self._pause * attempt))
            try:
                reply = yield From(wait_for(self._attempt(words, body), self._timeout))
            except CancelledError:
                raise
            except (TimeoutError, ProtocolError, EnvironmentError) as error:
                problem = error
            else:
                raise Return(reply)
        raise Unavailable("%s:%d after %d attempts: %r" % (self._address + (self._attempts, problem)))

    def _connect(self):
        return open_connection(*self._address, ssl=self._ssl)

    @coroutine
    def _attempt(self, words, body):
        reader, writer = self._free.pop() if self._free else (yield From(self._connect()))
        reply = None
        try:
            yield From(write_message(writer, words, body))
            reply = yield From(read_message(reader))
        finally:
            # A connection whose reply is still to come must not be used again.
            if reply is None or reply.words == ["ERROR"]:
                yield From(_hang_up(writer))
        if reply is None:
            raise ProtocolError("the server hung up")
        if reply.words != ["ERROR"]:
            self._free.append((reader, writer))
        raise Return(reply)


@coroutine
def get_fastest(clients, key):
    """The value from the server that answers first; Unavailable where none does."""
    tasks = [create_task(client.get(key)) for client in clients]
    found, problems = [], []
    try:
        for answer in as_completed(tasks):
            try:
                found.append((yield From(answer)))
                break
            except Unavailable as error:
                problems.append(error)
    finally:
        for task in tasks:
            task.cancel()
        yield From(gather(*tasks, return_exceptions=True))
    if not found:
        raise problems[-1]
    raise Return(found[0])


@coroutine
def _hang_up(writer):
    writer.close()
    try:
        yield From(writer.wait_closed())
    except EnvironmentError:
        # It was lost before.
        pass

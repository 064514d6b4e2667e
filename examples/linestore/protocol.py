"""Messages over a stream: a line of words, the last of which is the size of the body that follows.

A request is ``GET key 0``, ``SET key 5`` with its body, ``WAIT key 0``, ``KEYS 0`` or ``BACKUP 0``. A reply is
``VALUE 5`` with its body, ``NONE 0``, ``DONE 0`` or ``ERROR 9`` with a text.
"""

from collections import namedtuple

from aiocompat import From, IncompleteReadError, LimitOverrunError, Return, coroutine

END_OF_LINE = b"\r\n"
LARGEST_BODY = 2**20

Message = namedtuple("Message", "words body")


class ProtocolError(Exception):
    """The other side sent what is not a message."""


@coroutine
def read_message(reader):
    """The next message, or None where the stream ends between messages; ProtocolError."""
    try:
        line = yield From(reader.readuntil(END_OF_LINE))
    except IncompleteReadError as error:
        if error.partial:
            raise ProtocolError("the stream ended in a line")
        line = None
    except LimitOverrunError:
        raise ProtocolError("the line is too long")
    if line is None:
        raise Return(None)
    words = line.decode("utf-8").split()
    size = _size(words)
    try:
        body = yield From(reader.readexactly(size))
    except IncompleteReadError as error:
        raise ProtocolError("the stream ended after %d of %d bytes" % (len(error.partial), size))
    raise Return(Message(words[:-1], body))


@coroutine
def write_message(writer, words, body=b""):
    """Send a message; waits while the other side is slow to read. ValueError for a word that has spaces in it."""
    writer.write(encoded(words, body))
    yield From(writer.drain())


def encoded(words, body=b""):
    """A message as bytes; ValueError for a word that has spaces in it."""
    line = " ".join(words)
    if line.split() != list(words):
        raise ValueError("not words: %r" % (words,))
    return ("%s %d" % (line, len(body))).encode("utf-8") + END_OF_LINE + body


def _size(words):
    if len(words) < 2 or not words[-1].isdigit():
        raise ProtocolError("not a message: %r" % " ".join(words))
    size = int(words[-1])
    if size > LARGEST_BODY:
        raise ProtocolError("a body of %d bytes is too large" % size)
    return size

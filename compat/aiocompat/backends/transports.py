"""What transports and protocols got late."""

from aiocompat.backends.library import asyncio


class BufferedProtocol(asyncio.BaseProtocol):
    """A protocol that gives the buffer to read into. Before 3.7, when asyncio got it, no transport calls it."""

    def get_buffer(self, sizehint):
        """The buffer to read into; ``sizehint`` is the recommended size or -1."""

    def buffer_updated(self, nbytes):
        """So many bytes were read into the buffer."""

    def eof_received(self):
        """The other end has closed the stream."""

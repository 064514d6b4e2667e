"""The exceptions that asyncio got late. Each is given the bases that asyncio's has."""


class LimitOverrunError(Exception):
    """Before the separator comes more than the reader's limit allows (asyncio's since 3.5.2).

    ``consumed`` counts the bytes that can be read to get on.
    """

    def __init__(self, message, consumed):
        Exception.__init__(self, message)
        self.consumed = consumed

    def __reduce__(self):
        return type(self), (self.args[0], self.consumed)


class SendfileNotAvailableError(RuntimeError):
    """The system's sendfile() cannot be used for this file and socket (asyncio's since 3.7)."""


class BrokenBarrierError(RuntimeError):
    """The barrier was aborted, or reset while tasks waited (asyncio's since 3.11)."""


class QueueShutDown(Exception):
    """The queue was shut down (asyncio's since 3.13)."""

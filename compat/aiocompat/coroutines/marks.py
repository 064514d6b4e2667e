"""What a portable coroutine yields and raises, and the messages where it does neither right."""


class From(object):
    """Marks a wait: ``value = yield From(awaitable)``.

    Takes a coroutine, a future or task, a lock, condition or semaphore (for ``with (yield From(lock)):``), or ``None``
    for one turn of the loop.
    """

    __slots__ = ("awaitable",)

    def __init__(self, awaitable):
        self.awaitable = awaitable


class Return(BaseException):
    """Ends a coroutine with a value: ``raise Return(value)``. Several values make a tuple, none makes ``None``.

    Not an ``Exception``, so that ``except Exception`` around it does not take the value for an error (Trollius's own
    Return is one).
    """

    def __init__(self, *values):
        BaseException.__init__(self, *values)
        self.value = values[0] if len(values) == 1 else (values or None)


def place_of(generator):
    """Name, file and line of where ``generator`` is now, for messages."""
    frame = generator.gi_frame
    line = frame.f_lineno if frame is not None else generator.gi_code.co_firstlineno
    return "%s() (%s, line %d)" % (generator.__name__, generator.gi_code.co_filename, line)


def forgotten_from(generator, value):
    """The error for ``yield value`` without From."""
    return TypeError("%s yields %r: to wait for it write `yield From(...)`" % (place_of(generator), value))


def not_awaitable(generator, value):
    """The error for ``yield From(value)`` where nothing can wait for the value."""
    return TypeError("%s waits for %r, which is not awaitable" % (place_of(generator), value))


def leaked_stop_iteration():
    """The error for a StopIteration that leaves a coroutine's body by mistake (PEP 479)."""
    return RuntimeError("generator raised StopIteration")


class Releasing(object):
    """The context manager that ``yield From(lock)`` gives: it releases the lock when left."""

    def __init__(self, lock):
        self._lock = lock

    def __enter__(self):
        return None

    def __exit__(self, *exc_info):
        self._lock.release()

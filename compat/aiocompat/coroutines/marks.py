"""What a portable coroutine yields and raises, and the messages where it does neither right."""

import functools
import types

WAITING_METHODS = ("__await__", "__iter__")
"""What Python calls to wait for an object (PEP 492); until 3.4 ``yield from`` called the second."""


class From(object):
    """Marks a wait: ``value = yield From(awaitable)``.

    Takes a coroutine, a future or task, a lock, condition or semaphore (for ``with (yield From(lock)):``), ``None`` for
    one turn of the loop, and an object whose class has an ``__await__`` or ``__iter__`` under ``@coroutine``.
    """

    __slots__ = ("awaitable",)

    def __init__(self, awaitable):
        self.awaitable = awaitable


class Return(BaseException):
    """Ends a coroutine with a value: ``raise Return(value)``. Several values make a tuple, none makes ``None``.

    Not an ``Exception``, so that ``except Exception`` around it does not take the value for an error (Trollius's own
    Return is one). It is raised like any other exception, on every runtime: a bare ``except:``, ``except
    BaseException`` and the ``__exit__`` of a ``with`` around it see it, and a function that a coroutine calls may end
    the coroutine with it.
    """

    @property
    def value(self):
        """What the coroutine returns."""
        values = self.args
        return values[0] if len(values) == 1 else (values or None)


def waiting_method(value, is_coroutine_function):
    """The method by which an object can be waited for where Python has no ``await``: one under ``@coroutine``."""
    methods = (getattr(value, name, None) for name in WAITING_METHODS)
    return next((method for method in methods if is_coroutine_function(method)), None)


def place(code, line):
    """Name, file and line of a point in a function, for messages."""
    return "%s() (%s, line %d)" % (code.co_name, code.co_filename, line)


def place_of(generator):
    """Name, file and line of where ``generator`` is now, for messages."""
    frame, code = generator.gi_frame, generator.gi_code
    return place(code, frame.f_lineno if frame is not None else code.co_firstlineno)


def forgotten_from(where, value):
    """The error for ``yield value`` without From, and for a generator of values under ``@coroutine``."""
    return TypeError(
        "%s yields %r: to wait for it write `yield From(...)`; a generator that gives values is no coroutine"
        % (where, value)
    )


def not_awaitable(where, what):
    """The error for ``yield From(value)`` where nothing can wait for the value."""
    return TypeError("%s waits for %s, which is not awaitable" % (where, what))


def leaked_stop_iteration():
    """The error for a StopIteration that leaves a coroutine's body by mistake (PEP 479)."""
    return RuntimeError("coroutine raised StopIteration")


def as_generator(function, drive):
    """A generator function that does what ``function``, which has no ``yield``, does.

    Where ``function`` is a wrapper (its name is not that of its code: ``@coroutine`` above another decorator) and gives
    the generator that it wraps, ``drive`` makes that a coroutine. Any other result is taken as it is.
    """

    @functools.wraps(function, assigned=[name for name in functools.WRAPPER_ASSIGNMENTS if hasattr(function, name)])
    def generator(*args, **kwargs):
        result = function(*args, **kwargs)
        if is_wrapper(function) and _is_generator_of(function, result):
            result = yield From(drive(result))
        raise Return(result)

    return generator


def is_wrapper(function):
    """Whether ``function`` has the name of another: ``functools.wraps``."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_name != function.__name__


def _is_generator_of(function, result):
    return isinstance(result, types.GeneratorType) and result.gi_code.co_name == function.__name__


class Releasing(object):
    """The context manager that ``yield From(lock)`` gives: it releases the lock when left."""

    def __init__(self, lock):
        self._lock = lock

    def __enter__(self):
        return None

    def __exit__(self, *exc_info):
        self._lock.release()

"""``async with`` for code without that syntax."""

import sys

from aiocompat.coroutines import From, Return, coroutine


@coroutine
def aenter(manager):
    """Enter an asynchronous context manager, as ``async with manager as value`` does, and give the value.

    ::

        value = yield From(aenter(manager))
        try:
            ...
        except BaseException:
            yield From(aexit(manager, *sys.exc_info()))
        else:
            yield From(aexit(manager))
    """
    raise Return((yield From(type(manager).__aenter__(manager))))


@coroutine
def aexit(manager, exc_type=None, exc=None, tb=None):
    """Leave an asynchronous context manager; raises the given exception again unless the manager deals with it.

    ``raise Return`` belongs after the block: in it, it is a RuntimeError, on every runtime, of which the manager is
    told. What leaves the block past ``except BaseException`` and ``else`` leaves the manager entered: a ``return``, a
    ``break``, a ``continue``, and ``raise Return`` where the pattern has ``except Exception``. On 2.7 a manager that
    must wait cannot do so when the coroutine is closed.
    """
    returns = exc_type is not None and issubclass(exc_type, Return)
    if returns:
        exc_type = RuntimeError
        exc = exc_type("raise Return after the block that aexit() ends, not in it")
    handled = yield From(type(manager).__aexit__(manager, exc_type, exc, tb))
    if exc is not None and (returns or not handled):
        raise_again(exc_type, exc, tb)


if sys.version_info >= (3,):

    def raise_again(exc_type, exc, tb):
        """Raise an exception with the traceback it has."""
        raise exc.with_traceback(tb)

else:
    from six import reraise as raise_again

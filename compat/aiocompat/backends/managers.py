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

    ``Return`` is not an exception to the manager: it is told that the block ended well. On 2.7 a manager that must wait
    cannot do so when the coroutine is closed.
    """
    if exc_type is None or issubclass(exc_type, Return):
        yield From(type(manager).__aexit__(manager, None, None, None))
    elif (yield From(type(manager).__aexit__(manager, exc_type, exc, tb))):
        raise Return(None)
    if exc is not None:
        raise_again(exc_type, exc, tb)


if sys.version_info >= (3,):

    def raise_again(exc_type, exc, tb):
        """Raise an exception with the traceback it has."""
        raise exc.with_traceback(tb)

else:
    from six import reraise as raise_again

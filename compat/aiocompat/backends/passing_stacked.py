"""Python 2.7: a coroutine hands what it waits for to whoever drives it, wrapped for Trollius."""

from trollius.coroutines import CoroWrapper, FromWrapper

from aiocompat.coroutines import From, Return, coroutine


class Passing(CoroWrapper, object):
    """A value on its way up: taken for one of Trollius's own coroutines."""

    def __init__(self, value):
        self.gen = None
        self.value = value


def yield_(value=None):
    """An awaitable that gives ``value`` to who iterates, and gives what is sent back."""
    return Passing(value)


@coroutine
def passed(body, value, error):
    """Drive the coroutine ``body`` up to its next yield_(): a Passing, or anything else at its end."""
    while True:
        try:
            item = body.send(value) if error is None else body.throw(error)
        except StopIteration:
            # Trollius's Return is one.
            raise Return(None)
        # In Trollius's debug mode.
        item = item.obj if isinstance(item, FromWrapper) else item
        if type(item) is Passing:
            raise Return(item)
        value = error = None
        try:
            value = yield From(item)
        except GeneratorExit:
            body.close()
            raise
        except BaseException as caught:
            error = caught

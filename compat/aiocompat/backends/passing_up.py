"""Python 3: ``yield from`` hands values up to whoever drives the coroutine."""

import sys
import types


class Passing(object):
    """A value on its way up."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def yield_(value=None):
    """An awaitable that gives ``value`` to who iterates, and gives what is sent back."""
    return (yield Passing(value))


def passed(body, value, error):
    """Drive the coroutine ``body`` up to its next yield_(): a Passing, or anything else at its end."""
    while True:
        try:
            item = body.send(value) if error is None else body.throw(error)
        except StopIteration:
            return None
        if type(item) is Passing:
            return item
        value = error = None
        try:
            value = yield item
        except GeneratorExit:
            body.close()
            raise
        except BaseException as caught:
            error = caught


# Only there, and only needed there, from 3.5 on.
if sys.version_info >= (3, 5):
    yield_ = types.coroutine(yield_)
    passed = types.coroutine(passed)

"""What every test here is made of."""

import pytest

import aiocompat

api = pytest.mark.api
differs = pytest.mark.differs


def in_loop(function):
    """Make a portable coroutine a test."""
    body = aiocompat.coroutine(function)

    def test():
        aiocompat.run(aiocompat.wait_for(body(), 10))

    test.__name__ = function.__name__
    test.__doc__ = function.__doc__
    return test


@aiocompat.coroutine
def later(value, delay=0.001):
    yield aiocompat.From(aiocompat.sleep(delay))
    raise aiocompat.Return(value)


@aiocompat.coroutine
def failing(error, delay=0.001):
    yield aiocompat.From(aiocompat.sleep(delay))
    raise error


@aiocompat.coroutine
def turns(count=3):
    for _ in range(count):
        yield aiocompat.From(None)

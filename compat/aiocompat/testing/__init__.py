"""Tests that are coroutines, under unittest and under pytest: :class:`TestCase` and :func:`async_test`.

Every test has an event loop of its own. A test fails when it leaves tasks over, when nobody retrieves an exception,
when it takes too long, and when its body was never run.
"""

import functools
import inspect
import unittest
from contextlib import contextmanager

from aiocompat import iscoroutinefunction
from aiocompat.coroutines import From, Return, coroutine
from aiocompat.testing.session import Session

__all__ = ["TestCase", "async_test"]

# unittest and pytest leave frames of modules that say this out of tracebacks.
__unittest = True

TIMEOUT = 60
_UNSET = object()
_MARKS_OF_COROUTINE_FUNCTIONS = ("_is_coroutine", "_is_coroutine_mark")
# Up to Python 3.3 expectedFailure wraps the function, in this code, and drops what it returns; later it marks it.
_EXPECTS_FAILURE = unittest.expectedFailure(lambda: None).__code__


def async_test(function=None, timeout=_UNSET):
    """Make a coroutine function, a generator function that waits with From, or a plain function a test by itself.

    ``@async_test`` and ``@async_test(timeout=5)`` both do. The test runs on a new event loop, which is the current one
    meanwhile. For a method of :class:`TestCase`, which needs the decorator only to have a time limit of its own or
    below a decorator such as ``mock.patch``, that is the loop of its ``setUp``.

    Raises AssertionError after ``timeout`` seconds (60; None is no limit), TypeError where the function was not run or
    returned a value, RuntimeError naming the tasks that are left and the exceptions that nobody retrieved.
    """
    if function is None:
        return functools.partial(async_test, timeout=timeout)
    if not callable(function):
        raise TypeError("async_test takes a function, got %r" % (function,))

    def test(*args, **kwargs):
        __tracebackhide__ = True
        running = args[0]._session if args and isinstance(args[0], TestCase) else None
        if running is not None:
            limit = args[0].timeout if timeout is _UNSET else timeout
            return running.test(function, limit, *args, **kwargs)
        session = Session()
        session.open()
        try:
            session.test(function, TIMEOUT if timeout is _UNSET else timeout, *args, **kwargs)
        except BaseException:
            session.abandon()
            raise
        session.close()

    return _wrapping(test, function)


class TestCase(unittest.TestCase):
    """A unittest.TestCase whose methods may be coroutines.

    Tests, ``setUp``, ``tearDown`` and what ``addCleanup`` is given may be coroutine functions, generator functions that
    wait with From (they need no decorator), or plain functions, which run while the loop does not. What
    unittest.IsolatedAsyncioTestCase has beyond unittest.TestCase is here too. From Python 3.11 on context variables
    last from ``setUp`` to the cleanups; before, each coroutine has its own.

    ``timeout`` is the limit in seconds for each of these calls, None is no limit. The environment variable
    AIOCOMPAT_TEST_TIMEOUT replaces all limits, 0 is no limit: for debugging.

    Tasks that are left after the cleanups, and exceptions that nobody retrieved, are an error of the test.
    """

    timeout = TIMEOUT
    loop = None
    _session = None

    def __init__(self, methodName="runTest"):
        unittest.TestCase.__init__(self, methodName)
        self._test_name = methodName

    def run(self, result=None):
        """Run the test on a new event loop, ``self.loop``, which is closed afterwards."""
        with _prepared(self, self._test_name):
            return unittest.TestCase.run(self, result)

    def debug(self):
        """Run the test without collecting the result, on a new event loop."""
        with _prepared(self, self._test_name):
            unittest.TestCase.debug(self)

    def asyncSetUp(self):
        """Called after ``setUp``, as in unittest.IsolatedAsyncioTestCase."""

    def asyncTearDown(self):
        """Called before ``tearDown``, as in unittest.IsolatedAsyncioTestCase."""

    def addCleanup(self, function, *args, **kwargs):
        """Call ``function`` after ``tearDown``, last one first, and wait for what it returns if that can be awaited."""
        unittest.TestCase.addCleanup(self, self._clean_up, function, *args, **kwargs)

    addAsyncCleanup = addCleanup

    @coroutine
    def enterAsyncContext(self, cm):
        """Enter an asynchronous context manager and leave it in a cleanup; gives what ``__aenter__`` gave."""
        kind = type(cm)
        try:
            enter, leave = kind.__aenter__, kind.__aexit__
        except AttributeError:
            raise TypeError("%s is not an asynchronous context manager" % kind.__name__)
        entered = yield From(enter(cm))
        self.addAsyncCleanup(leave, cm, None, None, None)
        raise Return(entered)

    def _clean_up(self, function, *args, **kwargs):
        self._session.call(function, self.timeout, *args, **kwargs)


@contextmanager
def _prepared(case, name):
    """While a test runs, ``setUp``, ``tearDown`` and the test of the instance are plain functions that run them."""
    session = case._session = Session()
    set_up, test, tear_down = case.setUp, getattr(case, name), case.tearDown
    before = vars(case).copy()

    def opened():
        session.open()
        case.loop = session.loop
        unittest.TestCase.addCleanup(case, session.close)
        for function in (case.setUpClass, case.tearDownClass):
            if inspect.isgeneratorfunction(function) or iscoroutinefunction(function):
                raise TypeError("%s runs before there is a loop: it cannot be a coroutine" % function.__name__)
        session.call(set_up, case.timeout)
        session.call(case.asyncSetUp, case.timeout)

    def torn_down():
        session.call(case.asyncTearDown, case.timeout)
        session.call(tear_down, case.timeout)

    case.setUp, case.tearDown = opened, torn_down
    setattr(case, name, _plain(session, test, case.timeout))
    try:
        yield
    finally:
        for shadow in ("setUp", "tearDown", name):
            if shadow in before:
                setattr(case, shadow, before[shadow])
            else:
                delattr(case, shadow)
        case.loop = case._session = None
        session.abandon()


def _plain(session, test, timeout):
    function = getattr(test, "__func__", test)
    if getattr(function, "__code__", None) is _EXPECTS_FAILURE:
        test = function.__closure__[0].cell_contents.__get__(test.__self__)
        return unittest.expectedFailure(_plain(session, test, timeout))
    return _wrapping(lambda *args: session.test(test, timeout, *args), test)


def _wrapping(test, function):
    """A plain function that calls ``test`` and has the name, the marks and the signature of ``function``."""

    @functools.wraps(function, updated=())
    def wrapper(*args, **kwargs):
        __tracebackhide__ = True
        return test(*args, **kwargs)

    for name, value in vars(function).items():
        if name not in _MARKS_OF_COROUTINE_FUNCTIONS:
            setattr(wrapper, name, value)
    wrapper.__wrapped__ = function
    return wrapper

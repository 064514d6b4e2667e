"""One test: its event loop, its time limit, and what it leaves behind."""

import gc
import inspect
import os
import platform
import sys
import traceback
import warnings

from aiocompat import (
    Future,
    Task,
    all_tasks,
    get_event_loop,
    iscoroutine,
    iscoroutinefunction,
    new_event_loop,
    set_event_loop,
    sleep,
)
from aiocompat.coroutines import From, Return, coroutine
from aiocompat.testing.reports import described, endings, is_ours, told

if sys.version_info >= (3, 11):
    from contextvars import copy_context
if sys.version_info < (3,):
    import six
    from trollius import get_event_loop_policy
elif sys.version_info < (3, 14):
    from asyncio import get_event_loop_policy

# unittest and pytest leave frames of modules that say this out of tracebacks.
__unittest = True

# How long, in seconds, what was cancelled may take to end.
GRACE = 5
# A task that was cancelled, or whose future was set, last thing in a test gets so many turns of the loop to end.
_TURNS = 10
# One pass of PyPy's collector frees an object, a later one what only that object's finalizer let go.
_COLLECTIONS = 3 if platform.python_implementation() == "PyPy" else 1


class Session(object):
    """The event loop of one test, and what went wrong on it."""

    def __init__(self):
        self._problems = []
        self._context = None
        self._in_context = False
        self.loop = None

    def open(self):
        self._before = _current_loop()
        self.loop = new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: self._problems.append(told(context)))
        if sys.version_info >= (3, 11):
            self._context = copy_context()
        elif sys.version_info < (3,):
            self.loop.set_task_factory(_traced_task)
        set_event_loop(self.loop)

    def test(self, function, timeout, *args, **kwargs):
        """Run a test function; TypeError where its body was not run or it returned a value."""
        __tracebackhide__ = True
        value = self._start(function, args, kwargs)
        name = _name(function)
        if _runs_later(function):
            value = self._run(value, _limit(timeout), name)
        elif _is_awaitable(value) or inspect.isgenerator(value):
            if hasattr(value, "close"):
                value.close()
            raise TypeError(
                "%s() was not run: it returned %r. If a decorator hides that it is a coroutine, "
                "put @async_test below the decorator" % (name, value)
            )
        if value is not None:
            raise TypeError("%s() returned %r: a test returns nothing" % (name, value))

    def call(self, function, timeout, *args, **kwargs):
        """Call a function that may be, or may return, a coroutine, and wait for it."""
        __tracebackhide__ = True
        value = self._start(function, args, kwargs)
        if _is_awaitable(value):
            self._run(value, _limit(timeout), _name(function))
        elif inspect.isgenerator(value) or hasattr(value, "__anext__"):
            raise TypeError("%s() was not run: it returned %r" % (_name(function), value))

    def _start(self, function, args, kwargs):
        __tracebackhide__ = True
        plain = getattr(function, "__func__", function)
        if inspect.isgeneratorfunction(plain) and inspect.isfunction(plain) and not iscoroutinefunction(plain):
            if plain is not function:
                args = (function.__self__,) + args
            function = coroutine(plain)
        if self._context is None or self._in_context:
            return function(*args, **kwargs)
        self._in_context = True
        try:
            return self._context.run(function, *args, **kwargs)
        finally:
            self._in_context = False

    def _run(self, awaitable, timeout, name):
        """The result of ``awaitable``; AssertionError that says where it waits after ``timeout`` seconds."""
        __tracebackhide__ = True
        task = self._task(awaitable if iscoroutine(awaitable) else _waited(awaitable))
        hung = []

        def hang():
            hung.append(described(all_tasks(self.loop)))
            task.cancel()
            timers.append(self.loop.call_later(GRACE, self.loop.stop))

        timers = [] if timeout is None else [self.loop.call_later(timeout, hang)]
        # A callback that is called only after this must not stop what runs then.
        waiting = [task]
        task.add_done_callback(lambda task: self.loop.stop() if waiting else None)
        try:
            self.loop.run_forever()
        except BaseException:
            # KeyboardInterrupt and SystemExit are the task's exception too.
            endings([task])
            raise
        finally:
            del waiting[:]
            for timer in timers:
                timer.cancel()
        if hung:
            raise AssertionError(
                "%s() did not end in %s seconds:\n%s" % (name, timeout, "\n".join(hung + endings([task])))
            )
        if not task.done():
            raise RuntimeError("the event loop was stopped before %s() ended" % name)
        return _result(task)

    def _task(self, coro):
        # A context cannot be entered twice: what @async_test runs in a plain function gets a copy of it.
        if self._context is not None and not self._in_context:
            return self.loop.create_task(coro, context=self._context)
        return self.loop.create_task(coro)

    def close(self):
        """End what the test left, close the loop, set the loop that was current; RuntimeError where anything was."""
        __tracebackhide__ = True
        try:
            self._cancel_leftover()
            for shutdown in ("shutdown_asyncgens", "shutdown_default_executor"):
                if hasattr(self.loop, shutdown):
                    self._run(getattr(self.loop, shutdown)(), GRACE, shutdown)
            for _ in range(_COLLECTIONS):
                gc.collect()
        finally:
            # What is collected from now on is logged.
            self.loop.set_exception_handler(None)
            self.loop.close()
            set_event_loop(self._before)
            self.loop = None
        if self._problems:
            raise RuntimeError("\n\n".join(self._problems))

    def abandon(self):
        """:meth:`close` beside an error that is on its way already: what else is wrong is only printed."""
        if self.loop is not None:
            try:
                self.close()
            except Exception as error:
                sys.stderr.write("%s\n" % error)

    def _cancel_leftover(self):
        # At least one, for callbacks of tests that do not wait.
        for _ in range(_TURNS):
            self._run(sleep(0), None, "sleep")
            leftover = all_tasks(self.loop)
            if not leftover:
                return
        self._problems.append("The test left tasks over:\n" + described(leftover))
        for task in leftover:
            task.cancel()
        self._run(_done(leftover, self.loop.time() + GRACE, self.loop), None, "cancel")
        self._problems.extend(endings(leftover))


@coroutine
def _waited(awaitable):
    value = yield From(awaitable)
    raise Return(value)


@coroutine
def _done(tasks, deadline, loop):
    # Not wait(): its own future would take the place of what the tasks wait for.
    while any(not task.done() for task in tasks) and loop.time() < deadline:
        yield From(sleep(0.001))


def _runs_later(function):
    return iscoroutinefunction(function) or inspect.isgeneratorfunction(function)


def _is_awaitable(value):
    return iscoroutine(value) or isinstance(value, Future) or hasattr(type(value), "__await__")


def _limit(timeout):
    override = os.environ.get("AIOCOMPAT_TEST_TIMEOUT")
    return timeout if override is None else float(override) or None


def _current_loop():
    """The current loop, or None; where get_event_loop would make one (up to Python 3.13) it is None too."""
    if sys.version_info >= (3, 14):
        try:
            return get_event_loop()
        except RuntimeError:
            return None

    def no_loop():
        raise RuntimeError("no loop is set")

    policy = get_event_loop_policy()
    policy.new_event_loop = no_loop
    try:
        with warnings.catch_warnings():
            # Before making a loop 3.12 and 3.13 warn.
            warnings.simplefilter("ignore")
            return policy.get_event_loop()
    except (AssertionError, RuntimeError):
        return None
    finally:
        del policy.new_event_loop


def _name(function):
    return getattr(function, "__name__", repr(function))


def _is_machinery(frame):
    return is_ours(frame) or frame.f_globals.get("__name__", "").split(".")[0] in ("six", "trollius")


def _result(task):
    """The task's result, or its exception without the frames of the machinery that led to the test."""
    __tracebackhide__ = True
    try:
        return task.result()
    except BaseException as caught:
        error, trace = caught, sys.exc_info()[2]
    while trace.tb_next is not None and _is_machinery(trace.tb_frame):
        trace = trace.tb_next
    if sys.version_info < (3,):
        six.reraise(type(error), error, trace)
    raise error.with_traceback(trace)


if sys.version_info < (3,):

    class _TracedTask(Task):
        """Trollius says of an exception that nobody retrieved only its last line, unless the loop is in debug mode."""

        def _set_exception_with_tb(self, exception, exc_tb):
            Task._set_exception_with_tb(self, exception, exc_tb)
            trace = exc_tb or sys.exc_info()[2]
            self._tb_logger.tb = traceback.format_exception(type(exception), exception, trace)

    def _traced_task(loop, coro):
        return _TracedTask(coro, loop=loop)

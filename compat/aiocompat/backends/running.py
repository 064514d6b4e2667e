"""``run`` and ``Runner`` as asyncio has them since 3.14."""

import functools
import signal
import sys
import threading

from aiocompat.backends.arguments import keywords
from aiocompat.backends.kinds import iscoroutine, isfuture
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_running_loop, new_event_loop, with_our_tasks
from aiocompat.backends.spawning import all_tasks, spawn, uncancel
from aiocompat.backends.waiting import gather
from aiocompat.coroutines import From, Return, coroutine

# Before 3.5.3 nothing but being the current one tells that a loop runs.
_KNOWS_RUNNING = hasattr(asyncio, "_get_running_loop")
# How long the threads of the default executor have to end, in seconds, from 3.12 on.
_SHUTDOWN_TIMEOUT = 300


class Runner(object):
    """A loop for several calls of :meth:`run`, closed at the end of ``with``: asyncio's since 3.11.

    ``debug`` and ``loop_factory`` are taken by keyword. Before 3.11 each run has a copy of the runner's context.
    """

    def __init__(self, **options):
        options = keywords(options, debug=None, loop_factory=None)
        self._debug = options["debug"]
        self._factory = options["loop_factory"]
        self._loop = None
        self._context = None
        self._made_current = False
        self._closed = False
        self._interrupts = 0

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, exc_type, exc, tb):
        self.close()

    def get_loop(self):
        """The runner's loop."""
        self._open()
        return self._loop

    def run(self, coro, **options):
        """Run ``coro``, or any awaitable, to its end and give its result.

        TypeError for what cannot be awaited; RuntimeError where a loop runs already or the runner is closed. Ctrl-C
        cancels the coroutine first, as in asyncio since 3.11.
        """
        context = keywords(options, context=None)["context"]
        if _runs():
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        if not iscoroutine(coro):
            coro = _awaiting(coro)
        self._open()
        task = self._task(coro, context or self._context)
        with _Interrupts(self._loop, task) as interrupts:
            try:
                return self._loop.run_until_complete(task)
            except asyncio.CancelledError:
                if interrupts.count and uncancel(task) == 0:
                    raise KeyboardInterrupt()
                raise

    def close(self):
        """Cancel the tasks that are left, wait for them and for the default executor's threads, close the loop."""
        if self._loop is None:
            return
        loop, self._loop, self._closed = self._loop, None, True
        try:
            _cancel_all(loop)
            if hasattr(loop, "shutdown_asyncgens"):
                loop.run_until_complete(loop.shutdown_asyncgens())
            _shutdown_executor(loop)
        finally:
            if self._made_current:
                asyncio.set_event_loop(None)
            loop.close()

    def _open(self):
        if self._closed:
            raise RuntimeError("Runner is closed")
        if self._loop is not None:
            return
        self._loop = with_our_tasks((self._factory or new_event_loop)())
        if self._factory is None or not _KNOWS_RUNNING:
            asyncio.set_event_loop(self._loop)
            self._made_current = True
        if self._debug is not None:
            self._loop.set_debug(self._debug)
        if sys.version_info >= (3, 7):
            import contextvars

            self._context = contextvars.copy_context()

    def _task(self, coro, context):
        if sys.version_info >= (3, 11):
            return self._loop.create_task(coro, context=context)
        return context.run(spawn, self._loop, coro) if context is not None else spawn(self._loop, coro)


class _Interrupts(object):
    """While entered, the first Ctrl-C cancels the task; the next raises KeyboardInterrupt as usual."""

    def __init__(self, loop, task):
        self._loop = loop
        self._task = task
        self._installed = False
        self.count = 0

    def __enter__(self):
        in_main = threading.current_thread().__class__.__name__ == "_MainThread"
        if in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            try:
                signal.signal(signal.SIGINT, self._interrupt)
                self._installed = True
            except ValueError:
                # The main thread of a subinterpreter cannot handle signals.
                pass
        return self

    def __exit__(self, exc_type, exc, tb):
        # The program may have put a handler of its own there.
        if self._installed and signal.getsignal(signal.SIGINT) == self._interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupt(self, number, frame):
        self.count += 1
        if self.count > 1 or self._task.done():
            raise KeyboardInterrupt()
        self._task.cancel()
        # Wakes the loop up.
        self._loop.call_soon_threadsafe(functools.partial(int))


def _runs():
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True


def _awaiting(awaitable):
    if not isfuture(awaitable) and not hasattr(type(awaitable), "__await__"):
        raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")

    @coroutine
    def waiting():
        raise Return((yield From(awaitable)))

    return waiting()


def _cancel_all(loop):
    leftover = list(all_tasks(loop))
    for task in leftover:
        task.cancel()
    if not leftover:
        return

    @coroutine
    def all_done():
        yield From(gather(*leftover, return_exceptions=True))

    loop.run_until_complete(all_done())
    for task in leftover:
        if not task.cancelled() and task.exception() is not None:
            loop.call_exception_handler(
                {
                    "message": "unhandled exception during asyncio.run() shutdown",
                    "exception": task.exception(),
                    "task": task,
                }
            )


def _shutdown_executor(loop):
    if sys.version_info >= (3, 12):
        loop.run_until_complete(loop.shutdown_default_executor(_SHUTDOWN_TIMEOUT))
        return
    if hasattr(loop, "shutdown_default_executor"):
        loop.run_until_complete(loop.shutdown_default_executor())
        return
    # Until 3.9 closing the loop does not wait for the threads; a thread may wait for the loop in turn.
    executor = getattr(loop, "_default_executor", None)
    if executor is None:
        return
    ended = asyncio.Future(loop=loop)

    def end():
        executor.shutdown(wait=True)
        loop.call_soon_threadsafe(ended.set_result, None)

    thread = threading.Thread(target=end)
    thread.start()
    loop.run_until_complete(ended)
    thread.join()


def run(main, **options):
    """Run a coroutine, or any awaitable, on a new loop and give its result; cancel the tasks it leaves, close the loop.

    ``debug`` and ``loop_factory`` (asyncio: 3.12), a callable that makes the loop, are taken by keyword. TypeError for
    what cannot be awaited (asyncio: 3.14); RuntimeError where a loop runs already.
    """
    options = keywords(options, debug=None, loop_factory=None)
    if _runs():
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(**options) as runner:
        return runner.run(main)

"""Who waits for whom: the call graph of asyncio 3.14.

Nothing is noted beforehand: the graph is found when it is asked for. Who waits for a future is a task that has it for
its ``_fut_waiter``, or that waits for the future that ``gather``, ``shield`` and ``wait`` end by a callback of theirs.
Only the tasks of a TaskGroup note their parent when they are made, which nothing else would tell.
"""

from __future__ import print_function

import collections
import sys

from aiocompat.backends.arguments import keywords
from aiocompat.backends.frames import coroutine_of, running, suspended
from aiocompat.backends.library import asyncio
from aiocompat.backends.spawning import all_tasks, current_task

if sys.version_info < (3,):
    from aiocompat.backends.nested_tasks import with_nested
else:

    def with_nested(task):
        """The task: asyncio makes none for coroutines that it waits for."""
        return [task]


# What callbacks of gather, shield and wait, asyncio's and ours, call the future that they end.
_ENDED = ("outer", "waiter")
_LIBRARIES = ("aiocompat", "asyncio", "trollius")
# Flags of code objects: CO_COROUTINE, CO_ASYNC_GENERATOR, CO_GENERATOR.
_KINDS = [(0x80, "async "), (0x200, "async generator "), (0x20, "generator ")]


class FrameCallGraphEntry(collections.namedtuple("FrameCallGraphEntry", "frame")):
    """One function of a call stack: its ``frame``."""

    __slots__ = ()


class FutureCallGraph(collections.namedtuple("FutureCallGraph", "future call_stack awaited_by")):
    """A future, its call stack if it is a task, innermost first, and the graphs of what waits for it."""

    __slots__ = ()


def capture_call_graph(future=None, **options):
    """The :class:`FutureCallGraph` of ``future``, or of the current task; None in a callback (asyncio: since 3.14).

    The stack of the current task begins with the calling function; ``depth=2`` leaves that out, and so on. At most
    ``limit`` entries of each stack are taken, the outermost, or the innermost where it is negative. RuntimeError where
    neither a future is given nor a loop runs.

    Before 3.14 a task that has called ``gather`` or ``shield`` counts as waiting for the arguments only while it waits
    for what they gave, and one in ``asyncio.wait_for`` before 3.12 does not count. Before 3.5, but not on 2.7, the
    stack of a task that waits is not known. On every runtime a stack ends where an asynchronous generator waits.
    """
    options = keywords(options, depth=1, limit=None)
    if future is None:
        future = current_task()
        if future is None:
            return None
    elif not isinstance(future, asyncio.Future):
        raise TypeError("%r object does not appear to be compatible with asyncio.Future" % (future,))
    if future is _running_task():
        tasks = with_nested(future)
        stack = running(coroutine_of(tasks[-1]), sys._getframe(options["depth"])) + _suspended(tasks[:-1])
    else:
        stack = _waiting(future)
    return _graph(future, stack, options["limit"], _tasks_by_wait(future), ())


def format_call_graph(future=None, **options):
    """The call graph as text; "" where there is none. The arguments are those of :func:`capture_call_graph`.

    Before 3.11 the names of functions are not qualified; a coroutine that is driven as a generator is called one.
    """
    options = keywords(options, depth=1, limit=None)
    graph = capture_call_graph(future, depth=options["depth"] + 1, limit=options["limit"])
    return "" if graph is None else "\n".join(_lines(graph, ""))


def print_call_graph(future=None, **options):
    """Print what :func:`format_call_graph` gives to ``file``, or to the standard output."""
    options = keywords(options, file=None, depth=1, limit=None)
    print(format_call_graph(future, depth=options["depth"], limit=options["limit"]), file=options["file"])


if sys.version_info >= (3, 14):
    from asyncio import future_add_to_awaited_by, future_discard_from_awaited_by
else:

    def future_add_to_awaited_by(fut, waiter):
        """Note that the future ``waiter`` waits for ``fut``, for the call graph; what is no future is not noted."""
        if isinstance(fut, asyncio.Future) and isinstance(waiter, asyncio.Future):
            if not hasattr(fut, "_aiocompat_awaited_by"):
                fut._aiocompat_awaited_by = set()
            fut._aiocompat_awaited_by.add(waiter)

    def future_discard_from_awaited_by(fut, waiter):
        """Take back :func:`future_add_to_awaited_by`."""
        getattr(fut, "_aiocompat_awaited_by", set()).discard(waiter)


def _running_task():
    try:
        return current_task()
    except RuntimeError:
        return None


def _waiting(future):
    return _suspended(with_nested(future)) if isinstance(future, asyncio.Task) else []


def _suspended(tasks):
    """The frames of tasks that wait for each other, the outermost task last."""
    return [frame for task in reversed(tasks) for frame in reversed(suspended(coroutine_of(task)))]


def _tasks_by_wait(future):
    """The tasks of the future's loop by the future that each waits for."""
    found = {}
    for task in all_tasks(future._loop):
        found.setdefault(getattr(with_nested(task)[-1], "_fut_waiter", None), []).append(task)
    return found


def _graph(future, stack, limit, tasks, path):
    """The graph; where tasks wait for each other it ends with the first one that is on the ``path`` already."""
    path += (future,)
    waiters = [] if future in path[:-1] else _awaited_by(future, tasks)
    awaited_by = tuple(_graph(waiter, _waiting(waiter), limit, tasks, path) for waiter in waiters)
    if limit is not None:
        stack = stack[:-limit] if limit < 0 else stack[max(len(stack) - limit, 0) :]
    return FutureCallGraph(future, tuple(FrameCallGraphEntry(frame) for frame in stack), awaited_by)


def _awaited_by(future, tasks):
    waiters = set(getattr(future, "_aiocompat_awaited_by", ())).union(tasks.get(future, ()))
    for ended in _ended_by(future):
        waiters |= _awaited_by(ended, tasks)
    return waiters


def _ended_by(future):
    """The futures that callbacks of gather(), shield() and wait() end."""
    for callback in future._callbacks or ():
        # Since 3.7 there is a context with it.
        callback = callback[0] if isinstance(callback, tuple) else callback
        code = getattr(callback, "__code__", None)
        if code is not None and (callback.__module__ or "").split(".")[0] in _LIBRARIES:
            for name, cell in zip(code.co_freevars, callback.__closure__ or ()):
                if name in _ENDED and isinstance(cell.cell_contents, asyncio.Future):
                    yield cell.cell_contents


def _lines(graph, indent):
    task = graph.future
    name = "name=%r, " % task.get_name() if hasattr(task, "get_name") else ""
    yield indent + "* %s(%sid=%#x)" % ("Task" if isinstance(task, asyncio.Task) else "Future", name, id(task))
    if graph.call_stack:
        yield indent + "  + Call stack:"
    for entry in graph.call_stack:
        code = entry.frame.f_code
        kind = next((kind for flag, kind in _KINDS if code.co_flags & flag), "")
        place = (code.co_filename, entry.frame.f_lineno, kind, getattr(code, "co_qualname", code.co_name))
        yield indent + "  |   File %r, line %d, in %s%s()" % place
    if graph.awaited_by:
        yield indent + "  + Awaited by:"
    for waiter in graph.awaited_by:
        for line in _lines(waiter, indent + "    "):
            yield line

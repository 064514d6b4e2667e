"""What is said of tasks, of where they wait, and of what a loop's exception handler was told."""

import inspect
import linecache
import sys
import traceback

from aiocompat import Task, iscoroutine


def endings(tasks):
    """What is to be said of how cancelled tasks ended, for each that did not just end."""
    said = []
    for task in tasks:
        if not task.done():
            said.append("%s did not end after it was cancelled" % _title(task))
        elif not task.cancelled() and task.exception() is not None:
            said.append("%s ended with\n%s" % (_title(task), _formatted(task.exception())))
    return said


def told(context):
    """What the loop's exception handler was told, as text: it must not keep the exception's frames alive."""
    said = [context.get("message") or "Unhandled exception in event loop"]
    if context.get("exception") is not None:
        said.append(_formatted(context["exception"]))
    said.extend("%s: %r" % (key, context[key]) for key in sorted(context) if key not in ("message", "exception"))
    return "\n".join(said)


def _formatted(error):
    return "".join(traceback.format_exception(type(error), error, getattr(error, "__traceback__", None))).rstrip()


def described(tasks):
    """The tasks and where they wait; a task that Trollius made for a nested call is part of its caller."""
    nested = {task._fut_waiter for task in tasks} if sys.version_info < (3,) else ()
    said = []
    for task in sorted(tasks, key=_title):
        if task not in nested:
            places = [
                (code.co_filename, line, code.co_name, linecache.getline(code.co_filename, line).strip())
                for code, line in ((frame.f_code, frame.f_lineno) for frame in _frames(task, set()))
            ]
            said.append("%s waits in\n%s" % (_title(task), "".join(traceback.format_list(places))))
    return "".join(said).rstrip()


def _title(task):
    coro = _coroutine_of(task)
    name = getattr(coro, "__qualname__", None) or getattr(coro, "__name__", repr(coro))
    return "%s() in %s" % (name, task.get_name() if hasattr(task, "get_name") else "a task")


def _coroutine_of(task):
    # get_coro is new in 3.8; before there is no public way.
    return task.get_coro() if hasattr(task, "get_coro") else task._coro


def _frames(waiting, seen):
    """The frames of a suspended task, coroutine or generator, and of what it waits for, outermost first.

    Task.get_stack has only the first of them.
    """
    if id(waiting) in seen:
        return
    seen.add(id(waiting))
    inner = []
    if isinstance(waiting, Task):
        inner = [_coroutine_of(waiting)]
        if sys.version_info < (3,):
            inner.append(waiting._fut_waiter)
    elif hasattr(type(waiting), "_resume"):
        # Python 2.7: our stack of generators.
        inner = waiting._stack
    elif iscoroutine(waiting) or inspect.isgenerator(waiting):
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is not None and is_ours(frame):
            # What drives a generator holds it in a variable.
            inner = list(frame.f_locals.values())
        elif frame is not None:
            yield frame
        inner.append(getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None))
    for each in inner:
        for frame in _frames(each, seen):
            yield frame


def is_ours(frame):
    """Whether the frame belongs to what drives coroutines and tests."""
    return frame.f_globals.get("__name__", "").startswith(("aiocompat.coroutines", "aiocompat.testing"))

"""What is said of tasks, of where they wait, and of what a loop's exception handler was told."""

import linecache
import sys
import traceback

from aiocompat import Task
from aiocompat.backends.frames import coroutine_of, is_driver, suspended


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
                for code, line in ((frame.f_code, frame.f_lineno) for frame in _frames(task))
            ]
            said.append("%s waits in\n%s" % (_title(task), "".join(traceback.format_list(places))))
    return "".join(said).rstrip()


def _title(task):
    coro = coroutine_of(task)
    name = getattr(coro, "__qualname__", None) or getattr(coro, "__name__", repr(coro))
    return "%s() in %s" % (name, task.get_name() if hasattr(task, "get_name") else "a task")


def _frames(task):
    """The frames of a task that waits, outermost first; Task.get_stack has only the first of them."""
    tasks = [task]
    if sys.version_info < (3,):
        waited = task._fut_waiter
        while isinstance(waited, Task) and waited not in tasks:
            tasks.append(waited)
            waited = waited._fut_waiter
    return [frame for each in tasks for frame in suspended(coroutine_of(each)) if not is_ours(frame)]


def is_ours(frame):
    """Whether the frame belongs to what drives coroutines and tests."""
    return is_driver(frame) or frame.f_globals.get("__name__", "").startswith("aiocompat.testing")

"""The frames of coroutines, on every runtime: of those that wait and of those that run."""

from aiocompat.backends.library import asyncio

# How a future waits for itself where it is written in Python.
_FUTURE_WAITS = getattr(getattr(asyncio.Future, "__await__", None), "__code__", None)


def coroutine_of(task):
    """The coroutine that a task runs."""
    # get_coro is new in 3.8; before there is no public way.
    return task.get_coro() if hasattr(task, "get_coro") else task._coro


def suspended(waiting):
    """The frames of a coroutine or generator that waits, and of those that it waits for, outermost first.

    Python 3.3 and 3.4 do not tell what a generator waits for: there the first is all.
    """
    if hasattr(type(waiting), "_resume"):
        # Python 2.7: our stack of generators.
        generators = [waiting.gen] if waiting._stack is None else waiting._stack
        return [generator.gi_frame for generator in generators]
    frames = []
    while waiting is not None:
        frame = _frame_of(waiting)
        if frame is None or frame.f_code is _FUTURE_WAITS:
            break
        if not is_driver(frame):
            frames.append(frame)
        elif "generator" in frame.f_locals:
            frames += suspended(frame.f_locals["generator"])
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
    return frames


def running(coroutine, frame):
    """The frames from ``frame``, which runs in ``coroutine``, to that of the coroutine, innermost first."""
    outermost, frames = _frame_of(coroutine), []
    while frame is not None and outermost not in frames:
        frames.append(frame)
        if is_driver(frame) and frame.f_code.co_name == "_resume":
            # Python 2.7: all but the last of our stack of generators wait.
            frames += [generator.gi_frame for generator in reversed(frame.f_locals["stack"][:-1])]
        frame = frame.f_back
    return [each for each in frames if not is_driver(each)]


def is_driver(frame):
    """Whether the frame belongs to what drives coroutines."""
    return frame.f_globals.get("__name__", "").startswith("aiocompat.coroutines.")


def _frame_of(coroutine):
    return getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)

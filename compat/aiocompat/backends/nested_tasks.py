"""Python 2.7: which tasks Trollius made for coroutines that another task waits for.

asyncio runs such a coroutine in its caller's task. Trollius makes a task of it (trollius/tasks.py, ``Task._step``) that
looks like one the program asked for. Only the caller of the loop's ``create_task()`` tells them apart, so that is
looked at, for every loop: a task factory would have to be set before the first task, and the program may have its own.
Trollius's classes are changed for that when aiocompat is imported, and do the same as before but for what is said here.
"""

import functools
import sys

import trollius
from trollius.base_events import BaseEventLoop

_STEP = trollius.Task.__dict__["_step"].__code__


def noting_waiters(create_task):
    """Make a loop's ``create_task()`` note which task waits for the one that it makes, if Trollius calls it."""

    @functools.wraps(create_task)
    def noting(self, coro, *args, **options):
        task = create_task(self, coro, *args, **options)
        # Debug mode tells where a task was made: not here.
        made = getattr(task, "_source_traceback", None)
        if made and made[-1][2] == noting.__code__.co_name:
            del made[-1]
        if sys._getframe(1).f_code is _STEP:
            task._aiocompat_nested_in = trollius.Task.current_task(self)
        return task

    return noting


def is_nested(task):
    """Whether Trollius made the task for a coroutine that another task waits for."""
    return hasattr(task, "_aiocompat_nested_in")


def outermost(task):
    """The task that asyncio would run the coroutine of ``task`` in; None for None."""
    while is_nested(task):
        task = task._aiocompat_nested_in
    return task


def with_nested(task):
    """``task`` and the tasks of the coroutines that it waits for, as a list, outermost first."""
    tasks = [task]
    while is_nested(task._fut_waiter):
        task = task._fut_waiter
        tasks.append(task)
    return tasks


def keeping_cancellations(cancel):
    """Make a task's ``cancel()`` find the coroutines that it waits for where it would with asyncio.

    asyncio goes into a coroutine and out of it without a turn of the loop, Trollius takes one for each. A cancellation
    that came in one would keep a coroutine from starting, or lose what it gave; it comes at the next wait. One that
    comes while a coroutine runs comes at the next wait of its caller, where it ends without one: Trollius loses that.
    """

    @functools.wraps(cancel)
    def keeping(self):
        if self.done():
            return False
        innermost = with_nested(self)[-1]
        if is_nested(innermost) and (innermost.done() or _is_unstarted(innermost)):
            # The loop is about to go on there.
            self._loop.call_soon(keeping, self)
            return True
        is_asked = cancel(self)
        if is_nested(self) and self._must_cancel and trollius.Task.current_task(self._loop) is self:
            self.add_done_callback(_pass_on)
        return is_asked

    return keeping


def _is_unstarted(task):
    # CoroWrapper, of Trollius's debug mode and ours, has the generator.
    frame = getattr(task._coro, "gen", task._coro).gi_frame
    return frame is not None and frame.f_lasti < 0


def _pass_on(task):
    # The task that waits went on before: its callback is older.
    waiting = task._aiocompat_nested_in
    if task._must_cancel and not waiting.done():
        trollius.Task.cancel(waiting)
    elif task._must_cancel and is_nested(waiting):
        waiting._must_cancel = True
        waiting.add_done_callback(_pass_on)


BaseEventLoop.create_task = noting_waiters(BaseEventLoop.create_task.__func__)
trollius.Task.cancel = keeping_cancellations(trollius.Task.cancel.__func__)

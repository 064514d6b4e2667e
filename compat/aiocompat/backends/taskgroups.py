"""``TaskGroup`` as asyncio has it since 3.15."""

import sys

from aiocompat.backends.graphs import future_add_to_awaited_by, future_discard_from_awaited_by
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_running_loop, new_future
from aiocompat.backends.spawning import cancelling, create_task, current_task, uncancel
from aiocompat.coroutines import From, Return, coroutine

# These end the group at once and are raised as they are.
_FATAL = (SystemExit, KeyboardInterrupt)


class TaskGroup(object):
    """Waits at the end of ``async with`` (``aenter``, ``aexit``) for the tasks made inside; one failure cancels all.

    What fails, the block included, is raised as an exception group. In a task that somebody else made before 3.11,
    which does not count its cancellations, one from outside at the moment of a failure is lost.
    """

    def __init__(self):
        self._parent = None
        self._tasks = set()
        self._errors = []
        self._fatal = None
        self._left = False
        self._aborted = False
        # The parent was cancelled by this group, which must take that back.
        self._parent_cancelled = False
        self._waiter = None

    def __repr__(self):
        info = [""]
        if self._tasks:
            info.append("tasks=%d" % len(self._tasks))
        if self._errors:
            info.append("errors=%d" % len(self._errors))
        if self._aborted:
            info.append("cancelling")
        elif self._parent is not None:
            info.append("entered")
        return "<TaskGroup%s>" % " ".join(info)

    def create_task(self, coro, **options):
        """A task of the group; see :func:`aiocompat.create_task`.

        RuntimeError before the group is entered, when it is done, and when it is shutting down.
        """
        problem = None
        if self._parent is None:
            problem = "has not been entered"
        elif self._left and not self._tasks:
            problem = "is finished"
        elif self._aborted:
            problem = "is shutting down"
        if problem is not None:
            coro.close()
            raise RuntimeError("TaskGroup %r %s" % (self, problem))
        task = create_task(coro, **options)
        if task.done():
            self._finished(task)
        else:
            self._tasks.add(task)
            future_add_to_awaited_by(task, self._parent)
            task.add_done_callback(self._finished)
        return task

    def cancel(self):
        """Cancel the tasks and the block; the block is left without an exception (asyncio: since 3.15)."""
        if not self._aborted and not (self._left and not self._tasks):
            self._abort()
            if self._parent is not None and not self._left:
                self._cancel_parent()

    @coroutine
    def __aenter__(self):
        if self._parent is not None:
            raise RuntimeError("TaskGroup %r has already been entered" % (self,))
        task = current_task()
        if task is None:
            raise RuntimeError("TaskGroup %r cannot determine the parent task" % (self,))
        self._parent = task
        if self._aborted:
            self._cancel_parent()
        raise Return(self)

    @coroutine
    def __aexit__(self, exc_type, exc, tb):
        self._left = True
        cancelled = exc if isinstance(exc, asyncio.CancelledError) else None
        if isinstance(exc, _FATAL) and self._fatal is None:
            self._fatal = exc
        if exc is not None and not self._aborted:
            self._abort()
        outside = yield From(self._all_finished())
        cancelled = cancelled or outside
        if self._parent_cancelled and (yield From(self._take_back())):
            # Nobody but this group cancelled the parent.
            cancelled = None
        if self._fatal is not None:
            raise self._fatal
        if exc is not None and not isinstance(exc, asyncio.CancelledError):
            self._errors.append(exc)
        errors, self._errors = self._errors, []
        if not errors:
            if cancelled is None:
                raise Return(True)
            if cancelled is exc:
                raise Return(False)
            raise cancelled
        if cancelling(self._parent) > 0:
            # The cancellation from outside is not lost: it comes at the parent's next wait.
            uncancel(self._parent)
            self._parent.cancel()
        # Not imported before it is needed: the exceptiongroup package takes its time.
        from aiocompat.backends.groups import BaseExceptionGroup

        raise BaseExceptionGroup("unhandled errors in a TaskGroup", errors)

    @coroutine
    def _all_finished(self):
        """Wait for the tasks; give the CancelledError that came meanwhile, if any."""
        cancelled = None
        while self._tasks:
            self._waiter = new_future()
            try:
                yield From(self._waiter)
            except asyncio.CancelledError as error:
                cancelled = error
                if not self._aborted:
                    self._abort()
        self._waiter = None
        raise Return(cancelled)

    @coroutine
    def _take_back(self):
        """Take back the cancellation of the parent; whether no other is asked for."""
        if uncancel(self._parent):
            raise Return(False)
        if sys.version_info < (3, 13) and getattr(self._parent, "_must_cancel", False):
            # Not delivered yet, and it cannot be called off before 3.13: let it come here.
            try:
                yield From(None)
            except asyncio.CancelledError:
                pass
        raise Return(True)

    def _abort(self):
        self._aborted = True
        for task in self._tasks:
            if not task.done():
                task.cancel()

    def _cancel_parent(self):
        self._parent_cancelled = True
        self._parent.cancel()

    def _finished(self, task):
        self._tasks.discard(task)
        future_discard_from_awaited_by(task, self._parent)
        if not self._tasks and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        error = None if task.cancelled() else task.exception()
        # Until 3.8 a task cancelled in its last step has failed with a CancelledError instead.
        if error is None or isinstance(error, asyncio.CancelledError):
            return
        self._errors.append(error)
        if isinstance(error, _FATAL) and self._fatal is None:
            self._fatal = error
        if self._parent.done():
            message = "Task %r has errored out but its parent task %r is already completed" % (task, self._parent)
            context = {"message": message, "exception": error, "task": task}
            get_running_loop().call_exception_handler(context)
        elif not self._aborted:
            self._abort()
            if not self._left:
                self._cancel_parent()

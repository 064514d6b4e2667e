"""Starting and finding tasks, as asyncio does it since 3.14."""

import sys

from aiocompat.backends.arguments import keywords
from aiocompat.backends.kinds import iscoroutine, isfuture
from aiocompat.backends.library import asyncio
from aiocompat.backends.loops import get_event_loop, get_running_loop

if sys.version_info < (3, 11):
    from aiocompat.backends.tasks import Task
if sys.version_info < (3,):
    from aiocompat.backends.nested_tasks import is_nested, outermost


def create_task(coro, **options):
    """A task of the running loop that runs ``coro``; RuntimeError where no loop runs.

    ``name`` (asyncio: 3.8), ``context`` (3.11) and ``eager_start`` (3.12) are taken by keyword. Before 3.11 the task
    runs in a copy of ``context``, before 3.12 ``eager_start`` has no effect.
    """
    options = keywords(options, name=None, context=None, eager_start=None)
    name, context, eager_start = options["name"], options["context"], options["eager_start"]
    loop = get_running_loop()
    if sys.version_info >= (3, 11):
        if eager_start is None or sys.version_info < (3, 12):
            return loop.create_task(coro, **_given(name=name, context=context))
        return asyncio.Task(coro, loop=loop, name=name, context=context, eager_start=eager_start)
    task = spawn(loop, coro) if context is None else context.run(spawn, loop, coro)
    if name is not None and hasattr(task, "set_name"):
        task.set_name(name)
    return task


def _given(**options):
    return {name: value for name, value in options.items() if value is not None}


def spawn(loop, coro):
    """A task of ours of the loop, unless the loop has a task factory of its own."""
    if sys.version_info >= (3, 11):
        return loop.create_task(coro)
    if not iscoroutine(coro):
        raise TypeError("a coroutine was expected, got %r" % (coro,))
    factory = loop.get_task_factory() if hasattr(loop, "get_task_factory") else None
    # A loop that somebody else made gives us a task of ours all the same.
    return Task(coro, loop=loop) if factory is None else loop.create_task(coro)


def ensure_future(coro_or_future, **options):
    """The future itself, or a task for the coroutine or awaitable, of the current loop or of ``loop``.

    RuntimeError where there is no current loop (asyncio: since 3.14). Other awaitables are taken since Python 3.5.
    """
    loop = keywords(options, loop=None)["loop"]
    if isfuture(coro_or_future):
        if loop is not None and loop is not coro_or_future._loop:
            raise ValueError("The future belongs to a different loop than the one specified as the loop argument")
        return coro_or_future
    loop = loop or get_event_loop()
    if iscoroutine(coro_or_future):
        return spawn(loop, coro_or_future)
    if sys.version_info < (3, 5) or not hasattr(type(coro_or_future), "__await__"):
        raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
    return asyncio.ensure_future(coro_or_future, loop=loop)


if sys.version_info >= (3, 7):
    from asyncio import all_tasks, current_task
else:

    def current_task(loop=None):
        """The task that runs now, ``None`` in a callback; RuntimeError where no loop runs.

        In a coroutine of Trollius's that another one waits for it is the task of that, as it would be with asyncio.
        """
        task = asyncio.Task.current_task(loop or get_running_loop())
        return task if sys.version_info >= (3,) else outermost(task)

    def all_tasks(loop=None):
        """The tasks of the loop that are not done; RuntimeError where no loop runs.

        Those that Trollius made for coroutines that another one waits for are not among them.
        """
        tasks = {task for task in asyncio.Task.all_tasks(loop or get_running_loop()) if not task.done()}
        return tasks if sys.version_info >= (3,) else {task for task in tasks if not is_nested(task)}


if sys.version_info < (3, 12):

    def create_eager_task_factory(custom_task_constructor):
        """A task factory that makes tasks with ``custom_task_constructor``.

        Before 3.12 a task cannot start eagerly: it starts at the loop's next turn.
        """

        def factory(loop, coro, **options):
            """A task of the loop that runs ``coro``."""
            return custom_task_constructor(coro, loop=loop, **options)

        return factory

    eager_task_factory = create_eager_task_factory(asyncio.Task if sys.version_info >= (3, 11) else Task)


def cancelling(task):
    """How many cancellations of the task are asked for; 0 for a task that does not count them."""
    return task.cancelling() if hasattr(task, "cancelling") else 0


def uncancel(task):
    """Take back a cancellation; how many are left, 0 for a task that does not count them."""
    return task.uncancel() if hasattr(task, "uncancel") else 0

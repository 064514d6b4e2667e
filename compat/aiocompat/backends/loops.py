"""Which loop runs and which is current, as asyncio has it since 3.14, and loops whose tasks are ours."""

import sys

from aiocompat.backends.library import asyncio

if sys.version_info < (3, 11):
    from aiocompat.backends.tasks import make_task

if sys.version_info >= (3, 7):
    from asyncio import get_running_loop
else:
    # asyncio's since 3.5.3.
    _running = getattr(asyncio, "_get_running_loop", None)

    def get_running_loop():
        """The loop that runs now; RuntimeError where none does.

        Before 3.5.3 asyncio does not know it, and the current loop is taken if it runs: a coroutine that runs on a loop
        never made current has no running loop. On 2.7 the loops of :func:`new_event_loop` do not have this gap.
        """
        loop = _running() if _running is not None else current_loop()
        if loop is None or not loop.is_running():
            raise RuntimeError("no running event loop")
        return loop


def current_loop():
    """The loop that was made current in this thread, or ``None``: none is made here."""
    policy = asyncio.get_event_loop_policy()
    local = getattr(policy, "_local", None)
    if local is not None:
        return local._loop
    # A policy that is not asyncio's.
    try:
        return policy.get_event_loop()
    except RuntimeError:
        return None


def get_event_loop():
    """The running loop, or else the current one; RuntimeError where there is neither (asyncio: since 3.14)."""
    try:
        return get_running_loop()
    except RuntimeError:
        loop = current_loop()
    if loop is None:
        raise RuntimeError("There is no current event loop: use run(), or new_event_loop() and set_event_loop()")
    return loop


def with_our_tasks(loop):
    """``loop``, made to make tasks of ours unless it has a task factory or cannot have one (before 3.4.4)."""
    if sys.version_info < (3, 11) and hasattr(loop, "set_task_factory") and loop.get_task_factory() is None:
        loop.set_task_factory(make_task)
    return loop


if sys.version_info < (3,):
    from aiocompat.backends.over_trollius import EventLoop
elif sys.platform == "win32" and sys.version_info >= (3, 8):
    EventLoop = asyncio.ProactorEventLoop
else:
    EventLoop = asyncio.SelectorEventLoop


def new_event_loop():
    """A new loop of the kind that the runtime prefers. Before 3.11 its tasks are ours."""
    if sys.version_info < (3,):
        return EventLoop()
    return with_our_tasks(asyncio.new_event_loop())


def new_future():
    """A future of the running loop."""
    loop = get_running_loop()
    # create_future is new in 3.5.2.
    return loop.create_future() if hasattr(loop, "create_future") else asyncio.Future(loop=loop)

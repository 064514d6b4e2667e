"""Python 2.7: Trollius's loop with what asyncio's loops have got since."""

import trollius

from aiocompat.backends.nested_tasks import noting_waiters
from aiocompat.backends.tasks import Future, make_task


class EventLoop(trollius.SelectorEventLoop):
    """A loop that is the current one while it runs, so that what is made inside a coroutine belongs to it."""

    def __init__(self, selector=None):
        super(EventLoop, self).__init__(selector)
        self.set_task_factory(make_task)

    def run_forever(self):
        """Run until :meth:`stop` is called."""
        policy = trollius.get_event_loop_policy()
        before = policy._local._loop
        if before is not None and before.is_running():
            raise RuntimeError("Cannot run the event loop while another loop is running")
        policy.set_event_loop(self)
        try:
            super(EventLoop, self).run_forever()
        finally:
            policy.set_event_loop(before)

    def create_future(self):
        """A future of this loop."""
        return Future(loop=self)

    @noting_waiters
    def create_task(self, coro, name=None):
        """A task of this loop that runs ``coro``."""
        task = super(EventLoop, self).create_task(coro)
        if name is not None:
            task.set_name(name)
        return task

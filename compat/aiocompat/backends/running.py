"""``run`` and ``get_running_loop`` for runtimes that lack them, out of what they have."""


def running_loop(get_running, get_event_loop):
    """A ``get_running_loop``, over asyncio's private one (3.5.3) or, without it, over the current loop.

    The current loop is the running one unless a coroutine runs on a loop that was never set as current.
    """

    def get_running_loop():
        """The loop that runs now; RuntimeError where none does."""
        loop = None
        if get_running is not None:
            loop = get_running()
        else:
            try:
                current = get_event_loop()
            except (AssertionError, RuntimeError):
                current = None
            if current is not None and current.is_running():
                loop = current
        if loop is None:
            raise RuntimeError("no running event loop")
        return loop

    return get_running_loop


def runner(new_event_loop, set_event_loop, iscoroutine, all_tasks, gather):
    """A ``run`` as asyncio has it since 3.7."""

    def cancel_all(loop):
        leftover = list(all_tasks(loop))
        for task in leftover:
            task.cancel()
        if not leftover:
            return
        loop.run_until_complete(gather(*leftover, return_exceptions=True))
        for task in leftover:
            if not task.cancelled() and task.exception() is not None:
                loop.call_exception_handler(
                    {
                        "message": "unhandled exception during run() shutdown",
                        "exception": task.exception(),
                        "task": task,
                    }
                )

    def run(main, debug=False):
        """Run a coroutine on a new loop to its end, cancel what tasks it leaves, close the loop."""
        if not iscoroutine(main):
            raise ValueError("a coroutine was expected, got %r" % (main,))
        loop = new_event_loop()
        try:
            set_event_loop(loop)
            loop.set_debug(debug)
            return loop.run_until_complete(main)
        finally:
            try:
                cancel_all(loop)
                if hasattr(loop, "shutdown_asyncgens"):
                    loop.run_until_complete(loop.shutdown_asyncgens())
            finally:
                set_event_loop(None)
                loop.close()

    return run

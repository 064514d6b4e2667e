"""Names of the portable style: asyncio's newest, as far as aiocompat has them, and its three words."""

from __future__ import annotations

from aioport.styles import Vocabulary

VOCABULARY = Vocabulary(
    module="aiocompat",
    marker="aiocompat",
    coroutine=frozenset(["aiocompat.coroutine"]),
    wait=frozenset(["aiocompat.From"]),
    value=frozenset(["aiocompat.Return"]),
    # It is no Exception there, so that `except Exception` does not take a value for an error.
    value_bases=frozenset(["builtins.BaseException"]),
    awaits_returned=False,
    missing={
        "__version__": "ask importlib.metadata for it",
        "backends": "use asyncio's own names",
        "coroutines": "use asyncio's own names",
    },
    api=frozenset(
        "ALL_COMPLETED BoundedSemaphore CancelledError Condition DatagramProtocol Event FIRST_COMPLETED "
        "FIRST_EXCEPTION Future IncompleteReadError InvalidStateError LifoQueue Lock PriorityQueue Protocol Queue "
        "QueueEmpty QueueFull Semaphore StreamReader StreamWriter SubprocessProtocol Task TimeoutError all_tasks "
        "as_completed create_subprocess_exec create_subprocess_shell create_task current_task ensure_future gather "
        "get_event_loop get_running_loop iscoroutine iscoroutinefunction new_event_loop open_connection run "
        "set_event_loop shield sleep start_server wait wait_for".split()
    ),
)

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
    generator=frozenset(["aiocompat.async_generator"]),
    item=frozenset(["aiocompat.yield_"]),
    awaits_returned=False,
    builtins=frozenset(["StopAsyncIteration"]),
    helpers=frozenset(["aenter", "aexit", "aiter", "anext"]),
    missing={
        "BaseExceptionGroup": "it is a builtin since Python 3.11",
        "ExceptionGroup": "it is a builtin since Python 3.11",
        "__version__": "ask importlib.metadata for it",
        "aenter": "write `async with`",
        "aexit": "write `async with`",
        "aiter": "write `async for`",
        "anext": "write `async for`",
        "async_generator": "write an asynchronous generator",
        "backends": "use asyncio's own names",
        "coroutines": "use asyncio's own names",
        "testing": "use unittest.IsolatedAsyncioTestCase",
        "yield_": "write an asynchronous generator",
    },
    api=frozenset(
        "ALL_COMPLETED AbstractEventLoop AbstractServer Barrier BaseEventLoop BaseProtocol BaseTransport "
        "BoundedSemaphore BrokenBarrierError BufferedProtocol CancelledError Condition DatagramProtocol "
        "DatagramTransport Event EventLoop FIRST_COMPLETED FIRST_EXCEPTION FrameCallGraphEntry Future "
        "FutureCallGraph Handle IncompleteReadError InvalidStateError LifoQueue LimitOverrunError Lock PriorityQueue "
        "Protocol Queue QueueEmpty QueueFull QueueShutDown ReadTransport Runner SelectorEventLoop Semaphore "
        "SendfileNotAvailableError Server StreamReader StreamReaderProtocol StreamWriter SubprocessProtocol "
        "SubprocessTransport Task TaskGroup Timeout TimeoutError TimerHandle Transport WriteTransport all_tasks "
        "as_completed capture_call_graph create_eager_task_factory create_subprocess_exec create_subprocess_shell "
        "create_task current_task eager_task_factory ensure_future format_call_graph future_add_to_awaited_by "
        "future_discard_from_awaited_by gather get_event_loop get_running_loop iscoroutine iscoroutinefunction "
        "isfuture new_event_loop open_connection open_unix_connection print_call_graph run run_coroutine_threadsafe "
        "set_event_loop shield sleep start_server start_unix_server subprocess timeout timeout_at to_thread wait "
        "wait_for wrap_future".split()
    ),
)

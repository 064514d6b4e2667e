"""Names of the Trollius style (Trollius 2.2.1; ``From`` is the identity, so a plain ``yield x`` waits as well).

Facts from history.md, C2 and C3, and names.json.
"""

from __future__ import annotations

from aioport.styles import Vocabulary


def _signatures(text: str) -> dict[str, tuple[str, ...]]:
    rows = (line.split() for line in text.strip().splitlines())
    return {name: tuple(parameters) for name, *parameters in rows}


VOCABULARY = Vocabulary(
    module="trollius",
    marker="trollius",
    coroutine=frozenset(["trollius.coroutine"]),
    wait=frozenset(["trollius.From"]),
    value=frozenset(["trollius.Return"]),
    value_bases=frozenset(["builtins.BaseException", "builtins.Exception", "builtins.StopIteration"]),
    plain_yield_waits=True,
    renamed={"async": "ensure_future", "JoinableQueue": "Queue"},
    builtins=frozenset(
        "BlockingIOError BrokenPipeError ChildProcessError ConnectionAbortedError ConnectionRefusedError "
        "ConnectionResetError FileNotFoundError InterruptedError PermissionError ProcessLookupError".split()
    ),
    missing={
        "BACKPORT_SSL_CONTEXT": "it is False wherever asyncio runs",
        "BACKPORT_SSL_ERRORS": "it is False wherever asyncio runs",
        "From": "await the coroutine instead, in an async def",
        "Return": "return the value instead; remove the name where nothing else needs it",
        "SSLContext": "use ssl.SSLContext",
        "SSLEOFError": "use ssl.SSLEOFError",
        "SSLWantReadError": "use ssl.SSLWantReadError",
        "SSLWantWriteError": "use ssl.SSLWantWriteError",
        "compat": "test sys.version_info instead",
        "executor": "use concurrent.futures",
        "py27_weakrefset": "use weakref",
        "py33_exceptions": "use the builtin exceptions",
        "py3_ssl": "use ssl",
        "test_support": "use test.support, or write what is needed from it",
        "test_utils": "use unittest.IsolatedAsyncioTestCase, or write what is needed from it",
        "time_monotonic": "use time.monotonic",
    },
    signatures=_signatures(
        """
        BoundedSemaphore value * loop
        Condition lock * loop
        Event * loop
        Future * loop
        JoinableQueue maxsize * loop
        LifoQueue maxsize * loop
        Lock * loop
        PriorityQueue maxsize * loop
        Queue maxsize * loop
        Semaphore value * loop
        Task coro * loop
        as_completed fs * loop timeout
        async coro_or_future * loop
        ensure_future coro_or_future * loop
        open_connection host port * loop limit
        open_unix_connection path * loop limit
        shield arg * loop
        sleep delay result * loop
        start_server client_connected_cb host port * loop limit
        start_unix_server client_connected_cb path * loop limit
        wait fs * loop timeout return_when
        wait_for fut timeout * loop
        wrap_future fut * loop
        """
    ),
    loop_signatures=_signatures(
        """
        create_connection protocol_factory host port * ssl family proto flags sock local_addr server_hostname
        create_datagram_endpoint protocol_factory local_addr remote_addr * family proto flags
        create_server protocol_factory host port * family flags sock backlog ssl reuse_address
        create_unix_connection protocol_factory path * ssl sock server_hostname
        create_unix_server protocol_factory path * sock backlog ssl
        getaddrinfo host port * family type proto flags
        subprocess_shell protocol_factory cmd * stdin stdout stderr
        """
    ),
)

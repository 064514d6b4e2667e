"""What the standard library's asyncio names are, as far as deciding what is a coroutine needs it.

Names are canonical: as ``asyncio`` spells them, also for Trollius, which has the same ones (history.md, C2). Kinds are
those of names.json, ``coro``.
"""

from __future__ import annotations

import io


def _names(text: str) -> frozenset[str]:
    return frozenset(f"{module}.{name}" for module in ("aiocompat", "asyncio", "trollius") for name in text.split())


COROUTINE_FUNCTIONS = _names(
    "create_subprocess_exec create_subprocess_shell open_connection open_unix_connection sleep start_server "
    "start_unix_server to_thread wait wait_for"
)
"""Functions whose call has to be awaited."""

SLEEP = _names("sleep")
"""What gives the loop one turn where it is given 0."""

FUTURES = _names("Future Task async create_task ensure_future gather shield wrap_future")
"""Classes and functions whose call gives a Future."""

AWAITABLE_METHODS = frozenset(
    "connect_accepted_socket connect_read_pipe connect_write_pipe create_connection create_datagram_endpoint "
    "create_future create_server create_unix_connection create_unix_server drain readexactly run_in_executor "
    "sock_accept sock_connect sock_recv sock_sendall subprocess_exec subprocess_shell".split()
)
"""Methods of loops and streams whose names nothing else is likely to have, and whose call gives an awaitable."""

FUTURE_METHODS = frozenset(["create_future", "create_task", "run_in_executor"])
"""Methods of loops whose call gives a Future."""

LOCKS = _names("BoundedSemaphore Condition Lock Semaphore")
"""Classes whose instances ``with (yield from lock)`` took and ``async with`` takes."""

TOOK_LOOP = frozenset(
    "BoundedSemaphore Condition Event JoinableQueue LifoQueue Lock PriorityQueue Queue Semaphore".split()
)
"""Classes of asyncio that took ``loop`` until 3.9 (history.md, B3)."""

TASK_MAKERS = _names(
    "Task as_completed async create_task ensure_future gather run run_coroutine_threadsafe shield wait wait_for"
)
"""Functions that run the coroutines they are given."""

TASK_MAKING_METHODS = frozenset(["create_task", "run_until_complete"])
"""Methods of loops that run the coroutines they are given."""

ITERATING_BUILTINS = frozenset(
    f"builtins.{name}"
    for name in "all any dict enumerate filter frozenset iter list map max min next set sorted sum tuple zip".split()
)
"""Builtins that iterate what they are given."""

_ITERABLE_BUILTINS = frozenset(
    "bytearray bytes dict enumerate filter frozenset iter list map range reversed set sorted str tuple zip".split()
)

ITERATOR_METHODS = frozenset(["__await__", "__iter__"])
"""Methods that return an iterator by protocol."""


def gives_iterable(origin: str) -> bool:
    """Whether calling ``origin``, a canonical dotted name, surely gives what can be iterated and not awaited."""
    module, _, name = origin.partition(".")
    return module == "itertools" or (module == "builtins" and name in _ITERABLE_BUILTINS)


TRANSPARENT_DECORATORS = frozenset(
    "abc.abstractmethod abc.abstractproperty builtins.classmethod builtins.property builtins.staticmethod "
    "functools.wraps typing.no_type_check typing.overload unittest.skip unittest.skipIf unittest.skipUnless "
    "unittest.expectedFailure unittest2.skip unittest2.skipIf unittest2.skipUnless".split()
)
"""Decorators that give back the function they get, or call it without looking at what it returns."""

TRANSPARENT_PREFIXES = ("pytest.mark.",)

GENERATOR_DECORATORS = frozenset(
    "contextlib.contextmanager contextlib2.contextmanager pytest.fixture pytest.yield_fixture types.coroutine "
    "tornado.gen.coroutine tornado.gen.engine twisted.internet.defer.inlineCallbacks".split()
)
"""Decorators that want a generator function: what stands under them stays one."""

FIXTURES = frozenset(["pytest.fixture", "pytest.yield_fixture"])
"""Decorators of functions whose value pytest gives for parameters of their name."""

PROPERTIES = frozenset(
    ["abc.abstractproperty", "builtins.property", "functools.cached_property", "asyncio_extras.cached_property"]
)
"""Decorators whose methods are called by mere access."""

STATIC = frozenset(["builtins.staticmethod"])

LOOP_MARKERS = frozenset(["pytest.mark.asyncio", "aiohttp.test_utils.unittest_run_loop"])
"""Decorators from elsewhere that run a test in an event loop."""

LOOP_TEST_CASES = frozenset(["asynctest.TestCase", "asynctest.case.TestCase", "asynctest.ClockedTestCase"])
"""Classes of test cases that run what their tests, ``setUp`` and ``tearDown`` return, if it can be run."""

HANDLER_TAKING_METHODS = frozenset(
    "add_delete add_get add_head add_options add_patch add_post add_put add_route start_server "
    "start_unix_server".split()
)
"""Methods and functions that are given coroutine functions to call later (asyncio, aiohttp)."""

KIND_QUESTIONS = frozenset(
    "asyncio.iscoroutinefunction trollius.iscoroutinefunction inspect.isgeneratorfunction inspect.isgenerator "
    "inspect.iscoroutinefunction inspect.iscoroutine inspect.isasyncgenfunction inspect.isasyncgen "
    "types.GeneratorType types.AsyncGeneratorType".split()
)
"""What asks whether something is a generator or a coroutine; a port changes some of the answers."""

GENERATOR_ATTRIBUTES = frozenset(["gi_code", "gi_frame", "gi_running", "gi_suspended", "gi_yieldfrom"])
"""Attributes of generators that coroutine objects have under other names: ``cr_frame`` (documentation of inspect)."""

PROTOCOL_METHODS = frozenset(["__iter__", "__await__", "__next__", "__aiter__", "__enter__"])
"""Methods that return an iterator, or what is to be used at once, by protocol: a generator there stays one, whatever it
delegates to or is decorated with."""

PLAIN_AITER = (3, 6)
"""First version that takes the iterator itself from ``__aiter__`` in all releases (3.5.2 on; only that from 3.7 on)."""

TEXT_METHODS = frozenset(
    "decode encode endswith format hex hexdigest lower lstrip rstrip split splitlines startswith strip title "
    "upper".split()
)
"""Methods of strings and bytes: nobody gives these names to something that returns an awaitable."""

_PLAIN_MODULES = frozenset(
    "base64 binascii collections csv datetime decimal email errno fractions hashlib hmac html http io "
    "itertools json logging math os pathlib platform pprint re shutil socket string struct sys tempfile "
    "textwrap time traceback urllib uuid warnings xml zlib".split()
)
"""Modules of the standard library in which nothing returns an awaitable."""

_PLAIN_BUILTINS = frozenset(
    "abs all any ascii bin bool bytearray bytes callable chr complex dict divmod float format frozenset hash "
    "hex id int isinstance issubclass len list max memoryview min object oct open ord pow print range repr "
    "reversed round set slice sorted str sum tuple type vars zip".split()
)

_PLAIN_ELSEWHERE = frozenset(
    [
        "unittest.TestCase",
        "aiohttp.web.Response",
        "aiohttp.web.json_response",
        "aiohttp.web.StreamResponse",
        "aiohttp.web.Application",
    ]
)


def gives_no_awaitable(origin: str) -> bool:
    """Whether calling ``origin``, a canonical dotted name, surely gives neither a coroutine nor a future."""
    module, _, name = origin.partition(".")
    if module == "builtins":
        # Exceptions are what else is called by a builtin name; max() and min() give back what they were given.
        return (name in _PLAIN_BUILTINS and name not in ("max", "min")) or name.endswith(
            ("Error", "Exception", "Warning")
        )
    return module in _PLAIN_MODULES or origin in _PLAIN_ELSEWHERE


ASYNCIO_METHODS = frozenset(
    "abort acquire cancel clear close communicate connect_accepted_socket drain empty get get_extra_info join locked "
    "notify notify_all put read readexactly readline readuntil release result run run_forever send_signal sendfile "
    "set shutdown start_serving start_tls stop task_done terminate wait wait_closed wait_for write writelines".split()
)
"""Methods of asyncio's classes with names that a project's own class may have as well (names.json)."""

LOCK_METHODS = frozenset(["acquire", "locked", "notify", "notify_all", "release", "wait", "wait_for"])
"""What asyncio's locks, conditions and semaphores have for others to use."""

BLIND_MANAGERS = frozenset(
    "builtins.open codecs.open contextlib.closing gzip.open io.StringIO io.BytesIO io.open os.fdopen "
    "tempfile.NamedTemporaryFile tempfile.SpooledTemporaryFile tempfile.TemporaryDirectory tempfile.TemporaryFile "
    "threading.BoundedSemaphore threading.Condition threading.Lock threading.RLock threading.Semaphore "
    "zipfile.ZipFile".split()
)
"""Context managers that do the same whether an exception leaves their block or not."""

BUILTIN_METHODS = frozenset(
    name
    for kind in (bytearray, bytes, dict, float, frozenset, int, io.TextIOWrapper, list, set, str, tuple)
    for name in dir(kind)
)
"""Methods of builtin types: a call of one on an unknown object is more likely theirs than a coroutine's."""

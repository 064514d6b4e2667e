"""Stands where Trollius or asyncio 3.4.3 stood in their own tests; every public name is aiocompat's.

What the tests use and no newer asyncio has, and nothing else, is put over it:

* ``loop=`` is taken and dropped where asyncio dropped it in 3.10. The loop that it named is the current one: see
  ``test_utils``.
* ``SafeChildWatcher`` and ``set_child_watcher``, gone in 3.14, do nothing.

With ``STAND_IN_FOR=asyncio`` in the environment the names are those of the interpreter's own asyncio, but for the
decorator, which newer ones do not have: the control run, which tells what asyncio itself does now.
"""

import functools
import logging
import os
import ssl
import sys
import types

import aiocompat

if sys.version_info < (3,):
    from trollius import selectors
else:
    import selectors

_CONTROL = os.environ.get("STAND_IN_FOR") == "asyncio"
_DROPPED = (
    "gather wait wait_for shield sleep as_completed open_connection open_unix_connection start_server start_unix_server"
    " create_subprocess_exec create_subprocess_shell Lock Event Condition Semaphore BoundedSemaphore Queue LifoQueue"
    " PriorityQueue"
).split()


def _found(name):
    if _CONTROL:
        import asyncio

        if hasattr(asyncio, name):
            return getattr(asyncio, name)
    return getattr(aiocompat, name)


def _without_loop(taken):
    if isinstance(taken, type):

        def __init__(self, *args, **kwargs):
            kwargs.pop("loop", None)
            taken.__init__(self, *args, **kwargs)

        return type(taken.__name__, (taken,), {"__init__": __init__, "__module__": taken.__module__})

    @functools.wraps(taken)
    def function(*args, **kwargs):
        kwargs.pop("loop", None)
        return taken(*args, **kwargs)

    return function


for _name in aiocompat.__all__:
    _taken = _found(_name)
    globals()[_name] = _without_loop(_taken) if _name in _DROPPED else _taken


class SafeChildWatcher(object):
    """A child watcher, which nothing needs."""

    def attach_loop(self, loop):
        """Do nothing."""


def set_child_watcher(watcher):
    """Do nothing."""


def _module(name, *names, **others):
    """One of the original's modules, with public names only."""
    module = types.ModuleType("%s.%s" % (__name__, name))
    module.__dict__.update((each, globals()[each]) for each in names)
    module.__dict__.update(others)
    sys.modules[module.__name__] = globals()[name] = module


def _wrap_socket(sock, keyfile, certfile, server_side):
    """``ssl.wrap_socket``, gone in 3.12, for a server with a certificate as small as they were then."""
    context = ssl.SSLContext(ssl.PROTOCOL_SSLv23)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.load_cert_chain(certfile, keyfile)
    return context.wrap_socket(sock, server_side=server_side)


# What the tests, and the original's own test_utils and test_support, import.
_module("base_events", "BaseEventLoop")
_module("coroutines", "coroutine", "iscoroutine", "iscoroutinefunction")
_module("events", "Handle", "get_event_loop", "set_event_loop")
_module("futures", "Future", "CancelledError", "InvalidStateError", "TimeoutError")
_module("log", logger=logging.getLogger("asyncio" if sys.version_info >= (3,) else "trollius"))
_module("py3_ssl", SSLContext=ssl.SSLContext, wrap_socket=_wrap_socket)
_module("tasks", "Task", "sleep")

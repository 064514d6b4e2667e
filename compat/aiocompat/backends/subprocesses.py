"""Child processes, for runtimes before 3.13: their pipes are readers of ours."""

import os
import sys

from aiocompat.backends.library import asyncio
from aiocompat.backends.readers import StreamReader
from aiocompat.backends.streams import StreamWriter
from aiocompat.coroutines import From, Return, coroutine

# Popen's since 3.3.
DEVNULL = -3


@coroutine
def create_subprocess_exec(program, *args, **options):
    """A Process that runs ``program``; ``stdin``, ``stdout``, ``stderr``, ``limit`` and what Popen takes by keyword.

    Before 3.8 this must be called in the main thread.
    """
    raise Return((yield From(_created(asyncio.create_subprocess_exec, (program,) + args, options))))


@coroutine
def create_subprocess_shell(cmd, **options):
    """A Process that runs ``cmd`` in a shell; see :func:`create_subprocess_exec`."""
    raise Return((yield From(_created(asyncio.create_subprocess_shell, (cmd,), options))))


@coroutine
def _created(create, args, options):
    if "loop" in options:
        raise TypeError("unexpected keyword argument 'loop'")
    opened = []
    if sys.version_info < (3,):
        for name in ("stdin", "stdout", "stderr"):
            if options.get(name) == DEVNULL:
                options[name] = os.open(os.devnull, os.O_RDWR)
                opened.append(options[name])
    try:
        process = yield From(create(*args, **options))
    finally:
        for descriptor in opened:
            os.close(descriptor)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.__class__ = StreamReader
    if process.stdin is not None:
        process.stdin.__class__ = StreamWriter
    raise Return(process)

"""What goes with ``create_subprocess_exec``: asyncio's module of this name."""

from aiocompat.backends import found
from aiocompat.backends.library import asyncio

create_subprocess_exec = found("create_subprocess_exec")
create_subprocess_shell = found("create_subprocess_shell")

PIPE = asyncio.subprocess.PIPE
STDOUT = asyncio.subprocess.STDOUT
# Popen's own since 3.3; the functions here take it on 2.7 as well.
DEVNULL = -3
Process = asyncio.subprocess.Process

__all__ = ["DEVNULL", "PIPE", "STDOUT", "Process", "create_subprocess_exec", "create_subprocess_shell"]

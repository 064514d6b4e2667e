"""Running other programs: with a time limit, in process groups that are ended afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus_packages import CorpusError

_RUNNING: set[int] = set()
"""The process groups to end when this process is told to."""

_TAIL = 1500
"""Of a failed program's output this many characters are shown."""


@dataclass(frozen=True)
class Ended:
    """How a program ended; ``code`` is None when its time was up."""

    code: int | None
    output: str


def environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what would lead another interpreter astray."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **(extra or {})}


def run(
    command: str | Sequence[str],
    folder: Path,
    extra: Mapping[str, str] | None = None,
    timeout: float = 1800,
) -> Ended:
    """Run a shell line or an argument list; standard output and errors come back as one text."""
    process = start(command, folder, extra, subprocess.PIPE)
    try:
        output, _ = process.communicate(timeout=timeout)
        code: int | None = process.returncode
    except subprocess.TimeoutExpired:
        end_group(process)
        output, _ = process.communicate()
        code = None
    finally:
        end_group(process)
    return Ended(code, output.decode("utf-8", "replace"))


def must(command: str | Sequence[str], folder: Path, extra: Mapping[str, str] | None = None) -> str:
    """Run, and raise CorpusError with the end of the output unless it ends with 0."""
    ended = run(command, folder, extra)
    if ended.code != 0:
        shown = command if isinstance(command, str) else " ".join(command)
        raise CorpusError(f"ended with {ended.code}: {shown}\n{ended.output[-_TAIL:].strip()}")
    return ended.output


@contextlib.contextmanager
def services(commands: Sequence[str], folder: Path, extra: Mapping[str, str]) -> Iterator[None]:
    """Run the commands; what they leave in the background is ended with the block."""
    started = []
    try:
        for command in commands:
            process = start(command, folder, extra, subprocess.DEVNULL)
            started.append(process)
            if process.wait(timeout=1800) != 0:
                raise CorpusError(f"a service is missing, ended with {process.returncode}: {command}")
        yield
    finally:
        for process in started:
            end_group(process)


def start(
    command: str | Sequence[str], folder: Path, extra: Mapping[str, str] | None, output: int
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own; ``output`` as subprocess has it."""
    try:
        process = subprocess.Popen(
            command,
            shell=isinstance(command, str),
            cwd=folder,
            env=environ(extra),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise CorpusError(f"cannot start {command}: {error}") from error
    _RUNNING.add(process.pid)
    return process


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process that :func:`start` started, and of its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    _RUNNING.discard(process.pid)


def end_everything_on_signals() -> None:
    """Make Ctrl-C and SIGTERM end all that was started: it has groups of its own and would stay."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_everything)


def _end_everything(number: int, frame: object) -> None:
    for group in list(_RUNNING):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    # Raising instead would wait for the threads that still run programs.
    os._exit(128 + number)


def note(text: str) -> None:
    """Tell a waiting person what goes on, on standard error."""
    print(text, file=sys.stderr, flush=True)

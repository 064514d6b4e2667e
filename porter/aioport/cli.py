"""The command line: arguments to :class:`aioport.config.Settings`, files written, exit status."""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from aioport import __version__
from aioport.codes import CODES
from aioport.config import ConfigError, Settings, check_suffix, find_config, parse_version
from aioport.history import Version
from aioport.parsing import Unportable
from aioport.progress import on_terminal
from aioport.project import explained, port_bytes, port_paths
from aioport.python2 import NoFissix, check_fissix
from aioport.report import Reporter, formats, reporter
from aioport.results import FileReport, Outcome, Summary
from aioport.source import SourceError
from aioport.styles import style_names, target_of
from aioport.writing import write

_EPILOG = """\b
Examples:
  aioport --to async-await --diff src/          show what would change
  aioport --to async-await src/ tests/          port in place
  aioport --to async-await --check src/         exit 1 if anything is left to port
  aioport --explain returned-awaitable          what a finding means
  aioport audit --target-version 3.14 src/      say what breaks there, port nothing
  aioport --explain app.py:Client.get src/      why that is a coroutine, or is not

\b
Exit status: 0 all is ported; 1 something is left to do; 2 wrong usage, or a
file that could not be read, parsed or written.
"""


def _spelled(version: Version) -> str:
    return ".".join(map(str, version))


def _defaults() -> str:
    return ", ".join(f"{_spelled(target_of(style).default)} for {style}" for style in style_names())


def _explain(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Explain a finding at once; a function needs the project first."""
    if value is None or ":" in value:
        return value
    if value not in CODES:
        raise click.BadParameter(f"there is no finding {value!r}; there are {', '.join(sorted(CODES))}")
    click.echo(CODES[value].page())
    context.exit()


class _WithAudit(click.Command):
    """A command whose first argument may be ``audit``, which is a command of its own; a folder is ``./audit`` then."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        if given[:1] == ["audit"]:
            return audit.main(given[1:], *rest, **{**extra, "prog_name": "aioport audit"})
        return super().main(given, *rest, **extra)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--target-version", metavar="3.X", default="3.15", show_default=True, help="The Python it is to run on.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave files out, as in .gitignore; may be repeated.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes to use.  [default: all cores]")
@click.option("--format", "format_", type=click.Choice(formats()), default="text", help="How to report.")
@click.pass_context
def audit(context: click.Context, /, paths: tuple[str, ...], target_version: str, format_: str, **options: Any) -> None:
    """Say what of asyncio is gone, deprecated, changed or not yet there in one version of Python.

    Exit status: 0 nothing breaks; 1 something does; 2 wrong usage, or a file that could not be read or parsed.
    """
    try:
        version = parse_version(target_version, "compat")
    except ConfigError:
        raise click.UsageError(f"--target-version {target_version}: write 2.7, or one from 3.3 to 3.15") from None
    try:
        found = find_config(paths)
        chosen = {key: value for key, value in options.items() if value not in (None, ())}
        settings = Settings(
            to="async-await",
            target_version=version,
            audit=True,
            jobs=chosen.get("jobs", found.get("jobs", os.cpu_count() or 1)),
            exclude=tuple(chosen.get("exclude", found.get("exclude", ()))),
            exclude_folder="." if "exclude" in chosen else found.get("exclude_folder", "."),
        )
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    _colors(context)
    telling, summary = reporter(format_, beside_output=False), Summary()
    for report in port_paths(paths, settings, on_terminal):
        telling.file(report)
        summary = summary.plus(report)
    telling.end(summary, Outcome.AUDITED)
    context.exit(_status(summary))


def _explain_function(context: click.Context, paths: tuple[str, ...], asked: str, options: dict[str, Any]) -> None:
    path, _, name = asked.rpartition(":")
    options["to"] = options["to"] or "async-await"
    try:
        lines = explained(paths or (".",), _settings(paths or (".",), options), path, name)
    except SourceError as error:
        raise click.UsageError(str(error)) from None
    except Unportable as refusal:
        first = refusal.findings[0]
        raise click.UsageError(f"{first.location}: {first.message}") from None
    if not lines:
        raise click.UsageError(f"there is no function {name!r} in {path} that aioport would look at")
    click.echo("\n".join(lines))
    context.exit()


@click.command(cls=_WithAudit, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--to", type=click.Choice(style_names()), help="The style to port to.")
@click.option(
    "--target-version", metavar="3.X", help=f"The oldest Python the result must run on.  [default: {_defaults()}]"
)
@click.option("--diff", is_flag=True, help="Print the changes, write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@click.option("--unsafe", is_flag=True, default=None, help="Also rewrite what may change behaviour.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave files out, as in .gitignore; may be repeated.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes to use.  [default: all cores]")
@click.option(
    "--keyword-suffix",
    metavar="TEXT",
    help="What a name gets at its end that became a keyword.  [default: _, as in async_]",
)
@click.option("--docs", is_flag=True, default=None, help="Also port code in .rst and .md files and in docstrings.")
@click.option("--python2", is_flag=True, default=None, help="Convert files in Python 2 syntax first; needs fissix.")
@click.option("--fast", is_flag=True, default=None, help="Do not port the result again to prove that it is stable.")
@click.option("--format", "format_", type=click.Choice(formats()), default="text", help="How to report.")
@click.option(
    "--explain",
    metavar="CODE|FILE:FUNCTION",
    callback=_explain,
    is_eager=True,
    help="Explain a finding, or why a function of the project PATH (or this folder) is a coroutine or none.",
)
@click.version_option(__version__, prog_name="aioport")
@click.pass_context
def main(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    diff: bool,
    check: bool,
    format_: str,
    explain: str | None,
    **options: Any,
) -> None:
    """Port coroutine source between Trollius, `yield from`, async/await and aiocompat, in place.

    Files and folders are given by PATH; `-` reads stdin and writes stdout.
    """
    if explain is not None:
        _explain_function(context, paths, explain, options)
    if not paths:
        raise click.UsageError("name the files or folders to port, or - for stdin")
    if diff and check:
        raise click.UsageError("--diff and --check: use one of the two")
    if diff and format_ != "text":
        raise click.UsageError("--diff is for people: use it without --format")
    if "-" in paths and len(paths) > 1:
        raise click.UsageError("- for stdin: use it alone")
    if "-" in paths and (sys.stdin is None or sys.stdout is None):
        raise click.UsageError("- needs stdin and stdout, and one of them is closed")
    settings = _settings(paths, options)
    _colors(context)
    from_stdin = paths == ("-",)
    telling = reporter(format_, beside_output=diff or (from_stdin and not check))
    reports = _stdin(settings) if from_stdin else port_paths(paths, settings, on_terminal)
    try:
        if not (diff or check):
            # Nothing is written before all is ported: what ends a run early leaves the tree as it was.
            reports = map(_to_stdout, reports) if from_stdin else iter(write(list(reports)))
        context.exit(_run(reports, telling, diff=diff, check=check))
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("interrupted; each file is as it was or ported", err=True)
        context.exit(130)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        click.echo(f"Error: stdout cannot be written: {error.strerror}", err=True)
        # What is still in its buffer would fail again when Python ends, and change the exit status.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        context.exit(2)


def _colors(context: click.Context) -> None:
    # https://no-color.org
    if os.environ.get("NO_COLOR"):
        context.color = False


def _settings(paths: tuple[str, ...], options: dict[str, Any]) -> Settings:
    try:
        chosen: dict[str, Any] = find_config([path for path in paths if path != "-"])
        chosen.update({key: value for key, value in options.items() if value not in (None, ())})
        if "to" not in chosen:
            raise ConfigError("say which style to port to: --to async-await")
        if chosen["to"] not in style_names():
            raise ConfigError(f"there is no style {chosen['to']!r}; there are {', '.join(style_names())}")
        version = chosen.get("target_version", _spelled(target_of(chosen["to"]).default))
        chosen["target_version"] = parse_version(str(version), chosen["to"])
        if options["keyword_suffix"]:
            check_suffix(options["keyword_suffix"], "--keyword-suffix: ")
        if chosen.get("python2"):
            check_fissix()
        if options["exclude"]:
            chosen["exclude_folder"] = "."
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except NoFissix:
        raise click.UsageError("--python2 needs fissix: pip install aioport[python2]") from None
    for key in ("exclude", "coroutine_decorators"):
        chosen[key] = tuple(chosen.get(key, ()))
    return Settings(**chosen)


def _stdin(settings: Settings) -> Iterator[FileReport]:
    yield port_bytes(sys.stdin.buffer.read(), "<stdin>", settings)


def _to_stdout(report: FileReport) -> FileReport:
    sys.stdout.buffer.write(report.after)
    sys.stdout.buffer.flush()
    return report


def _run(reports: Iterable[FileReport], telling: Reporter, *, diff: bool, check: bool) -> int:
    summary = Summary()
    for report in reports:
        if report.changed and diff:
            _print_diff(report)
        telling.file(report)
        summary = summary.plus(report)
    telling.end(summary, Outcome.WOULD_PORT if diff or check else Outcome.PORTED)
    status = _status(summary)
    return 1 if status == 0 and check and summary.changed else status


def _status(summary: Summary) -> int:
    if summary.failures:
        return 2
    return 1 if summary.errors else 0


def _print_diff(report: FileReport) -> None:
    stream = sys.stdout.buffer
    colored = sys.stdout.isatty() and click.get_current_context().color is not False
    for line in _diff_lines(report):
        stream.write(_colored(line) if colored else line)
    stream.flush()


def _diff_lines(report: FileReport) -> Iterator[bytes]:
    # As git has it, so that git can apply it (with -p0); it knows no `./`.
    path, new = (os.fsencode(os.path.normpath(name)) for name in (report.path, report.moved_to or report.path))
    if new != path:
        yield b"diff --git %b %b\nrename from %b\nrename to %b\n" % (path, new, path, new)
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        report.before.splitlines(keepends=True),
        report.after.splitlines(keepends=True),
        path,
        new,
    )
    for line in lines:
        yield line if line.endswith((b"\n", b"\r")) else line + b"\n\\ No newline at end of file\n"


def _colored(line: bytes) -> bytes:
    color = {b"+": b"\x1b[32m", b"-": b"\x1b[31m", b"@": b"\x1b[36m"}.get(line[:1])
    return line if color is None else color + line.rstrip(b"\r\n") + b"\x1b[0m\n"

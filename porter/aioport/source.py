"""Bytes to text and back, so that every line no edit touched stays as it was, to the byte; reading and writing.

libcst does not keep everything: it loses a lone CR at the end of a file, makes other line ends of mixed ones, and drops
form feeds before code. So it is given text in which all lines end in ``\\n`` and no line starts with a form feed, and
what it was not asked to change is taken from the original bytes afterwards.
"""

from __future__ import annotations

import codecs
import difflib
import errno
import io
import os
import re
import shutil
import stat
import tempfile
import tokenize
from dataclasses import dataclass

from aioport.findings import Applicability, Finding, Location, Severity

TEMPORARY_PREFIX = ".aioport-"
"""How the names of temporary files start; one may be left behind where a run was killed."""

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
# A lone surrogate is no character; some codecs make them.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
# The tokenizer counts columns from the last form feed on: what is indentation stands after it.
_LEADING_FEEDS = re.compile(r"^[ \t\f]*\f")


class SourceError(Exception):
    """A file that cannot be read, decoded, encoded or written; ``finding`` says all about it."""

    def __init__(self, path: str, code: str, message: str, advice: str, line: int = 1, col: int = 1) -> None:
        location = Location(path, line, col, line, line)
        self.finding = Finding(location, code, Severity.FAILURE, Applicability.MANUAL, message, advice)
        super().__init__(f"{location}: {message}")

    def __reduce__(self) -> tuple[object, ...]:
        place, finding = self.finding.location, self.finding
        return SourceError, (place.path, finding.code, finding.message, finding.advice, place.line, place.col)


@dataclass(frozen=True)
class Source:
    """A decoded file: ``text`` is what the porter works on, the rest what it takes to get back to bytes."""

    path: str
    encoding: str
    bom: bool
    text: str
    lines: tuple[tuple[str, str], ...]
    """Each line as it was and its line end; the last may have none."""


def decode(data: bytes, path: str) -> Source:
    """Decode by BOM or cookie (PEP 263), UTF-8 without either. Raises :class:`SourceError`."""
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) if bom else 0 :]
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data[: len(data) - len(body)] + _head(body)).readline)
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        text = body.decode(encoding)
        kept = text.encode(encoding) == body
    except UnicodeDecodeError as error:
        message = f"byte 0x{body[error.start]:02x} cannot be decoded as {encoding}"
        place = _place(body[: error.start].decode("latin-1"))
        raise SourceError(path, "not-text", message, "add a coding line, or save it as UTF-8", *place) from None
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise SourceError(path, "not-text", f"its encoding is not known: {error}", "mend the coding line") from None
    if not kept:
        message = f"as {encoding}, it cannot be written back byte for byte"
        raise SourceError(path, "not-text", message, "save it as UTF-8")
    if (match := _NO_TEXT.search(text)) is not None:
        message = f"it has the character {match.group()!r}, which no Python source may have"
        raise SourceError(path, "not-text", message, "remove it", *_place(text[: match.start()]))
    lines = tuple(match.groups() for match in _LINE.finditer(text))
    lines = tuple(line for line in lines if line != ("", ""))
    normal = "".join(_LEADING_FEEDS.sub("", line) + ("\n" if end else "") for line, end in lines)
    return Source(path, encoding, bom, normal, lines)  # type: ignore[arg-type]


def _head(body: bytes) -> bytes:
    """The first two lines as detect_encoding reads them: ending in LF, and without what only the encoding explains."""
    first = re.split(rb"\r\n|\r|\n", body, maxsplit=2)[:2]
    return re.sub(rb"[\x80-\xff]", b"?", b"\n".join(first))


def _place(before: str) -> tuple[int, int]:
    """Line and column, both from 1, of what follows ``before``."""
    lines = re.split(r"\r\n|\r|\n", before)
    return len(lines), len(lines[-1]) + 1


def encode(source: Source, text: str) -> bytes:
    """The bytes of the rewritten ``text``: lines equal to the original's are the original's, to the byte.

    Raises :class:`SourceError` where a character cannot be encoded.
    """
    before = _lines(source.text)
    after = _lines(text)
    result: list[str] = []
    start = _common(before, after)
    result.extend(line + end for line, end in source.lines[:start])
    matcher = difflib.SequenceMatcher(None, before[start:], after[start:], autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        if kind == "equal":
            result.extend(line + end for line, end in source.lines[start + old : start + old_end])
        else:
            result.extend(_changed(source, start + old, start + old_end, after[start + new : start + new_end]))
    if source.lines and not source.lines[-1][1] and not _LEADING_FEEDS.sub("", source.lines[-1][0]):
        # A last line of form feeds alone, without a newline, is no line of the text.
        result.append(source.lines[-1][0])
    joined = "".join(result)
    try:
        encoded = joined.encode(source.encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeEncodeError) else 0
        message = f"{joined[start]!r} cannot be encoded as {source.encoding}"
        place = _place(joined[:start])
        raise SourceError(source.path, "not-text", message, "save the file as UTF-8 first", *place) from None
    return (codecs.BOM_UTF8 if source.bom else b"") + encoded


def lines_before(before: str, after: str) -> tuple[int, ...]:
    """For each line of ``after`` (and one more) the line of ``before``, from 1, that it came from."""
    old, new = before.split("\n"), after.split("\n")
    result: list[int] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, first, last in matcher.get_opcodes():
        # What goes is mostly above what stays: a decorator, an import.
        gone = max(0, (end - start) - (last - first))
        result.extend(min(start + gone + index, max(end - 1, start)) + 1 for index in range(last - first))
    return tuple(result)


def _lines(text: str) -> list[str]:
    # With their ends: an empty last line without one must not be taken for a blank line elsewhere.
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _common(before: list[str], after: list[str]) -> int:
    count = 0
    for old, new in zip(before, after):
        if old != new:
            break
        count += 1
    return count


def _changed(source: Source, start: int, end: int, lines: list[str]) -> list[str]:
    """Lines that replace those from ``start`` to ``end``, with their line ends and a form feed before the first."""
    replaced = source.lines[start:end] or source.lines[max(start - 1, 0) : start]
    ends = [line_end for _, line_end in replaced if line_end] or [
        line_end for _, line_end in reversed(source.lines) if line_end
    ]
    feeds = _LEADING_FEEDS.match(source.lines[start][0]) if end > start else None
    # What goes is mostly above what stays: a decorator, an import.
    gone = max(0, len(ends) - len(lines))
    result = []
    for index, line in enumerate(lines):
        content = line.rstrip("\n")
        line_end = (ends[min(gone + index, len(ends) - 1)] if ends else "\n") if line.endswith("\n") else ""
        prefix = feeds.group() if feeds and index == 0 and content else ""
        result.append(prefix + content + line_end)
    return result


def read(path: str) -> bytes:
    """The bytes of a file. Raises :class:`SourceError`, also for what is no regular file: a pipe might never end."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise SourceError(path, "unreadable", "it is not a regular file", "leave it out with --exclude")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise SourceError(path, "unreadable", f"it cannot be read: {error.strerror}", "check the path") from None


def replace(path: str, before: bytes, after: bytes) -> None:
    """Write ``after`` in the place of a file that holds ``before``, all of it or nothing. Raises :class:`SourceError`.

    Owner, mode and extended attributes are kept. A symlink stays one: the file it leads to is written. Of a file with
    several names (hard links) only this one is replaced.
    """
    real = os.path.realpath(path)
    if read(real) != before:
        raise SourceError(path, "unwritable", "it was changed by something else meanwhile", "run aioport again")
    try:
        if not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _put(real, after, like=real)
    except OSError as error:
        raise SourceError(path, "unwritable", f"it cannot be written: {error.strerror}", "check its folder") from None


def create(path: str, data: bytes, *, like: str, before: bytes) -> None:
    """Create a file, and its folder, with the rights of another, ``like``, that holds ``before``, all or nothing.

    Raises :class:`SourceError`, also where there is something of that name, or ``like`` is a link.
    """
    if os.path.lexists(path):
        raise SourceError(like, "unwritable", f"{path} exists", "remove one of the two")
    if os.path.islink(like):
        raise SourceError(like, "unwritable", "it is a link, so it cannot be renamed", "rename what it leads to")
    if read(like) != before:
        raise SourceError(like, "unwritable", "it was changed by something else meanwhile", "run aioport again")
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        _put(path, data, like=like)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise SourceError(like, "unwritable", message, "check its folder") from None


def remove(path: str, before: bytes) -> None:
    """Remove a file that holds ``before``. Raises :class:`SourceError`."""
    if read(path) != before:
        raise SourceError(path, "unwritable", "it was changed by something else meanwhile", "see what to do with it")
    try:
        os.unlink(path)
    except OSError as error:
        raise SourceError(path, "unwritable", f"it cannot be removed: {error.strerror}", "remove it") from None


def _put(path: str, data: bytes, *, like: str) -> None:
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=os.path.dirname(path) or ".")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _copy_rights(like, temporary)
        os.replace(temporary, path)
        temporary = None
    finally:
        if temporary is not None:
            os.unlink(temporary)


def _copy_rights(real: str, temporary: str) -> None:
    status, own = os.stat(real), os.stat(temporary)
    if (status.st_uid, status.st_gid) != (own.st_uid, own.st_gid):
        os.chown(temporary, status.st_uid, status.st_gid)
    # After chown, which clears setuid.
    shutil.copystat(real, temporary)
    os.utime(temporary)

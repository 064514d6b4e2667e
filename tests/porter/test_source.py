"""Decoding, encoding, reading and replacing files."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioport import source
from aioport.source import SourceError, decode, encode

LINES = st.lists(
    st.tuples(
        st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(["\n", "\r\n", "\r"]),
    ),
    max_size=8,
)


@given(LINES, st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=8), st.booleans())
def test_round_trip_is_exact(lines: list[tuple[str, str]], last: str, bom: bool) -> None:
    text = "".join(line + end for line, end in lines) + last
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    try:
        decoded = decode(data, "x.py")
    except SourceError:
        # The text happens to hold a coding line.
        assert "coding" in text
        return
    assert "\r" not in decoded.text
    assert encode(decoded, decoded.text) == data


@given(LINES, st.integers(0, 7))
def test_lines_around_a_changed_one_stay(lines: list[tuple[str, str]], index: int) -> None:
    data = "".join(f"{number}{line}{end}" for number, (line, end) in enumerate(lines)).encode()
    if index >= len(lines):
        return
    decoded = decode(data, "x.py")
    changed = decoded.text.split("\n")
    changed[index] = "changed"
    after = encode(decoded, "\n".join(changed)).decode()
    pieces = [f"{number}{line}{end}" for number, (line, end) in enumerate(lines)]
    pieces[index] = "changed" + lines[index][1]
    assert after == "".join(pieces)


def test_a_form_feed_at_the_very_end_stays() -> None:
    decoded = decode(b"a\n\x0c", "x.py")
    assert encode(decoded, decoded.text) == b"a\n\x0c"
    assert encode(decoded, "b\n") == b"b\n\x0c"


def test_new_lines_get_the_newline_of_their_neighbours() -> None:
    decoded = decode(b"a\r\nb\rc", "x.py")
    assert encode(decoded, "a\nnew\nb\nc") == b"a\r\nnew\r\nb\rc"
    assert encode(decoded, "a\nb\nc\nnew") == b"a\r\nb\rc\rnew"
    assert encode(decode(b"a", "x.py"), "a\nb\n") == b"a\nb\n"


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"x = 1\ny = '\xff'\n", "not-text", 2),
        (b"# coding: nonsense\n", "not-text", 1),
        (b"x = 1\n\n\0\n", "not-text", 3),
        (b"\xef\xbb\xbf# coding: latin-1\n", "not-text", 1),
        (b"# caf\xe9\n", "not-text", 1),
        (b"x = 1\ry = '\xff'\r", "not-text", 2),
        (b"# coding: rot13\n", "not-text", 1),
        (b"# coding: undefined\n", "not-text", 1),
        (b"# coding: unicode_escape\nx = 1\n", "not-text", 1),
        (b"# coding: raw_unicode_escape\nx = '\\ud800'\n", "not-text", 2),
    ],
)
def test_what_is_no_text_says_why(data: bytes, code: str, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data, "x.py")
    finding = caught.value.finding
    assert (finding.code, finding.location.line) == (code, line)
    assert finding.advice


def test_a_character_the_encoding_lacks_is_an_error() -> None:
    decoded = decode(b"# coding: latin-1\nx\n", "x.py")
    with pytest.raises(SourceError) as caught:
        encode(decoded, decoded.text + "\u20ac\n")
    assert caught.value.finding.location.line == 3


def test_read_says_why_not(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a regular file"):
        source.read(str(tmp_path))
    with pytest.raises(SourceError, match="No such file"):
        source.read(str(tmp_path / "nothing.py"))


def test_replace_keeps_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_bytes(b"before")
    path.chmod(0o754)
    source.replace(str(path), b"before", b"after")
    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o754
    assert os.listdir(tmp_path) == ["script.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need rights on Windows")
def test_replace_follows_links(tmp_path: Path) -> None:
    real = tmp_path / "real" / "file.py"
    real.parent.mkdir()
    real.write_bytes(b"before")
    link = tmp_path / "link.py"
    link.symlink_to(real)
    source.replace(str(link), b"before", b"after")
    assert link.is_symlink()
    assert real.read_bytes() == b"after"


def test_replace_that_fails_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(b"before")

    def refuse(before: str, after: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(SourceError, match="cannot be written: Permission denied"):
        source.replace(str(path), b"before", b"after")
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file.py"]
    with pytest.raises(SourceError, match="No such file"):
        source.replace(str(tmp_path / "nothing.py"), b"", b"after")


def test_errors_travel_between_processes() -> None:
    import pickle

    with pytest.raises(SourceError) as caught:
        decode(b"x\n\xff", "x.py")
    assert pickle.loads(pickle.dumps(caught.value)).finding == caught.value.finding


def test_a_coding_line_with_bytes_only_it_explains() -> None:
    data = b"# \xe9 coding: latin-1\nx = '\xe9'\n"
    decoded = decode(data, "x.py")
    assert decoded.encoding == "iso-8859-1"
    assert encode(decoded, decoded.text) == data


def test_replace_leaves_what_something_else_wrote(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(b"edited meanwhile")
    with pytest.raises(SourceError, match="changed by something else"):
        source.replace(str(path), b"before", b"after")
    assert path.read_bytes() == b"edited meanwhile"


def test_replace_interrupted_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(b"before")

    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        source.replace(str(path), b"before", b"after")
    assert os.listdir(tmp_path) == ["file.py"]


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root may give files away")
def test_replace_keeps_owner_and_setuid(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(b"before")
    os.chown(path, 1234, 1235)
    path.chmod(0o4755)
    source.replace(str(path), b"before", b"after")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 1235, 0o4755)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(SourceError, match="not a regular file"):
        source.read(str(tmp_path / "pipe.py"))

"""Which files a run is about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aioport.config import ConfigError
from aioport.discovery import discover
from aioport.source import SourceError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "a.py", "b.pyw", "c.txt", "sub/d.py", ".hidden/e.py", "build/f.py", "venv2/pyvenv.cfg", "venv2/g.py",
        "node_modules/h.py", "x.egg-info/i.py", "__pycache__/j.py", ".aioport-left.py",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [
        item.replace(os.sep, "/") if isinstance(item, str) else item.finding.code for item in discover(paths, exclude)
    ]


def test_folders_give_their_python_files_sorted(tree: Path) -> None:
    assert found(".") == ["./a.py", "./b.pyw", "./sub/d.py"]


def test_files_by_name_are_always_taken_and_once(tree: Path) -> None:
    assert found("c.txt", "build/f.py", "a.py", ".", "a.py") == ["c.txt", "build/f.py", "a.py", "./b.pyw", "./sub/d.py"]


def test_a_missing_path_is_an_error_and_the_rest_goes_on(tree: Path) -> None:
    items = list(discover(["nothing", "a.py"]))
    assert isinstance(items[0], SourceError)
    assert items[1:] == ["a.py"]


def test_exclude(tree: Path) -> None:
    assert found(".", exclude=("sub/",)) == ["./a.py", "./b.pyw"]
    assert found(".", exclude=("*.pyw", "/a.py")) == ["./sub/d.py"]


def test_gitignore_of_the_folder_and_below(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.pyw\n")
    (tree / "sub" / ".gitignore").write_text("*.py\n!kept.py\n")
    (tree / "sub" / "kept.py").write_text("")
    assert found(".") == ["./a.py", "./sub/kept.py"]


def test_gitignore_above_up_to_the_repository(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / ".gitignore").write_text("/sub/d.py\n")
    (tree / "sub" / "k.py").write_text("")
    assert found("sub") == ["sub/k.py"]
    (tree / ".git").rmdir()
    assert found("sub") == ["sub/d.py", "sub/k.py"]


def test_links_to_folders_are_followed_only_where_they_are_named(tree: Path) -> None:
    (tree / "sub" / "loop").symlink_to(tree, target_is_directory=True)
    (tree / "link.py").symlink_to(tree / "build", target_is_directory=True)
    assert found(".") == ["./a.py", "./b.pyw", "./sub/d.py"]
    assert found("link.py") == ["link.py/f.py"]


def test_links_to_themselves_and_locks_of_editors(tree: Path) -> None:
    (tree / "sub" / "self.py").symlink_to("self.py")
    (tree / "sub" / ".#d.py").symlink_to("user@host.1")
    assert found("sub") == ["sub/d.py", "sub/self.py"]


def test_patterns_hold_over_a_link(tree: Path) -> None:
    (tree / ".gitignore").write_text("/a.py\n")
    link = tree.parent / (tree.name + "-link")
    link.symlink_to(tree, target_is_directory=True)
    assert [item.rpartition("-link/")[2] for item in found(str(link))] == ["b.pyw", "sub/d.py"]


def test_a_folder_that_cannot_be_read_is_said(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(".") == ["unreadable"]


def test_exclude_relative_to_another_folder(tree: Path) -> None:
    assert list(discover(["sub"], ["/d.py"], str(tree / "sub"))) == []
    assert list(discover(["sub"], ["/d.py"])) == [os.path.join("sub", "d.py")]


def test_patterns_that_are_none(tree: Path) -> None:
    with pytest.raises(ConfigError, match="exclude has a pattern that is none"):
        list(discover(["."], ["!"]))
    (tree / ".gitignore").write_text("!\n")
    with pytest.raises(ConfigError, match="gitignore has a pattern that is none"):
        list(discover(["."]))

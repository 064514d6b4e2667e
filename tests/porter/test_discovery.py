"""Which files a run is about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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


def test_link_loops_end(tree: Path) -> None:
    (tree / "sub" / "loop").symlink_to(tree, target_is_directory=True)
    assert found(".") == ["./a.py", "./b.pyw", "./sub/d.py"]

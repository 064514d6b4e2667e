"""The order in which files are written, and what stays when one cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aioport import source, writing
from aioport.results import FileReport
from aioport.source import SourceError
from aioport.writing import write


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "async").mkdir()
    for name in ("async/__init__.py", "async/data.txt", "importer.py"):
        (tmp_path / name).write_text("old")
    (tmp_path / "async" / "data.txt").chmod(0o640)
    return tmp_path


def reports(after: bytes = b"new") -> list[FileReport]:
    return [
        FileReport("importer.py", b"old", after, 1, ()),
        FileReport("async/__init__.py", b"old", after, 0, (), "async_/__init__.py"),
        FileReport("async/data.txt", b"old", b"old", 0, (), "async_/data.txt"),
        FileReport("same.py", b"", b"", 0, ()),
    ]


def contents(tree: Path) -> dict[str, str]:
    return {str(path.relative_to(tree)): path.read_text() for path in sorted(tree.rglob("*")) if path.is_file()}


OLD = {"async/__init__.py": "old", "async/data.txt": "old", "importer.py": "old"}
NEW = {"async_/__init__.py": "new", "async_/data.txt": "old", "importer.py": "new"}


def test_modules_get_their_new_names(tree: Path) -> None:
    done = write(reports())
    assert contents(tree) == NEW
    assert not (tree / "async").exists()
    assert (tree / "async_" / "data.txt").stat().st_mode & 0o777 == 0o640
    assert done == reports()


def test_a_folder_with_something_else_in_it_stays(tree: Path) -> None:
    (tree / "async" / "__pycache__").mkdir()
    write(reports())
    assert os.listdir(tree / "async") == ["__pycache__"]


def test_the_order(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    for name in ("create", "replace", "remove"):
        real = getattr(source, name)

        def traced(path: str, *arguments: object, name: str = name, real: object = real, **options: object) -> None:
            steps.append(f"{name} {path}")
            real(path, *arguments, **options)  # type: ignore[operator]

        monkeypatch.setattr(writing, name, traced)
    write(reports())
    assert steps == [
        "create async_/__init__.py",
        "create async_/data.txt",
        "replace importer.py",
        "remove async/__init__.py",
        "remove async/data.txt",
    ]


def test_nothing_is_written_where_a_new_name_cannot_be(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "async" / "data.txt").write_text("changed meanwhile")
    importer, module, data, same = write(reports())
    assert contents(tree) == {**OLD, "async/data.txt": "changed meanwhile"}
    assert not (tree / "async_").exists()
    assert "changed by something else" in data.findings[0].message
    assert "nothing is written, because async/data.txt" in importer.findings[0].message
    assert [r.changed for r in (importer, module, data, same)] == [False] * 4
    assert same.findings == ()


@pytest.mark.parametrize("obstacle", ["async_/data.txt", "async/__init__.py"])
def test_what_is_there_is_not_overwritten_and_links_are_not_followed(tree: Path, obstacle: str) -> None:
    path = tree / obstacle
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        path.unlink()
    path.symlink_to(tree / "importer.py")
    assert any(report.findings for report in write(reports()))
    assert path.is_symlink()
    assert (tree / "importer.py").read_text() == "old"


def test_old_modules_stay_where_an_importer_cannot_be_written(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "importer.py").write_text("changed meanwhile")
    importer, module, _, _ = write(reports())
    assert contents(tree) == {**OLD, **NEW, "importer.py": "changed meanwhile"}
    assert "changed by something else" in importer.findings[0].message
    assert "it stays beside async_/__init__.py, because importer.py" in module.findings[-1].message


def test_an_old_module_that_cannot_be_removed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "unlink", refuse)
    _, module, _, _ = write(reports())
    assert contents(tree) == {**OLD, **NEW}
    assert "it cannot be removed: Permission denied" in module.findings[-1].message


def test_an_interrupt_leaves_both_names(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: str, before: bytes, after: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(reports())
    assert contents(tree) == {**OLD, "async_/__init__.py": "new", "async_/data.txt": "old"}


def test_a_folder_that_cannot_be_made(tree: Path) -> None:
    (tree / "async_").write_text("")
    assert any("cannot be written" in report.findings[0].message for report in write(reports()) if report.findings)
    assert contents(tree) == {**OLD, "async_": ""}


def test_remove_leaves_what_something_else_wrote(tree: Path) -> None:
    with pytest.raises(SourceError, match="changed by something else"):
        source.remove("importer.py", b"another")
    assert (tree / "importer.py").exists()

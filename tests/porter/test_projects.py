"""Projects of several files: each comes out as ``after`` has it, with exactly the findings marked in ``before``."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aioport.config import Settings, find_config, parse_version
from aioport.project import port_paths
from cases import FIXTURES, marked


@pytest.mark.parametrize("project", sorted((FIXTURES / "projects").iterdir()), ids=lambda path: path.name)
def test_project(project: Path, tmp_path: Path) -> None:
    # A copy, because folders named like these may be left out by settings around this clone.
    folder = shutil.copytree(project / "before", tmp_path / "project")
    ported: dict[str, str] = {}
    options = project / "options"
    given: dict[str, Any] = dict.fromkeys(options.read_text().split() if options.exists() else (), True)
    found = find_config([str(folder)])
    given["coroutine_decorators"] = tuple(found.get("coroutine_decorators", ()))
    version = parse_version(found.get("target_version", "3.9"))
    settings = Settings(to="async-await", target_version=version, jobs=1, **given)
    for report in port_paths([str(folder)], settings):
        name = str(Path(report.path).relative_to(folder))
        text = (folder / name).read_text(encoding="utf-8")
        new = str(Path(report.moved_to or report.path).relative_to(folder))
        ported[new] = report.after.decode() if report.changed else text
        assert Counter((f.location.line, f.code) for f in report.findings) == marked(text), name
    after = {
        str(path.relative_to(project / "after")): path.read_text(encoding="utf-8")
        for path in (project / "after").rglob("*")
        if path.is_file()
    }
    assert ported == after

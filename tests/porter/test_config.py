"""Where settings come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioport.config import ConfigError, Settings, find_config, parse_version


@pytest.mark.parametrize("text", ["3.5", "3.9", "3.15"])
def test_versions(text: str) -> None:
    assert parse_version(text) == (3, int(text[2:]))


@pytest.mark.parametrize("text", ["3", "3.", "py39", "3.9.1", "3.4", "3.16", "2.7", "", "3.x"])
def test_no_versions(text: str) -> None:
    with pytest.raises(ConfigError, match="is no target version"):
        parse_version(text)


TOML = """[tool.aioport]
to = "async-await"
target-version = "3.12"
exclude = ["a", "b"]
coroutine-decorators = ["app.run.*"]
jobs = 3
unsafe = true
"""
INI = """[aioport]
to = async-await
target-version = 3.12
exclude =
    a
    b
coroutine-decorators = app.run.*
jobs = 3
unsafe = True
"""


@pytest.mark.parametrize(("name", "text"), [("pyproject.toml", TOML), ("setup.cfg", INI), ("tox.ini", INI)])
def test_each_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert find_config([str(tmp_path)]) == {
        "to": "async-await",
        "target_version": "3.12",
        "exclude": ["a", "b"],
        "exclude_folder": str(tmp_path),
        "coroutine_decorators": ["app.run.*"],
        "jobs": 3,
        "unsafe": True,
    }


def test_nearest_file_with_settings_wins(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "tox.ini").write_text("[aioport]\nto = compat\n")
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    assert find_config([str(inner)]) == {"to": "compat"}
    (inner.parent / "setup.cfg").write_text("[aioport]\nto = trollius\n")
    assert find_config([str(inner)]) == {"to": "trollius"}
    assert find_config([str(inner), str(tmp_path)]) == {"to": "compat"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pyproject.toml", "[tool.aioport]\nto = 1\n", "'to' must be text, not 1"),
        ("pyproject.toml", "[tool.aioport]\nunsafe = 1\n", "'unsafe' must be true or false"),
        ("pyproject.toml", "[tool]\naioport = 1\n", "'tool.aioport' must be a table"),
        ("pyproject.toml", "\xff", "cannot be read"),
        ("pyproject.toml", '[tool.aioport]\nto = "async"\n', "'to' must be one of"),
        ("setup.cfg", "[aioport]\ntarget-version = 2.6\n", "'target-version': '2.6' is no target version"),
        ("tox.ini", "[aioport]\njobs = 0\n", "'jobs' must be 1 or more"),
        ("pyproject.toml", "[tool.aioport]\nexclude = [1]\n", "'exclude' must be a list of patterns"),
        ("pyproject.toml", "[tool.aioport]\njobs = true\n", "'jobs' must be a number"),
        ("pyproject.toml", "[tool.aioport\n", "cannot be read"),
        ("tox.ini", "[aioport]\nkeyword-suffix = -\n", "'-' cannot stand at the end of a name"),
        ("setup.cfg", "[aioport]\ntargetversion = 3.9\n", "'targetversion' is no setting"),
        ("setup.cfg", "aioport\n", "cannot be read"),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        find_config([str(tmp_path)])
    assert name in str(caught.value)
    assert said in str(caught.value)


def test_defaults() -> None:
    settings = Settings(to="async-await")
    assert settings.target_version == (3, 9)
    assert settings.jobs >= 1

"""What a run is asked to do: the command line over ``[tool.aioport]`` in pyproject.toml, setup.cfg or tox.ini."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aioport.styles import style_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from aioport.history import Version
from aioport.styles import Target, target_of

WITH_LOCK_ENDS = (3, 8)
"""Last version in which ``with (yield from lock):`` is right for locks and for all else (history.md, B6)."""

KEYWORDS_SINCE = (3, 7)
"""First version in which ``async`` and ``await`` cannot be names (PEP 492)."""

_NO_PYTHONS = ((2, 8), (3, 2))
"""Between Python 2.7 and the first that had asyncio."""


class ConfigError(Exception):
    """A setting that cannot be used; the message names file and key."""


@dataclass(frozen=True)
class Settings:
    """What a run is asked to do."""

    to: str
    target_version: Version = (3, 9)
    unsafe: bool = False
    audit: bool = False
    """Only say what of asyncio the target version has not, or has with another meaning."""
    fast: bool = False
    """Skip porting the output again to see that nothing changes."""
    exclude: tuple[str, ...] = ()
    exclude_folder: str = "."
    """What the patterns in ``exclude`` are relative to: the folder of the file they stand in, or the current one."""
    coroutine_decorators: tuple[str, ...] = ()
    """Patterns for the dotted names of decorators that make coroutines of what they decorate."""
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    keyword_suffix: str = "_"
    """What is put behind a name that became a keyword: ``async_``."""
    python2: bool = False
    """Convert files in Python 2 syntax, with fissix."""
    docs: bool = False
    """Port the code in documents and docstrings as well."""

    @property
    def target(self) -> Target:
        """What can be written in the style that is ported to."""
        return target_of(self.to)

    @property
    def lifting_version(self) -> Version:
        """The version of asyncio whose names and arguments lifting has to arrive at."""
        return self.target.meaning or self.target_version

    @property
    def reading_version(self) -> Version:
        """The version that says whether ``with (yield from x):`` must be known to be a lock or not."""
        return WITH_LOCK_ENDS if self.target.vocabulary and self._keeps_with_lock else self.target_version

    @property
    def renames_keywords(self) -> bool:
        """Whether ``async`` and ``await`` cannot be names where the result has to run."""
        return self.target_version >= KEYWORDS_SINCE

    @property
    def _keeps_with_lock(self) -> bool:
        return self.target.has_with_lock(self.target_version)


def parse_version(text: str, to: str = "async-await") -> Version:
    """``(3, 9)`` for ``3.9``. Raises :class:`ConfigError` for anything else and what is no target of ``to``."""
    target = target_of(to)
    major, dot, minor = text.partition(".")
    if dot and major.isdigit() and minor.isdigit():
        version = (int(major), int(minor))
        if target.oldest <= version <= target.newest and not _NO_PYTHONS[0] <= version <= _NO_PYTHONS[1]:
            return version
    oldest, newest = (".".join(map(str, version)) for version in (target.oldest, target.newest))
    choice = f"{oldest} is the only one" if oldest == newest else f"write one from {oldest} to {newest}"
    raise ConfigError(f"{text!r} is no target version for {to}: {choice} ({target.limits})")


def find_config(paths: Sequence[str]) -> dict[str, Any]:
    """The settings in the nearest configuration file that has any, from the common folder of ``paths`` upwards."""
    folder = os.path.realpath(os.path.commonpath([os.path.realpath(path) for path in paths]) if paths else ".")
    while True:
        for name, load in (("pyproject.toml", _from_toml), ("setup.cfg", _from_ini), ("tox.ini", _from_ini)):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (found := load(path)) is not None:
                return _checked(found, path)
        parent = os.path.dirname(folder)
        if parent == folder:
            return {}
        folder = parent


def _from_toml(path: str) -> Mapping[str, object] | None:
    try:
        with open(path, "rb") as file:
            tools = tomllib.load(file).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    table = tools.get("aioport") if isinstance(tools, dict) else None
    if not isinstance(table, (dict, type(None))):
        raise ConfigError(f"{path}: 'tool.aioport' must be a table, not {table!r}")
    return table


def _from_ini(path: str) -> Mapping[str, object] | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    return {key: _ini_value(key, value) for key, value in parser.items("aioport")} if "aioport" in parser else None


def _ini_value(key: str, value: str) -> object:
    if _TYPES.get(key) is list:
        return [line.strip() for line in value.splitlines() if line.strip()]
    if _TYPES.get(key) is bool and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return int(value) if key == "jobs" and value.isdigit() else value


_TYPES: Mapping[str, type] = {
    "to": str,
    "target-version": str,
    "unsafe": bool,
    "fast": bool,
    "exclude": list,
    "coroutine-decorators": list,
    "jobs": int,
    "keyword-suffix": str,
    "python2": bool,
    "docs": bool,
}


def _checked(found: Mapping[str, object], path: str) -> dict[str, Any]:
    result: dict[str, object] = {}
    for key, value in found.items():
        if key not in _TYPES:
            raise ConfigError(f"{path}: {key!r} is no setting of aioport; there are {', '.join(_TYPES)}")
        if type(value) is not _TYPES[key] or (
            isinstance(value, list) and not all(isinstance(item, str) for item in value)
        ):
            kind = {"str": "text", "bool": "true or false", "list": "a list of patterns", "int": "a number"}
            raise ConfigError(f"{path}: {key!r} must be {kind[_TYPES[key].__name__]}, not {value!r}")
        result[key.replace("-", "_")] = value
        if key == "to" and value not in style_names():
            raise ConfigError(f"{path}: 'to' must be one of {', '.join(style_names())}, not {value!r}")
        if key == "jobs" and value == 0:
            raise ConfigError(f"{path}: 'jobs' must be 1 or more, not {value}")
    if "keyword_suffix" in result:
        check_suffix(str(result["keyword_suffix"]), f"{path}: ")
    if "target_version" in result:
        _check_version(str(result["target_version"]), result.get("to"), path)
    if "exclude" in result:
        result["exclude_folder"] = os.path.dirname(path)
    return result


def check_suffix(text: str, where: str = "") -> None:
    """Raise :class:`ConfigError` for what does not make another name of a keyword."""
    if not text or not ("async" + text).isidentifier():
        raise ConfigError(f"{where}{text!r} cannot stand at the end of a name")


def _check_version(text: str, to: object, path: str) -> None:
    """Raise :class:`ConfigError` for a version that is none of the style's or, where that is not said, of any."""
    errors = []
    for style in style_names():
        if to in (None, style):
            try:
                parse_version(text, style)
                return
            except ConfigError as error:
                errors.append(error)
    raise ConfigError(f"{path}: 'target-version': {errors[0]}")

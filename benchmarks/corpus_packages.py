"""The real packages to port: what ``packages.json`` says of each, and folders for the work."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


class CorpusError(Exception):
    """One package cannot be measured; the message says why, for people."""


@dataclass(frozen=True)
class Package:
    """A release on PyPI, with shell commands that are run from its unpacked folder."""

    release: str
    python: str
    install: tuple[str, ...]
    services: tuple[str, ...]
    test: str
    expected: str
    """What the tests gave where packages.json was measured, such as ``230 passed``."""

    @property
    def name(self) -> str:
        return self.release.partition("==")[0]

    @property
    def era(self) -> tuple[int, int]:
        major, minor = self.python.split(".")[:2]
        return int(major), int(minor)


def load(path: Path) -> dict[str, Package]:
    """The packages of a ``packages.json``, by lower-case name."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: {error}; say with --packages where packages.json is") from error
    packages = (_package(entry) for entry in entries)
    return {package.name.lower(): package for package in packages}


def _package(entry: dict[str, object]) -> Package:
    baseline = entry.get("baseline", {})
    assert isinstance(baseline, dict)
    return Package(
        release=str(entry["package"]),
        python=str(entry["python"]),
        install=tuple(entry.get("install", ())),  # type: ignore[arg-type]
        services=tuple(entry.get("setup_services", ())),  # type: ignore[arg-type]
        test=str(entry["test"]),
        expected=", ".join(f"{count} {what}" for what, count in sorted(baseline.items()) if count),
    )


@dataclass(frozen=True)
class Workspace:
    """Where things go; everything is kept between runs except trees, which are made anew."""

    root: Path

    def folder(self, *parts: str) -> Path:
        """A folder below the root, made when it is not there."""
        path = self.root.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def sdists(self, package: Package) -> Path:
        return self.folder("sdists", package.release)

    def pristine(self, package: Package) -> Path:
        """The release as it came."""
        return self.root / "pristine" / package.release

    def tree(self, package: Package) -> Path:
        """Where tests run, before and after: one path, so that editable installs stay right."""
        return self.root / "trees" / package.release

    def environment(self, package: Package, version: str) -> Path:
        return self.root / "environments" / f"{package.release}-on-{version}"

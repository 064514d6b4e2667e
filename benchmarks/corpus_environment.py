"""Releases and what their tests run in: downloads, interpreters, virtual environments."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from corpus_packages import CorpusError, Package, Workspace
from corpus_shell import must, note, run

_RECORDER = Path(__file__).resolve().parent / "corpus_recorder"
_OLD_TLS = """\
openssl_conf = d
[d]
ssl_conf = s
[s]
system_default = y
[y]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
"""
_BUILD_TOOLS = {"pip", "setuptools", "wheel"}
_PIP_OF_PYTHON_2 = "20.2.4"
"""The last for 2.7, 20.3.4, ends `pip download` of an sdist with an AssertionError of its new resolver."""
_OLD_ENOUGH = {"pytest": "pytest<6"}
"""From 6 on pytest refuses what conftest files of that time do; 5.4 still runs on 3.13."""
_PINS = {
    # PyMySQL 0.9 has no _scramble, SQLAlchemy 1.4 another API. SQLAlchemy 1.2 has no dbapi_type_map, and 1.1 does not
    # import on 3.10, so aiomysql.sa has no version to run with. Old pytest-timeout imports distutils, of setuptools.
    "aiomysql==0.0.9": ("PyMySQL<0.9", "SQLAlchemy<1.4", "setuptools"),
    # Its conftest reads the names of parametrized fixtures out of keywords; this pytest imports pkg_resources and imp,
    # and needs _OLD_NAMES; later pytest-xdist needs pytest-forked, which is for newer ones.
    "aioredis==0.3.5": ("pytest<3.3", "pytest-xdist<1.19", "setuptools<81", "zombie-imp"),
    # websockets 14 has another API, and later ones than 9 need _OLD_NAMES; it finds its plugins by pkg_resources.
    "hbmqtt==0.9.5": ("websockets<14", "setuptools<81"),
    # zeroconf 0.24 wants addresses as bytes, and the tests give text; pytest-asyncio from 0.15 on needs a newer pytest.
    "pyatv==0.3.9": ("zeroconf<0.24", "pytest-asyncio<0.15"),
}
"""Where a release does not run with today's version of something: the newest that it runs with, and why."""

_OLD_NAMES = {
    "aioredis==0.3.5": "import collections, collections.abc, inspect; "
    "collections.MutableMapping, collections.Mapping = collections.abc.MutableMapping, collections.abc.Mapping; "
    "collections.Sequence, collections.Callable = collections.abc.Sequence, collections.abc.Callable; "
    "inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]\n",
    "hbmqtt==0.9.5": "import sys, websockets.legacy.protocol as protocol; "
    "sys.modules['websockets.protocol'] = protocol\n",
    # For the setup.py of ed25519, whose last release is of 2018.
    "pyatv==0.3.9": "import configparser; configparser.SafeConfigParser = configparser.ConfigParser; "
    "configparser.ConfigParser.readfp = configparser.ConfigParser.read_file\n",
}
"""What a release, its pinned pytest or a dependency needs of older Pythons, as a line of a ``.pth`` file."""


def interpreter(version: str) -> Path:
    """The python of a version such as 3.6.15 or 3.13.

    Pyenv's exact version, else its newest with the same minor version, else PATH's. Raises
    CorpusError where there is none.
    """
    minor = ".".join(version.split(".")[:2])
    versions = _pyenv_versions()
    exact = [folder for folder in versions if folder.name == version]
    close = [folder for folder in versions if folder.name.startswith(minor + ".")]
    for folder in exact + sorted(close, key=_patch, reverse=True):
        python = folder / "bin" / "python"
        if python.exists():
            return python
    found = shutil.which(f"python{minor}")
    if found:
        return Path(found)
    raise CorpusError(f"no Python {version}: install it with pyenv or put python{minor} on PATH")


def _pyenv_versions() -> list[Path]:
    root = os.environ.get("PYENV_ROOT")
    if not root:
        if not shutil.which("pyenv"):
            return []
        asked = subprocess.run(["pyenv", "root"], check=True, capture_output=True, text=True)
        root = asked.stdout.strip()
    folder = Path(root, "versions")
    return list(folder.iterdir()) if folder.is_dir() else []


def _patch(folder: Path) -> int:
    last = folder.name.rpartition(".")[2]
    return int(last) if last.isdigit() else -1


def prepare(package: Package, work: Workspace) -> Path:
    """Make the era's environment and unpack the release; gives the environment's python."""
    work.folder("environments")
    python = _bare(package, package.python, work)
    _unpack(package, python, work)
    fresh_tree(package, work)
    _write_openssl(package, work)
    commands = "\n".join(package.install)
    done = python.parent.parent / "installed.txt"
    if not done.exists() or done.read_text() != commands:
        note(f"{package.release}: installing what its tests need")
        for command in package.install:
            must(filled(command, work), work.tree(package), {"PY": str(python)})
        done.write_text(commands)
    return python


def prepare_elsewhere(package: Package, version: str, work: Workspace) -> Path:
    """An environment for another interpreter: the same projects, in versions as new as can be.

    What does not install is left out, with a note.
    """
    python = _bare(package, version, work)
    done = python.parent.parent / "installed.txt"
    names = _with_pins(unpinned(package.install), _PINS.get(package.release, ()))
    if done.exists() and done.read_text() == "\n".join(names):
        return python
    constraints = python.parent.parent / "constraints.txt"
    constraints.write_text("\n".join(names))
    if package.release in _OLD_NAMES:
        (_site(python, work) / "old_names.pth").write_text(_OLD_NAMES[package.release])
    for name in names:
        ended = run([str(python), "-m", "pip", "install", "-q", "-c", str(constraints), name], work.root)
        if ended.code != 0:
            note(f"{package.release}: {name} does not install on {version}; left out")
    done.write_text("\n".join(names))
    return python


def _site(python: Path, work: Workspace) -> Path:
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    # The recorder may be one of a clone that is gone; Python says so, before or after.
    lines = must([str(python), "-c", where], work.root).splitlines()
    return next(Path(line) for line in lines if Path(line).is_dir())


def _with_pins(names: tuple[str, ...], pins: tuple[str, ...]) -> tuple[str, ...]:
    """The projects, with the pins in the place of those that they are for, and before them what is only pinned."""
    pinned = {Requirement(pin).name.lower(): pin for pin in pins}
    known = {Requirement(name).name.lower(): name for name in names}
    return tuple({**pinned, **known, **pinned}.values())


def unpinned(commands: tuple[str, ...]) -> tuple[str, ...]:
    """The projects that ``pip install`` commands name, without versions, pip and its like."""
    names = []
    for command in commands:
        if " -m pip install " not in command:
            continue
        for word in shlex.split(command.partition(" install ")[2]):
            try:
                name = Requirement(word).name
            except InvalidRequirement:
                continue
            if name.lower() not in _BUILD_TOOLS:
                names.append(_OLD_ENOUGH.get(name.lower(), name))
    return tuple(names)


def filled(command: str, work: Workspace) -> str:
    """A command of packages.json with its ``{work}`` filled in."""
    return command.replace("{work}", shlex.quote(str(work.root)))


def fresh_tree(package: Package, work: Workspace) -> Path:
    """The release as it came, where its tests run."""
    tree = work.tree(package)
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(work.pristine(package), tree, symlinks=True)
    return tree


def _bare(package: Package, version: str, work: Workspace) -> Path:
    """An environment with nothing but pip and the recorder; made once."""
    folder = work.environment(package, version)
    python = folder / "bin" / "python"
    if not python.exists():
        note(f"{package.release}: making an environment for Python {version}")
        base = interpreter(version)
        if version.startswith("2."):
            virtualenv = [str(_virtualenv(work)), "-q", "--download", "--pip", _PIP_OF_PYTHON_2]
            must([*virtualenv, "-p", str(base), str(folder)], work.root)
        else:
            must([str(base), "-m", "venv", str(folder)], work.root)
    hook = f"{_RECORDER}\nimport corpus_recorder; corpus_recorder.start()\n"
    (_site(python, work) / "corpus_recorder.pth").write_text(hook)
    return python


def _virtualenv(work: Workspace) -> Path:
    """A virtualenv that still makes environments for 2.7."""
    folder = work.root / "environments" / "virtualenv"
    if not (folder / "bin" / "virtualenv").exists():
        must([sys.executable, "-m", "venv", str(folder)], work.root)
        python = str(folder / "bin" / "python")
        must([python, "-m", "pip", "install", "-q", "virtualenv<20.22"], work.root)
    return folder / "bin" / "virtualenv"


def _unpack(package: Package, python: Path, work: Workspace) -> None:
    pristine = work.pristine(package)
    if pristine.exists():
        return
    note(f"{package.release}: downloading")
    sdists = work.sdists(package)
    pip = [str(python), "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    must([*pip, package.release], sdists)
    archives = [path for path in sdists.iterdir() if path.is_file()]
    if len(archives) != 1:
        raise CorpusError(f"expected one archive in {sdists}, found {len(archives)}")
    unpacked = work.folder("unpacked", package.release)
    _extract(archives[0], unpacked)
    (top,) = (path for path in unpacked.iterdir() if path.is_dir())
    pristine.parent.mkdir(parents=True, exist_ok=True)
    top.rename(pristine)


def _extract(archive: Path, folder: Path) -> None:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder)
        return
    with tarfile.open(archive) as tarred:
        # Versions before 3.12 and their first patch releases have no filters.
        if hasattr(tarfile, "data_filter"):
            tarred.extractall(folder, filter="data")
        else:
            tarred.extractall(folder)


def _write_openssl(package: Package, work: Workspace) -> None:
    """Old test certificates need a lower minimum of OpenSSL; the file goes by two names."""
    for name in ("openssl0.cnf", "openssl-legacy.cnf"):
        if name in package.test:
            (work.root / name).write_text(_OLD_TLS)

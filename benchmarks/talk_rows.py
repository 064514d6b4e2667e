"""The releases that the talk shows, what each needs, and what has gone from Python or a dependency since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from socket import SOCK_DGRAM, SOCK_STREAM, SocketKind

from corpus_packages import Package

_PIP = '"$PY" -m pip install -q {arguments}'


@dataclass(frozen=True)
class Mend:
    """What stands in the way on today's Python and is no coroutine: the cause, and the command that mends it.

    The command is run from the ported tree, before it is installed, with the new environment's python in ``$PY`` and
    Python 3.6 with the release as it was in ``$ERA``.
    """

    cause: str
    command: str


@dataclass(frozen=True)
class Suite:
    """A library's own tests, in the place of a program."""

    command: str
    """Run from the unpacked release, or from the ported tree, with the environment's python in ``$PY``."""
    passed: str
    """Matches what is printed for a test that passed; its group is the test's name."""
    seconds: int
    """For one run. What goes on after that is ended, and what was printed counts."""
    lost: Mapping[str, str]
    """Tests that are known not to pass after the port, and why."""
    remarks: tuple[str, ...] = ()
    """What else is to be said."""


@dataclass(frozen=True)
class Row:
    """A release, the program of ``examples/talk`` that uses it, and the server that this one talks to."""

    release: str
    program: str | Suite
    server: str
    """Of :mod:`talk_servers`; ``own``: the program starts its own, with the library."""
    times: int = 500
    """How many requests are timed."""
    era: tuple[str, ...] = ()
    """Commands before the install in the era's environment."""
    mends: tuple[Mend, ...] = ()
    asks: SocketKind | None = SOCK_STREAM
    """How the program reaches the port, where a bad server can stand then; None where it does not."""
    optimize: bool = False
    """Whether both pythons run with ``-O``."""
    ported: str = "."
    """What pip installs of the ported tree; nothing for one whose tests run there."""

    @property
    def package(self) -> Package:
        """The release as the corpus's modules take it, with the Python that the talk's code runs on."""
        install = (*self.era, _PIP.format(arguments="."))
        return Package(self.release, "3.6", install, services=(), test="", expected="")

    @property
    def after(self) -> tuple[str, ...]:
        """The commands that make the environment for the ported tree."""
        install = (_PIP.format(arguments=self.ported),) if self.ported else ()
        return (*(mend.command for mend in self.mends), *install)

    def named(self, name: str) -> bool:
        """Whether a name of the command line means this row: ``redis``, ``aioredis`` or ``aioredis==0.1.4``."""
        return name in (self.server, self.package.name, self.release)


ROWS = (
    Row("websockets==2.2", "websockets_hello", "own"),
    Row("websockets==3.4", "websockets_hello", "own"),
    Row(
        "aiohttp==0.9.0",
        "aiohttp_0_9",
        "own",
        # asyncio.StreamWriter asserts that its reader is a StreamReader; aiohttp's is its own parser.
        optimize=True,
    ),
    Row(
        "aiohttp==0.21.6",
        "aiohttp_0_21",
        "own",
        mends=(
            Mend(
                "collections has no Mapping and no Sequence since Python 3.10",
                _PIP.format(arguments="pyupgrade")
                + ' && "$PY" -m pyupgrade --py3-plus --exit-zero-even-if-changed aiohttp/*.py',
            ),
            Mend("Python has no cgi since 3.13", _PIP.format(arguments="legacy-cgi")),
        ),
    ),
    Row("aioredis==0.1.4", "redis_keys", "redis"),
    Row("aioredis==0.3.5", "redis_keys", "redis"),
    Row("aiomcache==0.1", "memcached_keys", "memcached", times=100),
    Row("aiopg==0.3.2", "postgres_select", "postgres"),
    Row(
        "asyncio-mongo==0.2.4",
        "mongo_find",
        "mongo",
        era=(_PIP.format(arguments='"setuptools<46" "wheel<0.38"'),),
        mends=(
            Mend(
                "its setup.py wants setuptools.Feature, gone in setuptools 46, so Python 3.6 packs the wheel",
                '"$ERA" setup.py -q --no_ext bdist_wheel',
            ),
        ),
        ported="dist/*.whl",
    ),
    Row(
        "aiodns==1.0.1",
        "dns_query",
        "dns",
        asks=SOCK_DGRAM,
        # Later ones are built with a cffi that Python 3.6 does not get any more.
        era=(_PIP.format(arguments='"pycares==2.3.0"'),),
        mends=(Mend("pycares 5 takes callbacks by name only", _PIP.format(arguments='"pycares<5"')),),
    ),
    Row(
        "rainfall==0.8.3",
        "rainfall_hello",
        "own",
        asks=None,
        # The last for Python 3.6.
        era=(_PIP.format(arguments='"jinja2<3.1" "markupsafe<2.1"'),),
    ),
    Row(
        "pulsar==1.3.0",
        Suite(
            '"$PY" -W ignore setup.py test',
            passed=r"^(\S+) \(\S+\)(?:\n.*)? \.\.\. OK$",
            seconds=240,
            lost={
                "http.tools.test_quote_unreserved": "quote() leaves ~ alone since Python 3.7",
                "suite.loader.test_load_pulsar_tests": "asks for the module async by a string (keyword-by-string)",
                "wsgi.router.test_child_methods": "asks for the method async by a string (keyword-by-string)",
                "wsgi.router.test_router_count": "asks for the method async by a string (keyword-by-string)",
            },
            remarks=(
                "does not end by itself after its tests: HaltServer, a BaseException, ends no loop since 3.8 "
                "(loop-goes-on)",
            ),
        ),
        "own",
        # Its setup.py has its tests' command; the last greenlet and multidict of Python 3.6 and of then.
        era=(_PIP.format(arguments='"greenlet<3" "multidict<4" "setuptools<58"'),),
        mends=(
            Mend("Python has no cgi since 3.13", _PIP.format(arguments="legacy-cgi")),
            Mend("Python has no imp since 3.12", _PIP.format(arguments="zombie-imp")),
            Mend(
                "setuptools has no command test since 72", _PIP.format(arguments='"setuptools<72" greenlet multidict')
            ),
            Mend(
                "collections has no Mapping and the like since Python 3.10",
                _PIP.format(arguments="pyupgrade")
                + ' && find pulsar pulsar_test tests examples -name "*.py" -exec'
                + ' "$PY" -m pyupgrade --py3-plus --exit-zero-even-if-changed {} +',
            ),
            Mend(
                "inspect has no getargspec since Python 3.11",
                _PIP.format(arguments="ast-grep-cli")
                + ' && sg="$(dirname "$PY")/ast-grep run -l py -U"'
                + " && $sg -p inspect.getargspec -r inspect.getfullargspec pulsar"
                + " && $sg -p spec.keywords -r spec.varkw pulsar/utils/tools",
            ),
            Mend(
                "the C code that Cython made of its extension in 2016 does not compile for Python 3.13",
                _PIP.format(arguments='"cython<3.1"') + ' && "$PY" -m cython extensions/lib/lib.pyx',
            ),
        ),
        ported="",
    ),
)


def mends_of(release: str) -> tuple[Mend, ...]:
    """What is mended from outside before a ported release is used on today's Python."""
    return next((row.mends for row in ROWS if row.release == release), ())

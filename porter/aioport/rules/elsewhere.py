"""What old asyncio code uses of the rest of the standard library and newer versions do not have.

It has nothing to do with coroutines and stays; without a word people would think that the port failed. First versions
without each were measured, and are those of the documentation's "What's New"; asyncio's own code used some (history.md,
B5 29, B8 43 and 46).
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from aioport.findings import Severity
from aioport.history import Version, versions
from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.rules.removed_names import is_guarded

SINCE = (3, 3)

_UPGRADER = "pyupgrade rewrites it"
_ABSTRACT = (
    "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container Coroutine Generator "
    "Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet "
    "Reversible Sequence Set Sized ValuesView"
)
_ALIASES = versions(
    """
    3.12 assertAlmostEquals assertDictContainsSubset assertEquals assertNotAlmostEquals
    3.12 assertNotEquals assertNotRegexpMatches assertRaisesRegexp assertRegexpMatches assert_
    """
)
"""Methods of unittest.TestCase."""

REMOVED = versions(
    f"""
    3.10 {" ".join(f"collections.{name}" for name in _ABSTRACT.split())}
    3.10 formatter parser symbol
    3.11 binhex inspect.formatargspec inspect.getargspec
    3.12 asynchat asyncore distutils imp smtpd ssl.RAND_pseudo_bytes ssl.match_hostname ssl.wrap_socket
    3.12 configparser.SafeConfigParser pkgutil.ImpImporter pkgutil.ImpLoader
    3.13 aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd
    3.13 sunau telnetlib typing.io typing.re unittest.findTestCases unittest.makeSuite uu xdrlib
    3.8 sys.set_coroutine_wrapper sys.get_coroutine_wrapper time.clock cgi.escape platform.linux_distribution
    3.8 platform.dist platform.popen
    3.9 base64.decodestring base64.encodestring fractions.gcd html.parser.HTMLParser.unescape sys.getcheckinterval
    3.9 sys.setcheckinterval threading.Thread.isAlive
    3.14 ast.Bytes ast.Ellipsis ast.NameConstant ast.Num ast.Str pkgutil.find_loader pkgutil.get_loader
    """
)
"""The first version without each module or name."""

DEPRECATED = versions(
    """
    3.10 ssl.PROTOCOL_SSLv2 ssl.PROTOCOL_SSLv23 ssl.PROTOCOL_SSLv3 ssl.PROTOCOL_TLS ssl.PROTOCOL_TLSv1
    3.10 ssl.PROTOCOL_TLSv1_1 ssl.PROTOCOL_TLSv1_2
    """
)
"""The first version that warns of each: what transports are made with."""

ADVICE = {
    "asynchat": "install pyasynchat, or use asyncio streams",
    "asyncore": "install pyasyncore, or use asyncio streams",
    "collections": f"take it from collections.abc; {_UPGRADER}",
    "distutils": "use setuptools, packaging, shutil or sysconfig",
    "imp": "use importlib",
    "inspect": "use inspect.signature() or getfullargspec()",
    "lib2to3": "use fissix, or libcst",
    "sys": "asyncio's debug mode tells where coroutines were made",
    "ssl": "use ssl.SSLContext",
}
"""By module; all else has a line in the documentation."""


def apply(lift: Lift) -> None:
    """Report each use that nothing guards."""
    for node, name in _uses(lift):
        since = REMOVED[name]
        if since <= lift.target_version and not is_guarded(lift, node):
            advice = ADVICE.get(name.partition(".")[0], "see What's New of that version for what to use instead")
            _report(lift, node, name, since, advice)
    for attribute in lift.analysis.attributes:
        for name in lift.analysis.names.origins(attribute) & DEPRECATED.keys():
            if DEPRECATED[name] <= lift.target_version:
                lift.report(
                    attribute,
                    "removed-elsewhere",
                    Severity.NOTE,
                    f"{name} is deprecated since Python 3.10; that has nothing to do with coroutines",
                    "use ssl.PROTOCOL_TLS_CLIENT or ssl.PROTOCOL_TLS_SERVER",
                )
        since = _ALIASES.get(attribute.attr.value, (4, 0))
        if since <= lift.target_version and isinstance(attribute.value, cst.Name) and attribute.value.value == "self":
            _report(lift, attribute, f"unittest.TestCase.{attribute.attr.value}", since, _UPGRADER)


def _uses(lift: Lift) -> Iterator[tuple[cst.CSTNode, str]]:
    names = lift.analysis.names
    for attribute in lift.analysis.attributes:
        for origin in names.origins(attribute) & REMOVED.keys():
            yield attribute, origin
    for scope in names.scopes.values():
        for binding in (binding for bindings in scope.bindings.values() for binding in bindings):
            if isinstance(binding.node, cst.ImportAlias) and binding.origin is not None:
                imported = binding.origin
                if isinstance(names.parents[binding.node], cst.Import):
                    imported = dotted(binding.node.name) or ""
                whole = next((name for name in _prefixes(imported) if name in REMOVED), None)
                if whole is not None:
                    yield binding.node, whole


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])


def _report(lift: Lift, node: cst.CSTNode, name: str, since: Version, advice: str) -> None:
    lift.report(
        node,
        "removed-elsewhere",
        Severity.WARNING,
        f"Python has no {name} since {since[0]}.{since[1]}; that has nothing to do with coroutines",
        advice,
    )

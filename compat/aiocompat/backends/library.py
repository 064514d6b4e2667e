"""The runtime's own library under one name: asyncio, or Trollius on Python 2.7."""

import sys

if sys.version_info >= (3,):
    import asyncio
else:
    try:
        import six  # noqa: F401
        import trollius as asyncio
    except ImportError as missing:
        raise ImportError("%s: on Python 2.7 aiocompat runs on Trollius: pip install trollius six" % missing)

__all__ = ["asyncio"]

"""The runtime's own library under one name: asyncio, or Trollius on Python 2.7."""

import sys

if sys.version_info >= (3,):
    import asyncio
else:
    import trollius as asyncio

__all__ = ["asyncio"]

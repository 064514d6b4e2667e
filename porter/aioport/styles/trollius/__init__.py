"""Trollius, the asyncio of Python 2: ``yield From(x)`` and ``raise Return(v)``."""

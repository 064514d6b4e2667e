"""Rewrites coroutine source between styles: Trollius, asyncio ``yield from``, async/await, and portable aiocompat."""

__version__ = "0.1.0"

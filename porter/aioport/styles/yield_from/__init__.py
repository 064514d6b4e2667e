"""asyncio before PEP 492: ``@asyncio.coroutine`` and ``yield from``; runs on 3.3 to 3.10."""

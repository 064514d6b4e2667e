"""Names of the yield-from style (PEP 3156; ``asyncio.coroutine`` was removed in 3.11)."""

from __future__ import annotations

from aioport.styles import Vocabulary

VOCABULARY = Vocabulary(
    module="asyncio",
    marker=r"asyncio|yield\s+from",
    coroutine=frozenset(["asyncio.coroutine"]),
    # `async` went with 3.7, where it is a keyword; `JoinableQueue` with 3.5 (history.md, B2 11 and 13).
    renamed={"async": "ensure_future", "JoinableQueue": "Queue"},
)

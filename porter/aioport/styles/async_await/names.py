"""Names of the async/await style: none of its own, the syntax says it all."""

from __future__ import annotations

from aioport.styles import Vocabulary

VOCABULARY: Vocabulary | None = None

"""Names of the portable style. It is no source of ports yet."""

from __future__ import annotations

from aioport.styles import Vocabulary

VOCABULARY: Vocabulary | None = None

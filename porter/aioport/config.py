"""Settings."""
from __future__ import annotations
import os
from dataclasses import dataclass, field
@dataclass(frozen=True)
class Settings:
    to: str
    target_version: tuple[int, int] = (3, 9)
    unsafe: bool = False
    fast: bool = False
    exclude: tuple[str, ...] = ()
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)

"""async/await as a target: what was lifted is written as it is."""

from __future__ import annotations

from aioport.styles import Target

TARGET = Target(
    vocabulary=None,
    oldest=(3, 5),
    newest=(3, 15),
    default=(3, 9),
    limits="async and await came with 3.5",
)

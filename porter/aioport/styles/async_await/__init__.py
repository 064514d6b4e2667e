"""async/await (PEP 492), the pivot: every style is lifted to it and lowered from it."""

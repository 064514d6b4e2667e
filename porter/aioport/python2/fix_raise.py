"""``raise E, v`` raises ``v`` itself where that is an ``E`` already, which fissix's fixer of this name leaves out."""

from __future__ import annotations

import re
from typing import Any

from fissix.fixer_util import Name
from fissix.fixes import fix_raise

_SIMPLE = re.compile(r"[A-Za-z_][\w.]*(?:\[(?:\d+|'\w+'|\"\w+\")\])*")
"""What can be evaluated twice: names, attributes, and items by constants."""


class FixRaise(fix_raise.FixRaise):  # type: ignore[misc]
    """The fixer."""

    def transform(self, node: Any, results: dict[str, Any]) -> Any:
        """The new statement."""
        value, exception = (str(results[part]).strip() if part in results else "" for part in ("val", "exc"))
        if value == "None" or not _SIMPLE.fullmatch(value) or not _SIMPLE.fullmatch(exception):
            return super().transform(node, results)
        raised = f"({value} if isinstance({value}, {exception}) else {exception}({value}))"
        if "tb" in results:
            raised += f".with_traceback({str(results['tb']).strip()})"
        return Name(f"raise {raised}", prefix=node.prefix)

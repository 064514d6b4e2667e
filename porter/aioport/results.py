"""What a port gives: one report a file, and their sums."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from aioport.findings import Finding, Severity


class Outcome(enum.Enum):
    """What a run did, in the words of its summary."""

    PORTED = "ported"
    WOULD_PORT = "would port"
    AUDITED = "audited"


@dataclass(frozen=True)
class FileReport:
    """What became of one file. ``after`` equals ``before`` where nothing changed."""

    path: str
    before: bytes
    after: bytes
    functions: int
    """How many functions became coroutine functions of the target style."""
    findings: tuple[Finding, ...]
    moved_to: str | None = None
    """The new path of a module whose name became a keyword."""

    @property
    def changed(self) -> bool:
        """Whether the port differs from the original, or stands elsewhere."""
        return self.before != self.after or self.moved_to is not None


@dataclass(frozen=True)
class Summary:
    """The sums of a run."""

    files: int = 0
    changed: int = 0
    functions: int = 0
    notes: int = 0
    warnings: int = 0
    errors: int = 0
    failures: int = 0

    def plus(self, report: FileReport) -> Summary:
        """This summary with one more file in it."""

        def count(severity: Severity) -> int:
            return sum(finding.severity is severity for finding in report.findings)

        return Summary(
            files=self.files + 1,
            changed=self.changed + report.changed,
            functions=self.functions + report.functions,
            notes=self.notes + count(Severity.NOTE),
            warnings=self.warnings + count(Severity.WARNING),
            errors=self.errors + count(Severity.ERROR),
            failures=self.failures + count(Severity.FAILURE),
        )

    @property
    def findings(self) -> int:
        """How many findings there are in all."""
        return self.notes + self.warnings + self.errors + self.failures

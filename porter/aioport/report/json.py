"""For programs: one JSON document on stdout."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from aioport.findings import Finding
from aioport.results import FileReport, Outcome, Summary


class Reporter:
    """Collects the files that changed or have findings, and prints everything at the end."""

    def __init__(self, beside_output: bool) -> None:
        self._err = beside_output
        self._files: list[dict[str, object]] = []

    def file(self, report: FileReport) -> None:
        """Keep what is to be said of one file."""
        if report.changed or report.findings:
            self._files.append(
                {
                    "path": report.path,
                    "moved_to": report.moved_to,
                    "changed": report.changed,
                    "functions": report.functions,
                    "findings": [_as_dict(finding) for finding in report.findings],
                }
            )

    def end(self, summary: Summary, outcome: Outcome) -> None:
        """Print the document."""
        document = {"files": self._files, "summary": asdict(summary), "written": outcome is Outcome.PORTED}
        click.echo(json.dumps(document, indent=2), err=self._err)


def _as_dict(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.name.lower(),
        "applicability": finding.applicability.value,
        **asdict(finding.location),
        "message": finding.message,
        "advice": finding.advice,
    }

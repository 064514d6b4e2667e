"""For people, and for editors that know ``path:line:col:``."""

from __future__ import annotations

import click

from aioport.findings import Severity
from aioport.results import FileReport, Outcome, Summary

_COLORS = {Severity.NOTE: "blue", Severity.WARNING: "yellow", Severity.ERROR: "red", Severity.FAILURE: "red"}


class Reporter:
    """One line a finding, the advice on each code once, and a summary. Failures go to stderr."""

    def __init__(self, beside_output: bool) -> None:
        self._err = beside_output
        self._advised: set[tuple[str, str]] = set()

    def file(self, report: FileReport) -> None:
        """Print the findings on one file."""
        for finding in report.findings:
            severity = click.style(finding.severity.name.lower(), fg=_COLORS[finding.severity])
            err = self._err or finding.severity is Severity.FAILURE
            click.echo(f"{finding.location}: {severity} {finding.code}: {finding.message}", err=err)
            if (finding.code, finding.advice) not in self._advised:
                self._advised.add((finding.code, finding.advice))
                click.echo(f"    {finding.advice}", err=err)

    def end(self, summary: Summary, outcome: Outcome) -> None:
        """Print the summary line."""
        counts = [
            _counted(count, noun)
            for count, noun in (
                (summary.failures, "failure"),
                (summary.errors, "error"),
                (summary.warnings, "warning"),
                (summary.notes, "note"),
            )
            if count
        ]
        files = _counted(summary.files, "file")
        changed = f"{summary.changed} of {files}, {_counted(summary.functions, 'function')}"
        line = f"{outcome.value} {files if outcome is Outcome.AUDITED else changed}"
        findings = f"; {_counted(summary.findings, 'finding')} ({', '.join(counts)})" if counts else ""
        click.echo(
            line + findings if summary.files else "no Python files found (those in .gitignore are left out)", err=True
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

"""Writing a run's files so that a tree whose modules get new names works at every moment.

First the modules are created under their new names, then the files that import them are replaced, at last the old ones
go. Whatever stops a run in between leaves both names, so every import finds one of them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

from aioport.findings import Applicability, Finding, Location, Severity
from aioport.results import FileReport
from aioport.source import SourceError, create, remove, replace


def write(reports: Sequence[FileReport]) -> list[FileReport]:
    """Write what changed, and give the reports; what cannot be written has one with a finding and nothing changed.

    Where a module cannot be created under its new name nothing is written at all, and where a file cannot be replaced
    the modules under their old names stay.
    """
    moving = [report for report in reports if report.moved_to is not None]
    created: list[str] = []
    for report in moving:
        try:
            _create(report, created)
        except SourceError as error:
            _take_back(created)
            return [_refused(r, error.finding if r is report else _not_without(r, report)) for r in reports]
    done = {id(report): _replaced(report) for report in reports if report.moved_to is None}
    failed = next((report for report in reports if done.get(id(report), report) is not report), None)
    for report in moving:
        done[id(report)] = _removed(report) if failed is None else _kept(report, failed)
    _remove_empty(moving)
    return [done[id(report)] for report in reports]


def _create(report: FileReport, created: list[str]) -> None:
    assert report.moved_to is not None
    folder = os.path.dirname(os.path.abspath(report.moved_to))
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    create(report.moved_to, report.after, like=report.path, before=report.before)
    created.extend([*reversed(missing), report.moved_to])


def _take_back(created: list[str]) -> None:
    for path in reversed(created):
        with contextlib.suppress(OSError):
            if os.path.isdir(path):
                os.rmdir(path)
            else:
                os.unlink(path)


def _refused(report: FileReport, finding: Finding) -> FileReport:
    if not report.changed:
        return report
    return FileReport(report.path, report.before, report.before, 0, (finding,))


def _replaced(report: FileReport) -> FileReport:
    if not report.changed:
        return report
    try:
        replace(report.path, report.before, report.after)
    except SourceError as error:
        return _refused(report, error.finding)
    return report


def _removed(report: FileReport) -> FileReport:
    try:
        remove(report.path, report.before)
    except SourceError as error:
        return _also(report, error.finding)
    return report


def _kept(report: FileReport, failed: FileReport) -> FileReport:
    message = f"it stays beside {report.moved_to}, because {failed.path} could not be written and may import it"
    return _also(report, _finding(report, message, "see to that file, run aioport again, and remove this one"))


def _also(report: FileReport, finding: Finding) -> FileReport:
    findings = (*report.findings, finding)
    return FileReport(report.path, report.before, report.after, report.functions, findings, report.moved_to)


def _not_without(report: FileReport, failed: FileReport) -> Finding:
    message = f"nothing is written, because {failed.path} could not be renamed to {failed.moved_to}"
    return _finding(report, message, "see to that file first")


def _finding(report: FileReport, message: str, advice: str) -> Finding:
    place = Location(report.path, 1, 1, 1, 1)
    return Finding(place, "unwritable", Severity.FAILURE, Applicability.MANUAL, message, advice)


def _remove_empty(moved: Sequence[FileReport]) -> None:
    for folder in sorted({os.path.dirname(report.path) for report in moved}, key=len, reverse=True):
        # One that still holds something, such as __pycache__, stays, and so does one that held another module.
        with contextlib.suppress(OSError):
            os.rmdir(folder)

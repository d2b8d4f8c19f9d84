"""Shows people what came of an upload."""

from __future__ import annotations

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.console import Console, some_of
from hatch_sentry_artifacts.outcome import Status
from hatch_sentry_artifacts.report import Report


def conclude(report: Report, console: Console) -> None:
    """Show the result. Raises the error that stopped the upload, or UploadIncomplete."""
    if report.error is None:
        lines = [f"{outcome.asset.path}: {outcome.error}" for outcome in report.failed]
        for line in some_of(lines, more="files that failed"):
            console.error(line)
    if report.error is None or len(report.failed) < len(report.files):
        _show_files(report, console)
        page = f", see {report.page}" if report.page else ""
        console.info(f"release {report.release}: {report.result()}{page}")
    if report.failure is not None:
        raise report.failure


def _show_files(report: Report, console: Console) -> None:
    """Show what was done to which file; the errors of those that failed are shown elsewhere."""
    left_out = {Status.FAILED, Status.PLANNED}
    if console.verbosity <= 0:
        left_out.add(Status.UNCHANGED)
    shown = [outcome for outcome in report.files if outcome.status not in left_out]
    console.details(
        f"{files_text(len(shown))} of release {report.release}",
        [
            f"{each.status.value:<9} {each.asset.name}  {size_text(each.asset.size)}"
            + (f"  [{each.asset.rule}]" if console.verbosity > 0 else "")
            for each in shown
        ],
    )

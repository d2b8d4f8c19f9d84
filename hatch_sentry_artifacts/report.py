"""What an upload did, file by file: as text for people, and JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.errors import SentryArtifactsError, UploadIncomplete
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.outcome import Outcome, Status


@dataclass(frozen=True)
class BundleReport:
    """An artifact bundle; `size` in bytes before compression.

    `state` is the last that the server told, None if it told none.
    """

    checksum: str
    size: int
    chunks: int
    chunks_sent: int
    state: str | None


@dataclass(frozen=True)
class Report:
    """The whole of one upload. `seconds` of wall time; `bytes_sent` of request bodies.

    `page` is the address of the release's page on the server, None if it has none.
    """

    release: str
    dist: str | None
    organization: str | None
    projects: tuple[str, ...]
    url: str | None
    upload_as: str
    dry_run: bool
    files: tuple[Outcome, ...]
    bytes_sent: int
    requests: int
    seconds: float
    error: SentryArtifactsError | None = None
    bundle: BundleReport | None = None
    page: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all files are on the server as they should be (or, in a dry run, would be)."""
        return self.error is None and not self.failed

    @property
    def failed(self) -> Sequence[Outcome]:
        """The files that are not on the server."""
        return [outcome for outcome in self.files if outcome.status is Status.FAILED]

    @property
    def failure(self) -> SentryArtifactsError | None:
        """What stopped the upload, or says that it is incomplete; None if all is there."""
        if self.error is not None or not self.failed:
            return self.error
        return UploadIncomplete(
            f"release {self.release} lacks {len(self.failed)} of its "
            f"{files_text(len(self.files))}; running this again sends what is missing"
        )

    @property
    def summary(self) -> dict[str, int]:
        """How many files have each status, for the statuses that occur, in a fixed order."""
        counts = Counter(outcome.status for outcome in self.files)
        return {status.value: counts[status] for status in Status if counts[status]}

    def json_object(self) -> dict[str, Any]:
        """Return the report as the documentation describes it."""
        return {
            "release": self.release,
            "dist": self.dist,
            "organization": self.organization,
            "projects": list(self.projects),
            "url": self.url,
            "page": self.page,
            "upload_as": self.upload_as,
            "dry_run": self.dry_run,
            "files": [_file_as_json(outcome) for outcome in self.files],
            **({"bundle": asdict(self.bundle)} if self.bundle else {}),
            "summary": self.summary,
            "bytes_sent": self.bytes_sent,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "ok": self.ok,
            "warnings": list(self.warnings),
            **({"error": str(self.error)} if self.error else {}),
        }

    def result(self) -> str:
        """Return one line: how many files of which status, and what it took."""
        counts = ", ".join(f"{count} {status}" for status, count in self.summary.items())
        if self.dry_run:
            return f"dry run: {counts or 'no files'}, nothing sent"
        effort = f"{size_text(self.bytes_sent)} sent in {self.seconds:.1f} s"
        return f"{counts or 'nothing sent'} ({effort})"


def json_lines(reports: Sequence[Report]) -> str:
    """Return a line of JSON for each report, so that any number of them can be read alike."""
    return "".join(json_text(report.json_object()) + "\n" for report in reports)


def _file_as_json(outcome: Outcome) -> dict[str, Any]:
    asset = outcome.asset
    return {
        "path": asset.path,
        "name": asset.name,
        "size": asset.size,
        "sha1": asset.sha1,
        "headers": dict(asset.headers),
        "debug_id": asset.debug_id,
        "status": outcome.status.value,
        "error": outcome.error,
        "rule": asset.rule,
    }

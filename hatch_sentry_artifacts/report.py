"""What an upload did, file by file: as text for people, JSON for programs, Markdown for pages."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.errors import ConfigurationError, SentryArtifactsError
from hatch_sentry_artifacts.escaping import json_text, markdown_code
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
    """The whole of one upload. `seconds` of wall time; `bytes_sent` of request bodies."""

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

    @property
    def ok(self) -> bool:
        """Whether all files are on the server as they should be (or, in a dry run, would be)."""
        return self.error is None and not self.failed

    @property
    def failed(self) -> Sequence[Outcome]:
        """The files that are not on the server."""
        return [outcome for outcome in self.files if outcome.status is Status.FAILED]

    @property
    def summary(self) -> dict[str, int]:
        """How many files have each status, for the statuses that occur, in a fixed order."""
        counts = Counter(outcome.status for outcome in self.files)
        return {status.value: counts[status] for status in Status if counts[status]}

    def json_object(self) -> dict[str, Any]:
        """Return the report as the README describes it."""
        return {
            "release": self.release,
            "dist": self.dist,
            "organization": self.organization,
            "projects": list(self.projects),
            "url": self.url,
            "upload_as": self.upload_as,
            "dry_run": self.dry_run,
            "files": [_file_as_json(outcome) for outcome in self.files],
            **({"bundle": asdict(self.bundle)} if self.bundle else {}),
            "summary": self.summary,
            "bytes_sent": self.bytes_sent,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "ok": self.ok,
            **({"error": str(self.error)} if self.error else {}),
        }

    def markdown(self) -> str:
        """Return a heading, the counts, and a table of the files; foreign text is code in it."""
        dist = f", dist {markdown_code(self.dist)}" if self.dist else ""
        error = ["", *(markdown_code(line) for line in self.error.lines)] if self.error else []
        lines = [
            f"## Sentry release {markdown_code(self.release)}{dist}",
            "",
            f"{self.result()}.",
            *error,
            "",
            "| file | name | size | status |",
            "|---|---|---:|---|",
        ]
        for outcome in self.files:
            status = outcome.status.value
            if outcome.error:
                status += f": {markdown_code(outcome.error)}"
            path, name = map(markdown_code, (outcome.asset.path, outcome.asset.name))
            lines.append(f"| {path} | {name} | {outcome.asset.size} | {status} |")
        return "\n".join(lines) + "\n"

    def result(self) -> str:
        """Return one line: how many files of which status, and what it took."""
        counts = ", ".join(f"{count} {status}" for status, count in self.summary.items())
        if self.dry_run:
            return f"dry run: {counts or 'no files'}, nothing sent"
        effort = f"{size_text(self.bytes_sent)} sent in {self.seconds:.1f} s"
        return f"{counts or 'nothing sent'} ({effort})"


def write_reports(reports: Sequence[Report], file: Path, *, inside: Path | None = None) -> None:
    """Write `reports` to `file`: one JSON object a line, or Markdown if it ends in `.md`.

    GitHub's step summary, which other steps write to, gets Markdown at its end. `inside` is the
    folder out of which the file may not lead, by no link either: a project's configuration is not
    the word of whoever builds it. Raises ConfigurationError if that cannot be done.
    """
    if inside is not None:
        _refuse_outside(file, inside)
    shared = _is_step_summary(file)
    if shared or file.suffix.lower() in {".md", ".markdown"}:
        text = "\n".join(report.markdown() for report in reports)
    else:
        text = json_lines(reports)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if shared else "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ConfigurationError(
            f"the report could not be written to {file}: {error.strerror}; fix the option `report`"
        ) from None


def _refuse_outside(file: Path, folder: Path) -> None:
    """Raise ConfigurationError for a file that is not in the folder, or is reached by a link."""
    parts = file.relative_to(folder).parts if file.is_relative_to(folder) else (os.pardir,)
    steps = [folder.joinpath(*parts[: length + 1]) for length in range(len(parts))]
    if os.pardir in parts or any(step.is_symlink() for step in steps):
        raise ConfigurationError(
            f"the report was not written to {file}: the option `report` in a project's files names "
            f"a file inside of {folder}, and not by a link; --report may name any"
        )


def _is_step_summary(file: Path) -> bool:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    return bool(summary) and file.resolve() == Path(summary or "").resolve()


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
    }

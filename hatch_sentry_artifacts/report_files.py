"""Writes reports: JSON, Markdown or a page of HTML, and the summary of GitHub's job pages."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.configuration.files import leads_outside
from hatch_sentry_artifacts.errors import ConfigurationError, SentryArtifactsError
from hatch_sentry_artifacts.escaping import markdown_code
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import Report, json_lines

_SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
# GitHub shows no summary above 1 MiB, and nobody reads as much.
_MOST_ROWS = 500
_MOST_WARNINGS = 50
_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm"}


@dataclass(frozen=True)
class Failure:
    """An upload that ended before there was anything to report but its error."""

    what: str
    error: SentryArtifactsError


def write_reports(
    results: Sequence[Report | Failure], file: Path, *, inside: Path | None = None
) -> None:
    """Write `results` to `file`: JSON, a page if it is `.html`, Markdown at its end if it is `.md`.

    JSON is an object a line, and has none for failures. GitHub's step summary is Markdown too,
    whatever it is called.
    `inside` is the folder out of which the file may not lead, by no link either: a project's
    configuration is not the word of whoever builds it. Raises ConfigurationError if that cannot be
    done.
    """
    if inside is not None and leads_outside(file, inside):
        raise ConfigurationError(
            f"the report was not written to {file}: the option `report` in a project's files names "
            f"a file inside of {inside}, and not by a link; --report may name any"
        )
    as_markdown = _is_summary(file) or file.suffix.lower() in _MARKDOWN
    if as_markdown:
        text = pages(results)
    elif file.suffix.lower() in _HTML:
        text = _as_html(results)
    else:
        text = json_lines([each for each in results if isinstance(each, Report)])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if as_markdown else "w"
        with open(file, mode, encoding="utf-8", opener=_open) as opened:
            opened.write(text)
    except OSError as error:
        raise ConfigurationError(
            f"the report could not be written to {file}: {error.strerror}; fix the option `report`"
        ) from None


def _as_html(results: Sequence[Report | Failure]) -> str:
    from hatch_sentry_artifacts.report_page import html_page  # hardly ever needed

    return html_page(
        [each if isinstance(each, Report) else (each.what, each.error) for each in results]
    )


def append_summary(
    results: Sequence[Report | Failure], environment: Mapping[str, str], report: Path | None
) -> str:
    """Append Markdown to the summary of GitHub's job page, if there is one.

    `report` is the file that has it already. Returns half a sentence if it cannot be written.
    """
    name = environment.get(_SUMMARY_VARIABLE)
    if not name or not results or (report is not None and _is_summary(report)):
        return ""
    try:
        with open(name, "a", encoding="utf-8", opener=_open) as opened:
            opened.write(pages(results))
    except OSError as error:
        return f"{_SUMMARY_VARIABLE}: {name} could not be written: {error.strerror}"
    return ""


def pages(results: Sequence[Report | Failure]) -> str:
    """Return the Markdown of the results, each with a blank line behind it."""
    return "".join(
        "\n".join(_of_failure(each) if isinstance(each, Failure) else _of_report(each)) + "\n\n"
        for each in results
    )


def _of_failure(failure: Failure) -> Iterator[str]:
    yield f"## Sentry: {markdown_code(failure.what)} was not uploaded"
    yield from _of_error(failure.error)


def _of_report(report: Report) -> Iterator[str]:
    """Yield a heading, what came of it, and a table of the files; foreign text is code in it."""
    dist = f", dist {markdown_code(report.dist)}" if report.dist else ""
    yield f"## Sentry release {markdown_code(report.release)}{dist}"
    yield ""
    page = quote(report.page, safe=":/%[]") if report.page else ""
    yield f"{report.result()}." + (f" [The release in Sentry]({page})" if page else "")
    if report.failure:
        yield from _of_error(report.failure)
    if report.warnings:
        yield from ("", "Warnings:", "")
        yield from (f"- {markdown_code(line)}" for line in report.warnings[:_MOST_WARNINGS])
        if len(report.warnings) > _MOST_WARNINGS:
            yield f"- … and {len(report.warnings) - _MOST_WARNINGS} more"
    yield from ("", "| file | name | size | status |", "|---|---|---:|---|")
    # What failed comes first, should it be too much to be shown.
    ordered = sorted(report.files, key=lambda each: each.status is not Status.FAILED)
    yield from (_row(outcome) for outcome in ordered[:_MOST_ROWS])
    if len(ordered) > _MOST_ROWS:
        yield from ("", f"… and {len(ordered) - _MOST_ROWS} more files.")


def _of_error(error: SentryArtifactsError) -> Iterator[str]:
    yield from ("", "**Error:**", "")
    yield from (f"- {markdown_code(line.strip())}" for line in error.lines)


def _row(outcome: Outcome) -> str:
    status = outcome.status.value
    if outcome.error:
        status += f": {markdown_code(outcome.error)}"
    path, name = map(markdown_code, (outcome.asset.path, outcome.asset.name))
    return f"| {path} | {name} | {size_text(outcome.asset.size)} | {status} |"


def _open(file: str, flags: int) -> int:
    """Open a file for writing; a pipe that nobody reads is an error: it would block for ever."""
    if os.name == "nt":
        return os.open(file, flags, 0o666)
    descriptor = os.open(file, flags | os.O_NONBLOCK, 0o666)
    os.set_blocking(descriptor, True)
    return descriptor


def _is_summary(file: Path) -> bool:
    summary = os.environ.get(_SUMMARY_VARIABLE)
    return bool(summary) and file.resolve() == Path(summary or "").resolve()

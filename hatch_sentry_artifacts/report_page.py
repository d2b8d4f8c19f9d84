"""Makes a report as one HTML page that asks for nothing: what was sent, under which names, why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.assets.finding_rules import ADDRESS, FINDING_RULES
from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.assets.naming.rules import sentences
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.escaping import visible
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import Report

_RULE = re.compile(r"\[([a-z0-9-]+)\]$")
_RULES = {rule.name for rule in FINDING_RULES}
# No script, no image, no font: whatever foreign text a name holds, the page asks for nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 75rem; overflow-wrap: anywhere; padding: 1rem; }
h1, h2 { line-height: 1.2; }
h2 { border-top: 1px solid #8886; margin-top: 2.5rem; padding-top: 1rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
dl { display: grid; gap: .25rem 1rem; grid-template-columns: max-content 1fr; }
dd { margin: 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; min-width: 45rem; width: 100%; }
caption { font-weight: bold; padding: .5rem 0; text-align: start; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem .3rem 0; text-align: start;
  vertical-align: top; }
.number { text-align: end; white-space: nowrap; }
.good::before { content: "\\2713\\00a0"; }
.bad { border-inline-start: .3rem solid #c33; padding-inline-start: .8rem; }
.bad::before { content: "\\2717\\00a0"; }
"""


def html_page(sections: Sequence[Report | tuple[str, SentryArtifactsError]]) -> str:
    """Return the page of reports, and of what ended with an error before there was one."""
    body: list[str] = []
    for each in sections:
        body += _of_report(each) if isinstance(each, Report) else _of_failure(*each)
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>Upload to Sentry</title>",
            f"<style>{_STYLE}</style>",
            "<main>",
            "<h1>Upload to Sentry</h1>",
            *(body or ["<p>Nothing was uploaded.</p>"]),
            "</main>",
            "</html>",
            "",
        )
    )


def _of_failure(what: str, error: SentryArtifactsError) -> Iterator[str]:
    yield f"<h2>{_code(what)} was not uploaded</h2>"
    yield from _of_error(error)


def _of_report(report: Report) -> Iterator[str]:
    dist = f", dist {_code(report.dist)}" if report.dist else ""
    yield f"<h2>Release {_code(report.release)}{dist}</h2>"
    state = "good" if report.ok else "bad"
    yield f'<p class="{state}">{_text(report.result())}.</p>'
    if report.failure:
        yield from _of_error(report.failure)
    yield from _facts(report)
    if report.warnings:
        yield "<h3>Warnings</h3>"
        yield "<ul>"
        yield from (f"<li>{_warning(line)}</li>" for line in report.warnings)
        yield "</ul>"
    yield from _unresolved(report)
    yield from _files(report)
    yield from _reasons(report)


def _facts(report: Report) -> Iterator[str]:
    where = f"{report.organization}/{', '.join(report.projects)}" if report.organization else ""
    size = sum(outcome.asset.size for outcome in report.files)
    facts = {
        "server": _text(report.url or ""),
        "project": _text(where),
        "page": _link(report.page) if report.page else "",
        "stored as": _text(report.upload_as.replace("-", " ")),
        "files": f"{files_text(len(report.files))}, {size_text(size)}",
    }
    if report.bundle:
        chunks = f"{report.bundle.chunks_sent} of {report.bundle.chunks} parts sent"
        facts["bundle"] = f"{chunks}, {_text(report.bundle.state or 'its end was not told')}"
    yield "<dl>"
    yield from (f"<dt>{key}</dt><dd>{value}</dd>" for key, value in facts.items() if value)
    yield "</dl>"


def _unresolved(report: Report) -> Iterator[str]:
    """Yield the scripts whose traces stay minified, since nothing maps them."""
    scripts = [each.asset for each in report.files if is_script(each.asset.path)]
    bare = [asset for asset in scripts if not asset.has_map]
    if not bare:
        return
    yield f"<details><summary>{len(bare)} of {len(scripts)} scripts have no source map: a trace "
    yield "through them shows the script as it is</summary><ul>"
    yield from (f"<li>{_code(path)}</li>" for path in dict.fromkeys(each.path for each in bare))
    yield "</ul></details>"


def _files(report: Report) -> Iterator[str]:
    yield '<div class="table" tabindex="0"><table>'
    yield "<caption>Files, with the names by which events find them</caption>"
    yield "<thead><tr>"
    yield from (
        f'<th scope="col"{kind}>{title}</th>'
        for title, kind in (
            ("name", ""),
            ("file in the wheel", ""),
            ("size", ' class="number"'),
            ("source map", ""),
            ("debug id", ""),
            ("rule", ""),
            ("status", ""),
        )
    )
    yield "</tr></thead><tbody>"
    # What failed comes first.
    for outcome in sorted(report.files, key=lambda each: each.status is not Status.FAILED):
        yield _row(outcome)
    yield "</tbody></table></div>"


def _row(outcome: Outcome) -> str:
    asset = outcome.asset
    source_map = "within" if asset.carries_map else _code(asset.headers.get("Sourcemap", ""))
    status = _text(outcome.status.value)
    if outcome.error:
        status += f": {_text(outcome.error)}"
    cells = (
        ("", _code(asset.name)),
        ("", _code(asset.path)),
        (' class="number"', size_text(asset.size)),
        ("", source_map),
        ("", _code(asset.debug_id or "")),
        ("", _text(asset.rule)),
        ("", status),
    )
    return f"<tr>{''.join(f'<td{kind}>{cell}</td>' for kind, cell in cells)}</tr>"


def _reasons(report: Report) -> Iterator[str]:
    """Yield why the files have these names."""
    told = sentences()
    rules = [rule for rule in dict.fromkeys(each.asset.rule for each in report.files) if rule]
    if rules:
        yield "<h3>Rules of the names</h3><dl>"
        yield from (f"<dt>{rule}</dt><dd>{_text(told.get(rule, ''))}</dd>" for rule in rules)
        yield "</dl>"


def _of_error(error: SentryArtifactsError) -> Iterator[str]:
    yield '<div class="bad" role="alert">'
    yield from (f"{_text(line.strip())}<br>" for line in error.lines)
    yield "</div>"


def _warning(line: str) -> str:
    found = _RULE.search(line)
    if not found or found[1] not in _RULES:
        return _text(line)
    return f'{_text(line[: found.start()])}<a href="{ADDRESS}#{found[1]}">{found[1]}</a>'


def _link(address: str) -> str:
    shown = _text(address)
    web = address.startswith(("https://", "http://"))
    return f'<a href="{shown}">{shown}</a>' if web else shown


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>" if text else ""


def _text(text: str) -> str:
    return escape(visible(text))

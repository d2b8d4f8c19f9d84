"""Builds on GitHub Actions: annotations, folded names, and the summary of the job's page."""

from __future__ import annotations

import re
from pathlib import Path

from .press import Press


def test_a_build_tells_github(press: Press, tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    given = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    assert press.build(**given).code == 0
    text = summary.read_text("utf-8")
    assert text.startswith("## Sentry release `1.0`\n\n")
    assert re.search(
        r"\[The release in Sentry\]\(http://.*/organizations/acme/releases/1.0/\)", text
    )

    result = press.build(**given, SENTRY_AUTH_TOKEN="a" * 64)
    assert result.code == 3
    assert [line for line in result.output.splitlines() if "::error::" in line] == [
        next(line for line in result.lines if "does not accept the token" in line)
    ]
    assert result.lines[-1].endswith(f"hatch-sentry-artifacts upload dist/{press.wheel.name}")
    assert summary.read_text("utf-8").count("## Sentry release `1.0`") == 2
    assert "**Error:**\n\n- `http" in summary.read_text("utf-8")

    press.configure('on-error = "warn"')
    result = press.build(**given, SENTRY_ARTIFACTS="upload", SENTRY_AUTH_TOKEN="")
    assert result.code == 0
    assert "::warning::sentry-artifacts: no token: " in result.output

"""Sets the commits of a release, and says which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hatch_sentry_artifacts.commits.base import short
from hatch_sentry_artifacts.commits.plan import Plan
from hatch_sentry_artifacts.repository.history import Commit
from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits

# As Sentry reads them, where all white space is a space.
_FIXES = re.compile(
    r"\b(?:fix|fixes|fixed|close|closes|closed|resolve|resolves|resolved):? ([a-z0-9_\- ,]+)\b",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"\b([A-Z0-9_-]+-[A-Z0-9]+)\b", re.IGNORECASE)
_MOST_ISSUES = 10
_LONGEST_SEARCHED = 10_000


def carry_out(plan: Plan, version: str, server: ReleaseCommits) -> None:
    """Set the commits of the release. Raises ReleaseMissing, and the errors of SentryApi."""
    if plan.is_empty:
        return
    if plan.known is not None:
        previous = plan.base.commit if plan.base else None
        server.set_refs(version, plan.known, plan.head, previous)
    else:
        server.set_commits(version, plan.commits, plan.repository)


def summary(plan: Plan, version: str, *, dry_run: bool = False) -> str:
    """Return a line of what is set, or would be."""
    since = f" since {plan.base}" if plan.base else ""
    of = f" of {plan.repository}" if plan.repository else ""
    if plan.is_empty:
        return f"no commits{of}{since}: those of release {version} stay as they are"
    if plan.known is not None:
        up_to = f"those{of} up to {short(plan.head)}{since}"
        number = f", {commits_text(plan.total)}" if plan.commits else ""
        verb = "would fetch" if dry_run else "fetches"
        return f"commits of release {version}: the server {verb} {up_to}{number}"
    verb = "would be set" if dry_run else "set"
    return f"{commits_text(len(plan.commits))}{of}{since} {verb} for release {version}"


def effects(commits: Sequence[Commit]) -> list[str]:
    """Return what Sentry does besides, as messages of commits tell it."""
    lines = []
    skipped = sum(each.is_skipped for each in commits)
    if skipped:
        lines.append(f"Sentry leaves out {commits_text(skipped)} with #skipsentry in the message")
    issues = list(dict.fromkeys(_issues(commits)))
    if issues:
        more = ", …" if len(issues) > _MOST_ISSUES else ""
        lines.append(
            "Sentry resolves in this release the issues that messages say are fixed: "
            f"{', '.join(issues[:_MOST_ISSUES])}{more}"
        )
    return lines


def commits_text(number: int) -> str:
    """Return a number of commits in words."""
    return "1 commit" if number == 1 else f"{number} commits"


def _issues(commits: Sequence[Commit]) -> Iterator[str]:
    for commit in commits:
        if not commit.is_skipped:
            text = " ".join(commit.message[:_LONGEST_SEARCHED].split())
            for found in _FIXES.finditer(text):
                yield from _ISSUE.findall(found[1])

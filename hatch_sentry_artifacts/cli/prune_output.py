"""What `prune` shows of a plan, and of its deletion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.cli.table import NONE, table
from hatch_sentry_artifacts.console import some_of
from hatch_sentry_artifacts.sentry.pruning.deletion import Deletion
from hatch_sentry_artifacts.sentry.pruning.rules import KnownRelease, Rule
from hatch_sentry_artifacts.sentry.pruning.survey import Plan, Share


def survey_lines(plan: Plan, rule: Rule, connection: str) -> Iterator[str]:
    """Yield a line on what was looked at, and one on each old release or bundle that stays."""
    decision = plan.decision
    if not decision.matching:
        yield f"no release of {connection} matches {rule.pattern}: --release PATTERN takes others"
        return
    matching = "1 release" if decision.matching == 1 else f"{decision.matching} releases"
    matched = "" if rule.pattern == "*" else f", of {rule.pattern}"
    holding = sum(share.release is not None for share in plan.shares)
    yield (
        f"{matching} of {connection}{matched}; {len(decision.old)} old, {holding} of them with "
        "something to delete"
    )
    yield from some_of(
        [f"{version} keeps what it holds: {reason}" for version, reason in plan.kept.items()],
        more="old releases that keep it",
    )
    if rule.own is None and plan.shares:
        yield "the project's version is not known here, so no release stays on its account"
    if plan.staying:
        yield (
            f"{_bundles_text(plan.staying)} of old releases will stay, as another release, which "
            "is not old, has the same"
        )
    if any(reason.startswith("it is also that of") for reason in plan.kept.values()):
        yield "--shared takes those of other projects, too"


def plan_lines(plan: Plan, now: datetime) -> list[str]:
    """Return a table of what is to be deleted."""
    if not plan.shares:
        return []
    shares = plan.shares
    return table(
        {
            "DATE": [_day(share.release) for share in shares],
            "AGE": [_age(share.release, now) for share in shares],
            "FILES": [str(share.files) if share.files else NONE for share in shares],
            "BUNDLES": [str(len(each.bundles)) if each.bundles else NONE for each in shares],
            "SIZE": [size_text(share.size) for share in shares],
            "RELEASE": [share.release.version if share.release else "none" for share in shares],
        }
    )


def to_delete_text(plan: Plan) -> str:
    """Return the totals of what is to be deleted."""
    leftovers = sum(share.leftovers for share in plan.shares)
    remark = f" ({leftovers} of them left over from replacements)" if leftovers else ""
    parts = [f"{files_text(plan.files)}{remark}"] if plan.files else []
    parts += [_bundles_text(plan.bundles)] if plan.bundles else []
    return f"{' and '.join(parts) or 'nothing'}, {size_text(plan.size)}"


def deleted_text(deletion: Deletion, connection: str) -> str:
    """Return what was deleted."""
    gone = f"; {deletion.gone} were gone already" if deletion.gone else ""
    return (
        f"deleted {files_text(deletion.files)} and {_bundles_text(deletion.bundles)} "
        f"({size_text(deletion.size)}) of {connection}{gone}"
    )


def report_object(
    plan: Plan, deletion: Deletion, rule: Rule, now: datetime, *, dry_run: bool
) -> dict[str, Any]:
    """Return the plan and its deletion for JSON."""
    return {
        "dry_run": dry_run,
        "pattern": rule.pattern,
        "matching": plan.decision.matching,
        "old": len(plan.decision.old),
        "kept": [{"release": version, "reason": reason} for version, reason in plan.kept.items()],
        "releases": [_share_object(share, now) for share in plan.shares],
        "files": plan.files,
        "bundles": plan.bundles,
        "size": plan.size,
        "deleted": {
            "files": deletion.files,
            "bundles": deletion.bundles,
            "size": deletion.size,
            "gone": deletion.gone,
        },
        "failures": deletion.failures,
    }


def _share_object(share: Share, now: datetime) -> dict[str, Any]:
    release = share.release
    date = release.date if release else None
    return {
        "release": release.version if release else None,
        "date": date.isoformat() if date else None,
        "age_days": (now - date).days if date else None,
        "files": share.files,
        "leftovers": share.leftovers,
        "files_size": share.file_bytes,
        "bundles": [{"id": each.bundle.id, "size": each.size} for each in share.bundles],
    }


def _day(release: KnownRelease | None) -> str:
    return release.date.strftime("%Y-%m-%d") if release and release.date else NONE


def _age(release: KnownRelease | None, now: datetime) -> str:
    if release is None or release.date is None:
        return NONE
    days = max((now - release.date).days, 0)
    return "1 day" if days == 1 else f"{days} days"


def _bundles_text(count: int) -> str:
    return "1 artifact bundle" if count == 1 else f"{count} artifact bundles"

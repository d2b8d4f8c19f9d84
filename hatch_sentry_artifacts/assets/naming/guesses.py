"""Tells which names are guesses, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hatch_sentry_artifacts.assets.asset import Asset, Finding
from hatch_sentry_artifacts.assets.naming.naming import Named


def guessed_names(assets: Sequence[Asset], named: Mapping[str, Named]) -> Iterator[Finding]:
    """Yield a finding for each reason why scripts may be served under other names than theirs.

    Events find a script that registers a debug id by that, whatever its name; and one that lies
    elsewhere, too, by its other name.
    """
    known = {asset.sha1 for asset in assets if not named[asset.path].doubt}
    by_reason: dict[str, dict[str, None]] = {}
    for asset in assets:
        reason = named[asset.path].doubt
        if reason and not (asset.is_map or asset.registers_id or asset.sha1 in known):
            by_reason.setdefault(reason, {})[asset.path] = None
    for reason, (first, *others) in by_reason.items():
        yield Finding(
            first,
            "name-guessed",
            f"named after the path in the wheel, which is a guess: {reason}",
            tuple(others),
        )

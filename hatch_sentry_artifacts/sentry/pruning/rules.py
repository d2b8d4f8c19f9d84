"""Decides which releases and bundles are old; asks no server and no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from hatch_sentry_artifacts.dates import moment
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import RemoteBundle


@dataclass(frozen=True)
class KnownRelease:
    """A release that a server knows, or that only artifact bundles name.

    `date` is that of its finalization, else of its creation; None if unknown. `projects` are the
    slugs of all that it is linked to. `last_event` is when its last event came, if known;
    `deployed` has the last deploy in each environment.
    """

    version: str
    date: datetime | None
    finalized: bool = False
    projects: frozenset[str] = frozenset()
    last_event: datetime | None = None
    deployed: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """What is old: of the releases that match `pattern`, all but the newest `keep`.

    With `older_than`, only those that were neither released nor sent an event in that time. One of
    both is given; with both, both have to agree. `projects` are the slugs of the configured ones:
    a release that other projects have, too, is old only with `shared`. `own` is the release of the
    version that the project has now. `unbound`: bundles without a release, which debug ids alone
    find, go by their age.
    """

    pattern: str
    projects: frozenset[str]
    keep: int | None = None
    older_than: timedelta | None = None
    shared: bool = False
    unbound: bool = False
    own: str | None = None

    def matches(self, version: str) -> bool:
        """Return whether the pattern matches the whole name, in this case of letters."""
        return fnmatchcase(version, self.pattern)


@dataclass(frozen=True)
class Decision:
    """The old releases, the oldest first; why others stay that are old by number and age alone."""

    old: tuple[KnownRelease, ...]
    kept: Mapping[str, str]
    matching: int


def decide(releases: Iterable[KnownRelease], rule: Rule, now: datetime) -> Decision:
    """Return which of the releases are old."""
    matching = _newest_first(each for each in releases if rule.matches(each.version))
    protected = _protected(matching, rule)
    old, kept = [], {}
    for number, release in enumerate(matching):
        if rule.keep is not None and number < rule.keep:
            continue
        if rule.older_than is not None and not _is_older(release.date, rule.older_than, now):
            continue
        reason = protected.get(release.version) or _use(release, rule, now)
        if reason:
            kept[release.version] = reason
        else:
            old.append(release)
    return Decision(tuple(reversed(old)), kept, len(matching))


def only_in_bundles(
    bundles: Iterable[RemoteBundle], known: Collection[str]
) -> dict[str, datetime | None]:
    """Return the releases that only bundles name, each with the date of its newest bundle."""
    found: dict[str, datetime | None] = {}
    for bundle in bundles:
        stored = moment(bundle.date)
        for version in {version for version, _ in bundle.releases}.difference(known):
            before = found.get(version)
            found[version] = stored if before is None else max(before, stored or before)
    return found


def old_bundles(
    bundles: Iterable[RemoteBundle], decision: Decision, rule: Rule, now: datetime
) -> tuple[dict[str, list[RemoteBundle]], list[RemoteBundle], int]:
    """Return the bundles of old releases, those without any release, and how many have to stay.

    A bundle of several releases is that of the newest, and stays if one of them does.
    """
    order = {release.version: number for number, release in enumerate(decision.old)}
    of_release: dict[str, list[RemoteBundle]] = {}
    unbound: list[RemoteBundle] = []
    staying = 0
    for bundle in bundles:
        versions = {version for version, _ in bundle.releases}
        if not versions:
            stored = moment(bundle.date)
            if rule.unbound and rule.older_than and _is_older(stored, rule.older_than, now):
                unbound.append(bundle)
        elif versions <= order.keys():
            of_release.setdefault(max(versions, key=order.__getitem__), []).append(bundle)
        elif not versions.isdisjoint(order):
            staying += 1
    return of_release, unbound, staying


def _newest_first(releases: Iterable[KnownRelease]) -> Sequence[KnownRelease]:
    """Return each release once; those without a date are the last, and stay."""
    once = {release.version: release for release in releases}
    return sorted(
        once.values(),
        key=lambda each: (each.date is not None, each.date.timestamp() if each.date else 0.0),
        reverse=True,
    )


def _protected(matching: Sequence[KnownRelease], rule: Rule) -> dict[str, str]:
    """Return the releases that stay whatever their number and age, each with the reason."""
    found: dict[str, str] = {}
    for release in matching:
        others = sorted(release.projects - rule.projects)
        if release.date is None:
            found[release.version] = "its date is unknown"
        elif others and not rule.shared:
            found[release.version] = f"it is also that of {', '.join(others)}"
    for environment, version in _in_place(matching).items():
        found[version] = f"it is deployed to {environment}"
    dated = [release for release in matching if release.date is not None]
    for release in [each for each in dated if each.finalized][:1]:
        found[release.version] = "it is the newest that is finalized"
    for release in dated[:1]:
        found[release.version] = "it is the newest"
    if rule.own is not None:
        found[rule.own] = "it is that of the project's version"
    return found


def _in_place(releases: Iterable[KnownRelease]) -> dict[str, str]:
    """Return the release that was last deployed to each environment."""
    last: dict[str, tuple[datetime, str]] = {}
    for release in releases:
        for environment, date in release.deployed.items():
            last[environment] = max((date, release.version), last.get(environment, (date, "")))
    return {environment: version for environment, (_, version) in last.items()}


def _use(release: KnownRelease, rule: Rule, now: datetime) -> str:
    """Return why a release of that age is still in use; "" if it is not, or not known to be."""
    if rule.older_than is None or release.last_event is None:
        return ""
    return "" if _is_older(release.last_event, rule.older_than, now) else "events of it still come"


def _is_older(date: datetime | None, age: timedelta, now: datetime) -> bool:
    return date is not None and now - date > age

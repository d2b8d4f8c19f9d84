"""Finds out what old releases hold, and how much that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime

from hatch_sentry_artifacts.errors import NotFound, NotOffered, ServerRefused, UnexpectedResponse
from hatch_sentry_artifacts.parallel import run_parallel
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing, RemoteBundle
from hatch_sentry_artifacts.sentry.pruning.listing import (
    file_counts,
    list_all,
    lists_file_counts,
    named_by_bundles,
    with_deploys,
)
from hatch_sentry_artifacts.sentry.pruning.rules import (
    Decision,
    KnownRelease,
    Rule,
    decide,
    old_bundles,
    only_in_bundles,
)
from hatch_sentry_artifacts.sentry.releases.asides import is_aside
from hatch_sentry_artifacts.sentry.releases.release_plan import list_files
from hatch_sentry_artifacts.sentry.releases.releases import require_destination

# A release of more is listed by all workers, and no other at the same time: its list is in memory.
_MANY_FILES = 1_000

Watch = Callable[[int], AbstractContextManager[Callable[[int], None]]]


@dataclass(frozen=True)
class SizedBundle:
    """A bundle of those of the configured projects that have it.

    `size` is that of its files in bytes, unpacked; None if the server does not tell.
    """

    bundle: RemoteBundle
    projects: tuple[str, ...]
    size: int | None


@dataclass(frozen=True)
class Share:
    """What is to be deleted of one release, or, for None, of none.

    `leftovers` are those of the `files` that stopped replacements left.
    """

    release: KnownRelease | None
    files: int
    leftovers: int
    file_bytes: int
    bundles: tuple[SizedBundle, ...]

    @property
    def size(self) -> int:
        """Everything in bytes, as far as it is known."""
        return self.file_bytes + sum(each.size or 0 for each in self.bundles)


@dataclass(frozen=True)
class Plan:
    """What is to be deleted, that of the oldest release first; and what stays.

    `kept` has why releases stay that are old by number and age, and hold something. `staying`
    bundles are of an old release and of one that stays.
    """

    decision: Decision
    kept: Mapping[str, str]
    shares: tuple[Share, ...]
    staying: int

    @property
    def files(self) -> int:
        """How many release files there are."""
        return sum(share.files for share in self.shares)

    @property
    def bundles(self) -> int:
        """How many bundles there are."""
        return sum(len(share.bundles) for share in self.shares)

    @property
    def size(self) -> int:
        """Everything in bytes, as far as it is known."""
        return sum(share.size for share in self.shares)


@dataclass
class _Found:
    """What the configured projects have."""

    releases: dict[str, KnownRelease] = field(default_factory=dict)
    bundles: dict[str, RemoteBundle] = field(default_factory=dict)
    projects_of: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] | None = field(default_factory=dict)


def require_prunable(api: SentryApi) -> None:
    """Raise NotOffered if the server does not tell what it holds, as only Sentry does.

    Raises ServerRefused for an unknown organization or project.
    """
    if BundleListing(api, 1).is_offered() or lists_file_counts(api):
        return
    with suppress(NotOffered):
        require_destination(api)
    raise NotOffered(
        f"{api.connection.url} tells neither which releases hold files nor which artifact bundles "
        "it has, and deletes none on request: nothing can be pruned there. Sentry can; GlitchTip "
        "and Bugsink have settings of their own for what is old"
    )


def survey(api: SentryApi, rule: Rule, now: datetime, *, workers: int, watch: Watch) -> Plan:
    """Return what is to be deleted. `watch` is called with how many things are looked at.

    Raises ServerRefused for an unknown organization or project.
    """
    found = _read(api)
    dates = only_in_bundles(found.bundles.values(), found.releases)
    wanted = {version: date for version, date in dates.items() if rule.matches(version)}
    releases = [release for release in found.releases.values() if rule.matches(release.version)]
    releases = with_deploys(api, releases, workers)
    releases += named_by_bundles(api, wanted, workers)
    decision = decide(releases, rule, now)
    of_release, unbound, staying = old_bundles(found.bundles.values(), decision, rule, now)
    holding = [each for each in decision.old if _may_have_files(found, each.version)]
    bundles = [*(each for group in of_release.values() for each in group), *unbound]
    with watch(len(holding) + len(bundles)) as advance:
        files = _count_files(api, holding, found.counts or {}, workers, advance)
        sized = _measure(api, found, bundles, workers, advance)
    shares = [
        _share(release, files.get(release.version), of_release.get(release.version, ()), sized)
        for release in decision.old
    ]
    shares.append(_share(None, None, unbound, sized))
    bundled = {version for bundle in found.bundles.values() for version, _ in bundle.releases}
    kept = {
        version: reason
        for version, reason in decision.kept.items()
        if version in bundled or _may_have_files(found, version)
    }
    shares = [each for each in shares if each.files or each.bundles]
    return Plan(decision, kept, tuple(shares), staying)


def _read(api: SentryApi) -> _Found:
    found = _Found()
    for project in api.connection.projects:
        for release in list_all(api, project):
            found.releases[release.version] = release
        counts = file_counts(api, project)
        if counts is None or found.counts is None:
            found.counts = None
        else:
            found.counts.update(counts)
        for bundle in _bundles(api, project):
            found.bundles[bundle.id] = bundle
            found.projects_of.setdefault(bundle.id, []).append(project)
    return found


def _bundles(api: SentryApi, project: str) -> Sequence[RemoteBundle]:
    try:
        return BundleListing(api, 1, project).all()
    except NotOffered:  # a Sentry before artifact bundles
        return []


def _may_have_files(found: _Found, version: str) -> bool:
    return found.counts is None or found.counts.get(version, 0) > 0


def _count_files(
    api: SentryApi,
    releases: Iterable[KnownRelease],
    counts: Mapping[str, int],
    workers: int,
    advance: Callable[[int], None],
) -> dict[str, tuple[int, int, int]]:
    """Return number, leftovers and bytes of the files of each release."""
    large = [each for each in releases if counts.get(each.version, 0) > _MANY_FILES]
    small = [each for each in releases if counts.get(each.version, 0) <= _MANY_FILES]
    found = {}
    for release in large:
        found[release.version] = _count(api, release.version, workers)
        advance(1)
    counted = run_parallel(
        lambda release: (release.version, _count(api, release.version, 1)),
        small,
        workers=workers,
        name="files",
        hurry=api.transport.stop,
    )
    with closing(counted):
        for version, numbers in counted:
            found[version] = numbers
            advance(1)
    return found


def _count(api: SentryApi, version: str, workers: int) -> tuple[int, int, int]:
    try:
        files = list_files(api, version, workers)
    except NotFound:  # only bundles name it, or it was deleted meanwhile
        return 0, 0, 0
    leftovers = sum(is_aside(file.name) for file in files)
    return len(files), leftovers, sum(file.size or 0 for file in files)


def _measure(
    api: SentryApi,
    found: _Found,
    bundles: Sequence[RemoteBundle],
    workers: int,
    advance: Callable[[int], None],
) -> dict[str, SizedBundle]:
    def measure(bundle: RemoteBundle) -> SizedBundle:
        projects = tuple(found.projects_of[bundle.id])
        return SizedBundle(bundle, projects, _bundle_size(api, bundle, projects[0]))

    measured = run_parallel(
        measure, bundles, workers=workers, name="bundles", hurry=api.transport.stop
    )
    sized = {}
    with closing(measured):
        for each in measured:
            sized[each.bundle.id] = each
            advance(1)
    return sized


def _bundle_size(api: SentryApi, bundle: RemoteBundle, project: str) -> int | None:
    try:
        files = BundleListing(api, 1, project).files([bundle])[bundle.id]
        return sum(file.size or 0 for file in files)
    except (ServerRefused, UnexpectedResponse):
        return None


def _share(
    release: KnownRelease | None,
    numbers: tuple[int, int, int] | None,
    bundles: Iterable[RemoteBundle],
    sized: Mapping[str, SizedBundle],
) -> Share:
    return Share(release, *(numbers or (0, 0, 0)), tuple(sized[each.id] for each in bundles))

"""Lists what a server holds for a release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.errors import (
    NotFound,
    NotOffered,
    ReleaseMissing,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import (
    MOST_BUNDLES,
    BundleListing,
    RemoteBundle,
)
from hatch_sentry_artifacts.sentry.release_list import near_releases
from hatch_sentry_artifacts.sentry.releases.release_plan import list_files
from hatch_sentry_artifacts.sentry.releases.releases import require_destination
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile


@dataclass(frozen=True)
class Holdings:
    """The files and bundles that a server holds for a release; None if unknown."""

    files: Sequence[RemoteFile] | None
    bundles: Sequence[RemoteBundle] | None

    @property
    def only_base_names(self) -> bool:
        """Whether the files are GlitchTip's rows for bundles: scripts with maps.

        Their names are the last segments of their URLs, and they have no content.
        """
        files = self.files or ()
        return self.bundles is None and bool(files) and all("/" not in each.name for each in files)


def read_holdings(
    api: SentryApi,
    listing: BundleListing,
    release: str,
    workers: int,
    notice: Callable[[str], None],
    *,
    required: bool = True,
) -> Holdings:
    """Return the holdings of the release; `notice` is called with a sentence on each gap.

    Raises ServerRefused for an unknown organization or project, ReleaseMissing if a `required`
    release does not exist, NotOffered if the server lists nothing at all.
    """
    files, known = _read_files(api, release, workers)
    bundles = _read_bundles(listing, release)
    if files is None and bundles is None:
        raise NotOffered(
            f"{api.connection.url} tells neither which release files nor which artifact bundles it "
            "holds, so what was uploaded cannot be looked at there; --from looks into a wheel "
            "instead"
        )
    if required and not bundles and not known:
        raise _no_release(api, listing, release, tells_bundles=bundles is not None)
    holdings = Holdings(files, bundles)
    for line in _gaps(api.connection.url, holdings):
        notice(line)
    return holdings


def _read_files(
    api: SentryApi, release: str, workers: int
) -> tuple[Sequence[RemoteFile] | None, bool]:
    """Return the files, None if unknown, and whether the release may exist."""
    try:
        return list_files(api, release, workers), True
    except NotOffered:
        return None, True
    except NotFound:
        # A bundle's release need not exist.
        require_destination(api)
        return [], False


def _read_bundles(listing: BundleListing, release: str) -> Sequence[RemoteBundle] | None:
    try:
        return listing.find_by_release(release)
    except NotOffered:
        return None


def _no_release(
    api: SentryApi, listing: BundleListing, release: str, *, tells_bundles: bool
) -> ReleaseMissing:
    bound = ", and no artifact bundle for it" if tells_bundles else ""
    near = near_releases(api, listing, release)
    suggestion = f"; the nearest that are there: {', '.join(near)}" if near else ""
    return ReleaseMissing(
        f"there is no release {release} of {api.connection}{bound}: nothing was uploaded for that "
        f"version yet, or --release has to name another{suggestion}; "
        "`hatch-sentry-artifacts list --releases` shows all"
    )


def _gaps(url: str, holdings: Holdings) -> list[str]:
    """Return a sentence on each part of the release that cannot be shown."""
    lines = []
    if holdings.only_base_names:
        lines.append(
            f"{url} tells only of scripts that it has a map for, and of those the last segment of "
            "their URLs"
        )
    elif holdings.bundles is None:
        lines.append(
            f"{url} does not tell which artifact bundles it holds: only release files are shown"
        )
    elif len(holdings.bundles) >= MOST_BUNDLES:
        lines.append(f"only the newest {MOST_BUNDLES} artifact bundles are looked at")
    if holdings.files is None:
        lines.append(f"{url} has no release files: only artifact bundles are shown")
    return lines

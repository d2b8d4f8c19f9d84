"""Tells what a server holds of a release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.errors import ConfigurationError, NotFound, NotOffered
from hatch_sentry_artifacts.sentry.api import RemoteFile, SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import (
    MOST_BUNDLES,
    BundleListing,
    RemoteBundle,
)
from hatch_sentry_artifacts.sentry.releases.release_plan import list_files
from hatch_sentry_artifacts.sentry.releases.releases import require_destination


@dataclass(frozen=True)
class Holdings:
    """What a server holds of a release; None stands for what it does not tell."""

    files: Sequence[RemoteFile] | None
    bundles: Sequence[RemoteBundle] | None


def holdings(
    api: SentryApi,
    listing: BundleListing,
    release: str,
    workers: int,
    tell: Callable[[str], None],
    *,
    required: bool = True,
) -> Holdings:
    """What there is of the release; `tell` is given what cannot be told, in words.

    Raises ServerRefused for an unknown organization or project, ConfigurationError if nothing is
    there of a release that is `required`, NotOffered if the server tells nothing at all.
    """
    url = api.connection.url
    files: Sequence[RemoteFile] | None
    bundles: Sequence[RemoteBundle] | None
    known = True
    try:
        files = list_files(api, release, workers)
    except NotOffered:
        files = None
    except NotFound:
        # A bundle's release need not exist.
        require_destination(api)
        files, known = [], False
    try:
        bundles = listing.of_release(release)
    except NotOffered:
        bundles = None
    if files is None and bundles is None:
        raise NotOffered(
            f"{url} tells neither which release files nor which artifact bundles it holds, so "
            "what was uploaded cannot be looked at there; `explain --from` looks into a wheel"
        )
    if required and not bundles and not known:
        bound = "" if bundles is None else ", and no artifact bundle for it"
        raise ConfigurationError(
            f"there is no release {release} of {api.connection}{bound}: "
            "nothing was uploaded for that version yet, or --release has to name another"
        )
    if bundles is None:
        tell(f"{url} does not tell which artifact bundles it holds: only release files are shown")
    elif len(bundles) >= MOST_BUNDLES:
        tell(f"only the newest {MOST_BUNDLES} artifact bundles are looked at")
    if files is None:
        tell(f"{url} has no release files: only artifact bundles are shown")
    return Holdings(files, bundles)

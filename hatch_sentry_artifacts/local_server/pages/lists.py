"""The pages that list releases and artifact bundles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bundles.entries import file_id_of
from hatch_sentry_artifacts.local_server.overview_store import ARCHIVED, Wanted
from hatch_sentry_artifacts.local_server.pages.blueprint import pages, release_address
from hatch_sentry_artifacts.local_server.pages.paging import read_page
from hatch_sentry_artifacts.local_server.release_store import OPEN
from hatch_sentry_artifacts.local_server.store import Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as Redirect

    from hatch_sentry_artifacts.local_server.bundles.archive import BundleFile
    from hatch_sentry_artifacts.local_server.bundles.store import Bundle
    from hatch_sentry_artifacts.local_server.store import ReleaseFile

_RELEASES = 50
_BUNDLES = 50
_NEWEST_BUNDLES = 10
_FILES = 100
_COMMITS = 20
_DEPLOYS = 20


@pages.get("/")
def show_releases() -> str:
    """Show releases with what each has, and the newest artifact bundles."""
    store, settings = access.store(), access.settings()
    status = request.args.get("status", "")
    wanted = Wanted(
        request.args.get("query", "").strip(),
        status if status in {OPEN, ARCHIVED} else "",
        request.args.get("project", ""),
    )

    def load(offset: int, limit: int) -> Sequence[object]:
        return store.overview.releases(settings.organization, wanted, offset=offset, limit=limit)

    return render_template(
        "releases.html",
        organization=settings.organization,
        projects=settings.projects,
        wanted=wanted,
        page=read_page(load, _RELEASES),
        count=store.overview.count(settings.organization, wanted),
        bundles=store.bundles.bundles(settings.organization, limit=_NEWEST_BUNDLES),
        bundle_count=store.overview.bundle_count(settings.organization),
    )


@pages.get("/artifact-bundles/")
def show_bundles() -> str:
    """Show artifact bundles, the newest first."""
    store, organization = access.store(), access.settings().organization
    query = request.args.get("query", "").strip()

    def load(offset: int, limit: int) -> Sequence[Bundle]:
        return store.bundles.bundles(
            organization, query=query, debug_id=query.lower(), offset=offset, limit=limit
        )

    return render_template(
        "bundles.html",
        organization=organization,
        query=query,
        page=read_page(load, _BUNDLES),
        count=store.overview.bundle_count(organization),
    )


@pages.get("/releases/<version>/")
def show_release(version: str) -> str:
    """Show the files, artifact bundles, deploys and commits of a release."""
    store, organization = access.store(), access.settings().organization
    release = store.releases.find(organization, version)
    bundles = store.bundles.find_by_release(organization, None, version)
    if release is None and not bundles:
        abort(404)
    query = request.args.get("query", "").strip()
    filters = Filters([query] if query else [])

    def load(offset: int, limit: int) -> Sequence[ReleaseFile]:
        return store.files(release, filters, offset=offset, limit=limit) if release else []

    count, size = store.totals(release) if release else (0, 0)
    return render_template(
        "release.html",
        version=version,
        release=release,
        bundles=bundles,
        query=query,
        page=read_page(load, _FILES),
        count=count,
        size=size,
        deploys=store.deploys.list(release, limit=_DEPLOYS) if release else [],
        deploy_count=store.deploys.summary(release)[0] if release else 0,
        commits=store.commits.of_release(release, limit=_COMMITS) if release else [],
        commit_count=store.commits.summary(release)[0] if release else 0,
    )


@pages.get("/release/")
def show_release_by_query() -> str:
    """Show a release whose version no path can hold."""
    return show_release(request.args.get("version", ""))


@pages.get("/organizations/<organization>/releases/<version>/")
def lead_to_release(organization: str, version: str) -> Redirect:
    """Redirect from the address that Sentry has for a release's page."""
    if organization != access.settings().organization:
        abort(404)
    return redirect(release_address(version))


@pages.get("/artifact-bundles/<bundle_id>/")
def show_bundle(bundle_id: str) -> str:
    """Show the files of an artifact bundle."""
    store, organization = access.store(), access.settings().organization
    bundle = store.bundles.bundle(organization, bundle_id)
    if bundle is None:
        abort(404)
    query = request.args.get("query", "").strip()

    def load(offset: int, limit: int) -> Sequence[BundleFile]:
        return store.bundles.files(bundle, query, offset=offset, limit=limit)

    return render_template(
        "bundle.html",
        bundle=bundle,
        query=query,
        page=read_page(load, _FILES),
        address=partial(_address_of_entry, bundle),
    )


def _address_of_entry(bundle: Bundle, file: BundleFile) -> str:
    return url_for(
        "pages.show_bundle_file", bundle_id=bundle.bundle_id, file_id=file_id_of(file.path)
    )

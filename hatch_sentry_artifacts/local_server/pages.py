"""Pages for people, which need no token: releases and artifact bundles, and their files."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response as Redirect

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bundles.entries import file_id_of, path_of, send_entry
from hatch_sentry_artifacts.local_server.release_store import Listing

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.bundles.store import Bundle
    from hatch_sentry_artifacts.local_server.release_store import Release

pages = Blueprint("pages", __name__)


@pages.get("/")
def show_releases() -> str:
    """Show every release, with its number of files and their size, and every artifact bundle."""
    store, organization = access.store(), access.settings().organization
    return render_template(
        "releases.html",
        organization=organization,
        releases=[
            (release, *store.totals(release))
            for release in store.releases.list(Listing(organization))
        ],
        bundles=store.bundles.bundles(organization),
    )


@pages.get("/releases/<version>/")
def show_files(version: str) -> str:
    """Show the files of a release, and the artifact bundles that are bound to it."""
    release = _find_release(version)
    store = access.store()
    files = store.files(release)
    return render_template(
        "files.html",
        release=release,
        files=files,
        size=sum(file.size for file in files),
        deploys=store.deploys.list(release),
        bundles=store.bundles.find_by_release(release.organization, None, version),
    )


@pages.get("/organizations/<organization>/releases/<version>/")
def lead_to_files(organization: str, version: str) -> Redirect:
    """Redirect from the address that Sentry has for a release's page."""
    if organization != access.settings().organization:
        abort(404)
    return redirect(url_for(".show_files", version=version))


@pages.get("/releases/<version>/files/<int:file_id>/")
def download_file(version: str, file_id: int) -> Response:
    """Send a file's content, always to be saved and never to be shown or run."""
    file = access.store().file(_find_release(version), file_id)
    if file is None:
        abort(404)
    return send_file(
        access.store().blobs.path(file.sha1),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=posixpath.basename(file.name) or "file",
    )


@pages.get("/artifact-bundles/<bundle_id>/")
def show_bundle(bundle_id: str) -> str:
    """Show the files of an artifact bundle."""
    bundle = _find_bundle(bundle_id)
    files = access.store().bundles.files(bundle)
    return render_template("bundle.html", bundle=bundle, files=files, file_id_of=file_id_of)


@pages.get("/artifact-bundles/<bundle_id>/files/<file_id>/")
def download_bundle_file(bundle_id: str, file_id: str) -> Response:
    """Send the content of a bundle's file, always to be saved and never to be shown or run."""
    path = path_of(file_id)
    response = None if path is None else send_entry(_find_bundle(bundle_id), path)
    if response is None:
        abort(404)
    response.headers["Content-Type"] = "application/octet-stream"
    return response


@pages.after_request
def _restrict(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


pages.add_app_template_filter(size_text, "bytes")


@pages.app_template_filter("moment")
def _moment(date: str | None) -> str:
    return f"{date[:10]} {date[11:19]} UTC" if date else ""


def _find_release(version: str) -> Release:
    release = access.store().releases.find(access.settings().organization, version)
    if release is None:
        abort(404)
    return release


def _find_bundle(bundle_id: str) -> Bundle:
    bundle = access.store().bundles.bundle(access.settings().organization, bundle_id)
    if bundle is None:
        abort(404)
    return bundle

"""The page of a stored file: its text, its map, and the original of a place in it."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from flask import Response, abort, render_template, request, send_file, url_for

from hatch_sentry_artifacts.assets.debug_ids.known_ids import IdReader, comment_id
from hatch_sentry_artifacts.assets.scripts.comments import read_ending
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bundles.entries import path_of, send_entry
from hatch_sentry_artifacts.local_server.pages import searching
from hatch_sentry_artifacts.local_server.pages.blueprint import pages
from hatch_sentry_artifacts.local_server.pages.stored_files import (
    StoredArtifact,
    Unreadable,
    bundle_artifact,
    looks_like_map,
    release_artifact,
)
from hatch_sentry_artifacts.local_server.pages.text_window import (
    Place,
    Window,
    window_around,
    window_at,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.explain.artifacts import Artifacts
    from hatch_sentry_artifacts.local_server.bundles.store import Bundle
    from hatch_sentry_artifacts.local_server.release_store import Release

_SCRIPTS = (".js", ".mjs", ".cjs")
_ORIGINAL_LINES = 10
_LARGEST_NUMBER = 2**31 - 1
_MOST_LISTED_BYTES = 8 * 1024 * 1024
_MOST_SOURCES = 300


@dataclass(frozen=True)
class Source:
    """A source that a map names; `size` in characters of its text, None without."""

    name: str
    size: int | None


@pages.get("/releases/<version>/files/<int:file_id>/")
def show_file(version: str, file_id: int) -> str:
    """Show a file of a release."""
    release, artifact = _release_file(version, file_id)
    download = url_for("pages.download_file", version=version, file_id=file_id)
    return _show(artifact, searching.around_file(release, artifact.dist), download, release=release)


@pages.get("/releases/<version>/files/<int:file_id>/download/")
def download_file(version: str, file_id: int) -> Response:
    """Send a file's content, always to be saved and never to be shown or run."""
    _, file = _release_file(version, file_id)
    return send_file(
        access.store().blobs.path(file.sha1 or ""),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=posixpath.basename(file.name) or "file",
    )


@pages.get("/artifact-bundles/<bundle_id>/files/<file_id>/")
def show_bundle_file(bundle_id: str, file_id: str) -> str:
    """Show a file of an artifact bundle."""
    bundle, path = _entry(bundle_id, file_id)
    file = access.store().bundles.file(bundle, path)
    if file is None or file.size is None:
        abort(404)
    artifact = bundle_artifact(bundle, file, None)
    download = url_for("pages.download_bundle_file", bundle_id=bundle_id, file_id=file_id)
    return _show(artifact, searching.around_entry(bundle, artifact), download, bundle=bundle)


@pages.get("/artifact-bundles/<bundle_id>/files/<file_id>/download/")
def download_bundle_file(bundle_id: str, file_id: str) -> Response:
    """Send the content of a bundle's file, always to be saved and never to be shown or run."""
    bundle, path = _entry(bundle_id, file_id)
    response = send_entry(bundle, path)
    if response is None:
        abort(404)
    response.headers["Content-Type"] = "application/octet-stream"
    return response


def _release_file(version: str, file_id: int) -> tuple[Release, StoredArtifact]:
    store = access.store()
    release = store.releases.find(access.settings().organization, version)
    file = store.file(release, file_id) if release and file_id <= 2**63 - 1 else None
    if release is None or file is None:
        abort(404)
    return release, release_artifact(release, file)


def _entry(bundle_id: str, file_id: str) -> tuple[Bundle, str]:
    bundle = access.store().bundles.bundle(access.settings().organization, bundle_id)
    path = path_of(file_id)
    if bundle is None or path is None:
        abort(404)
    return bundle, path


def _show(
    artifact: StoredArtifact,
    around: Artifacts,
    download: str,
    *,
    release: Release | None = None,
    bundle: Bundle | None = None,
) -> str:
    """Show a file, and where it was asked for a place in it, the original of that."""
    place, begin = _place("line", "column"), _place("from", "after")
    content, problem = _content(artifact)
    text = None if content is None else content.decode("utf-8", "replace")
    if text is not None and "\0" in text[:4096]:
        text, problem = None, "It is not shown, since it is no text."
    is_script = _is_script(artifact)
    explanation = None
    if is_script and content is not None:
        position = Position(artifact.name, *((place.line, place.column) if place else ()))
        explanation = explain(position, around, context=_ORIGINAL_LINES)
    return render_template(
        "file.html",
        file=artifact,
        release=release,
        bundle=bundle,
        download=download,
        problem=problem,
        place=place,
        is_script=is_script,
        found=explanation,
        answers_itself=_answers(explanation, artifact),
        window=None if text is None else _window(text, place, begin),
        debug_ids=_debug_ids(artifact, content) if content is not None and is_script else [],
        sources=_sources(content) if content is not None and looks_like_map(artifact) else None,
    )


def _content(artifact: StoredArtifact) -> tuple[bytes | None, str | None]:
    """Return the content, or why it is not shown."""
    try:
        return artifact.read(), None
    except Unreadable as error:
        return None, f"The text is not shown: {error}."


def _window(text: str, place: Place | None, begin: Place | None) -> Window:
    if place is not None and begin is None:
        return window_around(text, place)
    return window_at(text, begin or Place(1), mark=place)


def _is_script(artifact: StoredArtifact) -> bool:
    """Return whether the file is a script, by its name; a bundle may say so of any."""
    if looks_like_map(artifact):
        return False
    path = artifact.name.partition("?")[0].partition("#")[0].lower()
    return artifact.kind == "minified_source" or path.endswith(_SCRIPTS)


def _answers(found: Explanation | None, artifact: StoredArtifact) -> bool:
    """Return whether it is this file that Sentry takes for its name."""
    answer = found.script.artifact if found else None
    return isinstance(answer, StoredArtifact) and answer.place == artifact.place


def _debug_ids(artifact: StoredArtifact, content: bytes) -> list[tuple[str, str]]:
    """Return the debug ids of a script, each with where it stands."""
    reader = IdReader()
    reader.feed(content)
    found = [(each, "registered by the script") for each in reader.registered]
    comment = comment_id(read_ending(content).debug_id)
    found += [(comment, "in the script's comment")] if comment else []
    found += [(artifact.debug_id, "in the bundle's manifest")] if artifact.debug_id else []
    return found


def _sources(content: bytes) -> list[Source] | None:
    """Return what a map names; None if that is not to be read, or too long to be read here."""
    if len(content) > _MOST_LISTED_BYTES:
        return None
    try:
        document = json.loads(content)
        names, texts = document["sources"], document.get("sourcesContent") or []
        return [
            Source(str(name), len(text) if isinstance(text, str) else None)
            for name, text in zip_longest(names, texts[: len(names)])
        ][:_MOST_SOURCES]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _place(line_key: str, column_key: str) -> Place | None:
    """Return the place that the address names; None without one, or for one that cannot be."""
    line, column = (_number(request.args.get(key, "")) for key in (line_key, column_key))
    return None if line is None else Place(line, column or 1)


def _number(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    return min(int(text), _LARGEST_NUMBER) or None

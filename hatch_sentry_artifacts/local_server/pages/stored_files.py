"""A stored file as pages show it, be it one of a release or one of an artifact bundle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import url_for

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.explain.artifacts import Artifact, Kind
from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bundles.archive import FAULTS, read_entry
from hatch_sentry_artifacts.local_server.bundles.entries import file_id_of

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.bundles.archive import BundleFile
    from hatch_sentry_artifacts.local_server.bundles.store import Bundle
    from hatch_sentry_artifacts.local_server.release_store import Release
    from hatch_sentry_artifacts.local_server.store import ReleaseFile

# Larger contents are not read for a page.
MOST_SHOWN = 64 * 1024 * 1024


# What makes a reader that keeps the content for a while, and what makes none.
Read = Callable[[], bytes]
Keeping = Callable[[Read], Read]


def _again(read: Read) -> Read:
    return read


class Unreadable(SentryArtifactsError):
    """The content is not there any more, or is larger than what a page reads."""


@dataclass(frozen=True)
class StoredArtifact(Artifact):
    """A file as `explain` searches it; `place` leads to its page."""

    place: tuple[str, str, str] = field(default=("", "", ""), repr=False)

    @property
    def address(self) -> str:
        """The address of the file's page."""
        endpoint, owner, file_id = self.place
        if endpoint == "pages.show_file":
            return url_for(endpoint, version=owner, file_id=file_id)
        return url_for(endpoint, bundle_id=owner, file_id=file_id)


def release_artifact(
    release: Release, file: ReleaseFile, keeping: Keeping = _again
) -> StoredArtifact:
    """Return a release's file."""
    blobs = access.store().blobs

    def read() -> bytes:
        return _read(file.size, lambda: blobs.path(file.sha1).read_bytes())

    return StoredArtifact(
        file.name,
        file.dist or None,
        file.size,
        file.headers,
        keeping(read),
        date=file.date_created,
        sha1=file.sha1,
        place=("pages.show_file", release.version, str(file.id)),
    )


def bundle_artifact(
    bundle: Bundle, file: BundleFile, dist: str | None, keeping: Keeping = _again
) -> StoredArtifact:
    """Return a bundle's file, as a dist sees it."""
    blobs = access.store().blobs

    def read() -> bytes:
        blob = blobs.path(bundle.sha1)
        return _read(file.size or 0, lambda: b"".join(read_entry(blob, file.path)))

    return StoredArtifact(
        file.url or file.path,
        dist,
        file.size,
        file.headers,
        keeping(read),
        kind=file.kind,
        debug_id=file.debug_id,
        bundle=bundle.bundle_id,
        date=bundle.date_modified,
        place=("pages.show_bundle_file", bundle.bundle_id, file_id_of(file.path)),
    )


def _read(size: int, content: Callable[[], bytes]) -> bytes:
    if size > MOST_SHOWN:
        raise Unreadable(f"its {size_text(size)} are too much for a page: download it")
    try:
        return content()
    except FAULTS:
        raise Unreadable("its content cannot be read: deleted or replaced meanwhile?") from None


def looks_like_map(artifact: Artifact) -> bool:
    """Return whether the file is a source map, by its kind or name."""
    return artifact.kind == Kind.MAP.value or artifact.name.partition("?")[0].endswith(".map")

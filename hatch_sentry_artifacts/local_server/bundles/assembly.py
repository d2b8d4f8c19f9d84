"""Makes a bundle of its chunks, once they are there, and stores what its manifest says."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.local_server.blobs import IncomingFile
from hatch_sentry_artifacts.local_server.bundles.archive import (
    InvalidBundle,
    Manifest,
    parse_debug_id,
    read_manifest,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.bundles.store import BundleStore
    from hatch_sentry_artifacts.local_server.settings import ChunkUpload

_READ_AT_ONCE = 1 << 20
_LONGEST_RELEASE = 250
_LONGEST_DIST = 64


@dataclass(frozen=True)
class AssembleRequest:
    """A bundle to assemble: its sha1, those of its chunks in order, its projects and release."""

    organization: str
    projects: tuple[str, ...]
    checksum: str
    chunks: tuple[str, ...]
    version: str | None
    dist: str | None


class _Failure(Exception):
    """The reason why there is no bundle, as in the response to a poll."""


def assemble(order: AssembleRequest, store: BundleStore, settings: ChunkUpload) -> None:
    """Assemble the bundle whose state is `created`; the outcome becomes its state."""
    state, detail = "ok", None
    try:
        with IncomingFile(store.blobs.incoming_folder) as file:
            _join(order, store, file, settings.max_file_size)
            try:
                _store(order, store, file)
            except BaseException:
                store.drop_chunks(order.chunks)
                raise
    except _Failure as failure:
        state, detail = "error", str(failure)
    except Exception:
        logging.getLogger(__name__).exception("a bundle could not be assembled")
        state, detail = "error", "internal server error"
    store.states.end(order.checksum, state, detail, settings.assembling_polls)


def _join(order: AssembleRequest, store: BundleStore, file: IncomingFile, largest: int) -> None:
    sizes = store.chunk_sizes(order.chunks)
    # With repeated chunks: a short list of them must not make a file of any size.
    if sum(sizes.get(sha1, 0) for sha1 in order.chunks) > largest:
        raise _Failure("File exceeds maximum size")
    if len(sizes) < len(set(order.chunks)):
        raise _Failure("Not all chunks available for assembling")
    try:
        for sha1 in order.chunks:
            with store.blobs.path(sha1).open("rb") as chunk:
                while piece := chunk.read(_READ_AT_ONCE):
                    file.write(piece)
    except FileNotFoundError:  # deleted with another bundle, right now
        raise _Failure("Not all chunks available for assembling") from None
    if file.sha1 != order.checksum:
        raise _Failure("Reported checksum mismatch")


def _store(order: AssembleRequest, store: BundleStore, file: IncomingFile) -> None:
    try:
        manifest = read_manifest(file.path)
    except InvalidBundle:
        raise _Failure("the bundle is invalid") from None
    manifest = _completed(manifest, order)
    if not manifest.release and not manifest.debug_ids():
        raise _Failure("uploading a bundle without debug ids or release is prohibited")
    if len(manifest.release or "") > _LONGEST_RELEASE or len(manifest.dist or "") > _LONGEST_DIST:
        raise _Failure("internal server error")
    store.add(order.organization, order.projects, order.chunks, manifest, file)


def _completed(manifest: Manifest, order: AssembleRequest) -> Manifest:
    """Let the request have precedence, and make a bundle's id of its content if it has none."""
    return replace(
        manifest,
        bundle_id=manifest.bundle_id or parse_debug_id(order.checksum[:32]),
        release=order.version or manifest.release,
        dist=order.dist or manifest.dist,
    )

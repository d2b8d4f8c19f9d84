"""Sends the chunks of an artifact bundle that the server lacks, and waits for its assembly."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from hatch_sentry_artifacts.assets.asset import Chunk
from hatch_sentry_artifacts.errors import BundleRejected, SentryArtifactsError
from hatch_sentry_artifacts.parallel import run_parallel
from hatch_sentry_artifacts.sentry.bundles.bundle_api import (
    MOST_REQUEST_BYTES,
    Assembling,
    BundleApi,
    UploadLimits,
)
from hatch_sentry_artifacts.sentry.http.compression import gzip
from hatch_sentry_artifacts.sentry.http.multipart import ChunkForm

# A server asks for chunks once; again if it lost them, or if it could not read the bundle: then it
# says why only after the next attempt.
_MOST_ROUNDS = 3
# Parts of messages about a bundle that Sentry will never take: "the bundle is invalid", "Reported
# checksum mismatch", "uploading a bundle without debug ids or release is prohibited".
_FINAL = ("invalid", "mismatch", "prohibited")
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0


@dataclass(frozen=True)
class Upload:
    """A bundle to send: `read` returns a chunk's bytes, `size` is the sum of all `chunks`."""

    checksum: str
    size: int
    chunks: Sequence[Chunk]
    read: Callable[[Chunk], bytes]
    release: str | None
    dist: str | None


@dataclass(frozen=True)
class Sent:
    """The result for a bundle: its last `state`, and the sha1s of the chunks that were sent.

    The state is None if the server sent none. `error` is the reason why it may lack the bundle.
    `was_there`: the server had this very bundle before.
    """

    state: str | None
    chunks: frozenset[str]
    error: SentryArtifactsError | None
    was_there: bool


@dataclass
class _Progress:
    """The same during the upload."""

    state: str | None = None
    chunks: set[str] = field(default_factory=set)
    was_there: bool = False


class ArtifactBundles:
    """Sends bundles to one server. `wait` is how many seconds to wait for it to assemble one."""

    def __init__(
        self,
        api: BundleApi,
        limits: UploadLimits,
        *,
        workers: int,
        wait: float,
        stop: Callable[[], None],
    ) -> None:
        self._api = api
        self._limits = limits
        self._workers = min(workers, limits.concurrency)
        self._wait = wait
        self._stop = stop

    def send(self, upload: Upload, advance: Callable[[int], None]) -> Sent:
        """Upload the bundle; `advance` is called with the number of bytes that the server has.

        The error is BundleRejected if the server cannot use the bundle, or does not assemble it
        within the time to wait; otherwise one that a request raises.
        """
        done = _Progress()
        error: SentryArtifactsError | None = None
        try:
            self._send(upload, advance, done)
        except SentryArtifactsError as problem:
            error = problem
        return Sent(done.state, frozenset(done.chunks), error, done.was_there)

    def _send(self, upload: Upload, advance: Callable[[int], None], done: _Progress) -> None:
        rounds = 0
        if not self._limits.tells_missing:
            self._send_chunks(upload, upload.chunks, advance, done)
            rounds, advance = 1, _tell_nobody
        deadline = time.monotonic() + self._wait
        pause = _FIRST_PAUSE
        while True:
            response = self._assemble(upload)
            done.was_there = done.state is None and not done.chunks and response.state == "ok"
            done.state = response.state
            missing = _missing(upload, response)
            advance(upload.size - sum(chunk.size for chunk in missing))
            if response.lacks_chunks:
                if rounds == _MOST_ROUNDS:
                    raise _never_there(response, rounds)
                rounds += 1
                self._send_chunks(upload, missing, advance, done)
                deadline = time.monotonic() + self._wait
            elif self._is_over(response, deadline - pause):
                return
            advance = _tell_nobody
            if not missing:
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _is_over(self, response: Assembling, last_moment: float) -> bool:
        """Return whether the assembly is over. Raises BundleRejected if it failed."""
        if response.state == "error":
            raise _rejected(response)
        if response.state == "ok" or not self._wait or not self._limits.is_polled:
            return True
        if time.monotonic() > last_moment:
            raise _too_slow(response, self._wait)
        return False

    def _assemble(self, upload: Upload) -> Assembling:
        sha1s = [chunk.sha1 for chunk in upload.chunks]
        return self._api.assemble(upload.checksum, sha1s, upload.release, upload.dist)

    def _send_chunks(
        self,
        upload: Upload,
        chunks: Sequence[Chunk],
        advance: Callable[[int], None],
        done: _Progress,
    ) -> None:
        sizes: Counter[str] = Counter()
        for chunk in chunks:
            sizes[chunk.sha1] += chunk.size
        sending = run_parallel(
            lambda group: self._send_group(upload, group),
            self._groups(chunks),
            workers=self._workers,
            name="send",
            hurry=self._stop,
        )
        with closing(sending):
            for group in sending:
                done.chunks.update(chunk.sha1 for chunk in group)
                advance(sum(sizes[chunk.sha1] for chunk in group))

    def _groups(self, chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
        """Yield the chunks of each request. Equal chunks are sent once."""
        most = min(self._limits.max_request_size, MOST_REQUEST_BYTES)
        group: list[Chunk] = []
        size = 0
        for chunk in {chunk.sha1: chunk for chunk in chunks}.values():
            full = len(group) == self._limits.chunks_per_request or size + chunk.size > most
            if group and full:
                yield group
                group, size = [], 0
            group.append(chunk)
            size += chunk.size
        if group:
            yield group

    def _send_group(self, upload: Upload, group: Sequence[Chunk]) -> Sequence[Chunk]:
        # GlitchTip takes only gzip.
        plain = self._limits.is_polled and not any(chunk.compressible for chunk in group)
        packed = self._limits.gzip and not plain

        def content(chunk: Chunk) -> bytes:
            found = upload.read(chunk)
            return gzip(found, compressible=chunk.compressible) if packed else found

        # The chunks, which can be many megabytes, are not held together with the form.
        form = ChunkForm(
            "file_gzip" if packed else "file", [(chunk.sha1, content(chunk)) for chunk in group]
        )
        self._api.upload_chunks(self._limits, form)
        return group


def _missing(upload: Upload, response: Assembling) -> list[Chunk]:
    """Return the chunks that the server lacks; none if it has the bundle."""
    lacking = set(response.missing) if response.lacks_chunks else set()
    return [chunk for chunk in upload.chunks if chunk.sha1 in lacking]


def _tell_nobody(_: int) -> None:
    """Ignore the progress."""


def _rejected(response: Assembling) -> BundleRejected:
    if any(word in response.detail.lower() for word in _FINAL):
        advice = "another attempt would fail too, but the server's log may say more"
    else:
        advice = (
            "it keeps that response for about ten minutes, so run this again after that, or look "
            "into its log"
        )
    reason = response.detail or "it does not say why"
    return BundleRejected(f"the server could not assemble the bundle: {reason}; {advice}")


def _never_there(response: Assembling, rounds: int) -> BundleRejected:
    count = len(response.missing)
    lack = f"that it lacks {count} of them" if count else "that it has no such bundle"
    return BundleRejected(
        f"the server took all chunks {rounds} times, and still says {lack} (state "
        f"{response.state}): "
        "is its file storage full, or not shared by all of its processes? Its log may say more"
    )


def _too_slow(response: Assembling, wait: float) -> BundleRejected:
    return BundleRejected(
        f"the server has all chunks, but was still at work on the bundle after {wait:g} s (state "
        f"{response.state}): running this again waits on and sends nothing twice; `wait` sets how "
        "long, and 0 not to wait"
    )

"""Brings a release to hold given files: what is there is skipped, what differs is replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Lock

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import (
    AlreadyExists,
    DistributionError,
    NotFound,
    SentryArtifactsError,
    ServerRefused,
    ServerUnreachable,
    UnexpectedResponse,
    UploadConflict,
)
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.parallel import in_parallel
from hatch_sentry_artifacts.sentry.api import LONGEST_NEW_NAME, RemoteFile, SentryApi
from hatch_sentry_artifacts.sentry.releases.release_plan import Step, is_same

# Three files in a row that ran out of attempts: the server is gone, the rest need not wait for it.
_GONE_AFTER = 3
# A server may close the connection on a file over its limit, which says nothing about the others.
_LARGE_BYTES = 8 * 1024 * 1024


class ReleaseFiles:
    """Sends the files of one release and dist. `on_conflict` is the option of that name."""

    def __init__(
        self, api: SentryApi, version: str, dist: str | None, *, on_conflict: str, workers: int
    ) -> None:
        self._api = api
        self._version = version
        self._dist = dist
        self._on_conflict = on_conflict
        self._workers = workers
        self._lock = Lock()
        self._gone = 0
        self._stopped_by: SentryArtifactsError | None = None
        self.warnings: list[str] = []

    @property
    def refusal(self) -> ServerRefused | None:
        """Why the server would take no more, if it said so."""
        return self._stopped_by if isinstance(self._stopped_by, ServerRefused) else None

    def send(self, steps: Sequence[Step], done: Callable[[Outcome], None]) -> list[Outcome]:
        """Carry out every step; one that fails does not stop the others.

        `done` is called for each, from this thread. Raises UploadConflict, before anything is
        sent, if `on_conflict` is "error" and there is one.
        """
        if self._on_conflict == "error":
            self._refuse_conflicts(steps)
        outcomes: dict[str, Outcome] = {}
        # The largest first, so that none is left for the end, when the other workers are idle.
        ordered = sorted(steps, key=lambda step: step.asset.size, reverse=True)
        sent = in_parallel(
            self._carry_out,
            ordered,
            workers=self._workers,
            name="send",
            hurry=self._api.transport.stop,
        )
        with closing(sent):
            for outcome in sent:
                outcomes[outcome.asset.path] = outcome
                done(outcome)
        return [outcomes[step.asset.path] for step in steps]

    def _refuse_conflicts(self, steps: Sequence[Step]) -> None:
        conflicts = [step.asset.name for step in steps if step.change == "changed"]
        if conflicts:
            raise UploadConflict(
                f"release {self._version} holds other content under these names, so nothing was "
                "uploaded:",
                *(f"  {name}" for name in conflicts),
                'release a new version, or set on-conflict to "replace" or "keep"',
            )

    def _carry_out(self, step: Step) -> Outcome:
        if step.same:
            return Outcome(step.asset, Status.UNCHANGED)
        if self._stopped_by is not None:
            return self._not_sent(step.asset)
        try:
            status = (
                self._upload(step.asset)
                if step.there is None
                else self._resolve(step.asset, step.there)
            )
        except ServerRefused as error:
            self._stop(error)
            return Outcome(step.asset, Status.FAILED, str(error))
        except ServerUnreachable as error:
            return self._unreachable(step.asset, error)
        except (UnexpectedResponse, DistributionError, UploadConflict) as error:
            return Outcome(step.asset, Status.FAILED, _explained(step.asset, error))
        with self._lock:
            self._gone = 0
        return Outcome(step.asset, status)

    def _upload(self, asset: Asset) -> Status:
        stored = self._store(asset)
        return stored if isinstance(stored, Status) else self._resolve(asset, stored)

    def _store(self, asset: Asset) -> Status | RemoteFile:
        """What became of the asset, or the other content that stands under its name."""
        try:
            stored = self._api.upload_release_file(self._version, asset, self._dist)
        except AlreadyExists as error:
            there = self._find(asset)
            if there is None:
                raise
            if is_same(there, asset):
                return Status.UPLOADED if error.doubtful else Status.UNCHANGED
            return there
        if not is_same(stored, asset):
            raise UnexpectedResponse(
                f"the server stored {stored.size} bytes with sha1 {stored.sha1} for the "
                f"{asset.size} bytes with sha1 {asset.sha1} that were sent: does something on the "
                "way change them? Running this again replaces the file",
                status=201,
            )
        return Status.UPLOADED

    def _resolve(self, asset: Asset, there: RemoteFile) -> Status:
        if self._on_conflict == "keep":
            return Status.KEPT
        if self._on_conflict == "error":
            raise UploadConflict(
                "other content was stored under this name meanwhile; release a new version, or "
                'set on-conflict to "replace" or "keep"'
            )
        return self._replace(asset, there)

    def _replace(self, asset: Asset, old: RemoteFile) -> Status:
        """The old file is out of the way only as long as its name can be given back."""
        if len(old.name) > LONGEST_NEW_NAME:
            raise UploadConflict(
                f"its name has {len(old.name)} characters, and the server renames only up to "
                f"{LONGEST_NEW_NAME}, so it cannot be replaced safely; release a new version"
            )
        aside = f"replaced/{old.id}/{old.name.rpartition('/')[2]}"[:LONGEST_NEW_NAME]
        try:
            self._api.rename_release_file(self._version, old.id, aside)
        except NotFound:
            return self._upload(asset)  # a parallel run was faster
        try:
            status = self._store(asset)
        except BaseException as error:
            self._give_back(old, aside, error)
            raise
        if not isinstance(status, Status):
            raise UploadConflict(
                "another run stored other content under this name meanwhile; run this again when "
                "it has ended"
            )
        self._delete(old, aside)
        return Status.REPLACED if status is Status.UPLOADED else status

    def _give_back(self, old: RemoteFile, aside: str, error: BaseException) -> None:
        try:
            # Also when the upload was stopped, which must not leave the name without its content.
            self._api.rename_release_file(self._version, old.id, old.name, even_stopped=True)
        except SentryArtifactsError:
            raise UploadConflict(
                f"{error}; its earlier content is kept in the release under the name {aside}"
            ) from None

    def _delete(self, old: RemoteFile, aside: str) -> None:
        try:
            self._api.delete_release_file(self._version, old.id)
        except ServerRefused:
            self._warn(
                "the token may not delete (an org auth token never may), so replaced files stay "
                "in the release under names that begin with replaced/; they do no harm"
            )
        except SentryArtifactsError as error:
            self._warn(f"{old.name} was replaced, but its old content stays as {aside}: {error}")

    def _warn(self, message: str) -> None:
        with self._lock:
            if message not in self.warnings:
                self.warnings.append(message)

    def _find(self, asset: Asset) -> RemoteFile | None:
        """What the release holds under the asset's name and dist, asked for by sha1, then name."""
        for checksum, name in ((asset.sha1, None), (None, asset.name)):
            cursor: str | None = None
            while True:
                page = self._api.release_files(
                    self._version, cursor, checksum=checksum, names_with=name
                )
                for file in page.files:
                    if file.name == asset.name and file.dist == self._dist:
                        return file
                cursor = page.next_cursor
                if cursor is None:
                    break
        return None

    def _unreachable(self, asset: Asset, error: ServerUnreachable) -> Outcome:
        large = asset.size >= _LARGE_BYTES
        with self._lock:
            self._gone += not large
            gone = self._gone >= _GONE_AFTER
        if gone:
            self._stop(error)
        hint = f"; its {size_text(asset.size)} may be over the server's limit" if large else ""
        return Outcome(asset, Status.FAILED, f"{error}{hint}")

    def _stop(self, error: SentryArtifactsError) -> None:
        with self._lock:
            if self._stopped_by is None:
                self._stopped_by = error
        self._api.transport.stop()

    def _not_sent(self, asset: Asset) -> Outcome:
        return Outcome(
            asset, Status.FAILED, f"not sent, since the upload stopped: {self._stopped_by}"
        )


def _explained(asset: Asset, error: SentryArtifactsError) -> str:
    if isinstance(error, UnexpectedResponse) and error.status == 413:
        return (
            f"the server, or a proxy before it, does not take {size_text(asset.size)} at once "
            "(413): raise its limit for uploads, or leave the file out with `exclude`"
        )
    return str(error)

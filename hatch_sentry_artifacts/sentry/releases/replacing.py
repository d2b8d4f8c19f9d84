"""Replaces a content so that its name has none only for a single request, and cleans up.

The new content is stored under a temporary name, the old one is renamed, the new one gets the real
name, the old one is deleted. A run that is stopped in between leaves temporary names, which the
next run uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import (
    NotFound,
    SentryArtifactsError,
    ServerRefused,
    ServerUnreachable,
    UnexpectedResponse,
    UploadConflict,
)
from hatch_sentry_artifacts.outcome import Status
from hatch_sentry_artifacts.sentry.api import LONGEST_NEW_NAME
from hatch_sentry_artifacts.sentry.releases.asides import (
    Leftovers,
    aside_for_new,
    aside_for_old,
)
from hatch_sentry_artifacts.sentry.releases.contents import Contents
from hatch_sentry_artifacts.sentry.releases.release_plan import is_same
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile

_MAY_NOT_DELETE = (
    "the token may not delete (an org auth token never may), so replaced files stay in the release "
    "under names that begin with replaced/; they do no harm"
)


class Replacing:
    """Replaces contents of one release and dist; `warn` is called for what could not be deleted."""

    def __init__(
        self, contents: Contents, leftovers: Leftovers, warn: Callable[[str], None]
    ) -> None:
        self._contents = contents
        self._leftovers = leftovers
        self._warn = warn

    def replace(self, asset: Asset, old: RemoteFile) -> Status:
        """Replace `old` with the asset. Raises UploadConflict, and the errors of requests."""
        if len(old.name) > LONGEST_NEW_NAME:
            raise UploadConflict(
                f"its name has {len(old.name)} characters, and the server renames only up to "
                f"{LONGEST_NEW_NAME}, so it cannot be replaced safely; release a new version"
            )
        new = self._contents.store_aside(asset, aside_for_new(asset.name))
        aside = aside_for_old(old)
        try:
            status = self._swap(old, aside, new, asset)
        except BaseException:
            self._drop(new)
            raise
        self._delete_old(old, aside)
        return status

    def adopt(self, asset: Asset) -> bool:
        """Rename the content that an earlier run stored for the asset, if there is one."""
        for file in self._leftovers.new_of(asset.name):
            if is_same(file, asset):
                # Failures do not matter: the asset can still be sent.
                with suppress(UnexpectedResponse, ServerUnreachable):
                    self._contents.rename(file, asset.name)
                    return True
        return False

    def sweep(self, names: Iterable[str]) -> None:
        """Delete the leftovers of these names, all of which have their content."""
        left = {file.id: file for name in names for file in self._leftovers.of(name)}
        for file in left.values():
            try:
                # This run or a parallel one may have renamed it.
                if self._contents.is_called(file):
                    self._contents.delete(file)
            except ServerRefused:
                return  # a warning was shown when they were replaced
            except SentryArtifactsError as error:
                self._warn(f"{file.name}, which an earlier run left, stays: {error}")
                return

    def _swap(self, old: RemoteFile, aside: str, new: RemoteFile, asset: Asset) -> Status:
        try:
            with suppress(NotFound):  # a parallel run was faster
                self._contents.rename(old, aside)
        except ServerUnreachable as error:
            self._give_back(old, aside, error)  # it may have been renamed all the same
            raise
        try:
            return self._move_in(new, asset)
        except BaseException as error:
            self._give_back(old, aside, error)
            raise

    def _move_in(self, new: RemoteFile, asset: Asset) -> Status:
        """Rename the new content to its real name, even after the upload was stopped."""
        # Servers answer 500 where a parallel run has taken the name: who asks first what is there
        # need not repeat the request for half a minute.
        with suppress(ServerUnreachable):
            return self._try_to_move_in(new, asset, attempts=1)
        return self._try_to_move_in(new, asset)

    def _try_to_move_in(self, new: RemoteFile, asset: Asset, attempts: int | None = None) -> Status:
        try:
            self._contents.rename(new, asset.name, even_stopped=True, attempts=attempts)
        except (UnexpectedResponse, ServerUnreachable):
            status = self._outcome(new, asset)
            if status is None:
                raise
            return status
        return Status.REPLACED

    def _outcome(self, new: RemoteFile, asset: Asset) -> Status | None:
        """Return what became of the asset's name; None if there is nothing under it."""
        there = self._contents.find(asset.name, asset.sha1)
        if there is None:
            return None
        if there.id == new.id:
            return Status.REPLACED
        if is_same(there, asset):
            self._drop(new)
            return Status.UNCHANGED
        raise UploadConflict(
            "another run stored other content under this name meanwhile; run this again when "
            "it has ended"
        ) from None

    def _give_back(self, old: RemoteFile, aside: str, error: BaseException) -> None:
        """Rename the old content back, unless it still has its name."""
        try:
            self._contents.rename(old, old.name, even_stopped=True)
        except SentryArtifactsError:
            raise UploadConflict(
                f"{error}; its earlier content is kept in the release under the name {aside}"
            ) from None

    def _drop(self, new: RemoteFile) -> None:
        """Delete the new content that did not get its name; otherwise the next run would."""
        with suppress(SentryArtifactsError):
            self._contents.delete(new, even_stopped=True)

    def _delete_old(self, old: RemoteFile, aside: str) -> None:
        try:
            self._contents.delete(old, even_stopped=True)
        except ServerRefused:
            self._warn(_MAY_NOT_DELETE)
        except SentryArtifactsError as error:
            self._warn(f"{old.name} was replaced, but its old content stays as {aside}: {error}")

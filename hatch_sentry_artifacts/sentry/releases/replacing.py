"""Replaces a content so that its name is without one for a single request, and tidies up.

The new content is stored aside, the old one renamed away, the new one renamed in, the old one
deleted. Whatever ends a run in between leaves contents aside, which the next run makes use of.
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
from hatch_sentry_artifacts.sentry.api import LONGEST_NEW_NAME, RemoteFile
from hatch_sentry_artifacts.sentry.releases.asides import (
    Leftovers,
    aside_for_new,
    aside_for_old,
)
from hatch_sentry_artifacts.sentry.releases.contents import Contents
from hatch_sentry_artifacts.sentry.releases.release_plan import is_same

_MAY_NOT_DELETE = (
    "the token may not delete (an org auth token never may), so replaced files stay in the release "
    "under names that begin with replaced/; they do no harm"
)


class Replacing:
    """Replaces contents of one release and dist; `warn` is told of what stays aside."""

    def __init__(
        self, contents: Contents, leftovers: Leftovers, warn: Callable[[str], None]
    ) -> None:
        self._contents = contents
        self._leftovers = leftovers
        self._warn = warn

    def replace(self, asset: Asset, old: RemoteFile) -> Status:
        """Let the asset take the place of `old`. Raises UploadConflict, and what requests raise."""
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
        """Give the asset's name the content that an earlier run stored for it, if it did."""
        for file in self._leftovers.new_of(asset.name):
            if is_same(file, asset):
                # What has become of it meanwhile does not matter: the asset can still be sent.
                with suppress(UnexpectedResponse, ServerUnreachable):
                    self._contents.rename(file, asset.name)
                    return True
        return False

    def sweep(self, names: Iterable[str]) -> None:
        """Delete what earlier runs left of these names, all of which have their content."""
        left = {file.id: file for name in names for file in self._leftovers.of(name)}
        for file in left.values():
            try:
                # It may have got its name by now, from this run or a parallel one.
                if self._contents.is_called(file):
                    self._contents.delete(file)
            except ServerRefused:
                return  # that was told when they were replaced
            except SentryArtifactsError as error:
                self._warn(f"{file.name}, which an earlier run left, stays: {error}")
                return

    def _swap(self, old: RemoteFile, aside: str, new: RemoteFile, asset: Asset) -> Status:
        try:
            with suppress(NotFound):  # a parallel run was faster
                self._contents.rename(old, aside)
        except ServerUnreachable as error:
            self._give_back(old, aside, error)  # it may have been moved all the same
            raise
        try:
            return self._move_in(new, asset)
        except BaseException as error:
            self._give_back(old, aside, error)
            raise

    def _move_in(self, new: RemoteFile, asset: Asset) -> Status:
        """Give the new content its name, also when the upload was stopped meanwhile."""
        try:
            self._contents.rename(new, asset.name, even_stopped=True)
        except (UnexpectedResponse, ServerUnreachable):
            there = self._contents.find(asset.name, asset.sha1)
            if there is None:
                raise
            if there.id == new.id:
                return Status.REPLACED
            if is_same(there, asset):
                self._drop(new)
                return Status.UNCHANGED
            raise UploadConflict(
                "another run stored other content under this name meanwhile; run this again when "
                "it has ended"
            ) from None
        return Status.REPLACED

    def _give_back(self, old: RemoteFile, aside: str, error: BaseException) -> None:
        """Give the old content its name back, which it may have kept."""
        try:
            self._contents.rename(old, old.name, even_stopped=True)
        except SentryArtifactsError:
            raise UploadConflict(
                f"{error}; its earlier content is kept in the release under the name {aside}"
            ) from None

    def _drop(self, new: RemoteFile) -> None:
        """Delete the new content, which did not get its name; the next run would do it, too."""
        with suppress(SentryArtifactsError):
            self._contents.delete(new, even_stopped=True)

    def _delete_old(self, old: RemoteFile, aside: str) -> None:
        try:
            self._contents.delete(old, even_stopped=True)
        except ServerRefused:
            self._warn(_MAY_NOT_DELETE)
        except SentryArtifactsError as error:
            self._warn(f"{old.name} was replaced, but its old content stays as {aside}: {error}")

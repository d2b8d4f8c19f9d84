"""Stores, finds, renames and deletes the contents of one release and dist."""

from __future__ import annotations

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import AlreadyExists, NotFound, UnexpectedResponse
from hatch_sentry_artifacts.outcome import Status
from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.releases.release_plan import MOST_FILES, is_same
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile


class Contents:
    """The contents of one release and dist.

    With `even_stopped`, a method works after the transport was stopped: for requests that restore a
    name's content or clean up. Every method raises the errors of those of SentryApi.
    """

    def __init__(self, api: SentryApi, version: str, dist: str | None) -> None:
        self._api = api
        self._version = version
        self._dist = dist

    def store(self, asset: Asset) -> Status | RemoteFile:
        """Store an asset; return its status, or the file with other content under its name."""
        try:
            stored = self._api.upload_release_file(self._version, asset, self._dist)
        except AlreadyExists as error:
            there = self.find(asset.name, asset.sha1)
            if there is None:
                raise
            if is_same(there, asset):
                return Status.UPLOADED if error.maybe_applied else Status.UNCHANGED
            return there
        _check(stored, asset)
        return Status.UPLOADED

    def store_aside(self, asset: Asset, name: str) -> RemoteFile:
        """Store an asset under a unique name, and return the file."""
        try:
            stored = self._api.upload_release_file(self._version, asset, self._dist, name=name)
        except AlreadyExists:
            # An attempt whose response was lost has stored it.
            found = self.find(name, asset.sha1)
            if found is None:
                raise
            stored = found
        try:
            _check(stored, asset)
        except UnexpectedResponse:
            self.delete(stored, even_stopped=True)
            raise
        return stored

    def find(self, name: str, sha1: str) -> RemoteFile | None:
        """Return the file of that name; searched by its expected sha1, then by its name."""
        for checksum, part in ((sha1, None), (None, name)):
            cursor: str | None = None
            followed: set[str | None] = set()
            while cursor not in followed and len(followed) * PAGE_FILES < MOST_FILES:
                followed.add(cursor)
                page = self._api.release_files(
                    self._version, cursor, checksum=checksum, names_with=part
                )
                for file in page.files:
                    if file.name == name and file.dist == self._dist:
                        return file
                if page.next_cursor is None or not page.files:
                    break
                cursor = page.next_cursor
        return None

    def is_called(self, file: RemoteFile) -> bool:
        """Return whether a file still has its name."""
        try:
            return self._api.release_file(self._version, file.id).name == file.name
        except NotFound:
            return False

    def rename(
        self,
        file: RemoteFile,
        name: str,
        *,
        even_stopped: bool = False,
        attempts: int | None = None,
    ) -> None:
        """Rename a file, in at most so many attempts if they are given."""
        self._api.rename_release_file(
            self._version, file.id, name, even_stopped=even_stopped, attempts=attempts
        )

    def delete(self, file: RemoteFile, *, even_stopped: bool = False) -> None:
        """Delete a file. It is no error if it is already deleted."""
        self._api.delete_release_file(self._version, file.id, even_stopped=even_stopped)


def _check(stored: RemoteFile, asset: Asset) -> None:
    """Raise UnexpectedResponse if the stored content differs from what was sent."""
    if not is_same(stored, asset):
        raise UnexpectedResponse(
            f"the server stored {stored.size} bytes with sha1 {stored.sha1} for the "
            f"{asset.size} bytes with sha1 {asset.sha1} that were sent: does something on the "
            "way change them? Running this again replaces the file",
            status=201,
        )

"""Compares the files of a release with the assets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.parallel import run_in_order
from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile

_MAP_HEADER = "Sourcemap"
# Sentry refuses offsets from 20,000 on. An upload of a file beyond gets 409.
MOST_FILES = 20_000
_MOST_PAGES = MOST_FILES // PAGE_FILES


@dataclass(frozen=True, slots=True)
class Step:
    """A file to upload; `there` is the release's file of its name and dist."""

    asset: Asset
    there: RemoteFile | None

    @property
    def same(self) -> bool:
        """Whether the release holds this content already."""
        return self.there is not None and is_same(self.there, self.asset)

    @property
    def change(self) -> str:
        """How the release would change: `new`, `same` or `changed`."""
        return "new" if self.there is None else "same" if self.same else "changed"


def list_files(api: SentryApi, version: str, workers: int) -> list[RemoteFile]:
    """Return the files of the release, of every dist; 20,000 of them at most.

    The server's cursors are `100:PAGE:0`, so that further pages are requested at the same time.
    Other cursors are followed one by one.
    """
    first = api.release_files(version)
    files = list(first.files)
    cursor = first.next_cursor
    page = 1
    followed: set[str] = set()
    while cursor is not None and cursor not in followed and page < _MOST_PAGES:
        followed.add(cursor)
        expected = cursor == f"{PAGE_FILES}:{page}:0"
        ahead = range(page, min(page + workers, _MOST_PAGES)) if expected else range(0)
        cursors = [f"{PAGE_FILES}:{number}:0" for number in ahead] or [cursor]
        pages = run_in_order(
            lambda each: api.release_files(version, each),
            cursors,
            workers=workers,
            name="list",
            hurry=api.transport.stop,
        )
        files += [file for each in pages for file in each.files]
        # An empty page is the last, whatever the server announces.
        cursor = pages[-1].next_cursor if pages[-1].files else None
        page += len(cursors)
    # New files move others to the next page, so that they are listed twice.
    return list({file.id: file for file in files}.values())


def plan(assets: Iterable[Asset], remote: Iterable[RemoteFile], dist: str | None) -> list[Step]:
    """Return a step for each asset. Files of other names and dists are left alone."""
    there = {file.name: file for file in remote if file.dist == dist}
    return [Step(asset, there.get(asset.name)) for asset in assets]


def is_same(there: RemoteFile, asset: Asset) -> bool:
    """Return whether the server has the same content with the same `Sourcemap` header."""
    return (
        there.sha1 == asset.sha1
        and there.size == asset.size
        and asset.headers.get(_MAP_HEADER) in {None, _map_header(there)}
    )


def _map_header(file: RemoteFile) -> str | None:
    found = (value for key, value in file.headers.items() if key.lower() == _MAP_HEADER.lower())
    return next(found, None)

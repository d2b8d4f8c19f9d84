"""Deletes what a plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.errors import (
    NotFound,
    NotOffered,
    SentryArtifactsError,
    ServerRefused,
    ServerUnreachable,
)
from hatch_sentry_artifacts.parallel import run_parallel
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.pruning.rights import refused_deletion
from hatch_sentry_artifacts.sentry.pruning.survey import Plan, Share
from hatch_sentry_artifacts.sentry.releases.release_plan import list_files

# After as many failures in a row without an answer, the server is taken for unreachable.
_GONE_AFTER = 3


@dataclass(frozen=True)
class _Item:
    """A release file, several, or a bundle; `paths` are deleted for it, `size` is its bytes."""

    name: str
    paths: tuple[str, ...]
    size: int
    files: int = 0

    @property
    def bundles(self) -> int:
        """How many bundles it is."""
        return 0 if self.files else 1


@dataclass
class Deletion:
    """What was deleted until now; it lives on when a run is stopped.

    `gone` were no longer there when their turn came; `failures` has a line for each that failed.
    `at_once`: all files of a release are deleted by one request. That is quick, but a Sentry keeps
    their contents on its disk, where one by one it frees them.
    """

    api: SentryApi
    workers: int
    at_once: bool = False
    files: int = 0
    bundles: int = 0
    size: int = 0
    gone: int = 0

    def __post_init__(self) -> None:
        self.failures: list[str] = []
        self._archives: list[_Item] = []
        self._unreachable = 0

    def carry_out(self, plan: Plan, advance: Callable[[int], None]) -> None:
        """Delete what the plan says, that of the oldest release first.

        `advance` is called for each file and bundle. What cannot be deleted is among the failures.
        Raises ServerRefused if the token may not delete, ServerUnreachable if the server has gone.
        """
        self._delete_all(self._items(plan), advance)
        # Not before: they would take files along that are about to be deleted one by one.
        self._delete_all(iter(self._archives), advance)

    def _delete_all(self, items: Iterator[_Item], advance: Callable[[int], None]) -> None:
        results = run_parallel(
            self._delete,
            items,
            workers=self.workers,
            name="delete",
            hurry=self.api.transport.stop,
        )
        with closing(results):
            for item, outcome in results:
                self._count(item, outcome)
                for _ in range(item.files + item.bundles):
                    advance(1)

    def _count(self, item: _Item, outcome: bool | SentryArtifactsError) -> None:
        if isinstance(outcome, SentryArtifactsError):
            self.failures.append(f"{item.name}: {outcome}")
            self._unreachable += 1 if isinstance(outcome, ServerUnreachable) else 0
            if self._unreachable >= _GONE_AFTER:
                raise outcome
            return
        self._unreachable = 0
        if not outcome:
            self.gone += 1
            return
        self.size += item.size
        self.bundles += item.bundles
        self.files += item.files

    def _delete(self, item: _Item) -> tuple[_Item, bool | SentryArtifactsError]:
        """Return whether it was still there, or why it could not be deleted."""
        there = False
        try:
            for path in item.paths:
                there |= self._delete_path(path)
        except NotOffered:
            raise
        except ServerRefused:
            raise refused_deletion(self.api) from None
        except SentryArtifactsError as error:
            return item, error
        return item, there

    def _delete_path(self, path: str) -> bool:
        response = self.api.call("DELETE", path, expected=(204, 404))
        if response.status == 404 and response.body and not response.is_json:
            way = "delete all files of a release at once" if self.at_once else "delete files"
            raise NotOffered(f"{self.api.connection.url} has no way to {way}")
        return response.status == 204

    def _items(self, plan: Plan) -> Iterator[_Item]:
        """Yield what is to be deleted; of files, the list of one release at a time is held."""
        for share in plan.shares:
            for each in share.bundles:
                query = urlencode({"bundleId": each.bundle.id})
                paths = [
                    f"{self.api.path_of_project(project)}files/artifact-bundles/?{query}"
                    for project in each.projects
                ]
                name = f"artifact bundle {each.bundle.id}"
                yield _Item(name, tuple(paths), each.size or 0)
            if share.release is not None and share.files:
                yield from self._files(share, share.release.version)

    def _files(self, share: Share, version: str) -> Iterator[_Item]:
        """Yield no more files than were shown.

        Those of an archive, as sentry-cli 2 uploaded them, have no number as their id. To delete
        one writes the archive's index anew, and frees nothing: all of them go at once, later.
        """
        projects = self.api.connection.projects
        linked = [each for each in projects if share.release and each in share.release.projects]
        project = self.api.path_of_project((linked or projects)[0])
        at_once = f"{project}files/source-maps/?{urlencode({'name': version})}"
        if self.at_once:
            yield _Item(f"{version}: all files", (at_once,), share.file_bytes, share.files)
            return
        try:
            files = list_files(self.api, version, self.workers)
        except NotFound:  # somebody deleted the release
            return
        archived = []
        for file in islice(files, share.files):
            if not file.id.isdecimal():
                archived.append(file.size or 0)
                continue
            file_id = quote(file.id, safe="")
            path = f"{project}releases/{quote(version, safe='')}/files/{file_id}/"
            yield _Item(f"{version}: {file.name}", (path,), file.size or 0, 1)
        if archived:
            name = f"{version}: the files of its archive"
            self._archives.append(_Item(name, (at_once,), sum(archived), len(archived)))

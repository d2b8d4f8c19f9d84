"""Makes Hatchling pack changed files in place of the project's, and no unfinished ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NoReturn

from hatchling.builders.utils import normalize_inclusion_map

from hatch_sentry_artifacts.assets.kinds import is_staged
from hatch_sentry_artifacts.errors import SentryArtifactsError

if TYPE_CHECKING:
    from hatchling.builders.plugin.interface import IncludedFile

    from hatch_sentry_artifacts.assets.asset import Member
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.builds.shipping import Planned, Shipping

# The kinds of files in the wheel's data folder, each with its place there.
_SHARED = {"shared_data": "data", "shared_scripts": "scripts"}


class Packing:
    """Changes a builder's list of files, until `end`.

    Without `shipping` that only leaves out what a killed run of `inject` left in the project.

    A hook can put files in (`force_include`), but there is no documented way to leave one out
    (pypa/hatch#1787). Reserved paths do not stop single files that the project forces in, nor what
    it shares, and they are forgotten once another hook looks at the files; and a path that is
    forced in is rewritten by `sources` again. So the builder's own lists are changed: a builder
    asks `recurse_included_files` (https://hatch.pypa.io/latest/plugins/builder/reference/) after
    every hook's `initialize`, and so what later hooks make counts too.
    """

    def __init__(
        self,
        builder: Any,
        build_data: dict[str, Any],
        shipping: Shipping | None,
        abort: Callable[[SentryArtifactsError], NoReturn],
    ) -> None:
        self._builder = builder
        self._build_data = build_data
        self._shipping = shipping
        self._abort = abort
        self._planned: Planned | None = None
        self._recurse = builder.recurse_included_files
        builder.recurse_included_files = self._recurse_included_files
        self._changed = ["recurse_included_files"]
        for kind in _SHARED:
            method = f"add_{kind}"
            if not hasattr(builder, method):  # as for an sdist
                continue
            setattr(builder, method, partial(self._add_shared, kind, getattr(builder, method)))
            self._changed.append(method)

    def end(self) -> None:
        """Restore the builder."""
        for name in self._changed:
            delattr(self._builder, name)

    def shipment(self, wheel: Path) -> Shipment | None:
        """Return the shipment of `wheel`; None if it ships the project's files.

        Raises DistributionError if it was packed with something else.
        """
        if self._planned is None or self._shipping is None:
            return None
        self._shipping.check(wheel, self._planned)
        return self._planned.shipment

    def _recurse_included_files(self) -> Iterator[IncludedFile]:
        if self._shipping is None:
            return self._shipped(self._recurse(), "")
        files = list(self._recurse())
        sources = dict(_sources(files, "")) | _shared_files(self._builder, self._build_data)
        try:
            self._planned = self._shipping.plan(sources, _metadata(self._builder))
        except SentryArtifactsError as error:
            self._abort(error)
        return self._shipped(files, "")

    def _add_shared(self, kind: str, add: Callable[..., None], *arguments: Any) -> None:
        """Call `add`, for which the builder lists its files by `recurse_explicit_files`."""
        recurse = self._builder.recurse_explicit_files

        def shipped(inclusion: dict[str, str]) -> Iterator[IncludedFile]:
            return self._shipped(recurse(inclusion), _prefix(self._builder, kind))

        self._builder.recurse_explicit_files = shipped
        try:
            add(*arguments)
        finally:
            del self._builder.recurse_explicit_files

    def _shipped(self, files: Iterable[IncludedFile], prefix: str) -> Iterator[IncludedFile]:
        for file in files:
            path = _path(file, prefix)
            if is_staged(path):
                continue
            shipment = self._planned.shipment if self._planned else None
            if shipment and path in shipment.left_out:
                continue
            if shipment and path in shipment.changed:
                file.path = str(shipment.changed[path])
            yield file


def _metadata(builder: Any) -> list[Member]:
    """Return the metadata of the wheel that tells of its kind, as Hatchling writes it later."""
    from hatch_sentry_artifacts.assets.asset import Member

    texts = {
        "METADATA": builder.config.core_metadata_constructor(builder.metadata),
        "entry_points.txt": builder.construct_entry_points_file(),
    }
    return [
        Member(
            f"{builder.artifact_project_id}.dist-info/{name}",
            len(content),
            partial(BytesIO, content),
        )
        for name, content in ((name, text.encode()) for name, text in texts.items())
    ]


def source_files(builder: Any, build_data: dict[str, Any]) -> dict[str, Path]:
    """Return where each file of a wheel comes from, by its path in the wheel.

    Must be called while Hatchling knows `build_data` (`set_build_data`).
    """
    files = dict(_sources(builder.recurse_included_files(), ""))
    return files | _shared_files(builder, build_data)


def _shared_files(builder: Any, build_data: dict[str, Any]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for kind in _SHARED:
        inclusion = dict(getattr(builder.config, kind))
        inclusion |= normalize_inclusion_map(build_data[kind], builder.root)
        found.update(_sources(builder.recurse_explicit_files(inclusion), _prefix(builder, kind)))
    return found


def _prefix(builder: Any, kind: str) -> str:
    return f"{builder.artifact_project_id}.data/{_SHARED[kind]}/"


def _sources(files: Iterable[IncludedFile], prefix: str) -> Iterator[tuple[str, Path]]:
    return ((_path(file, prefix), Path(file.path)) for file in files)


def _path(file: IncludedFile, prefix: str) -> str:
    """Return the file's path in the wheel."""
    return prefix + PurePath(file.distribution_path).as_posix()

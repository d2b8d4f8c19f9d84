"""What every build front end does before a wheel is packed, where its content is to change."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.errors import SentryArtifactsError

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.asset import Member
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.configuration.options import Options, Source


def changes_wheels(table: Mapping[str, Any]) -> bool:
    """Return whether the project's table changes the shipped files; cheap: every build asks."""
    return table.get("source-maps") == "strip" or table.get("debug-ids") == "inject"


@dataclass(frozen=True)
class Planned:
    """The planned differences of a wheel; `paths` are those of all files known at that time."""

    shipment: Shipment
    paths: frozenset[str]


@dataclass(frozen=True)
class Shipping:
    """The options of a project that change the files of its wheel.

    `for_installer`: the wheel is built only to be installed. It has the same content then, but its
    faults do not fail the installation; such a wheel ships the project's own files.
    """

    options: Options
    for_installer: bool = False

    def plan(self, sources: Mapping[str, Path], metadata: Sequence[Member] = ()) -> Planned | None:
        """Return the shipment of `sources`, all files of a wheel by their path there.

        `metadata` are the files of its `.dist-info`, as far as they are known; they count for
        names. Its files are gone once it is no longer used. Raises NamesError, DistributionError or
        ConfigurationError.
        """
        try:
            return Planned(_make_shipment(sources, metadata, self.options), frozenset(sources))
        except SentryArtifactsError:
            if self.for_installer:
                return None
            raise

    def check(self, wheel: Path, planned: Planned) -> None:
        """Raise DistributionError if `wheel` was packed with other files than planned."""
        from hatch_sentry_artifacts.builds.finished_wheel import check_wheel

        if not self.for_installer:
            check_wheel(wheel, planned.shipment, planned.paths, self.options)


def find_shipping(
    read_source: Callable[[], Source], *, for_installer: bool, options: Options | None = None
) -> Shipping | None:
    """Return the shipping of the project's table, or of `options`; None if nothing changes.

    Raises ConfigurationError with all that is wrong in the table, but not for an installer.
    """
    from hatch_sentry_artifacts.configuration.options import read_options

    try:
        if options is None:
            source = read_source()
            if not changes_wheels(source.table):
                return None
            options = read_options(source)
    except SentryArtifactsError:
        if for_installer:
            return None
        raise
    if options.source_maps == "strip" or options.debug_ids == "inject":
        return Shipping(options, for_installer)
    return None


def _make_shipment(
    sources: Mapping[str, Path], metadata: Sequence[Member], options: Options
) -> Shipment:
    from hatch_sentry_artifacts.assets.rewriting.shipment import prepare_shipment
    from hatch_sentry_artifacts.temporary import TemporaryFolder

    folder = TemporaryFolder()
    try:
        shipment = prepare_shipment(
            sources,
            folder.path,
            include=options.include,
            exclude=options.exclude,
            paths=options.paths,
            inject=options.debug_ids == "inject",
            strip=options.source_maps == "strip",
            metadata=metadata,
        )
    except BaseException:
        folder.remove()
        raise
    # Also if the process ends first.
    weakref.finalize(shipment, folder.remove)
    return shipment


def files_below(folder: Path) -> dict[str, Path]:
    """Return all files of the wheel unpacked in `folder`, by path, without its metadata."""
    return {path: file for path, file in _all_below(folder).items() if not _is_metadata(path)}


def metadata_below(folder: Path) -> list[Member]:
    """Return the files of metadata of the wheel unpacked in `folder`."""
    from hatch_sentry_artifacts.assets.distribution.opening import members_of

    return members_of(
        {path: file for path, file in _all_below(folder).items() if _is_metadata(path)}
    )


def _is_metadata(path: str) -> bool:
    return path.partition("/")[0].endswith((".dist-info", ".egg-info"))


def _all_below(folder: Path) -> dict[str, Path]:
    from hatch_sentry_artifacts.assets.distribution.folder import list_folder

    listing = list_folder(folder)
    # Back ends pack what links lead to, be it in the project.
    return dict(sorted({**listing.files, **listing.links, **listing.outside}.items()))


def delete_staged(folder: Path) -> None:
    """Delete what a killed build or `inject` left in a wheel that lies unpacked in `folder`."""
    from hatch_sentry_artifacts.assets.kinds import is_staged

    for path, file in files_below(folder).items():
        if is_staged(path):
            file.unlink(missing_ok=True)


def apply_to(folder: Path, shipment: Shipment) -> None:
    """Change the files of a wheel that lies unpacked in `folder`."""
    from hatch_sentry_artifacts.assets.rewriting.staging import staged_beside

    for path, file in shipment.changed.items():
        target = folder / path
        # A file of its own, should the one that is there be a link to one of the project's.
        fresh = staged_beside(target)
        shutil.copy2(file, fresh)
        fresh.replace(target)
    for path in shipment.left_out:
        (folder / path).unlink()

"""What every build front end does before a wheel is packed, where its content is to change."""

from __future__ import annotations

import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.errors import DistributionError, SentryArtifactsError

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.configuration.options import Options, Source

_BLOCK_BYTES = 256 * 1024
_SHOWN = 3


def changes_wheels(table: Mapping[str, Any]) -> bool:
    """Whether a project's table asks for changes of what ships; cheap, as all builds ask it."""
    return table.get("source-maps") == "strip" or table.get("debug-ids") == "inject"


@dataclass(frozen=True)
class Shipping:
    """A project's wish that its wheel ships other files than its sources are.

    `for_installer`: the wheel is built only to be installed. It has the same content then, but no
    fault in it is any business of whoever installs; such a wheel ships what the project has.
    """

    options: Options
    for_installer: bool = False

    def shipment(self, sources: Mapping[str, Path]) -> Shipment | None:
        """The shipment of `sources`, all files of a wheel by their path there.

        Its files are gone once it is no longer used. Raises NamesError, DistributionError or
        ConfigurationError.
        """
        try:
            return _make_shipment(sources, self.options)
        except SentryArtifactsError:
            if self.for_installer:
                return None
            raise

    def check(self, wheel: Path, shipment: Shipment) -> None:
        """Raise DistributionError if `wheel` was packed with something else than `shipment`."""
        if not self.for_installer:
            check_wheel(wheel, shipment)


def find_shipping(
    read_source: Callable[[], Source], *, for_installer: bool, options: Options | None = None
) -> Shipping | None:
    """What the project's table, or `options` in its place, wishes; None if nothing is to change.

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


def _make_shipment(sources: Mapping[str, Path], options: Options) -> Shipment:
    from hatch_sentry_artifacts.assets.rewriting.shipment import prepare_shipment

    folder = Path(tempfile.mkdtemp(prefix="sentry-artifacts-"))
    try:
        shipment = prepare_shipment(
            sources,
            folder,
            include=options.include,
            exclude=options.exclude,
            paths=options.paths,
            inject=options.debug_ids == "inject",
            strip=options.source_maps == "strip",
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # Also if the process ends before.
    weakref.finalize(shipment, shutil.rmtree, folder, ignore_errors=True)
    return shipment


def files_below(folder: Path) -> dict[str, Path]:
    """All files of a wheel that lies unpacked in `folder`, by their path there; no metadata."""
    from hatch_sentry_artifacts.assets.distribution.folder import list_folder

    listing = list_folder(folder)
    # Back ends pack what links lead to, be it in the project.
    files = {**listing.files, **listing.links, **listing.outside}
    return {
        path: file
        for path, file in sorted(files.items())
        if not path.partition("/")[0].endswith((".dist-info", ".egg-info"))
    }


def apply_to(folder: Path, shipment: Shipment) -> None:
    """Change the files of a wheel that lies unpacked in `folder`."""
    for path, file in shipment.changed.items():
        target = folder / path
        # A file of its own, should the one that is there be a link to one of the project's.
        fresh = target.with_name(f"{target.name}.sentry-artifacts")
        shutil.copy2(file, fresh)
        fresh.replace(target)
    for path in shipment.left_out:
        (folder / path).unlink()


def check_wheel(wheel: Path, shipment: Shipment) -> None:
    """Raise DistributionError if `wheel` was packed with something else than `shipment` says.

    Nothing that a back end documents lets a hook leave files out, and a project may have a
    `bdist_wheel` of its own: so this is looked at each time.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = {info.filename: info for info in archive.infolist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise DistributionError(f"{wheel}: cannot be read: {error}") from None
    wrong = [path for path in sorted(shipment.left_out) if path in members]
    for path, file in shipment.changed.items():
        info = members.get(path)
        if info is None or (info.file_size, info.CRC) != (file.stat().st_size, _crc(file)):
            wrong.append(path)
    if wrong:
        shown = ", ".join(wrong[:_SHOWN]) + (", …" if len(wrong) > _SHOWN else "")
        raise DistributionError(
            f"{wheel.name} was packed without the changes that `source-maps` and `debug-ids` ask "
            f"for in {shown}; do not release it, and see what else takes part in the build"
        )


def _crc(file: Path) -> int:
    crc = 0
    with file.open("rb") as content:
        while block := content.read(_BLOCK_BYTES):
            crc = zlib.crc32(block, crc)
    return crc

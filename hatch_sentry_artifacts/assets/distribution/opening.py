"""Opens a built wheel or a folder, and lists its files without unpacking anything."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from hatch_sentry_artifacts.assets.asset import Content, Member
from hatch_sentry_artifacts.assets.distribution.folder import list_folder
from hatch_sentry_artifacts.assets.distribution.open_file import OpenFile
from hatch_sentry_artifacts.assets.distribution.wheel import Wheel
from hatch_sentry_artifacts.assets.kinds import is_map, is_script
from hatch_sentry_artifacts.errors import DistributionError

_SDISTS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")


@dataclass(frozen=True)
class Distribution:
    """A wheel or folder: a label for messages, its files, and the project's name and version.

    A folder has neither name nor version. `left_alone` has the reason for each entry of a folder
    that is no file or is not followed, by path.
    """

    label: str
    members: Sequence[Member]
    name: str | None = None
    version: str | None = None
    left_alone: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def open_distribution(path: Path) -> Iterator[Distribution]:
    """Yield the wheel or folder at `path`, readable as long as the context lasts.

    Raises DistributionError if there is neither, or if it is a wheel that is damaged or unsafe.
    """
    if _is_folder(path):
        yield _folder(path)
        return
    _refuse_other_kinds(path)
    with Wheel(path) as wheel:
        yield Distribution(path.name, wheel.members, wheel.name, wheel.version)


def _refuse_other_kinds(path: Path) -> None:
    """Raise DistributionError for a file that is clearly no wheel, and say what to pass instead."""
    name = path.name.lower()
    if name.endswith(_SDISTS):
        raise DistributionError(
            f"{path}: is an sdist, and a release has the files of a wheel: pass the wheel that is "
            "built from it, such as dist/*.whl"
        )
    if is_script(name) or is_map(name):
        raise DistributionError(
            f"{path}: is a single file: pass the folder that holds it, from which names are made, "
            "or the wheel"
        )


def add_files(distribution: Distribution, files: Mapping[str, Path]) -> Distribution:
    """Return `distribution` as if it also held `files`, by their path in it."""
    return replace(distribution, members=[*distribution.members, *members_of(files)])


def members_of(files: Mapping[str, Path]) -> list[Member]:
    """Return `files` as the members of a distribution, by their path in it.

    Raises DistributionError if one is not there.
    """
    try:
        return [Member(path, file.stat().st_size, FileOpener(file)) for path, file in files.items()]
    except OSError as error:
        raise DistributionError(f"{error.filename}: cannot be read: {error.strerror}") from None


def _is_folder(path: Path) -> bool:
    """Return whether it is a folder. Raises DistributionError if it is no file either."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise DistributionError(f"{path}: there is no such wheel or folder") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = error.strerror if isinstance(error, OSError) else error
        raise DistributionError(f"{path}: cannot be read: {reason}") from None
    # Opening anything else, such as a pipe, might block for ever.
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise DistributionError(f"{path}: is neither a wheel nor a folder")
    return stat.S_ISDIR(mode)


def _folder(folder: Path) -> Distribution:
    """Return every file below `folder`, under a path that begins with the folder's own name.

    So a package's folder gives the same paths as the wheel that is built from it. Links to files of
    the folder are files of it; no other link is followed.
    """
    name = folder.resolve().name
    prefix = f"{name}/" if name else ""
    listing = list_folder(folder)
    try:
        members = [
            Member(prefix + path, file.stat().st_size, FileOpener(file))
            for path, file in sorted({**listing.files, **listing.links}.items())
        ]
    except OSError as error:
        raise DistributionError(f"{error.filename}: cannot be read: {error.strerror}") from None
    left_alone = {prefix + path: reason for path, reason in listing.left_alone.items()}
    return Distribution(str(folder), members, left_alone=left_alone)


@dataclass(frozen=True, slots=True)
class FileOpener:
    """Opens a file as a member's content."""

    path: Path

    def __call__(self) -> Content:
        """Return the open file. Raises DistributionError."""
        return _FolderFile(self.path)


class _FolderFile(OpenFile):
    """A file of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._telling():
            # The caller reads in blocks of its own.
            super().__init__(path.open("rb", buffering=0))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DistributionError(f"{self._path}: cannot be read: {error.strerror}") from None

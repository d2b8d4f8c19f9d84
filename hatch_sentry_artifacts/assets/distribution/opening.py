"""Opens a built wheel or a folder, and lists its files without unpacking anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hatch_sentry_artifacts.assets.asset import Content, Member
from hatch_sentry_artifacts.assets.distribution.open_file import OpenFile
from hatch_sentry_artifacts.assets.distribution.wheel import Wheel
from hatch_sentry_artifacts.assets.kinds import is_map, is_script
from hatch_sentry_artifacts.errors import DistributionError

_SDISTS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")


@dataclass(frozen=True)
class Distribution:
    """What is uploaded: a label for messages, its files, and the project's name and version.

    A folder has neither name nor version of its own.
    """

    label: str
    members: Sequence[Member]
    name: str | None = None
    version: str | None = None


@contextmanager
def open_distribution(path: Path) -> Iterator[Distribution]:
    """Yield the wheel or folder at `path`, readable as long as the context lasts.

    Raises DistributionError if there is neither, or if it is a wheel that is damaged or unsafe.
    """
    if path.is_dir():
        yield Distribution(str(path), _folder_members(path))
        return
    if not path.exists():
        raise DistributionError(f"{path}: there is no such wheel or folder")
    _refuse_other_kinds(path)
    with Wheel(path) as wheel:
        yield Distribution(path.name, wheel.members, wheel.name, wheel.version)


def _refuse_other_kinds(path: Path) -> None:
    """Raise DistributionError, with what to pass instead, for a file that is clearly no wheel."""
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
    more = [Member(path, file.stat().st_size, FileOpener(file)) for path, file in files.items()]
    return replace(distribution, members=[*distribution.members, *more])


def _folder_members(folder: Path) -> list[Member]:
    """Every file below `folder`, under a path that begins with the folder's own name.

    So a package's folder gives the same paths as the wheel that is built from it.
    """
    top = folder.resolve()

    def problem(error: OSError) -> None:
        raise DistributionError(f"{error.filename}: cannot be listed: {error.strerror}")

    members: list[Member] = []
    for parent, folders, files in os.walk(top, onerror=problem):
        folders.sort()
        for file in sorted(files):
            path = Path(parent, file)
            if path.is_file():
                inner = path.relative_to(top).as_posix()
                name = f"{top.name}/{inner}" if top.name else inner
                members.append(Member(name, path.stat().st_size, FileOpener(path)))
    return members


@dataclass(frozen=True, slots=True)
class FileOpener:
    """Opens a file as a member's content."""

    path: Path

    def __call__(self) -> Content:
        """The file, open. Raises DistributionError."""
        return _FolderFile(self.path)


class _FolderFile(OpenFile):
    """A file of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._telling():
            # Whoever reads has blocks of its own.
            super().__init__(path.open("rb", buffering=0))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DistributionError(f"{self._path}: cannot be read: {error.strerror}") from None

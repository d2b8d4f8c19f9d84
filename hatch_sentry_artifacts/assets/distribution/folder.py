"""Lists the files of a folder: the one answer to which files it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hatch_sentry_artifacts.errors import DistributionError

OUTSIDE_LINK = "is a symbolic link out of the folder"
FOLDER_LINK = "is a symbolic link to a folder"
DEAD_LINK = "is a symbolic link that leads to no file"
NO_FILE = "is neither a file nor a folder"


@dataclass
class Listing:
    """The files below a folder, by their paths in it, with "/" between the segments.

    `links` are symbolic links to files of the folder, `outside` those to files elsewhere. `others`
    has all other entries, each with the reason why it is no file: links to folders, which may form
    cycles, are not followed.
    """

    files: dict[str, Path] = field(default_factory=dict)
    links: dict[str, Path] = field(default_factory=dict)
    outside: dict[str, Path] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    @property
    def left_alone(self) -> dict[str, str]:
        """The reason for each entry that is no file or is not followed, by path."""
        found = {**dict.fromkeys(self.outside, OUTSIDE_LINK), **self.others}
        return dict(sorted(found.items()))


def list_folder(folder: Path) -> Listing:
    """List all files below `folder`. Raises DistributionError if some of it cannot be listed."""
    top = os.path.realpath(folder)
    found = Listing()
    for path, entry in _entries(top):
        if entry.is_symlink():
            _take_link(found, path, entry, top)
        elif entry.is_file():
            found.files[path] = Path(entry.path)
        else:
            found.others[path] = NO_FILE
    return Listing(*(dict(sorted(each.items())) for each in vars(found).values()))


def _entries(top: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield every entry below `top` that is no folder, with its path."""
    folders = [(top, "")]
    while folders:
        folder, prefix = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    path = f"{prefix}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        folders.append((entry.path, f"{path}/"))
                    else:
                        yield path, entry
        except OSError as error:
            raise DistributionError(f"{folder}: cannot be listed: {error.strerror}") from None


def _take_link(found: Listing, path: str, entry: os.DirEntry[str], top: str) -> None:
    target = Path(entry.path)
    try:
        is_file, is_folder = target.is_file(), target.is_dir()
        real = os.path.realpath(target)
    except OSError:
        is_file = is_folder = False
    if is_folder:
        found.others[path] = FOLDER_LINK
    elif not is_file:
        found.others[path] = DEAD_LINK
    elif Path(real).is_relative_to(top):
        found.links[path] = target
    else:
        found.outside[path] = target

"""Reads the `.sentryclirc` files that sentry-cli and its users keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.configuration.files import is_trusted, read_bytes
from hatch_sentry_artifacts.errors import ConfigurationError

FILE_NAME = ".sentryclirc"
_MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class ConfigurationFile:
    """One `.sentryclirc`; `values` has the keys url, org, project and token that it sets."""

    path: Path
    values: dict[str, str]


def find_files(folder: Path, home: Path | None) -> Iterator[ConfigurationFile]:
    """Yield the files from `folder` upwards, the nearest first, then the one in `home`.

    A file that another user owns is passed over: anyone can put one into a shared folder such as
    the system's temporary one, and it could send a token elsewhere.
    Raises ConfigurationError if one cannot be read, or is no INI file.
    """
    folders = [folder, *folder.parents]
    if home is not None and home not in folders:
        folders.append(home)
    for each in folders:
        path = each / FILE_NAME
        if is_trusted(path):
            yield ConfigurationFile(path, _read(path))


def _read(path: Path) -> dict[str, str]:
    from configparser import Error, RawConfigParser  # few have such a file

    parser = RawConfigParser(strict=False)
    try:
        parser.read_string((read_bytes(path, _MOST_BYTES) or b"").decode("utf-8"))
    except (Error, UnicodeDecodeError) as error:
        # The parser's own message would quote the line, which may hold the token.
        raise ConfigurationError(
            f"{path}: cannot be read as an INI file ({type(error).__name__}): fix it or remove it"
        ) from None
    places = {
        "url": ("defaults", "url"),
        "org": ("defaults", "org"),
        "project": ("defaults", "project"),
        "token": ("auth", "token"),
    }
    found = {
        key: parser.get(section, name, fallback="").strip().strip("\"'")
        for key, (section, name) in places.items()
    }
    return {key: value for key, value in found.items() if value}


def home_folder() -> Path | None:
    """Return the user's home; None where there is none, as for some services."""
    try:
        return Path.home()
    except RuntimeError:
        return None

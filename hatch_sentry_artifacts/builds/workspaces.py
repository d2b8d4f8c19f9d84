"""Which projects a checkout has: the members of its workspace, and those of a monorepo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.configuration.files import read_toml
from hatch_sentry_artifacts.errors import ConfigurationError

PYPROJECT = "pyproject.toml"
_VCS_MARKS = (".git", ".hg", ".jj", ".svn")
_NO_PROJECTS = {"dist", "node_modules"}
# The bounds of a search below a checkout, in folders.
_DEEPEST = 3
_MOST_FOLDERS = 2000


def vcs_root(folder: Path) -> Path | None:
    """Return the nearest folder, upwards, that version control made; a submodule is one too."""
    for each in (folder, *folder.parents):
        if any((each / mark).exists() for mark in _VCS_MARKS):
            return each
    return None


def projects_below(checkout: Path) -> Iterator[Path]:
    """Yield the projects at most three levels below `checkout`, if version control made it."""
    if vcs_root(checkout) != checkout:
        return
    for folder in folders_below(checkout):
        if (folder / PYPROJECT).is_file():
            yield folder


def folders_below(top: Path) -> Iterator[Path]:
    """Return the folders at most three levels below `top`; not hidden ones, and not built ones."""
    return islice(_by_level(top), _MOST_FOLDERS)


def _by_level(top: Path) -> Iterator[Path]:
    level = [top]
    for _ in range(_DEEPEST):
        deeper: list[Path] = []
        for folder in level:
            for each in _folders_in(folder):
                deeper.append(each)
                yield each
        level = deeper


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(
            each
            for each in folder.iterdir()
            if not each.name.startswith(".")
            and each.name not in _NO_PROJECTS
            and each.is_dir()
            and not each.is_symlink()
        )
    except OSError:
        return []


def members(folder: Path) -> list[Path]:
    """Return the projects of the workspace of uv or Hatch whose root `folder` is, besides itself.

    https://docs.astral.sh/uv/concepts/projects/workspaces/ and
    https://hatch.pypa.io/latest/how-to/environment/workspace/
    """
    return [
        path
        for workspace in _workspaces(folder)
        for pattern in _texts(workspace.get("members"))
        for path in _matches(folder, pattern)
        if not any(
            fnmatch(path.relative_to(folder).as_posix(), excluded)
            for excluded in _texts(workspace.get("exclude"))
        )
    ]


def _workspaces(folder: Path) -> Iterator[Mapping[str, Any]]:
    tool = _table(_tables(folder / PYPROJECT), "tool")
    yield _table(_table(tool, "uv"), "workspace")
    for hatch in (_table(tool, "hatch"), _tables(folder / "hatch.toml")):
        for environment in _table(hatch, "envs").values():
            yield _table(environment, "workspace")


def _tables(file: Path) -> Mapping[str, Any]:
    try:
        return read_toml(file) or {}
    except ConfigurationError:
        return {}  # whoever builds that project is told


def _matches(folder: Path, pattern: str) -> list[Path]:
    try:
        found = [each for each in folder.glob(pattern) if (each / PYPROJECT).is_file()]
    # What glob() raises for an empty pattern, an absolute one, one that is none, and by the disk.
    except (ValueError, NotImplementedError, IndexError, OSError):
        return []
    return sorted(each for each in found if folder in each.parents)


def _table(parent: object, key: str) -> Mapping[str, Any]:
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(value: object) -> list[str]:
    """Return the paths of a list of members; Hatch's may be tables with a `path`."""
    found = value if isinstance(value, list) else []
    paths = [each.get("path") if isinstance(each, dict) else each for each in found]
    return [path for path in paths if isinstance(path, str)]

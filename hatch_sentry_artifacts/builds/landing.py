"""Finds out whether a wheel lands in the dist/ of the checkout or workspace it is built from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from hatch_sentry_artifacts.builds.workspaces import (
    PYPROJECT,
    members,
    projects_below,
    vcs_root,
)

DIST = "dist"
# Every sdist has it in its root
# (https://packaging.python.org/en/latest/specifications/source-distribution-format/).
_SDIST_MARK = "PKG-INFO"
# Test runners copy and build whole projects there. Never complete, so only a second check.
_FOLDERS_OF_RUNNERS = {".tox", ".nox"}
# Where uv builds what it installs: <cache>/builds-v0/.tmpAbc; every uv cache has the file.
_UV_BUILDS = re.compile(r"builds-v[0-9]+")
_UV_CACHE_MARK = "CACHEDIR.TAG"


@dataclass(frozen=True)
class Landing:
    """Where a wheel lands. `project` is the folder that it is built from, in the checkout if known.

    `doubt` says why that may not be the dist/ of its checkout, "" if it surely is. `is_elsewhere`:
    the project was unpacked from an sdist, the wheel leaves it, and its checkout is not known.
    """

    project: Path
    doubt: str = ""
    in_uv_cache: bool = False
    is_elsewhere: bool = False


def find_landing(root: Path, destination: Path) -> Landing:
    """Return where the wheel lands that is built from `root` into `destination`.

    `root` may be the unpacked sdist from which `python -m build` and `uv build` make the wheel.
    """
    try:
        # A dist/ that is a link to elsewhere is the dist/ of its checkout.
        return _find(root.resolve(), absolute(destination))
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, until Python 3.12
        return Landing(root, f"{destination} cannot be looked at")


def absolute(path: Path) -> Path:
    """Return the path from the root, without `..`; links in it stay."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _find(root: Path, destination: Path) -> Landing:
    checkout = destination.parent.resolve()
    in_cache = _is_in_uv_cache(destination)
    project = _project_in(checkout, root) if destination.name == DIST else None
    if project is None or in_cache:
        doubt = f"{destination} is no {DIST}/ directly below the checkout"
        origin = _origin(root, destination)
        leaves = origin == root and _is_sdist(root) and root not in destination.parents
        return Landing(origin, doubt, in_cache, is_elsewhere=leaves)
    for folder in dict.fromkeys((checkout, project)):
        if _is_sdist(folder):
            return Landing(project, f"{folder} is an unpacked sdist ({_SDIST_MARK} is there)")
    runners = _FOLDERS_OF_RUNNERS.intersection(checkout.parts)
    if runners:
        return Landing(project, f"{checkout} lies below {runners.pop()}")
    return Landing(project)


def _project_in(checkout: Path, root: Path) -> Path | None:
    """Return the folder of `checkout` that `root` is, or is the unpacked sdist of; else None."""
    if root == checkout:
        return root
    if _is_sdist(root):
        pyproject = _content(root)
        places = chain([checkout], members(checkout), projects_below(checkout))
        return next((each for each in places if _has(each, pyproject)), None)
    if checkout in root.parents and (root in members(checkout) or vcs_root(root) == checkout):
        return root
    return None


def _origin(root: Path, destination: Path) -> Path:
    """Return the project above `destination` of which `root` is the unpacked sdist; else `root`."""
    if not _is_sdist(root):
        return root
    pyproject = _content(root)
    for folder in (destination, *destination.parents):
        for each in (folder, *members(folder)):
            if _has(each, pyproject) and not _is_sdist(each):
                return each
    return root


def _is_sdist(folder: Path) -> bool:
    return (folder / _SDIST_MARK).is_file()


def _is_in_uv_cache(destination: Path) -> bool:
    return any(
        temporary.name.startswith(".tmp")
        and _UV_BUILDS.fullmatch(temporary.parent.name)
        and (temporary.parent.parent / _UV_CACHE_MARK).is_file()
        for temporary in (destination, *destination.parents)
    )


def _content(folder: Path) -> bytes | None:
    """Return the bytes of the folder's pyproject.toml, which every back end copies into sdists."""
    file = folder / PYPROJECT
    try:
        return file.read_bytes() if file.is_file() else None
    except OSError:
        return None


def _has(folder: Path, pyproject: bytes | None) -> bool:
    return pyproject is not None and _content(folder) == pyproject

"""Finds the sources of the files that setuptools puts into a wheel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree, tree_of_build

if TYPE_CHECKING:
    from setuptools.command.bdist_wheel import bdist_wheel


def source_tree(command: bdist_wheel) -> SourceTree:
    """Return the sources of the data files of the wheel that the command built.

    Files of a project's own commands, which setuptools does not know, are not among them.
    """
    return tree_of_build(Path.cwd(), lambda: dict([*_package_data(command), *_data_files(command)]))


def _package_data(command: bdist_wheel) -> Iterator[tuple[str, Path]]:
    """Yield the files of packages, which `build_py` takes from where `package_dir` says."""
    build = command.get_finalized_command("build_py")
    for _, source, target, names in getattr(build, "data_files", None) or ():
        folder = PurePath(os.path.relpath(target, build.build_lib))
        for name in names:
            yield (folder / name).as_posix(), Path(source, name)


def _data_files(command: bdist_wheel) -> Iterator[tuple[str, Path]]:
    """Yield the files of the wheel's data folder, which `install_data` puts there."""
    data = PurePath(str(getattr(command, "data_dir", "")), "data")
    given: Iterable[str | tuple[str, Iterable[str]]] = command.distribution.data_files or ()
    for entry in given:
        folder, names = ("", [entry]) if isinstance(entry, str) else entry
        for name in names:
            file = Path(name)
            yield (data / folder / file.name).as_posix(), file

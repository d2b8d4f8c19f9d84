"""Tells whether Hatchling would pack what lies in a folder of the project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.kinds import SIDE_FILE_SUFFIX
from hatch_sentry_artifacts.errors import ConfigurationError


def refuse_packed_folder(folder: str, builder: Any) -> None:
    """Raise ConfigurationError if side files in `folder` of the project would be published.

    `folder` is relative to the project, `builder` that of its wheel. Side files hold what the wheel
    leaves out on purpose. Hatchling packs whatever git does not ignore into an sdist.
    """
    from hatchling.builders.sdist import SdistBuilder

    sdist = SdistBuilder(builder.root, metadata=builder.metadata)
    file = f"{folder}/any{SIDE_FILE_SUFFIX}"
    for each, what in ((builder, "wheel"), (sdist, "sdist")):
        if _packs(each.config, Path(builder.root), file):
            raise ConfigurationError(
                f'`keep-maps` names "{folder}", which Hatch would pack into the {what}: name it in '
                f".gitignore, or in `exclude` of [tool.hatch.build.targets.{what}], or choose a "
                "folder that is not packed"
            )


def _packs(config: Any, root: Path, file: str) -> bool:
    """Return whether the builder would take the file, as its `recurse_included_files` decides."""
    forced = [*config.force_include, *getattr(config, "shared_data", ())]
    if any(_inside(root / file, Path(source)) for source in forced):
        return True
    native = file.replace("/", os.sep)
    only = list(_only_included(config))
    if not only:
        return bool(config.include_path(native))
    inside = any(_inside(root / file, Path(source)) for source in only)
    return inside and bool(config.include_path(native, explicit=True))


def _only_included(config: Any) -> Iterator[str]:
    try:
        yield from config.only_include
    except ValueError:
        return  # of a wheel without packages, of which Hatchling itself complains


def _inside(file: Path, folder: Path) -> bool:
    return folder in file.parents

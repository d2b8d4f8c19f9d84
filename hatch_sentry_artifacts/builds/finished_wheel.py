"""Checks that a finished wheel ships what `source-maps` and `debug-ids` ask for."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.distribution.wheel import Wheel
from hatch_sentry_artifacts.assets.kinds import is_script, is_script_map
from hatch_sentry_artifacts.assets.naming.naming import Naming, table_naming
from hatch_sentry_artifacts.assets.scripts.comments import read_ending
from hatch_sentry_artifacts.errors import DistributionError

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.configuration.options import Options

_BLOCK_BYTES = 256 * 1024
_SHOWN = 3


def check_wheel(
    wheel: Path, shipment: Shipment, planned: Collection[str], options: Options
) -> None:
    """Raise DistributionError if `wheel` differs from `shipment`.

    Nothing that a back end documents lets a hook leave files out, a project may have a
    `bdist_wheel` of its own, and what takes part in a build after this plugin may add files that
    are not among the `planned` ones: so the finished wheel is looked at each time.
    """
    with Wheel(wheel) as opened:
        contents = {member.path: (member.size, member.crc32) for member in opened.members}
    wrong = [path for path in sorted(shipment.left_out) if path in contents]
    wrong += [
        path
        for path, file in shipment.changed.items()
        if contents.get(path) != (file.stat().st_size, _crc(file))
    ]
    if wrong:
        raise DistributionError(
            f"{wheel.name} was packed without the changes that `source-maps` and `debug-ids` ask "
            f"for in {_some(wrong)}; do not release it, and see what else takes part in the build"
        )
    late = list(_unchanged(wheel, contents.keys() - set(planned), options))
    if late:
        raise DistributionError(
            f"{_some(late)}: came into {wheel.name} after `source-maps` and `debug-ids` were "
            "followed, so they ship as they are; do not release it: let them be there before the "
            "wheel is packed (a Hatch hook that makes files before this one, in `initialize`; a "
            "setuptools project among its package data), or `exclude` them"
        )


def _unchanged(wheel: Path, late: Collection[str], options: Options) -> Iterator[str]:
    """Yield the selected files of `late` that would not ship as they are, had they been known."""
    selection = Selection(options.include, options.exclude)
    selected = [path for path in sorted(late) if selection.holds(path)]
    strip, inject = options.source_maps == "strip", options.debug_ids == "inject"
    naming = Naming() if options.paths is None else table_naming(options.paths)
    for path in selected:
        if naming.named(path) is None:
            continue
        if is_script_map(path):
            yield path
        elif is_script(path):
            ending = read_ending(_content(wheel, path))
            if (strip and ending.url) or (inject and ending.debug_id is None):
                yield path


def _content(wheel: Path, path: str) -> bytes:
    with Wheel(wheel) as opened:
        member = next(each for each in opened.members if each.path == path)
        with member.open() as content:
            return content.read()


def _crc(file: Path) -> int:
    crc = 0
    with file.open("rb") as content:
        while block := content.read(_BLOCK_BYTES):
            crc = zlib.crc32(block, crc)
    return crc


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:_SHOWN]) + (", …" if len(paths) > _SHOWN else "")

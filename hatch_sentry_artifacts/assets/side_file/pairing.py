"""Finds the side file of each wheel, by the scripts that both know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.assets.distribution.opening import Distribution, open_distribution
from hatch_sentry_artifacts.assets.side_file.reading import SideFile
from hatch_sentry_artifacts.errors import ConfigurationError, DistributionError


@dataclass(frozen=True)
class Pair:
    """A wheel or folder with its side file, None if it has none, and the options in that."""

    path: Path
    side_file: Path | None = None
    options: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Pairs:
    """The pairs, in the order of the wheels; `unused` has a sentence for each other side file."""

    pairs: Sequence[Pair]
    unused: Sequence[str] = ()


def pair(paths: Sequence[Path], side_files: Sequence[Path]) -> Pairs:
    """Return each of `paths`, wheels and folders, with its side file.

    Everything that the side files hold is read and compared. Raises DistributionError if one is
    damaged or of another build of its wheel, ConfigurationError if none goes with any wheel, or if
    several that differ go with one.
    """
    if not side_files:
        return Pairs([Pair(path) for path in paths])
    with ExitStack() as stack:
        opened = [stack.enter_context(SideFile(path)) for path in dict.fromkeys(side_files)]
        found = [(path, _find(path, opened)) for path in paths]
        used = [side_file for _, side_file in found if side_file is not None]
        unused = [
            f"{each.path} goes with none of the wheels that were named, but with {each.wheel.file}"
            for each in opened
            if not any(each.is_like(other) for other in used)
        ]
        if not used:
            raise ConfigurationError([f"{line}: name that, too" for line in unused])
        return Pairs(
            [
                Pair(path, side_file.path, side_file.options) if side_file else Pair(path)
                for path, side_file in found
            ],
            unused,
        )


def _find(path: Path, side_files: Iterable[SideFile]) -> SideFile | None:
    with open_distribution(path) as distribution:
        near = [each for each in side_files if each.is_of(distribution)]
        reasons = {each: each.other_build(distribution) for each in near}
        fitting = [each for each in near if not reasons[each]]
        if near and not fitting:
            raise near[0].refusal(distribution, reasons[near[0]])
        best = _best(fitting, distribution)
        if best is not None:
            best.assets(distribution)  # raises if a content is damaged
        return best


def _best(side_files: Sequence[SideFile], distribution: Distribution) -> SideFile | None:
    """Return the one whose wheel had the most similar name. Raises ConfigurationError."""
    if not side_files:
        return None
    scores = {each: _similarity(each.wheel.file, distribution.label) for each in side_files}
    best = [each for each in side_files if scores[each] == max(scores.values())]
    if not all(each.is_like(best[0]) for each in best):
        raise ConfigurationError(
            f"{' and '.join(str(each.path) for each in best)} both go with {distribution.label}, "
            "and differ: pass only the one that its build wrote"
        )
    return best[0]


def _similarity(one: str, other: str) -> int:
    """Return how many parts of two names of wheels are the same, from their start.

    A repair changes the last one, the platform.
    """
    pairs = zip(one.split("-"), other.split("-"), strict=False)
    count = 0
    for its, theirs in pairs:
        if its != theirs:
            break
        count += 1
    return count


def refuse_alone(side_files: Sequence[Path]) -> DistributionError:
    """Return the error for side files without a wheel. Raises DistributionError if one is bad."""
    lines = []
    for path in side_files:
        with SideFile(path) as side_file:
            lines.append(
                f"{path}: goes with {side_file.wheel.file}, which holds the scripts: name the "
                "wheel, too"
            )
    return DistributionError(*lines)

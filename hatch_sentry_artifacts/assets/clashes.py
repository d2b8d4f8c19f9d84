"""Finds files of several distributions that would have one name in one release, and differ."""

from __future__ import annotations

from collections.abc import Sequence

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.naming import Prefixes, names_if_possible
from hatch_sentry_artifacts.errors import NamesError

_SHOWN = 5


def refuse_clashes(
    distributions: Sequence[Distribution],
    *,
    include: Sequence[str],
    exclude: Sequence[str] = (),
    paths: Prefixes | None = None,
) -> None:
    """Raise NamesError if two of the distributions, for one release, give one name to two contents.

    The second would replace what the first had uploaded.
    """
    selection = Selection(include, exclude)
    owners: dict[str, tuple[Distribution, Member]] = {}
    clashes: list[str] = []
    for distribution in distributions:
        members = {each.path: each for each in distribution.members if selection.holds(each.path)}
        naming = find_naming(paths, distribution.members, members)
        for path, name in names_if_possible(members, naming).items():
            other, its = owners.setdefault(name, (distribution, members[path]))
            if other is not distribution and not its.holds_the_same(members[path]):
                clashes.append(
                    f"{its.path} of {other.label} and {path} of {distribution.label} would both be "
                    f"{name}"
                )
    if clashes:
        more = len(clashes) - _SHOWN
        raise NamesError(
            "two files of one release for one name, so nothing was uploaded:",
            *(f"  {each}" for each in clashes[:_SHOWN]),
            *([f"  … and {more} more"] if more > 0 else []),
            "give each its own prefix in `paths`, or its own release, such as "
            'release = "{name}@{version}"',
        )

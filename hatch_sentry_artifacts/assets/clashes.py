"""Finds files of several distributions that would have one name in one release, and differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.naming import Prefixes, names_if_possible
from hatch_sentry_artifacts.errors import NamesError

_SHOWN = 5


def named_members(
    distribution: Distribution,
    *,
    include: Sequence[str],
    exclude: Sequence[str] = (),
    paths: Prefixes | None = None,
) -> dict[str, Member]:
    """Return the selected files by their URL names; a file without one is left out."""
    selection = Selection(include, exclude)
    members = {each.path: each for each in distribution.members if selection.holds(each.path)}
    naming = find_naming(paths, distribution.members, members)
    return {name: members[path] for path, name in names_if_possible(members, naming).items()}


def refuse_clashes(distributions: Sequence[tuple[str, Mapping[str, Member]]]) -> None:
    """Raise NamesError if two of the distributions, for one release, give one name to two contents.

    Each has a label, and its files by their URL names. The second would replace what the first had
    uploaded.
    """
    owners: dict[str, tuple[str, Member]] = {}
    clashes: list[str] = []
    for label, named in distributions:
        for name, member in named.items():
            other, its = owners.setdefault(name, (label, member))
            if its is not member and not its.holds_the_same(member):
                clashes.append(
                    f"{its.path} of {other} and {member.path} of {label} would both be {name}"
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

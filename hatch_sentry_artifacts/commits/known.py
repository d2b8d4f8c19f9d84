"""Finds a repository among those that a server knows."""

from __future__ import annotations

from collections.abc import Sequence

from hatch_sentry_artifacts.repository.remote import RemoteRepository, read_address
from hatch_sentry_artifacts.sentry.releases.commits import KnownRepository, ReleaseCommits


def find_known(commits: ReleaseCommits, repository: RemoteRepository) -> KnownRepository | None:
    """Return the repository as the server knows it, if that fetches its commits; else None.

    A name in Sentry is not always that of an address: it may be the one that GitLab shows.
    """
    last = repository.key.rpartition("/")[2]
    for part in (last, ""):
        listed = commits.repositories(part)
        if listed is None:
            return None
        fetched = [each for each in listed if each.fetched]
        if found := _same(repository, fetched):
            return found
    return None


def _same(
    repository: RemoteRepository, candidates: Sequence[KnownRepository]
) -> KnownRepository | None:
    """Return the only candidate that is this repository, by its address before its name."""
    named = [each for each in candidates if _is_named(each, repository)]
    if repository.host is not None:
        addresses = [(each, read_address(each.url or "")) for each in candidates]
        at = [each for each, address in addresses if address and _is_at(address, repository)]
        if at:
            return at[0]
        # One of that name somewhere else is another, or a copy.
        named = [each for each in named if read_address(each.url or "") is None]
    return named[0] if len(named) == 1 else None


def _is_at(address: RemoteRepository, repository: RemoteRepository) -> bool:
    return address.host == repository.host and address.key == repository.key


def _is_named(known: KnownRepository, repository: RemoteRepository) -> bool:
    address = read_address(known.url or "")
    names = [known.name, known.slug or "", address.name if address else ""]
    return any(RemoteRepository(name).key == repository.key for name in names if name)

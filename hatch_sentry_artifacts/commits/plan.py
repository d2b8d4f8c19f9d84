"""Plans which commits a release is to have, and whether they are sent or fetched."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.commits.base import Base, Search
from hatch_sentry_artifacts.commits.known import find_known
from hatch_sentry_artifacts.errors import ConfigurationError, HistoryError
from hatch_sentry_artifacts.repository import history
from hatch_sentry_artifacts.repository.git import FULL_HISTORY, Git, open_repository
from hatch_sentry_artifacts.repository.history import Commit
from hatch_sentry_artifacts.repository.remote import (
    RemoteRepository,
    read_address,
    read_name,
    remote_address,
)
from hatch_sentry_artifacts.repository.services import built_repository
from hatch_sentry_artifacts.sentry.releases.commits import (
    LONGEST_REPOSITORY,
    MOST_COMMITS,
    KnownRepository,
    ReleaseCommits,
)

FIRST_COMMITS = 20  # of a release that nothing came before


@dataclass(frozen=True)
class Request:
    """What commits are asked for: those of `version`, out of the history around `folder`.

    `commit` is what a CI service says that it builds. `since` names the commit before the first,
    `path` restricts to what changed there, `local` to what is here, though the server may know.
    """

    version: str
    folder: Path
    environment: Mapping[str, str]
    commit: str | None = None
    repository: str | None = None
    since: str | None = None
    path: Path | None = None
    local: bool = False


@dataclass(frozen=True)
class Plan:
    """The commits from `base`, without it, to `head`; `total` is how many there are.

    With `known`, the server is to fetch them, and `commits` are those that are known here.
    `repository` is its name, None if nothing tells it. `remarks` are sentences.
    """

    head: str
    base: Base | None
    repository: str | None
    known: KnownRepository | None
    commits: tuple[Commit, ...] = ()
    total: int = 0
    remarks: tuple[str, ...] = ()


def make_plan(request: Request, server: ReleaseCommits | None) -> Plan:
    """Return the plan; without `server`, what it knows is not asked for.

    Raises HistoryError if the commits cannot be known, ConfigurationError for what a user names
    and is not there, and the errors of SentryApi.
    """
    git: Git | None = None
    why_not: HistoryError | None = None
    try:
        git = open_repository(request.folder, request.environment)
    except HistoryError as error:
        why_not = error
    repository, remarks = _repository(request, git)
    wanted = server if not (request.local or request.path) else None
    known = find_known(wanted, repository) if wanted and repository else None
    if git is None:
        if known is None or request.commit is None:
            raise why_not or HistoryError("no commits are known")
        return Plan(request.commit, None, known.name, known, remarks=(str(why_not),))
    head = _head(git)
    if known is not None:
        return _fetched(git, head, request, server, known)
    return _sent(git, head, request, server, repository, remarks)


def _fetched(
    git: Git, head: str, request: Request, server: ReleaseCommits | None, known: KnownRepository
) -> Plan:
    """Return the plan of commits that the server reads; it needs none of the history here."""
    base = _base(Search(git, head, request.version), request, server)
    if base is None or history.is_cut(git, head, base.commit):
        return Plan(head, base, known.name, known)
    total = history.count(git, head, base.commit)
    there = history.commits(git, head, base.commit, most=MOST_COMMITS)
    return Plan(head, base, known.name, known, tuple(there), total)


def _sent(
    git: Git,
    head: str,
    request: Request,
    server: ReleaseCommits | None,
    repository: RemoteRepository | None,
    remarks: list[str],
) -> Plan:
    search = Search(git, head, request.version)
    base = _base(search, request, server)
    start = base.commit if base else None
    if history.is_shallow(git) and (base is None or history.is_cut(git, head, start)):
        wanted = f"the commits since {base} are" if base else f"{' and '.join(search.vain)} is"
        raise HistoryError(
            f"{wanted} not in this shallow clone ({git.root}), so no commits are set: "
            f"{FULL_HISTORY}"
        )
    path = _path_in(git, head, request.path)
    total = history.count(git, head, start, path)
    most = MOST_COMMITS if base else FIRST_COMMITS
    if base is None:
        remarks.append(
            f"there is no {', and no '.join(each.removeprefix('an ') for each in search.vain)}: "
            f"the last {min(most, total)} commits are taken; --from names where to begin"
        )
    elif total > most:
        remarks.append(f"of {total} commits, the newest {most} are taken")
    found = history.commits(git, head, start, most=most, path=path)
    name = repository.name[-LONGEST_REPOSITORY:].lstrip("/ ") if repository else None
    return Plan(head, base, name, None, tuple(found), total, tuple(remarks))


def _base(search: Search, request: Request, server: ReleaseCommits | None) -> Base | None:
    if request.since is not None:
        return search.named(request.since)
    return search.tagged() or (search.released(server) if server else None)


def _head(git: Git) -> str:
    (head,) = history.resolve(git, "HEAD")
    if head is None:
        raise HistoryError(f"the repository {git.root} has no commit yet")
    return head


def _repository(request: Request, git: Git | None) -> tuple[RemoteRepository | None, list[str]]:
    """Return the repository, and what is to be said of it."""
    if request.repository:
        return read_name(request.repository), []
    if built := built_repository(request.environment):
        return built, []
    address = remote_address(git) if git else None
    found = read_address(address) if address else None
    if found is not None or git is None:
        return found, []
    what = "its remote is no address" if address else "it has no remote `upstream` or `origin`"
    return None, [
        f"the repository {git.root} has no name that Sentry could know, since {what}: name it with "
        "the option `repository`, as owner/name"
    ]


def _path_in(git: Git, head: str, path: Path | None) -> str | None:
    """Return a path as git knows it. Raises ConfigurationError if it is not in the repository."""
    if path is None:
        return None
    try:
        inner = Path(os.path.abspath(path)).relative_to(git.root).as_posix()  # noqa: PTH100
    except ValueError:
        raise ConfigurationError(f"--path {path}: is not in the repository {git.root}") from None
    if inner == ".":
        return None
    if not history.has_path(git, head, inner):
        raise ConfigurationError(f"--path {path}: {git.root} has nothing there at its last commit")
    return inner

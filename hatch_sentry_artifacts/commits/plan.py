"""Plans which commits a release is to have, and whether they are sent or fetched."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.commits.base import Base, Search
from hatch_sentry_artifacts.commits.known import find_known
from hatch_sentry_artifacts.configuration.checkout import Checkout
from hatch_sentry_artifacts.configuration.options import Options
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

    @staticmethod
    def of(version: str, options: Options, checkout: Checkout) -> Request:
        """Return what an upload asks for, as its options and this environment tell."""
        return Request(
            version,
            checkout.folder,
            os.environ,
            commit=checkout.commit,
            repository=options.repository,
        )


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

    @property
    def is_empty(self) -> bool:
        """Whether there is no commit to be set, and the release is to stay as it is."""
        if self.known is not None:
            return self.base is not None and self.base.commit == self.head
        return not self.commits


def make_plan(request: Request, server: ReleaseCommits | None) -> Plan:
    """Return the plan; without `server`, what it knows is not asked for.

    Raises HistoryError if the commits cannot be known, ConfigurationError for what a user names
    and is not there, and the errors of SentryApi.
    """
    git: Git | None = None
    why_not = ""
    try:
        git = open_repository(request.folder, request.environment)
    except HistoryError as error:
        why_not = str(error)
    repository, remarks = _repository(request, git)
    is_local = request.local or request.path is not None
    known = find_known(server, repository) if server and repository and not is_local else None
    if git is not None:
        planning = _Planning(git, _head(git), request, server)
        return planning.fetched(known) if known else planning.sent(repository, remarks)
    base = _named_in_full(request)
    if known is None or request.commit is None or (request.since and base is None):
        raise HistoryError(why_not)
    return Plan(request.commit, base, known.name, known)


@dataclass(frozen=True)
class _Planning:
    """Plans out of a history that is here; `head` is the commit that is checked out."""

    git: Git
    head: str
    request: Request
    server: ReleaseCommits | None

    def fetched(self, known: KnownRepository) -> Plan:
        """Return the plan of commits that the server reads, which needs no history here."""
        git, head = self.git, self.head
        base = _named_in_full(self.request) or self._base(self._search())
        here = history.resolve(git, base.commit)[0] if base else None
        if base is None or here is None or history.is_cut(git, head, here):
            return Plan(head, base, known.name, known)
        total = history.count(git, head, base.commit)
        there = history.commits(git, head, base.commit, most=MOST_COMMITS)
        return Plan(head, base, known.name, known, tuple(there), total)

    def sent(self, repository: RemoteRepository | None, remarks: Sequence[str]) -> Plan:
        """Return the plan of commits that are sent. Raises HistoryError if they are not here."""
        git, head, search = self.git, self.head, self._search()
        base = self._base(search)
        start = base.commit if base else None
        if history.is_shallow(git) and (base is None or history.is_cut(git, head, start)):
            raise HistoryError(
                f"{search.missing(base)} not in this shallow clone ({git.root}), so no commits "
                f"are set: {FULL_HISTORY}"
            )
        path = _path_in(git, head, self.request.path)
        total = history.count(git, head, start, path)
        most = MOST_COMMITS if base else FIRST_COMMITS
        if base is None:
            remarks = [*remarks, search.told(min(most, total))]
        elif total > most:
            remarks = [*remarks, f"of {total} commits, the newest {most} are taken"]
        found = history.commits(git, head, start, most=most, path=path)
        name = repository.name[-LONGEST_REPOSITORY:].lstrip("/ ") if repository else None
        return Plan(head, base, name, None, tuple(found), total, tuple(remarks))

    def _search(self) -> Search:
        return Search(self.git, self.head, self.request.version)

    def _base(self, search: Search) -> Base | None:
        if self.request.since is not None:
            return search.named(self.request.since)
        return search.tagged() or (search.released(self.server) if self.server else None)


def _named_in_full(request: Request) -> Base | None:
    """Return the base whose whole id a user gives, which Sentry may know though it is not here."""
    since = request.since or ""
    return Base(since, "commit") if history.is_id(since) else None


def _head(git: Git) -> str:
    (head,) = history.resolve(git, "HEAD")
    if head is None:
        raise HistoryError(f"the repository {git.root} has no commit yet")
    return head


def _repository(request: Request, git: Git | None) -> tuple[RemoteRepository | None, Sequence[str]]:
    """Return the repository, and what is to be said of it."""
    if request.repository:
        return read_name(request.repository), ()
    if built := built_repository(request.environment):
        return built, ()
    address = remote_address(git) if git else None
    found = read_address(address) if address else None
    if found is not None or git is None:
        return found, ()
    what = "its remote is no URL" if address else "it has no remote `upstream` or `origin`"
    remark = (
        f"the name of the repository {git.root} is unknown, since {what}: name it with the option "
        "`repository`, as owner/name"
    )
    return None, (remark,)


def _path_in(git: Git, head: str, path: Path | None) -> str | None:
    """Return a path as git knows it. Raises ConfigurationError if it is not in the repository."""
    if path is None:
        return None
    try:
        whole = Path(os.path.abspath(path))  # noqa: PTH100 - a link is a file to git
        inner = whole.relative_to(git.root).as_posix()
    except ValueError:
        raise ConfigurationError(f"--path {path}: is not in the repository {git.root}") from None
    if inner == ".":
        return None
    if not history.has_path(git, head, inner):
        raise ConfigurationError(f"--path {path}: {git.root} has nothing there at its last commit")
    return inner

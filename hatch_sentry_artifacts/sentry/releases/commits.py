"""Sets and reads the commits of a release, and the repositories that a server knows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.errors import (
    AlreadyExists,
    NotFound,
    NotOffered,
    ReleaseMissing,
    ServerRefused,
    ServerUnreachable,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.repository.history import Change, Commit
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.http.response import Response

MOST_COMMITS = 1000  # of which a server needs about 12 s
LONGEST_REPOSITORY = 64
_LONGEST_NAME = 128
# What the servers of each age take; a longer address, or path, is left out: cut, it were another.
_LONGEST_EMAIL = 75
_LONGEST_PATH = 255
_LONGEST_MESSAGE = 10_000
_MOST_CHANGES = 1000
_MOST_CHANGES_TOGETHER = 50_000
_PAGE = 100
_MOST_REPOSITORIES = 2000
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
# That of a repository which nothing but a list of commits has named: nothing is fetched for it.
_NO_PROVIDER = "unknown"


@dataclass(frozen=True)
class KnownRepository:
    """A repository of the organization; `fetched`: the server reads its commits by itself."""

    name: str
    url: str | None
    slug: str | None
    provider: str

    @property
    def fetched(self) -> bool:
        """Whether the server fetches the repository's commits."""
        return self.provider != _NO_PROVIDER


@dataclass(frozen=True)
class EarlierRelease:
    """A release of the project, and the newest commit that it has."""

    version: str
    commit: str


class ReleaseCommits:
    """The commits of the releases of one organization.

    Every method raises the errors of SentryApi.
    """

    def __init__(self, api: SentryApi, *, pauses: Sequence[float] = _PAUSES) -> None:
        self._api = api
        self._pauses = pauses

    def repositories(self, part: str = "") -> list[KnownRepository] | None:
        """Return the repositories with `part` in their names; None if they cannot be seen.

        Organization tokens may not on servers of 2023, and GlitchTip has a page there.
        """
        path = f"{self._api.organization_path}repos/"
        try:
            listed = list(self._pages(path, {"query": part} if part else {}, _MOST_REPOSITORIES))
        except (ServerRefused, UnexpectedResponse):
            return None
        return [_repository(each) for each in listed]

    def set_commits(self, version: str, commits: Sequence[Commit], repository: str | None) -> None:
        """Make `commits` all that the release has.

        Raises ReleaseMissing if there is none, NotOffered if the server keeps no commits.
        """
        said = self._put(version, {"commits": commit_objects(commits, repository)})
        # Of GlitchTip's releases none has any, whatever it is sent.
        if not said.get("commitCount") and not all(each.is_skipped for each in commits):
            raise NotOffered(
                f"{self._api.connection.url} keeps no commits of releases: leave out "
                '`commits = "auto"`'
            )

    def set_refs(
        self, version: str, repository: KnownRepository, commit: str, previous: str | None
    ) -> None:
        """Let the server fetch the commits from `previous` to `commit`.

        Without `previous`, from the commit of the release before. Raises ReleaseMissing.
        """
        ref = {"repository": repository.name, "commit": commit}
        self._put(version, {"refs": [{**ref, "previousCommit": previous} if previous else ref]})

    def earlier(self, version: str) -> list[EarlierRelease]:
        """Return the newest releases of the first project that have commits, except `version`."""
        path = f"{self._api.project_path}releases/"
        found = []
        for said in self._pages(path, {}, _PAGE):
            last = said.get("lastCommit")
            name = typed.text(said.get("version"), "its version")
            if isinstance(last, dict) and name != version:
                found.append(EarlierRelease(name, typed.text(last.get("id"), "its last commit")))
        return found

    def _put(self, version: str, body: Mapping[str, Any]) -> Mapping[str, object]:
        """Send a change of the release, again while the server is busy with an earlier one.

        Returns the release as it is then.
        """
        path = f"{self._api.organization_path}releases/{quote(version, safe='')}/"
        for pause in (*self._pauses, None):
            try:
                return self._api.mapping(self._call("PUT", path, body))
            except NotFound:
                raise ReleaseMissing(
                    f"there is no release {version} of {self._api.connection}: create it first, "
                    "with `hatch-sentry-artifacts release create`, or by an upload"
                ) from None
            except AlreadyExists as error:
                if pause is None:
                    raise ServerUnreachable(
                        f"{error}: it was asked {len(self._pauses) + 1} times; running this again "
                        "sets the commits"
                    ) from None
                time.sleep(pause)
        raise AssertionError

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """Return the response to a request. Raises NotOffered if the server has no releases."""
        try:
            return self._api.call(method, path, body, expected=(200,))
        except NotOffered:
            url = self._api.connection.url
            raise NotOffered(f"{url} has no releases that commits could belong to") from None

    def _pages(
        self, path: str, query: Mapping[str, str], most: int
    ) -> Iterator[Mapping[str, object]]:
        """Yield the objects of a list, about `most` of them."""
        cursor: str | None = ""
        count = 0
        while cursor is not None and count < most:
            given = {**query, "per_page": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            response = self._call("GET", f"{path}?{urlencode(given)}")
            listed = typed.sequence(self._api.json(response), "the list")
            yield from (typed.mapping(each, "an entry of the list") for each in listed)
            count += len(listed)
            cursor = response.next_cursor if listed and response.next_cursor != cursor else None


def commit_objects(commits: Sequence[Commit], repository: str | None) -> list[dict[str, Any]]:
    """Return commits as a server takes them: cut to its limits, each with a date, none with null.

    Mixed dates, and a message that is null, are internal errors there.
    """
    left = _MOST_CHANGES_TOGETHER
    objects = []
    for commit in commits:
        changes = [each for each in commit.changes if _is_taken(each)][: min(left, _MOST_CHANGES)]
        left -= len(changes)
        name, email = commit.author_name.strip()[:_LONGEST_NAME], commit.author_email.strip()
        fields: dict[str, Any] = {
            "id": commit.id,
            "repository": repository,
            "author_name": name,
            "author_email": email if len(email) <= _LONGEST_EMAIL else "",
            "patch_set": [{"path": each.path, "type": each.kind} for each in changes],
        }
        objects.append(
            {
                **{key: value for key, value in fields.items() if value},
                "message": commit.message.strip()[:_LONGEST_MESSAGE],
                "timestamp": commit.date.isoformat(),
            }
        )
    return objects


def _is_taken(change: Change) -> bool:
    return bool(change.path.strip()) and len(change.path) <= _LONGEST_PATH


def _repository(said: Mapping[str, object]) -> KnownRepository:
    provider = typed.optional(typed.mapping, said.get("provider"), "its provider") or {}
    return KnownRepository(
        typed.text(said.get("name"), "its name"),
        typed.optional(typed.text, said.get("url"), "its url"),
        slug if isinstance(slug := said.get("externalSlug"), str) else None,  # or a number
        typed.optional(typed.text, provider.get("id"), "the id of its provider") or _NO_PROVIDER,
    )

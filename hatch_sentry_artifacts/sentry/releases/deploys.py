"""Tells a server of deploys, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from hatch_sentry_artifacts.dates import moment
from hatch_sentry_artifacts.errors import NotFound, NotOffered, ServerRefused
from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases

_MOST_DEPLOYS = 1000


@dataclass(frozen=True)
class Deploy:
    """A deploy on the server; `started` is None where it is unknown, as the other texts are."""

    id: str
    environment: str
    name: str | None
    url: str | None
    started: datetime | None
    finished: datetime | None


@dataclass(frozen=True)
class NewDeploy:
    """A deploy to tell of; `finished` is when the caller says that it ended, None for now."""

    environment: str
    name: str | None = None
    url: str | None = None
    started: datetime | None = None
    finished: datetime | None = None

    def is_told(self, there: Deploy) -> bool:
        """Return whether `there` is this deploy, as far as it says what it is."""
        same = (there.environment, there.name, there.url) == (self.environment, self.name, self.url)
        return (
            same
            and self.started in {None, there.started}
            and self.finished in {None, there.finished}
        )

    def fields(self, now: datetime) -> Mapping[str, str]:
        """Return what the server is told. It takes null for an error, so that is left out."""
        dates = {"dateStarted": self.started, "dateFinished": self.finished or now}
        texts = {"environment": self.environment, "name": self.name, "url": self.url}
        return {
            **{key: text for key, text in texts.items() if text},
            **{key: date.isoformat() for key, date in dates.items() if date},
        }


class _Told(Exception):
    """The server has the deploy of a request whose response was lost."""

    def __init__(self, deploy: Deploy) -> None:
        super().__init__()
        self.deploy = deploy


class Deploys:
    """The deploys of one release. Every method raises the errors of SentryApi."""

    def __init__(self, api: SentryApi, release: Release) -> None:
        self._api = api
        self._release = release
        self._path = f"{api.organization_path}releases/{quote(release.version, safe='')}/deploys/"

    def list(self) -> list[Deploy]:
        """Return the newest deploys, that which finished last first.

        Newer servers have only the last one of each environment. Raises ServerRefused for a server
        that knows of no deploys.
        """
        found: list[Deploy] = []
        cursor: str | None = ""
        while cursor is not None and len(found) < _MOST_DEPLOYS:
            asked = f"?per_page={PAGE_FILES}" + (f"&cursor={cursor}" if cursor else "")
            try:
                response = self._api.call("GET", self._path + asked, expected=(200,))
            except (NotFound, NotOffered):
                raise ServerRefused(
                    f"{self._api.connection.url} does not take deploys of releases"
                ) from None
            listed = typed.sequence(self._api.json(response), "the list of deploys")
            found += map(_read, listed)
            cursor = response.next_cursor if listed and response.next_cursor != cursor else None
        return found

    def find(self, wanted: NewDeploy) -> Deploy | None:
        """Return the newest deploy that is the one wanted, or None."""
        return _first(self.list(), wanted)

    def tell(self, new: NewDeploy, now: datetime, *, again: bool = False) -> tuple[Deploy, bool]:
        """Tell of a deploy; return it, and whether it is new: without `again`, it may be there.

        `now` is when it ended if it does not say so. A request without an answer may have been
        carried out, and each one makes a deploy, and messages to people: so the list is looked at
        before it is sent again.
        """
        there = self.list()
        if not again and (found := _first(there, new)):
            return found, False
        known = {each.id for each in there}

        def look() -> None:
            if found := _first((each for each in self.list() if each.id not in known), new):
                raise _Told(found)

        fields = new.fields(now)
        try:
            response = self._api.call(
                "POST", self._path, fields, expected=(201,), before_repeat=look
            )
        except _Told as told:
            return told.deploy, True
        except NotFound:
            raise Releases(self._api).unchangeable(self._release) from None
        return _read(self._api.json(response)), True


def _first(deploys: Iterable[Deploy], wanted: NewDeploy) -> Deploy | None:
    return next((each for each in deploys if wanted.is_told(each)), None)


def _read(value: object) -> Deploy:
    """Return the deploy in a server's JSON. Raises UnexpectedResponse."""
    said = typed.mapping(value, "a deploy")
    return Deploy(
        typed.identifier(said.get("id"), "its id"),
        typed.text(said.get("environment"), "its environment"),
        typed.optional(typed.text, said.get("name"), "its name") or None,
        typed.optional(typed.text, said.get("url"), "its url") or None,
        _date(said.get("dateStarted"), "its dateStarted"),
        _date(said.get("dateFinished"), "its dateFinished"),
    )


def _date(value: object, what: str) -> datetime | None:
    text = typed.optional(typed.text, value, what)
    return None if text is None else moment(text)

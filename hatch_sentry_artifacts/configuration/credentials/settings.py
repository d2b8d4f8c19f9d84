"""Finds the server and token for an upload, and keeps the token from other hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from urllib.parse import urlsplit

from hatch_sentry_artifacts.configuration.credentials.sentryclirc import (
    ConfigurationFile,
    find_files,
)
from hatch_sentry_artifacts.configuration.credentials.token import read_claims
from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
from hatch_sentry_artifacts.configuration.values import read_url
from hatch_sentry_artifacts.errors import ConfigurationError, CredentialsMissing
from hatch_sentry_artifacts.escaping import is_encodable
from hatch_sentry_artifacts.sentry.connection import Connection, Token, same_site

DEFAULT_URL = "https://sentry.io"
TOKEN_VARIABLE = "SENTRY_AUTH_TOKEN"  # noqa: S105 - the variable's name
_QUOTES = frozenset("\"'`\u201c\u201d\u2018\u2019")
_SCHEMES = frozenset({"bearer", "token"})
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Rank(IntEnum):
    """The precedence of a setting's source; the lowest rank wins."""

    FLAG = 0
    ENVIRONMENT = 1
    PROJECT = 2
    FILE = 3  # the nearest .sentryclirc; each further one ranks one more
    TOKEN = 1000
    DEFAULT = 1001


@dataclass(frozen=True)
class Setting:
    """A value, and its source."""

    value: str
    source: str
    rank: int


@dataclass(frozen=True)
class Missing:
    """A setting that was not found: `what` it is, and a sentence on where to set it."""

    what: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Settings:
    """The settings that were found, and their problems."""

    url: Setting
    organization: Setting | None
    projects: Sequence[Setting]
    token: Token | None
    problems: Sequence[str]
    warnings: Sequence[str]

    @property
    def missing(self) -> list[Missing]:
        """Those of token, organization and project that were not found."""
        return [
            Missing(what, f"no {what}: set {where}")
            for what, where, found in (
                ("token", f"{TOKEN_VARIABLE}, or [auth] token in .sentryclirc", self.token),
                ("organization", "`organization` or SENTRY_ORG", self.organization),
                ("project", "`project` or SENTRY_PROJECT", self.projects),
            )
            if not found
        ]

    def connection(self) -> Connection:
        """Return the connection. Raises ConfigurationError, or CredentialsMissing."""
        if self.problems:
            raise ConfigurationError(self.problems)
        if self.token is None or self.organization is None or not self.projects:
            raise CredentialsMissing([*map(str, self.missing)])
        projects = tuple(project.value for project in self.projects)
        return Connection(self.url.value, self.organization.value, projects, self.token)


@dataclass(frozen=True)
class _Places:
    """The places that are searched for settings before the token."""

    environment: Mapping[str, str]
    files: Sequence[ConfigurationFile]
    flags: Wanted | None
    configured: Wanted | None

    def find(self, key: str, name: str) -> list[Setting]:
        """Return all values of a setting, the one that counts first.

        `key` is its name in `.sentryclirc` and the environment, `name` that in Wanted.
        """
        variable = f"SENTRY_{key.upper()}"
        source = getattr(self.configured, "source", "")
        found = [
            (Rank.FLAG, "the command line", getattr(self.flags, name, None)),
            (Rank.ENVIRONMENT, variable, self.environment.get(variable, "").strip()),
            (Rank.PROJECT, source, getattr(self.configured, name, None)),
            *((Rank.FILE + n, str(f.path), f.values.get(key)) for n, f in enumerate(self.files)),
        ]
        return [
            Setting(each, source, rank)
            for rank, source, value in found
            if value
            for each in ([value] if isinstance(value, str) else value)
        ]


def find_settings(
    *,
    environment: Mapping[str, str],
    folder: Path,
    home: Path | None,
    flags: Wanted | None = None,
    configured: Wanted | None = None,
    by_command: bool = False,
) -> Settings:
    """Look through flags, environment, configuration, `.sentryclirc` files and the token, in order.

    `folder` is the project's; `.sentryclirc` files are looked for from there upwards, then in
    `home`. Never raises for a bad value: `Settings.problems` has all of them.

    `by_command`: a command may run in a folder whose files its user does not know, while a build
    runs the project's code anyway. So a command sends a token that names no server to no server
    that only those files name.
    """
    problems: list[str] = []
    try:
        files = list(find_files(folder, home))
    except ConfigurationError as error:
        files, problems = [], list(error.problems)
    token, token_rank = _find_token(environment, files)
    places = _Places(environment, files, flags, configured)
    organizations = places.find("org", "organization")
    projects = places.find("project", "project")
    urls = places.find("url", "url")
    if token:
        claims = read_claims(token)
        token = replace(token, issuer=claims.url or claims.region_url)
        organizations += _claimed(token, claims.organization)
        urls += _claimed(token, claims.region_url or claims.url)
    problems += [
        f"{each.source}: {each.value!r} holds bytes that are no UTF-8"
        for each in (*organizations[:1], *projects)
        if not is_encodable(each.value)
    ]
    urls.append(Setting(DEFAULT_URL, "the default", Rank.DEFAULT))
    url, url_problems = _checked_url(urls[0])
    problems += url_problems
    if token:
        problems += _unusable(token)
        problems += [] if url_problems else _token_problems(token, token_rank, url, urls)
        if by_command and not problems and token_rank == Rank.ENVIRONMENT:
            problems += _unconfirmed(token, url, [DEFAULT_URL, *_users_own(files, folder, home)])
    return Settings(
        url=url if url_problems else _nearest_host(url, token),
        organization=organizations[0] if organizations else None,
        projects=_split([each for each in projects if each.rank == projects[0].rank]),
        token=token,
        problems=problems,
        warnings=[] if url_problems else _warnings(url),
    )


def _claimed(token: Token, value: str | None) -> list[Setting]:
    return [Setting(value, str(token), Rank.TOKEN)] if value else []


def _unusable(token: Token) -> list[str]:
    reason = _why_unusable(token.value)
    return [f"{token} {reason}"] if reason else []


def _why_unusable(value: str) -> str | None:
    words = value.split()
    if value[0] in _QUOTES:
        return "stands in quotes: set it without them"
    if words[0].lower() in _SCHEMES:
        return f'begins with "{words[0]}": set the token alone'
    if value.startswith(("http://", "https://")) and "@" in value:
        return (
            "is a DSN, with which events are sent: uploads need an auth token, which Sentry "
            "makes under Settings, Auth Tokens"
        )
    if len(value.splitlines()) > 1:
        return "holds a line break: copy it again, as one line"
    if not value.isascii() or not value.isprintable() or len(words) > 1:
        return "holds spaces or characters that no token has: copy it again"
    return None


def _find_token(
    environment: Mapping[str, str], files: Sequence[ConfigurationFile]
) -> tuple[Token | None, int]:
    value = environment.get(TOKEN_VARIABLE, "").strip()
    if value:
        return Token(value, TOKEN_VARIABLE), Rank.ENVIRONMENT
    for number, file in enumerate(files):
        if "token" in file.values:
            return Token(file.values["token"], str(file.path)), Rank.FILE + number
    return None, Rank.DEFAULT


def _checked_url(url: Setting) -> tuple[Setting, list[str]]:
    try:
        return Setting(read_url(url.value), url.source, url.rank), []
    except ValueError as error:
        return url, [f"{url.source}: url {error}"]


def _split(projects: Sequence[Setting]) -> list[Setting]:
    """Return the projects of SENTRY_PROJECT: several have commas or spaces between them."""
    return [
        Setting(slug, each.source, each.rank)
        for each in projects
        for slug in each.value.replace(",", " ").split()
    ]


def _token_problems(
    token: Token, token_rank: int, url: Setting, urls: Sequence[Setting]
) -> list[str]:
    """Return why the token must not be sent to `url`; a user's own choice may send it anywhere."""
    if url.rank in {Rank.FLAG, Rank.ENVIRONMENT}:
        return []
    claims = read_claims(token)
    issuers = [each for each in (claims.url, claims.region_url) if each]
    if issuers:
        if any(same_site(url.value, issuer) for issuer in issuers):
            return []
        problem = (
            f"{token} was issued for {issuers[0]}, but {url.source} says the server is "
            f"{url.value}: the token was not sent there; fix the url, or set SENTRY_URL "
            "if you mean it"
        )
        return [problem]
    own = next(each for each in urls if each.rank >= token_rank)
    if url.rank >= token_rank or same_site(url.value, own.value):
        return []
    problem = (
        f"{token} belongs with {own.value}, but {url.source} says the server is {url.value}: "
        f"the token was not sent there; set {TOKEN_VARIABLE} or SENTRY_URL if you mean it"
    )
    return [problem]


def _users_own(
    files: Sequence[ConfigurationFile], folder: Path, home: Path | None
) -> Iterator[str]:
    """Yield the server that the user's own `.sentryclirc` names; the project's is not that."""
    for file in files:
        if file.path.parent == home != folder and "url" in file.values:
            checked, problems = _checked_url(Setting(file.values["url"], str(file.path), Rank.FILE))
            if not problems:
                yield checked.value


def _unconfirmed(token: Token, url: Setting, own: Sequence[str]) -> list[str]:
    """Return why the nameless token does not go to a `url` that only the project's files name."""
    in_files = Rank.PROJECT <= url.rank < Rank.TOKEN
    if not in_files or token.issuer or any(same_site(url.value, each) for each in own):
        return []
    problem = (
        f"{token} does not say which server it is for, and only {url.source} says that it is "
        f"{url.value}: the token was not sent there; pass --url {url.value}, or set SENTRY_URL, "
        "if you mean it"
    )
    return [problem]


def _nearest_host(url: Setting, token: Token | None) -> Setting:
    """Return the region's host instead of sentry.io, which cuts off long uploads."""
    region = read_claims(token).region_url if token else None
    if region and urlsplit(url.value).hostname == "sentry.io" and same_site(url.value, region):
        return Setting(region, f"{url.source}, and the region from the token", url.rank)
    return url


def _warnings(url: Setting) -> list[str]:
    parts = urlsplit(url.value)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return [f"{url.value} is not encrypted: the token can be read on the way; use https"]
    return []

"""Finds out which organization, project and server the configuration is to name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hatch_sentry_artifacts.configuration.credentials.settings import LOOPBACK, Rank, Settings
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.edits import Entry
from hatch_sentry_artifacts.redaction import redact

RELEASE = "{name}@{version}"
_SENTRY = "sentry.io"
_PLACES = {
    "organization": "fill in the slug, or set SENTRY_ORG in the pipeline",
    "project": "fill in the slug, or set SENTRY_PROJECT in the pipeline",
}


@dataclass(frozen=True)
class Found:
    """The value of an option, and where it was found."""

    value: str | list[str]
    source: str


def find_connection(settings: Settings) -> dict[str, Found]:
    """Return the organization, project and url to write, as far as they are known.

    A server on this machine is one to try things on, and that of the default needs no words.
    Raises ConfigurationError for a value that looks like a token.
    """
    found: dict[str, Found] = {}
    if settings.organization:
        found["organization"] = Found(settings.organization.value, settings.organization.source)
    slugs = [each.value for each in settings.projects]
    if slugs:
        value = slugs if len(slugs) > 1 else slugs[0]
        found["project"] = Found(value, settings.projects[0].source)
    if settings.url.rank < Rank.TOKEN and not settings.problems:
        host = urlsplit(settings.url.value).hostname or ""
        if host not in LOOPBACK and not f".{host}".endswith(f".{_SENTRY}"):
            found["url"] = Found(settings.url.value, settings.url.source)
    token = settings.token.value if settings.token else ""
    for key, each in found.items():
        for text in [each.value] if isinstance(each.value, str) else each.value:
            if redact(text, token) != text:
                raise ConfigurationError(
                    f"{each.source}: what it says for `{key}` looks like a token, which never "
                    "stands in a project's files: it has to be a slug, or an address"
                )
    return found


def connection_entries(
    found: Mapping[str, Found], table: Mapping[str, object] | None
) -> list[Entry]:
    """Return the entries that the table lacks; one to fill in where a new one has no value."""
    given = table or {}
    entries = [Entry(key, each.value) for key, each in found.items() if key not in given]
    if table is None:
        entries += [Entry(key, comment=_PLACES[key]) for key in _PLACES if key not in found]
    order = [*_PLACES, "url"]
    return sorted(entries, key=lambda each: order.index(each.key))


def connection_section(
    found: Mapping[str, Found], table: Mapping[str, object] | None, problems: Sequence[str]
) -> list[str]:
    """Return what there is to say of where the uploads go.

    `table` is the one that was there before; `problems` are those that an upload would have.
    """
    given = table or {}
    lines = []
    for key, each in found.items():
        value = each.value if isinstance(each.value, str) else ", ".join(each.value)
        if key not in given:
            lines.append(f"{key}: {value}, from {each.source}.")
        elif given[key] != each.value:
            lines.append(f"{key}: what the table says stays, and not {value} ({each.source}).")
    for key, advice in _PLACES.items():
        if key not in found and key not in given:
            lines.append(f"{key}: not known. Pass --{key}, {advice}.")
    if table is not None and "release" not in table:
        lines.append(
            "release: packages of one organization share the release of a version. With "
            f'`release = "{RELEASE}"` each has its own; pages have to tell Sentry the same.'
        )
    return [*lines, *(f"An upload would stop: {each}." for each in problems)]

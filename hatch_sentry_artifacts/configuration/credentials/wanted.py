"""The connection options of one source: flags or a project's configuration."""

from __future__ import annotations

from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.options import Options


@dataclass(frozen=True)
class Wanted:
    """Organization, projects and url, as far as they are given; `source` is their place."""

    organization: str | None = None
    project: tuple[str, ...] = ()
    url: str | None = None
    source: str = ""

    @staticmethod
    def of(options: Options, source: str = "") -> Wanted:
        """Return the connection options of `options`."""
        return Wanted(options.organization, options.project, options.url, source)

"""Forms the names of release and dist from the options and a project's name and version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.finding import current_release
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.errors import ConfigurationError

_LONGEST_RELEASE = 200
_LONGEST_DIST = 64
_FORBIDDEN = re.compile(r"[\r\n\f\t/\\]")
_RESERVED = {".", "..", "latest"}


@dataclass(frozen=True)
class ReleaseName:
    """A release, and the dist of it that files belong to; None for no dist."""

    release: str
    dist: str | None = None

    def __str__(self) -> str:
        return f"release {self.release}" + (f", dist {self.dist}" if self.dist else "")


def release_name(
    options: Options, name: str | None, version: str | None, *, owner: str, hint: str
) -> ReleaseName:
    """Return the release and dist for `name` and `version`, as the options say.

    `owner` lacks a name or version that is None; `hint` is what to do about that other than to set
    the option. Raises ConfigurationError if the options need one that is None, or if Sentry does
    not take the name.
    """
    known = {"name": name, "version": version}

    def fill(key: str, template: str) -> str:
        for placeholder, value in known.items():
            if value is None and f"{{{placeholder}}}" in template:
                raise ConfigurationError(
                    f"{owner} has no {placeholder} of its own for the option "
                    f'`{key}`, "{template}": pass --{key}, or {hint}'
                )
        return template.format(**known)

    release = fill("release", options.release)
    _check_release(release)
    dist = fill("dist", options.dist) if options.dist else None
    if dist is not None:
        _check_dist(dist)
    return ReleaseName(release, dist)


def project_release(project: Project, options: Options) -> ReleaseName:
    """Return the release and dist of the project's current version, where no wheel is given.

    Raises ConfigurationError as `release_name` does.
    """
    name, version = current_release(project)
    hint = "build its wheel first"
    return release_name(options, name, version, owner=str(project.folder), hint=hint)


def _check_release(release: str) -> None:
    """Raise ConfigurationError for a release that Sentry would not take."""
    if not release.strip() or release.strip() in _RESERVED or _FORBIDDEN.search(release):
        problem = (
            "is none that Sentry takes: it must not be blank, ., .., or latest, or hold / or \\"
        )
    elif len(release) > _LONGEST_RELEASE:
        problem = f"has {len(release)} characters; Sentry takes {_LONGEST_RELEASE}"
    else:
        return
    raise ConfigurationError(f"release {release!r} {problem}; fix the option `release`")


def _check_dist(dist: str) -> None:
    """Raise ConfigurationError for a dist that Sentry would not take."""
    if len(dist) > _LONGEST_DIST or _FORBIDDEN.search(dist) or not dist.strip():
        raise ConfigurationError(
            f"dist {dist!r} is none that Sentry takes: at most {_LONGEST_DIST} characters, "
            "and no / or \\; fix the option `dist`"
        )

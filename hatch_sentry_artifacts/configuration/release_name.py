"""Forms the names of release and dist from the options and a project's name and version."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.finding import current_release
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.escaping import is_encodable

RELEASE_VARIABLE = "SENTRY_RELEASE"
_DEFAULT_RELEASE = "{version}"
_LONGEST_RELEASE = 200
_LONGEST_DIST = 64
_FORBIDDEN = re.compile(r"[\r\n\f\t\0/\\]")
# As PEP 440 and setuptools-scm, hatch-vcs and versioningit write them.
_FROM_COMMIT = re.compile(r"\.dev[0-9]|\+|^0\.0(?:\.0)?$", re.IGNORECASE)
_UNRELEASED = (
    (re.compile(r"\.?dev[0-9]*(?![0-9a-z])", re.IGNORECASE), "a development build"),
    (re.compile(r"\+.*\bg[0-9a-f]{4,}\b", re.IGNORECASE), "a commit without a tag"),
    (re.compile(r"[+.]d[0-9]{8}\b|\+.*dirty", re.IGNORECASE), "uncommitted changes"),
    (re.compile(r"^0\.0(?:\.0)?$"), "no tag that was found"),
)
_RESERVED = {".", "..", "latest"}


@dataclass(frozen=True)
class ReleaseName:
    """A release, and the dist of it that files belong to; None for no dist.

    `from_environment`: SENTRY_RELEASE named it.
    """

    release: str
    dist: str | None = None
    from_environment: bool = False

    @property
    def remark(self) -> str:
        """Where the name comes from, if that is not the project; or ""."""
        if not self.from_environment:
            return ""
        return (
            f"the release is {self.release}, since {RELEASE_VARIABLE} says so and the option "
            "`release` is not set"
        )

    def __str__(self) -> str:
        return f"release {self.release}" + (f", dist {self.dist}" if self.dist else "")


def release_name(
    options: Options,
    name: str | None,
    version: str | None,
    *,
    owner: str,
    hint: str,
    environment: Mapping[str, str] = os.environ,
) -> ReleaseName:
    """Return the release and dist for `name` and `version`, as the options say.

    Where they do not name a release, SENTRY_RELEASE does. `owner` lacks a name or version that is
    None; `hint` is what to do about that other than to set the option. Raises ConfigurationError if
    the options need one that is None, or if Sentry does not take the name.
    """
    variable = release_variable(environment) if options.release is None else ""
    if variable:
        release = variable
        check_release(release, f"fix {RELEASE_VARIABLE}, or set the option `release`")
    else:
        release = fill("release", release_template(options), name, version, owner=owner, hint=hint)
        check_release(release)
    dist = None
    if options.dist is not None:
        dist = fill("dist", options.dist, name, version, owner=owner, hint=hint)
    if dist is not None:
        _check_dist(dist)
    return ReleaseName(release, dist, from_environment=bool(variable))


def release_template(options: Options) -> str:
    """Return the template of releases' names, where SENTRY_RELEASE names none."""
    return options.release or _DEFAULT_RELEASE


def fill(
    key: str, template: str, name: str | None, version: str | None, *, owner: str, hint: str
) -> str:
    """Return the option's template with name and version. Raises as `release_name` does."""
    known = {"name": name, "version": version}
    for placeholder, value in known.items():
        if value is None and f"{{{placeholder}}}" in template:
            raise ConfigurationError(
                f"{owner} has no {placeholder} of its own for the option "
                f'`{key}`, "{template}": pass --{key}, or {hint}'
            )
    return template.format(**known)


def version_remark(version: str | None, options: Options, *, shallow: bool) -> str:
    """Return what is odd about a version that no release has, for which this makes one; or "".

    Back ends that ask version control compute `0.1.dev3+g1a2b3c4.d20261128` where no tag is
    checked out; in a shallow clone they see no tags at all.
    """
    if version is None or not _names_version(options):
        return ""
    kinds = [kind for mark, kind in _UNRELEASED if mark.search(version)]
    if not kinds:
        return ""
    remark = f"version {version} is that of {' and '.join(kinds)}, and makes a release of its own"
    if shallow and _FROM_COMMIT.search(version):
        return (
            f"{remark}: the checkout is a shallow clone, in which the build sees no tags; let CI "
            "fetch them (`fetch-depth: 0` for actions/checkout, GIT_DEPTH: 0 for GitLab)"
        )
    return f"{remark}; events have to name it as `release`"


def project_release(project: Project, options: Options) -> ReleaseName:
    """Return the release and dist of the project's current version, where no wheel is given.

    Raises ConfigurationError as `release_name` does.
    """
    name, version = current_release(project)
    hint = "build its wheel first"
    return release_name(options, name, version, owner=str(project.folder), hint=hint)


def check_release(release: str, advice: str = "fix the option `release`") -> None:
    """Raise ConfigurationError, with `advice`, for a release that Sentry would not take."""
    if not is_encodable(release):
        problem = "is none that Sentry takes: it holds bytes that are no UTF-8"
    elif not release.strip() or release.strip().lower() in _RESERVED or _FORBIDDEN.search(release):
        problem = (
            "is none that Sentry takes: it must not be blank, ., .., or latest, or hold / or \\"
        )
    elif len(release) > _LONGEST_RELEASE:
        problem = f"has {len(release)} characters; Sentry takes {_LONGEST_RELEASE}"
    else:
        return
    raise ConfigurationError(f"release {release!r} {problem}; {advice}")


def release_variable(environment: Mapping[str, str]) -> str:
    """Return the release that SENTRY_RELEASE names, "" if none."""
    return environment.get(RELEASE_VARIABLE, "").strip()


def _names_version(options: Options, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the release's name comes from the version."""
    if options.release is not None:
        return "{version}" in options.release
    return not release_variable(environment)


def _check_dist(dist: str) -> None:
    """Raise ConfigurationError for a dist that Sentry would not take."""
    if len(dist) > _LONGEST_DIST or _FORBIDDEN.search(dist) or not dist.strip():
        raise ConfigurationError(
            f"dist {dist!r} is none that Sentry takes: at most {_LONGEST_DIST} characters, "
            "and no / or \\; fix the option `dist`"
        )

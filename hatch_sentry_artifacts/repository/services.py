"""Which repository is built, as CI services say it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hatch_sentry_artifacts.repository.remote import RemoteRepository, read_address, read_name

# Each of a service that documents it. Those of one service follow each other, the one that tells
# most first: an address has the host too.
_ADDRESSES = (
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}",
    "{CI_PROJECT_URL}",
    "{BITBUCKET_GIT_HTTP_ORIGIN}",
    "{BUILD_REPOSITORY_URI}",
    "{BUILDKITE_REPO}",
    "{CIRCLE_REPOSITORY_URL}",
    "{DRONE_REPO_LINK}",
    "{SEMAPHORE_GIT_URL}",
    "{CODEBUILD_SOURCE_REPO_URL}",
    "{GIT_URL}",
)
_NAMES = (
    "{GITHUB_REPOSITORY}",
    "{CI_PROJECT_PATH}",
    "{BITBUCKET_REPO_FULL_NAME}",
    "{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}",
    "{TRAVIS_REPO_SLUG}",
    "{DRONE_REPO}",
    "{CIRRUS_REPO_FULL_NAME}",
    "{SEMAPHORE_GIT_REPO_SLUG}",
    "{APPVEYOR_REPO_NAME}",
    "{CM_REPO_SLUG}",
    "{CF_REPO_OWNER}/{CF_REPO_NAME}",
    "{VERCEL_GIT_REPO_OWNER}/{VERCEL_GIT_REPO_SLUG}",
    "{RENDER_GIT_REPO_SLUG}",
    "{RAILWAY_GIT_REPO_OWNER}/{RAILWAY_GIT_REPO_NAME}",
)
_VARIABLE = re.compile(r"\{(\w+)\}")
REPOSITORY_VARIABLES = tuple(_VARIABLE.findall(" ".join((*_ADDRESSES, *_NAMES))))


def built_repository(environment: Mapping[str, str]) -> RemoteRepository | None:
    """Return the repository that a CI service says it builds; None if none says it."""
    for template in _ADDRESSES:
        if (text := _filled(template, environment)) and (found := read_address(text)):
            return found
    texts = (_filled(template, environment) for template in _NAMES)
    return next((read_name(text) for text in texts if text), None)


def _filled(template: str, environment: Mapping[str, str]) -> str:
    """Return the template with its variables, "" if one of them is not set."""
    values = {name: environment.get(name, "").strip() for name in _VARIABLE.findall(template)}
    return template.format(**values) if all(values.values()) else ""

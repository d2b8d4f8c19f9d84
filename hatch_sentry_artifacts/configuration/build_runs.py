"""Finds the page of the run of a CI service, as its variables tell."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

# Each service documents its own. The first of which all variables are set is taken: names that only
# one service has stand before those that several share.
_PAGES = (
    "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID",
    "$CI_PIPELINE_URL",
    "$CIRCLE_BUILD_URL",
    "$BUILDKITE_BUILD_URL",
    "$TRAVIS_BUILD_WEB_URL",
    "$DRONE_BUILD_LINK",
    "$CODEBUILD_BUILD_URL",
    "$BITBUCKET_GIT_HTTP_ORIGIN/pipelines/results/$BITBUCKET_BUILD_NUMBER",
    "${SYSTEM_COLLECTIONURI}$SYSTEM_TEAMPROJECTID/_build/results?buildId=$BUILD_BUILDID",
    "$SEMAPHORE_ORGANIZATION_URL/workflows/$SEMAPHORE_WORKFLOW_ID",
    "$APPVEYOR_URL/project/$APPVEYOR_ACCOUNT_NAME/$APPVEYOR_PROJECT_SLUG/builds/$APPVEYOR_BUILD_ID",
    "https://cirrus-ci.com/build/$CIRRUS_BUILD_ID",
    "$CF_BUILD_URL",
    "$BUILD_URL",
)
RUN_VARIABLES = tuple(
    dict.fromkeys(
        match["named"] or match["braced"]
        for page in _PAGES
        for match in Template.pattern.finditer(page)
    )
)


def run_page(environment: Mapping[str, str]) -> str | None:
    """Return the address of the run that `environment` is of; None if there is none."""
    values = {name: environment.get(name, "").strip() for name in RUN_VARIABLES}
    known = {name: value for name, value in values.items() if value}
    for page in _PAGES:
        try:
            return Template(page).substitute(known)
        except KeyError:
            continue
    return None

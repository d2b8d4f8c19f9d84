"""Decides what a build does: upload, show what it would upload, or neither, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from hatch_sentry_artifacts.builds.landing import Landing
from hatch_sentry_artifacts.configuration.hints import about_choice
from hatch_sentry_artifacts.errors import ConfigurationError

MODE_VARIABLE = "SENTRY_ARTIFACTS"
TOKEN_VARIABLE = "SENTRY_AUTH_TOKEN"  # noqa: S105 - the variable's name
# Hatchling runs a hook that is off by default if this is one of these values, and no other. Its
# HATCH_BUILD_HOOKS_ENABLE is meant for every hook, and so orders nothing of this one.
HATCH_VARIABLE = "HATCH_BUILD_HOOK_ENABLE_SENTRY"
HATCH_TRUE = frozenset({"1", "true"})
_FALSE = {"", "0", "false", "no", "off"}
# pip sets one of them for every wheel that it builds; the second until pip 22.1.
_PIP_VARIABLES = ("PIP_BUILD_TRACKER", "PIP_REQ_TRACKER")
# Each is set by the CI service that documents it; most set CI as well.
CI_VARIABLES = (
    "CI",
    "CONTINUOUS_INTEGRATION",
    "APPVEYOR",
    "BAMBOO_BUILDKEY",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CF_BUILD_ID",
    "CIRCLECI",
    "CIRRUS_CI",
    "CM_BUILD_ID",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "FORGEJO_ACTIONS",
    "GITEA_ACTIONS",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "GO_PIPELINE_NAME",
    "JENKINS_URL",
    "PROW_JOB_ID",
    "SEMAPHORE",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
    "WOODPECKER_CI",
)


class UploadMode(Enum):
    """What a build does with the files of its wheel."""

    UPLOAD = "upload"
    DRY_RUN = "dry-run"
    OFF = "off"


@dataclass(frozen=True)
class Decision:
    """What a build does. `ordered`: it was requested explicitly, so anything missing is an error.

    `why_not` is one line that says why nothing is uploaded, and how to order it; "" where nothing
    is to be said. `for_installer`: the wheel is built to be installed on this machine.
    """

    mode: UploadMode
    ordered: bool = False
    why_not: str = ""
    for_installer: bool = False

    @property
    def is_off(self) -> bool:
        """Whether nothing is to be done, and nothing to be said."""
        return self.mode is UploadMode.OFF and not self.why_not


def decide(environment: Mapping[str, str], landing: Landing, *, editable: bool = False) -> Decision:
    """Return what a build does whose wheel lands at `landing`.

    Without an order a build uploads only where it is certain that it is a release build: on CI,
    with a token in the environment, into dist/ directly below the checkout.
    Raises ConfigurationError for an order that is none, but not where an installer builds.
    """
    installer = _installer(environment, landing, editable=editable)
    if installer:
        order = _upload_order(environment)
        return Decision(UploadMode.OFF, why_not=_uncounted(order, installer), for_installer=True)
    mode = read_order(environment)
    if mode is not None:
        return Decision(mode, ordered=mode is not UploadMode.OFF)
    doubts = "; ".join(_doubts(environment, landing))
    if doubts:
        return Decision(UploadMode.OFF, why_not=_unsure(doubts))
    return Decision(UploadMode.UPLOAD)


def read_order(environment: Mapping[str, str]) -> UploadMode | None:
    """Return the order in the environment, or None. Raises ConfigurationError for other values."""
    given = environment.get(MODE_VARIABLE, "").strip()
    if given:
        try:
            return UploadMode(given)
        except ValueError:
            raise ConfigurationError(
                f"{MODE_VARIABLE} is {given!r}; it must be upload, dry-run or off"
                + about_choice(given, [mode.value for mode in UploadMode])
            ) from None
    hatch = environment.get(HATCH_VARIABLE, "")
    if hatch in HATCH_TRUE:
        return UploadMode.UPLOAD
    if hatch.strip().lower() not in _FALSE:
        raise ConfigurationError(
            f"{HATCH_VARIABLE} is {hatch!r}, which Hatch takes for no: did you mean true?"
        )
    return None


def _upload_order(environment: Mapping[str, str]) -> str:
    """Return the order to upload as its author wrote it; "" if there is none."""
    given = environment.get(MODE_VARIABLE, "").strip()
    if given:
        return f"{MODE_VARIABLE}={given}" if given == UploadMode.UPLOAD.value else ""
    hatch = environment.get(HATCH_VARIABLE, "")
    return f"{HATCH_VARIABLE}={hatch}" if hatch in HATCH_TRUE else ""


def _installer(environment: Mapping[str, str], landing: Landing, *, editable: bool) -> str:
    """Return half a sentence on the installer that builds the wheel; "" if none does."""
    if editable:
        return "for an editable wheel"
    if any(variable in environment for variable in _PIP_VARIABLES):
        return "where pip builds the wheel, as it does to install one"
    return "where uv builds the wheel to install it" if landing.in_uv_cache else ""


def _uncounted(order: str, installer: str) -> str:
    if not order:
        return ""
    return (
        f"{order} does not count {installer}; build the release's by "
        "`python -m build`, `uv build` or `hatch build`"
    )


def in_ci(environment: Mapping[str, str]) -> bool:
    """Return whether a variable of a CI service is set."""
    return any(environment.get(name, "").strip().lower() not in _FALSE for name in CI_VARIABLES)


def _doubts(environment: Mapping[str, str], landing: Landing) -> Iterator[str]:
    if not in_ci(environment):
        yield "no variable of a CI service such as CI is set"
    if not environment.get(TOKEN_VARIABLE, "").strip():
        state = "empty" if TOKEN_VARIABLE in environment else "not set"
        yield f"{TOKEN_VARIABLE} is {state} (a token in .sentryclirc serves orders alone)"
    if landing.doubt:
        yield landing.doubt


def _unsure(doubts: str) -> str:
    return (
        f"this may be no release build: {doubts}. {MODE_VARIABLE}=upload uploads, "
        f"{MODE_VARIABLE}=off silences this line"
    )

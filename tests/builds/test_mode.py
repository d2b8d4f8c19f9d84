"""The decision whether a build uploads, a row for each of its inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.builds.landing import Landing
from hatch_sentry_artifacts.builds.mode import (
    CI_VARIABLES,
    Decision,
    UploadMode,
    decide,
    read_order,
)
from hatch_sentry_artifacts.errors import ConfigurationError

ORDER, HOOK, ALL_HOOKS = (
    "SENTRY_ARTIFACTS",
    "HATCH_BUILD_HOOK_ENABLE_SENTRY",
    "HATCH_BUILD_HOOKS_ENABLE",
)
TOKEN = {"SENTRY_AUTH_TOKEN": "secret"}
PIPELINE = {"CI": "true", **TOKEN}
OWN = Landing(Path("checkout"))
ELSEWHERE = Landing(Path("checkout"), doubt="/elsewhere is no dist/ directly below the checkout")
UV_CACHE = Landing(Path("checkout"), doubt="/cache is no dist/", in_uv_cache=True)

ORDERS = [
    ({}, None),
    ({ORDER: ""}, None),
    ({ORDER: " "}, None),
    ({ORDER: "upload"}, UploadMode.UPLOAD),
    ({ORDER: "dry-run"}, UploadMode.DRY_RUN),
    ({ORDER: "off"}, UploadMode.OFF),
    ({HOOK: "true"}, UploadMode.UPLOAD),
    ({HOOK: "1"}, UploadMode.UPLOAD),
    ({HOOK: "false"}, None),
    ({HOOK: "0"}, None),
    ({HOOK: ""}, None),
    ({HOOK: "true", ORDER: "off"}, UploadMode.OFF),
    ({HOOK: "true", ORDER: "dry-run"}, UploadMode.DRY_RUN),
    ({ALL_HOOKS: "true"}, None),
    ({ALL_HOOKS: "1"}, None),
    ({ALL_HOOKS: "true", HOOK: "true"}, UploadMode.UPLOAD),
]


@pytest.mark.parametrize(("environment", "order"), ORDERS)
def test_the_environment_gives_the_order(
    environment: dict[str, str], order: UploadMode | None
) -> None:
    assert read_order(environment) is order


@pytest.mark.parametrize("landing", [OWN, ELSEWHERE])
@pytest.mark.parametrize("around", [{}, TOKEN, PIPELINE], ids=["desk", "token", "pipeline"])
@pytest.mark.parametrize(("environment", "order"), [row for row in ORDERS if row[1]])
def test_an_order_counts_wherever_the_wheel_lands_and_whatever_is_missing(
    environment: dict[str, str], order: UploadMode, around: dict[str, str], landing: Landing
) -> None:
    decision = decide({**around, **environment}, landing)
    assert decision == Decision(order, ordered=order is not UploadMode.OFF)


@pytest.mark.parametrize("value", ["uplaod", "true", "Upload", "0", "yes"])
def test_another_word_is_an_error_rather_than_a_guess(value: str) -> None:
    with pytest.raises(ConfigurationError, match="upload, dry-run or off"):
        decide({ORDER: value}, OWN)


@pytest.mark.parametrize("value", ["True", "TRUE", "yes", "on", " true"])
def test_what_hatch_does_not_take_for_true_is_no_silent_no(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"did you mean true\?"):
        decide({HOOK: value}, OWN)


@pytest.mark.parametrize("extra", [{}, {ALL_HOOKS: "true"}], ids=["", "all hooks"])
def test_a_pipeline_uploads_into_dist_of_its_checkout(extra: dict[str, str]) -> None:
    assert decide({**PIPELINE, **extra}, OWN) == Decision(UploadMode.UPLOAD)


@pytest.mark.parametrize("variable", CI_VARIABLES)
def test_each_ci_service_is_known_by_its_variable(variable: str) -> None:
    assert decide({**TOKEN, variable: "1"}, OWN) == Decision(UploadMode.UPLOAD)
    assert decide({**TOKEN, variable: ""}, OWN).mode is UploadMode.OFF


NO_CI = "no variable of a CI service such as CI is set"
UNCERTAIN = {
    "no CI": (TOKEN, OWN, [NO_CI]),
    "CI is false": ({**TOKEN, "CI": "false"}, OWN, [NO_CI]),
    "CI is False": ({**TOKEN, "CI": "False"}, OWN, [NO_CI]),
    "CI is 0": ({**TOKEN, "CI": "0"}, OWN, [NO_CI]),
    "CI is empty": ({**TOKEN, "CI": ""}, OWN, [NO_CI]),
    "no token": ({"CI": "1"}, OWN, ["SENTRY_AUTH_TOKEN is not set"]),
    "empty token": ({"CI": "1", "SENTRY_AUTH_TOKEN": " "}, OWN, ["SENTRY_AUTH_TOKEN is empty"]),
    "elsewhere": (PIPELINE, ELSEWHERE, ["/elsewhere is no dist/ directly below the checkout"]),
    "elsewhere, and all hooks": ({**PIPELINE, ALL_HOOKS: "true"}, ELSEWHERE, ["/elsewhere"]),
    "nothing": ({}, ELSEWHERE, [NO_CI, "SENTRY_AUTH_TOKEN is not set", "/elsewhere"]),
}


@pytest.mark.parametrize(
    ("environment", "landing", "reasons"), UNCERTAIN.values(), ids=list(UNCERTAIN)
)
def test_where_it_is_not_certain_nothing_is_uploaded_and_each_reason_is_told(
    environment: dict[str, str], landing: Landing, reasons: list[str]
) -> None:
    decision = decide(environment, landing)

    assert (decision.mode, decision.ordered, decision.for_installer) == (
        UploadMode.OFF,
        False,
        False,
    )
    told = decision.why_not.partition(": ")[2].partition(". SENTRY_ARTIFACTS")[0].split("; ")
    assert len(told) == len(reasons)
    assert all(line.startswith(reason) for line, reason in zip(told, reasons, strict=True))
    assert "SENTRY_ARTIFACTS=upload uploads" in decision.why_not
    assert "\n" not in decision.why_not


INSTALLERS = {
    "pip": ({"PIP_BUILD_TRACKER": "/x"}, OWN, False),
    "pip before 22.1": ({"PIP_REQ_TRACKER": "/x"}, OWN, False),
    "uv": ({}, UV_CACHE, False),
    "editable": ({}, OWN, True),
}
installers = pytest.mark.parametrize(
    ("environment", "landing", "editable"), INSTALLERS.values(), ids=list(INSTALLERS)
)


@installers
@pytest.mark.parametrize(
    "order",
    [{}, PIPELINE, {ALL_HOOKS: "true"}, {ORDER: "off"}, {ORDER: "nonsense"}, {HOOK: "True"}],
    ids=str,
)
def test_installers_are_not_bothered(
    environment: dict[str, str], landing: Landing, order: dict[str, str], *, editable: bool
) -> None:
    decision = decide({**environment, **order}, landing, editable=editable)
    assert decision == Decision(UploadMode.OFF, for_installer=True)


@installers
@pytest.mark.parametrize("order", [{ORDER: "upload"}, {HOOK: "true"}, {HOOK: "1"}], ids=str)
def test_where_an_installer_builds_an_order_does_not_count_and_that_is_told(
    environment: dict[str, str], landing: Landing, order: dict[str, str], *, editable: bool
) -> None:
    decision = decide({**PIPELINE, **environment, **order}, landing, editable=editable)

    ((name, value),) = order.items()
    assert (decision.mode, decision.for_installer) == (UploadMode.OFF, True)
    assert decision.why_not.startswith(f"{name}={value} does not count ")
    assert "`python -m build`" in decision.why_not


@pytest.mark.parametrize(
    ("value", "meant"), [("yes", "upload"), ("TRUE", "upload"), ("dryrun", "dry-run"), ("0", "off")]
)
def test_an_order_that_is_none_is_answered_with_the_one_that_is_meant(
    value: str, meant: str
) -> None:
    with pytest.raises(ConfigurationError, match=f'did you mean "{meant}"'):
        read_order({"SENTRY_ARTIFACTS": value})

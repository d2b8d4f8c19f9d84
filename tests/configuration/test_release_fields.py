"""What a release is told of where it comes from: as the options say, or as CI services tell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hatch_sentry_artifacts.configuration.build_runs import run_page
from hatch_sentry_artifacts.configuration.checkout import Checkout
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_fields import ReleaseFields, release_fields
from hatch_sentry_artifacts.errors import ConfigurationError

COMMIT = "c0ffee" * 6 + "c0ff"
GITHUB = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "123",
}
RUN = "https://github.com/acme/shop/actions/runs/123"


def fields(options: Options, environment: Mapping[str, str] = GITHUB) -> ReleaseFields:
    return release_fields(
        options, "shop", "1.2", owner="x.whl", checkout=Checkout(COMMIT), environment=environment
    )


@pytest.mark.parametrize(
    ("environment", "page"),
    [
        ({}, None),
        (GITHUB, RUN),
        ({**GITHUB, "GITHUB_RUN_ID": ""}, None),
        ({"CI_PIPELINE_URL": "https://gitlab.example/p/1"}, "https://gitlab.example/p/1"),
        (
            {
                "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
                "SYSTEM_TEAMPROJECTID": "p",
                "BUILD_BUILDID": "7",
            },
            "https://dev.azure.com/acme/p/_build/results?buildId=7",
        ),
        ({"BUILD_URL": "https://ci.example/job/a/1/"}, "https://ci.example/job/a/1/"),
    ],
)
def test_the_page_of_the_run_is_what_the_service_tells(
    environment: Mapping[str, str], page: str | None
) -> None:
    assert run_page(environment) == page


def test_commit_and_run_are_told_of_a_new_release_alone() -> None:
    found = fields(Options())
    assert found.of_new == {"url": RUN, "ref": COMMIT}
    assert found.named == {}


def test_what_the_options_name_counts_first() -> None:
    options = Options(release_url="https://shop.example/{name}/{version}", release_ref="v{version}")
    found = fields(options)
    assert found.of_new == {"url": "https://shop.example/shop/1.2", "ref": "v1.2"}
    assert found.named == found.of_new


@pytest.mark.parametrize(
    "page",
    [
        "https://ci/job/1",
        "http://jenkins:8080/job/1/",
        "https://ci.example/" + "x" * 190,
        "https://user:secret@ci.example/1",
        "file:///var/job",
        "https://ci_server.example/",
        "https://[ci.example/",
        "no url",
    ],
)
def test_a_page_that_sentry_would_not_take_is_left_out(page: str) -> None:
    assert fields(Options(), {"BUILD_URL": page}).of_new == {"ref": COMMIT}


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("release_url", "https://ci/{version}", "release-url: 'https://ci/1.2' has the host 'ci'"),
        ("release_url", "https://shop.example/" + "x" * 190, "has 211 characters"),
        ("release_url", "shop.example", "is no http(s) URL"),
        ("release_url", "https://a:b@shop.example/", "holds a user name or password"),
        ("release_ref", "r" * 201, "has 201 characters"),
        ("release_ref", "a\0b", "holds a null character"),
    ],
)
def test_an_option_that_sentry_would_not_take_is_an_error(
    key: str, value: str, problem: str
) -> None:
    options = Options(**{key: value})  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError) as raised:
        fields(options)
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000/x",
        "https://1.2.3.4/x",
        "https://[::1]/x",
        "https://ci.internal:8080/job/a%20b/",
        "https://exämple.example/ü",
        "https://xn--a.xn--p1ai/",
    ],
)
def test_an_url_that_sentry_takes_is_taken(url: str) -> None:
    assert fields(Options(release_url=url)).named == {"url": url}

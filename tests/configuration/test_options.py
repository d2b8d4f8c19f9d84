"""Options: every one is read, and refused when wrong, all at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.configuration.options import (
    OPTIONS,
    Options,
    Source,
    read_options,
)
from hatch_sentry_artifacts.configuration.table import markdown_table
from hatch_sentry_artifacts.errors import ConfigurationError

PATH = "tool.hatch.build.targets.wheel.hooks.sentry"


def problems(table: dict[str, Any], path: str = PATH) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read_options(Source(table, path))
    return list(raised.value.problems)


def test_without_a_table_the_defaults_hold() -> None:
    assert read_options(Source({}, PATH)) == Options()


def test_every_option_is_read() -> None:
    table = {
        "organization": "acme",
        "project": ["web", "admin"],
        "url": "https://sentry.example/path/",
        "release": "{name}@{version}",
        "dist": "{version}",
        "paths": {"shop/static/": "~/s"},
        "include": ["*.js"],
        "exclude": ["vendor/"],
        "upload-as": "release-files",
        "source-maps": "ship",
        "debug-ids": "keep",
        "sources-content": "embed",
        "validate": "error",
        "on-conflict": "keep",
        "on-error": "warn",
        "create-release": False,
        "finalize-release": True,
        "release-url": "https://shop.example/{version}",
        "release-ref": "v{version}",
        "commits": "auto",
        "repository": "acme/shop",
        "workers": 32,
        "timeout": 5,
        "wait": 9,
        "keep-maps": "build/source-maps",
        "report": "report.json",
    }
    assert set(table) == set(OPTIONS)
    assert read_options(Source(table, PATH)) == Options(
        organization="acme",
        project=("web", "admin"),
        url="https://sentry.example/path",
        release="{name}@{version}",
        dist="{version}",
        paths={"shop/static": "~/s"},
        include=("*.js",),
        exclude=("vendor/",),
        upload_as="release-files",
        sources_content="embed",
        validate="error",
        on_conflict="keep",
        on_error="warn",
        create_release=False,
        finalize_release=True,
        release_url="https://shop.example/{version}",
        release_ref="v{version}",
        commits="auto",
        repository="acme/shop",
        workers=32,
        timeout=5.0,
        wait=9.0,
        keep_maps="build/source-maps",
        report="report.json",
    )


def test_a_single_project_may_be_a_string() -> None:
    assert read_options(Source({"project": "web"}, PATH)).project == ("web",)


def test_a_later_source_wins() -> None:
    options = read_options(Source({"workers": 2, "dist": "a"}, PATH), Source({"workers": 4}))
    assert (options.workers, options.dist) == (4, "a")


def test_everything_that_is_wrong_is_told_at_once_with_its_full_path() -> None:
    found = problems(
        {
            "organisation": "acme",
            "workers": "8",
            "create-release": "true",
            "release": "{name}-{tag}",
            "paths": {"/abs": "~/x", "shop": "static"},
            "upload_as": "release-files",
        }
    )
    assert found == [
        f"{PATH}.organisation: unknown option; did you mean organization?",
        (
            f'{PATH}.workers: must be a whole number from 1 to 128, not "8"; '
            "did you mean 8, without quotes?"
        ),
        (
            f'{PATH}.create-release: must be true or false, not "true"; '
            "did you mean true, without quotes?"
        ),
        (
            f'{PATH}.release: unknown placeholder {{tag}} in "{{name}}-{{tag}}"; '
            "there are {name} and {version}"
        ),
        f'{PATH}.paths: "/abs" must be a path in the distribution, such as "shop/static"',
        (
            f'{PATH}.paths: "shop" has a prefix that starts neither with ~/ nor with http(s)://: '
            "'static'"
        ),
        f"{PATH}.upload_as: unknown option; did you mean upload-as?",
    ]


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("organization", 5, "must be a string"),
        ("organization", "", "must not be empty"),
        ("project", [], "empty list"),
        ("project", ["a", "a"], "the same twice"),
        ("project", [1], "list of strings"),
        ("project", {"a": 1}, "list of strings"),
        ("url", "sentry.io", "http(s) URL"),
        ("url", "ftp://x", "http(s) URL"),
        ("url", "sentry.acme.example:9000", 'did you mean "https://sentry.acme.example:9000"?'),
        ("url", "https://user:secret@host", "no user name or password"),
        ("url", "https://0a1b2c@o1.ingest.sentry.io/42", "is a DSN"),
        ("url", "https://a.example/organizations/b/", 'a page, "https://a.example/organ'),
        ("url", "https://a.example/x/settings/?b=1", 'is probably "https://a.example/x"'),
        ("url", "https://host/?a=b", "no query"),
        ("url", "https://host:port", "is not a URL"),
        ("release", "{version", "is no template"),
        ("release", "{version!r}", "unknown placeholder {version!r}"),
        ("release", "{version:>5}", "unknown placeholder {version:>5}"),
        ("release", "{}", "unknown placeholder {}"),
        ("dist", "{0}", "unknown placeholder {0}"),
        ("paths", {}, 'must be "auto" or a table'),
        ("paths", "~/x", 'must be "auto" or a table'),
        ("paths", {"a": "~/x", "a/": "~/y"}, "twice"),
        ("include", [], "empty list"),
        ("include", "*.js", "list of strings"),
        ("include", ["# nothing"], "selects nothing"),
        ("exclude", [" "], "selects nothing"),
        ("upload-as", "bundle", 'must be "auto", "release-files" or "artifact-bundle"'),
        ("validate", True, 'did you mean "error"?'),
        ("validate", False, 'did you mean "off"?'),
        ("on-conflict", "skip", '"replace", "error" or "keep"'),
        ("workers", 0, "from 1 to 128"),
        ("workers", True, "from 1 to 128"),
        ("workers", 2.5, "from 1 to 128"),
        ("timeout", 0, "above 0"),
        ("timeout", True, "number of seconds"),
        ("timeout", "60", "number of seconds"),
        ("timeout", float("nan"), "number of seconds"),
        ("finalize-release", 1, "true or false"),
    ],
)
def test_a_wrong_value_says_what_would_be_right(key: str, value: object, part: str) -> None:
    (problem,) = problems({key: value})
    assert problem.startswith(f"{PATH}.{key}: ")
    assert part in problem


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("org", "acme", "did you mean organization?"),
        ("SENTRY_URL", "https://a.example", "did you mean url?"),
        ("url-prefix", "~/static", "did you mean paths?"),
        ("sourcemaps", "strip", "did you mean source-maps?"),
        ("finalize", True, "did you mean finalize-release?"),
        ("enabled", True, "SENTRY_ARTIFACTS in the environment decides"),
        ("shop/static", "~/static", "stands in the table `paths`"),
        ("enable-by-default", False, "is an option of Hatch's own"),
        ("xyzzy", 1, "unknown option"),
        ("upload-as", "bundle", 'did you mean "artifact-bundle"?'),
        ("upload-as", "Artifact_Bundle", 'did you mean "artifact-bundle"?'),
        ("validate", "warning", 'did you mean "warn"?'),
        ("on-error", "ignore", "must be"),
        ("on-conflict", "overwrite", 'did you mean "replace"?'),
        ("debug-ids", True, 'did you mean "inject"?'),
        ("source-maps", "hide", 'did you mean "strip"?'),
        ("finalize-release", "No", "did you mean false, without quotes?"),
        ("timeout", "60", "did you mean 60, without quotes?"),
        ("timeout", "long", 'not "long"'),
        ("paths", {"shop": "~/x", "validate": "error"}, '"validate" is an option of its own'),
    ],
)
def test_what_was_probably_meant_is_named(key: str, value: object, part: str) -> None:
    (problem,) = problems({key: value})
    assert problem.startswith(f"{PATH}.{key}: ")
    assert part in problem


@pytest.mark.parametrize("on_conflict", ["error", "keep"])
def test_bundles_have_no_conflicts_to_decide_on(on_conflict: str) -> None:
    (problem,) = problems({"upload-as": "artifact-bundle", "on-conflict": on_conflict})
    assert "on-conflict: contradicts" in problem
    assert "upload-as" in problem


def test_waiting_may_be_left_out() -> None:
    assert read_options(Source({"wait": 0}, PATH)).wait == 0
    (problem,) = problems({"wait": False})
    assert "must be a number of seconds" in problem


@pytest.mark.parametrize("key", ["auth-token", "auth_token", "token", "Token"])
def test_a_token_in_a_file_is_an_error_that_says_where_it_belongs(key: str) -> None:
    (problem,) = problems({key: "sntryu_" + "5" * 64})
    assert "SENTRY_AUTH_TOKEN" in problem
    assert "555" not in problem


def test_a_token_under_another_key_is_not_shown_either() -> None:
    (problem,) = problems({"workers": "sntrys_eyJ_abcdef"})
    assert "abcdef" not in problem


@pytest.mark.parametrize("pattern", ["[z-a].js", "[z-a]", "x/**/[9-0]*"])
def test_a_pattern_with_a_range_that_is_none_is_told(pattern: str) -> None:
    with pytest.raises(ConfigurationError, match=r"tool\.x\.include: holds a pattern that is not"):
        read_options(Source({"include": [pattern]}, "tool.x"))


def test_a_pattern_both_included_and_excluded_is_a_contradiction() -> None:
    (problem,) = problems({"include": ["*.js"], "exclude": ["*.js"]})
    assert problem.startswith(f"{PATH}.exclude: contradicts {PATH}.include")


def test_flags_are_named_as_flags() -> None:
    assert problems({"workers": "x"}, path="")[0].startswith("--workers: ")


def test_every_option_has_a_field_a_help_and_a_default_in_words() -> None:
    assert [field.name.replace("_", "-") for field in dataclasses.fields(Options)] == list(OPTIONS)
    for option in OPTIONS.values():
        assert option.help
        assert option.default_text


def test_the_readme_shows_options_as_they_are() -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    shown = readme.partition("| option | default |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(shown) == 10
    assert set(shown) <= set(markdown_table().splitlines())


def test_hatch_s_own_options_are_explained_where_they_do_not_count() -> None:
    with pytest.raises(
        ConfigurationError, match=r"tool\.x\.enable-by-default: is an option of Hatch"
    ):
        read_options(Source({"enable-by-default": False}, "tool.x"))

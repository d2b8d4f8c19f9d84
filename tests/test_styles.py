"""Messages in colours, as annotations of GitHub Actions, and in folded groups."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from hatch_sentry_artifacts.styles import Service, Style

HEAD = "sentry-artifacts: warning:"


@pytest.mark.parametrize(
    ("environment", "terminal", "colours"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colours_are_for_terminals_and_whoever_asks(
    environment: Mapping[str, str], *, terminal: bool, colours: bool
) -> None:
    style = Style.of(environment, terminal=terminal)
    head = f"\x1b[33m{HEAD}\x1b[0m" if colours else HEAD
    assert style.problem("warning", ["one", "  1", "two"]) == f"{head} one\n  1\n{head} two"
    assert style.info("done") == "sentry-artifacts: done"


GITHUB = Style(service=Service.GITHUB)


def test_problems_are_annotations_on_github() -> None:
    assert Style.of({"GITHUB_ACTIONS": "true"}, terminal=False) == GITHUB
    said = GITHUB.problem("error", ["a 100% new\r\nline", "::warning::x", "##[error]y"])
    assert said == (
        "::error::sentry-artifacts: a 100%25 new\\r\\nline%0A\\::warning::x%0A#\\#[error]y"
    )


@pytest.mark.parametrize("text", ["::error::x", "  ::error::x", "a\n::error::x", "##[error]x"])
def test_foreign_text_writes_no_command(text: str) -> None:
    command = re.compile(r"^\s*::|##\[")
    lines = [
        GITHUB.info(text),
        *GITHUB.details(text, [text]).split("\n")[1:-1],
        *GITHUB.problem("warning", [text]).partition("::warning::")[2].split("\n"),
        *GITHUB.details(text, []).partition("::group::")[2].split("\n")[:-1],
    ]
    assert [line for line in lines if command.search(line)] == []


def test_details_are_the_first_ten_where_nothing_folds() -> None:
    names = [f"~/{number}.js" for number in range(14)]
    shown = Style().details("14 files", names).split("\n")
    assert shown == [*(f"  {name}" for name in names[:10]), "  … and 4 more"]
    assert len(Style().details("14 files", names, everything=True).split("\n")) == 14


def test_details_are_folded_in_logs_that_can() -> None:
    names = [f"~/{number}.js" for number in range(14)]
    lines = [f"  {name}" for name in names]
    github = GITHUB.details("14 files", names).split("\n")
    assert github == ["::group::sentry-artifacts: 14 files", *lines, "::endgroup::"]

    gitlab = Style.of({"GITLAB_CI": "true"}, terminal=False).details("14 files", names).split("\n")
    assert gitlab[1:-1] == lines
    begin = re.fullmatch(
        r"\x1b\[0Ksection_start:(\d+):(sentry_artifacts_\d+)\[collapsed=true\]\r\x1b\[0K"
        "sentry-artifacts: 14 files",
        gitlab[0],
    )
    assert begin
    assert re.fullmatch(rf"\x1b\[0Ksection_end:\d+:{begin[2]}\r\x1b\[0K", gitlab[-1])

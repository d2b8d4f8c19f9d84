"""What Sentry does besides, as messages of commits tell it."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from hatch_sentry_artifacts.commits.setting import effects
from hatch_sentry_artifacts.repository.history import Commit


def commit(message: str) -> Commit:
    return Commit("a" * 40, "Ada", "", datetime(2026, 1, 1, tzinfo=timezone.utc), message)


@pytest.mark.parametrize(
    ("message", "issues"),
    [
        ("Fixes SHOP-12", "SHOP-12"),
        ("x\n\nfixed: shop-1,\n  SHOP-2 and more", "shop-1, SHOP-2"),
        ("resolves A-1 closes B-2", "A-1, B-2"),
        ("prefixes SHOP-12", None),
        ("fixes 12", None),
        ("fixes SHOP-12 #skipsentry", None),
        ("SHOP-12", None),
    ],
)
def test_issues_that_messages_fix_are_named(message: str, issues: str | None) -> None:
    told = [line for line in effects([commit(message)]) if "are fixed" in line]
    assert [line.partition("fixed: ")[2] for line in told] == ([issues] if issues else [])


def test_commits_that_sentry_leaves_out_are_counted() -> None:
    assert "leaves out 1 commit" in effects([commit("a #skipsentry"), commit("b")])[0]


@pytest.mark.parametrize("message", ["fix" + " " * 100_000 + "!", "fix " * 50_000, "a-" * 50_000])
def test_no_message_takes_long(message: str) -> None:
    started = time.perf_counter()
    effects([commit(message)] * 10)
    assert time.perf_counter() - started < 5

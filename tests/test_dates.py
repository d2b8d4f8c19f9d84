"""Dates, as servers write them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from hatch_sentry_artifacts.dates import moment


@pytest.mark.parametrize(
    "date",
    [
        "2026-03-02T04:05:06.125Z",
        "2026-03-02T04:05:06.125000+00:00",
        "2026-03-02T06:05:06.1250000+02:00",
        "2026-03-02 04:05:06.125",
    ],
)
def test_a_date_is_a_moment(date: str) -> None:
    assert moment(date) == datetime(2026, 3, 2, 4, 5, 6, 125_000, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "²"]
)
def test_other_texts_are_none(date: str) -> None:
    assert moment(date) is None

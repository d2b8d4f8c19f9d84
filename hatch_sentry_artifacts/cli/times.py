"""Reads the times that flags take, and shows those of servers."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timezone

from hatch_sentry_artifacts.dates import moment

TIME = "TIME"
_SECONDS = re.compile(r"\d{9,11}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
_EXAMPLE = "2026-11-28T17:05:00Z"


def read_time(text: str) -> datetime:
    """Return the moment that a time means: in ISO 8601 with a zone, or in seconds since 1970.

    Raises argparse.ArgumentTypeError, whose message argparse shows.
    """
    stripped = text.strip()
    if _SECONDS.fullmatch(stripped):
        return datetime.fromtimestamp(int(stripped), timezone.utc)
    found = moment(stripped) if _DATE.match(stripped) else None
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time such as {_EXAMPLE}, and no number of seconds since 1970"
        )
    if not _ZONE.search(stripped):
        raise argparse.ArgumentTypeError(
            f"{text!r} does not say its time zone: write {stripped}Z if it is UTC, or end it with "
            "its offset, such as +02:00"
            if "T" in stripped.upper() or " " in stripped
            else f"{text!r} is a date without a time: write it like {_EXAMPLE}"
        )
    return found


def time_text(time: datetime) -> str:
    """Return a time as servers write it, without fractions of seconds."""
    return exact_text(time.replace(microsecond=0))


def exact_text(time: datetime) -> str:
    """Return a time as servers write it: in UTC."""
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")

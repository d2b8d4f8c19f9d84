"""Reads dates, as servers write them."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache


@cache
def moment(date: str) -> datetime | None:
    """Return the moment, in UTC, that a date in ISO 8601 means; None if it is none.

    One that says no zone is of UTC.
    """
    head, _, fraction = date.strip().upper().removesuffix("Z").partition(".")
    digits = fraction[: len(fraction) - len(fraction.lstrip("0123456789"))]
    try:
        found = datetime.fromisoformat(head + fraction[len(digits) :])
        found = found.replace(microsecond=int(f"{digits[:6]:0<6}"))
        aware = found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc)
    except (OverflowError, ValueError):
        return None

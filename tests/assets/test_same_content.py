"""Whether two files of distributions have the same content."""

from __future__ import annotations

import io

import pytest

from hatch_sentry_artifacts.assets.asset import Member


def member(content: bytes, crc32: int | None = None) -> Member:
    return Member("a.js", len(content), lambda: io.BytesIO(content), crc32=crc32)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (member(b"a();"), member(b"a();"), True),
        (member(b"a();"), member(b"b();"), False),
        (member(b"a();"), member(b"a(1)"), False),
        (member(b"a();", 7), member(b"a();"), True),
        # Different contents may have one checksum.
        (member(b"a();", 7), member(b"b();", 7), False),
    ],
)
def test_contents_decide(*, one: Member, other: Member, same: bool) -> None:
    assert one.holds_the_same(other) is same
    assert other.holds_the_same(one) is same


def test_what_sizes_and_checksums_tell_apart_is_not_read() -> None:
    def fail() -> io.BytesIO:
        raise AssertionError("it was read")

    short, long = (Member("a.js", size, fail, crc32=7) for size in (1, 2))
    assert not short.holds_the_same(long)
    assert not short.holds_the_same(Member("a.js", 1, fail, crc32=8))

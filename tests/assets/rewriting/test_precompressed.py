"""Compressed copies are made again where they are not those of the file any more."""

from __future__ import annotations

import gzip
import importlib
import sys
import tracemalloc
import zlib

import pytest

from hatch_sentry_artifacts.assets.rewriting import precompressed
from hatch_sentry_artifacts.errors import ConfigurationError

OLD, NEW = b"old()" * 100, b"new()" * 100


def test_gzip_copies_depend_on_the_content_alone() -> None:
    copy = precompressed.gzip(NEW)
    assert gzip.decompress(copy) == NEW
    assert copy[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # no time, no name
    assert precompressed.gzip(NEW) == copy
    assert zlib.decompress(precompressed.gzip(b""), 31) == b""


@pytest.mark.parametrize(
    "copy",
    [
        gzip.compress(OLD),
        gzip.compress(NEW + b"more"),
        gzip.compress(NEW)[:-5],
        gzip.compress(NEW) + b"rest",
        b"",
        b"no copy",
    ],
    ids=["old", "more", "cut off", "rest behind", "empty", "no gzip"],
)
def test_a_copy_of_anything_else_is_made_again(copy: bytes) -> None:
    assert precompressed.compressed_again(".gz", copy, NEW) == precompressed.gzip(NEW)


def test_a_copy_that_another_tool_made_stays() -> None:
    assert precompressed.compressed_again(".gz", gzip.compress(NEW, 1), NEW) is None


def test_brotli_copies_are_made_with_the_package() -> None:
    brotli = pytest.importorskip("brotli")
    copy = precompressed.compressed_again(".br", brotli.compress(OLD), NEW)
    assert copy is not None
    assert brotli.decompress(copy) == NEW
    assert precompressed.compressed_again(".br", copy, NEW) is None
    assert precompressed.compressed_again(".br", b"no copy", NEW) == copy


def test_without_the_package_a_brotli_copy_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("brotli", "brotlicffi"):
        monkeypatch.setitem(sys.modules, name, None)
    importlib.invalidate_caches()
    with pytest.raises(ConfigurationError, match="package brotli"):
        precompressed.check_compressor(".br")


def test_other_copies_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"\.zst copies be made afterwards$"):
        precompressed.check_compressor(".zst")


@pytest.mark.integration
@pytest.mark.parametrize("suffix", [".gz", ".br"])
def test_a_copy_that_unpacks_to_much_more_is_unpacked_no_further(suffix: str) -> None:
    blocks = (bytes(1 << 20) for _ in range(400))
    if suffix == ".gz":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        copy = b"".join(map(packer.compress, blocks)) + packer.flush()
    else:
        brotli = pytest.importorskip("brotli").Compressor(quality=5)
        copy = b"".join(map(brotli.process, blocks)) + brotli.finish()
    tracemalloc.start()
    try:
        assert not precompressed.holds(suffix, copy, NEW)
        assert precompressed.unpacked(suffix, copy) is None
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()

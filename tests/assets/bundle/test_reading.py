"""Any part of a bundle can be read again, and is told apart from what its files became since."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.bundle.layout import Bundle
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES
from hatch_sentry_artifacts.errors import DistributionError
from tests.support import make_wheel, sha1

from .support import bundle_from, bundle_of, make_asset, opened, whole, write_files

_SIZES = st.lists(
    st.one_of(st.integers(0, 40), st.integers(BLOCK_BYTES - 2, BLOCK_BYTES + 2)),
    min_size=1,
    max_size=6,
)


def _content(size: int, seed: int) -> bytes:
    return bytes((number * 7 + seed) % 251 for number in range(251)).ljust(251) * (size // 251) + (
        b"x" * (size % 251)
    )


def _bundle(sizes: list[int], largest_chunk: int = 1 << 20) -> Bundle:
    assets = [
        make_asset(f"~/{number}.js", _content(size, number)) for number, size in enumerate(sizes)
    ]
    return bundle_of(*assets, largest_chunk=largest_chunk)


@given(sizes=_SIZES, data=st.data())
def test_any_range_of_bytes_is_a_part_of_the_whole(sizes: list[int], data: st.DataObject) -> None:
    bundle = _bundle(sizes)
    content = whole(bundle)
    offset = data.draw(st.integers(0, bundle.size))
    size = data.draw(st.integers(0, bundle.size - offset))
    assert b"".join(bundle.blocks(offset, size)) == content[offset : offset + size]
    assert b"".join(bundle.blocks(offset)) == content[offset:]


@given(
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=20),
    largest=st.integers(1, 400),
    find_changes=st.booleans(),
)
def test_chunks_follow_each_other_and_make_the_whole(
    *, sizes: list[int], largest: int, find_changes: bool
) -> None:
    assets = [make_asset(f"~/{number}.js", b"x" * size) for number, size in enumerate(sizes)]
    bundle = bundle_of(*assets, largest_chunk=largest, find_changes=find_changes)
    content = b"".join(bundle.read(chunk) for chunk in bundle.chunks)
    assert (content, sha1(content)) == (whole(bundle), bundle.checksum)
    assert [chunk.sha1 for chunk in bundle.chunks] == [
        sha1(content[chunk.offset : chunk.offset + chunk.size]) for chunk in bundle.chunks
    ]
    assert max(chunk.size for chunk in bundle.chunks) <= largest
    if not find_changes:
        assert len(bundle.chunks) == -(-bundle.size // largest), "as few as can be"


def test_huge_file_is_cut_over_several_chunks() -> None:
    bundle = _bundle([10, 5 * BLOCK_BYTES + 1, 10], largest_chunk=BLOCK_BYTES)
    assert [chunk.size for chunk in bundle.chunks].count(BLOCK_BYTES) >= 5
    assert b"".join(map(bundle.read, bundle.chunks)) == whole(bundle)
    assert opened(whole(bundle))[0]["files/_/_/1.js"] == _content(5 * BLOCK_BYTES + 1, 1)
    inside = [chunk for chunk in bundle.chunks if bundle.paths(chunk) == {"shop/1.js"}]
    assert len(inside) >= 4


@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=8), largest=st.integers(1, 500))
def test_chunks_know_the_files_that_have_a_part_in_them(sizes: list[int], largest: int) -> None:
    bundle = _bundle(sizes, largest)
    content = whole(bundle)
    for chunk in bundle.chunks:
        for number in range(len(sizes)):
            start = content.index(b"PK\3\4", 8) if number else 8
            header = content.index(f"files/_/_/{number}.js".encode(), start) - 30
            end = header + 30 + len(f"files/_/_/{number}.js") + sizes[number]
            overlaps = header < chunk.offset + chunk.size and end > chunk.offset
            # The first 8 bytes are before the header of the first file, and count as its own.
            overlaps |= number == 0 and chunk.offset < 8
            assert (f"shop/{number}.js" in bundle.paths(chunk)) is overlaps


def test_deflated_files_are_not_compressed_once_more(tmp_path: Path) -> None:
    files = {"shop/a.js": b"a();" * 9000, "shop/b.js": bytes(range(256)) * 100}
    with bundle_from(make_wheel(tmp_path, files=files), largest_chunk=64) as bundle:
        packed = [chunk for chunk in bundle.chunks if not chunk.compressible]
        assert packed
        assert all(bundle.paths(chunk) for chunk in packed)
    with bundle_from(write_files(tmp_path, files) / "shop", largest_chunk=64) as bundle:
        assert all(chunk.compressible for chunk in bundle.chunks)


class _Counted(io.BytesIO):
    """Counts what is read of all its kind."""

    total = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        _Counted.total += len(content)
        return content


def test_chunks_of_a_huge_file_are_read_without_what_is_before_them() -> None:
    content = _content(40 * BLOCK_BYTES, 1)
    asset = replace(make_asset("~/huge.js", content), open=lambda: _Counted(content))
    bundle = bundle_of(asset, largest_chunk=BLOCK_BYTES)
    _Counted.total = 0
    assert b"".join(map(bundle.read, bundle.chunks)) == whole(bundle_of(asset))
    assert _Counted.total < 4 * len(content), "as often as it is hashed and sent here"


@pytest.mark.parametrize("kind", ["folder", "deflated", "stored", "bzip2"])
def test_chunks_can_be_read_from_any_byte_on(tmp_path: Path, kind: str) -> None:
    # Base64 hardly compresses, so that there are several chunks in any case.
    files = {f"shop/{name}.js": b64encode(Random(name).randbytes(50_000)) for name in "ab"}
    path = write_files(tmp_path, files) / "shop"
    if kind != "folder":
        path = make_wheel(tmp_path, files={})
        with zipfile.ZipFile(path, "a", getattr(zipfile, f"ZIP_{kind.upper()}")) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    with bundle_from(path, largest_chunk=7000) as bundle:
        assert b"".join(map(bundle.read, bundle.chunks)) == whole(bundle)
        for chunk in reversed(bundle.chunks):
            assert sha1(bundle.read(chunk)) == chunk.sha1
        assert opened(whole(bundle))[0]["files/_/_/b.js"] == files["shop/b.js"]


def _replace(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"old", b"new"))


def _shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"more")


def _remove(file: Path) -> None:
    file.unlink()


_TOLD = r"a\.js.*(changed|cannot be read)"


@pytest.mark.parametrize("change", [_replace, _shorten, _remove])
@pytest.mark.parametrize("size", [10, 3 * BLOCK_BYTES])
@pytest.mark.parametrize("find_changes", [True, False])
def test_file_that_changes_before_it_is_packed_is_told(
    *, tmp_path: Path, change: Callable[[Path], None], size: int, find_changes: bool
) -> None:
    files = {"shop/a.js": b"old" * size, "shop/b.js": b"b"}
    folder = write_files(tmp_path, files) / "shop"
    with open_distribution(folder) as distribution:
        assets = collect(distribution, include=["*.js"]).assets
        change(folder / "a.js")
        with pytest.raises(DistributionError, match=_TOLD):
            bundle_of(*assets, find_changes=find_changes)


@pytest.mark.parametrize("change", [_replace, _shorten, _remove])
@pytest.mark.parametrize("size", [10, 3 * BLOCK_BYTES])
def test_file_that_changes_before_it_is_sent_is_told(
    *, tmp_path: Path, change: Callable[[Path], None], size: int
) -> None:
    folder = write_files(tmp_path, {"shop/a.js": b"old" * size, "shop/b.js": b"b"}) / "shop"
    with bundle_from(folder) as bundle:
        change(folder / "a.js")
        with pytest.raises(DistributionError, match=_TOLD):
            list(map(bundle.read, bundle.chunks))


def test_file_that_only_grows_is_sent_as_it_was_collected(tmp_path: Path) -> None:
    folder = write_files(tmp_path, {"shop/a.js": b"old"}) / "shop"
    with bundle_from(folder) as bundle:
        before = whole(bundle)
        _lengthen(folder / "a.js")
        assert b"".join(map(bundle.read, bundle.chunks)) == before
    (folder / "a.js").write_bytes(b"old")
    with open_distribution(folder) as distribution:
        assets = collect(distribution, include=["*.js"]).assets
        _lengthen(folder / "a.js")
        assert whole(bundle_of(*assets)) == before

"""However a wheel packs its files, the bundle has their content, and deflated ones as they are."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.errors import DistributionError
from tests.support import make_wheel

from .support import bundle_from, opened, whole

FILES = {
    "shop/static/app.js": b"a();\n" * 5000 + b"//# sourceMappingURL=app.js.map\n",
    "shop/static/app.js.map": b'{"version":3,"sources":[],"names":[],"mappings":""}',
    "shop/static/empty.js": b"",
    "shop/static/gr\u00f6\u00dfe.js": os.urandom(3000),
}
_METADATA = "shop-1.2.0.dist-info/METADATA"
_NAMES = {
    "shop/static/gr\u00f6\u00dfe.js": "files/_/_/static/gr%C3%B6%C3%9Fe.js",
}
_EXPECTED = {
    _NAMES.get(name, "files/_/_/" + name.partition("/")[2]): content
    for name, content in FILES.items()
}


class _Unseekable(io.BytesIO):
    """Where zipfile has to put sizes behind the entries, into data descriptors (bit 3)."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def _write(
    folder: Path, write: Callable[[zipfile.ZipFile], None], *, seekable: bool = True
) -> Path:
    stream = io.BytesIO() if seekable else _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        write(archive)
        archive.writestr(_METADATA, "Metadata-Version: 2.1\nName: shop\nVersion: 1.2.0\n")
    path = folder / "shop-1.2.0-py3-none-any.whl"
    path.write_bytes(stream.getvalue())
    return path


def _plainly(archive: zipfile.ZipFile) -> None:
    for name, content in FILES.items():
        archive.writestr(name, content)


def _in_zip64(archive: zipfile.ZipFile) -> None:
    for name, content in FILES.items():
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as entry:
            entry.write(content)


def _with_extra_fields(archive: zipfile.ZipFile) -> None:
    """As Info-ZIP writes times: a longer field before the entry than in the directory."""
    for name, content in FILES.items():
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.extra = struct.pack("<HHBii", 0x5455, 9, 3, 1, 1)
        archive.writestr(info, content)
        info.extra = struct.pack("<HHBi", 0x5455, 5, 3, 1)


@pytest.mark.parametrize("write", [_plainly, _in_zip64, _with_extra_fields])
@pytest.mark.parametrize("seekable", [True, False], ids=["sizes before", "sizes behind"])
@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\n" * 100], ids=["whole", "prepended"])
def test_deflated_entries_are_copied_byte_for_byte(
    *, tmp_path: Path, write: Callable[[zipfile.ZipFile], None], seekable: bool, prefix: bytes
) -> None:
    wheel = _write(tmp_path, write, seekable=seekable)
    wheel.write_bytes(prefix + wheel.read_bytes())
    with bundle_from(wheel) as bundle:
        content = whole(bundle)
        assert b"".join(map(bundle.read, bundle.chunks)) == content
    assert opened(content)[0] == _EXPECTED
    assert _packed(content)["files/_/_/static/app.js"] == _deflated(FILES["shop/static/app.js"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        methods = {info.filename: info.compress_type for info in archive.infolist()}
    assert {methods.pop("manifest.json")} == {zipfile.ZIP_STORED}
    assert set(methods.values()) == {zipfile.ZIP_DEFLATED}


def _deflated(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


def _packed(archive_content: bytes) -> dict[str, bytes]:
    """Each entry's bytes as they stand in the archive."""
    with zipfile.ZipFile(io.BytesIO(archive_content)) as archive:
        infos = archive.infolist()
    found = {}
    for info in infos:
        lengths = struct.unpack_from("<HH", archive_content, info.header_offset + 26)
        start = info.header_offset + 30 + sum(lengths)
        found[info.filename] = archive_content[start : start + info.compress_size]
    return found


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids="method {}".format
)
def test_other_entries_are_stored(tmp_path: Path, method: int) -> None:
    def write(archive: zipfile.ZipFile) -> None:
        for name, content in FILES.items():
            archive.writestr(name, content, method)

    with bundle_from(_write(tmp_path, write), largest_chunk=1000) as bundle:
        content = whole(bundle)
        assert b"".join(map(bundle.read, bundle.chunks)) == content
    assert opened(content)[0] == _EXPECTED
    assert _packed(content)["files/_/_/static/app.js"] == FILES["shop/static/app.js"]


def test_every_level_of_deflate_is_right(tmp_path: Path) -> None:
    def write(archive: zipfile.ZipFile) -> None:
        for level in range(10):
            archive.writestr(f"shop/{level}.js", b"level();" * 999, compresslevel=level)

    with bundle_from(_write(tmp_path, write)) as bundle:
        files = opened(whole(bundle))[0]
    assert files == {f"files/_/_/{level}.js": b"level();" * 999 for level in range(10)}


def test_damaged_entry_is_told_before_a_bundle_is_made(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    content = wheel.read_bytes()
    at = content.index(b"shop/static/app.js") + len("shop/static/app.js") + 20
    wheel.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
    with (
        open_distribution(wheel) as distribution,
        pytest.raises(DistributionError, match=r"shop/static/app\.js.*is damaged"),
    ):
        collect(distribution, include=["*.js"])


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a file that is open")
def test_wheel_that_is_built_anew_before_it_is_sent_is_told(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    other = tmp_path / "other"
    other.mkdir()
    name = "shop/static/app.js"
    newer = make_wheel(other, files={**FILES, name: FILES[name].replace(b"a()", b"b()")})
    with bundle_from(wheel) as bundle:
        newer.replace(wheel)
        with pytest.raises(DistributionError, match="changed"):
            list(map(bundle.read, bundle.chunks))

"""Collecting: what is taken from a wheel or a folder, and which wheels are refused."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import DistributionError, NothingToUpload
from tests.support import make_wheel

SCRIPT = b"a()\n//# sourceMappingURL=app.js.map\n"
MAP = b'{"version":3,"sources":["a.ts"],"sourcesContent":["a()"],"names":[],"mappings":"AAAA"}'
FILES = {
    "shop/__init__.py": b"",
    "shop/static/app.js": SCRIPT,
    "shop/static/app.js.map": MAP,
    "shop/static/style.css": b"",
}


def collected(
    path: Path,
    include: tuple[str, ...] = DEFAULT_PATTERNS,
    exclude: tuple[str, ...] = (),
    paths: dict[str, str] | None = None,
) -> Collection:
    with open_distribution(path) as distribution:
        return collect(distribution, include=include, exclude=exclude, paths=paths)


def test_scripts_and_maps_of_a_wheel_are_taken_as_they_are(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    with open_distribution(wheel) as distribution:
        found = collect(distribution, include=DEFAULT_PATTERNS)
        contents = []
        for asset in found.assets:
            with asset.open() as content:
                contents.append(content.read())
        assert (distribution.name, distribution.version) == ("shop", "1.2.0")
    assert contents == [SCRIPT, MAP]
    script, source_map = found.assets
    assert (script.path, script.name) == ("shop/static/app.js", "~/static/app.js")
    assert script.size == len(SCRIPT)
    assert script.sha1 == hashlib.sha1(SCRIPT).hexdigest()
    assert script.headers == {"Sourcemap": "app.js.map"}
    assert source_map.headers == {}
    assert found.findings == ()


def test_a_package_s_folder_gives_the_same_names_as_its_wheel(tmp_path: Path) -> None:
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    wheel = make_wheel(tmp_path, files=FILES)
    from_folder = collected(tmp_path / "shop").assets
    from_wheel = collected(wheel).assets
    facts = [
        [(each.path, each.name, each.sha1, each.headers) for each in assets]
        for assets in (from_folder, from_wheel)
    ]
    assert facts[0] == facts[1]


def test_include_and_exclude_are_gitignore_patterns(tmp_path: Path) -> None:
    files = {f"shop/static/{name}": b"x" for name in ("a.js", "b.js", "vendor/c.js", "d.ts")}
    wheel = make_wheel(tmp_path, files=files)
    taken = collected(wheel, include=("*.js", "*.ts", "!b.js"), exclude=("vendor/",))
    assert [asset.name for asset in taken.assets] == ["~/static/a.js", "~/static/d.ts"]


def test_files_under_no_key_of_paths_are_not_collected(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/static/a.js": b"a", "shop/tests/b.js": b"b"})
    taken = collected(wheel, paths={"shop/static": "~/s"})
    assert [asset.name for asset in taken.assets] == ["~/s/a.js"]


def headers(files: dict[str, bytes], tmp_path: Path) -> dict[str, str | None]:
    """Return the `Sourcemap` header of each script."""
    wheel = make_wheel(tmp_path, files=files)
    assets = collected(wheel, include=("*.js", "*.map")).assets
    return {a.path: a.headers.get("Sourcemap") for a in assets if a.path.endswith(".js")}


def test_a_script_that_names_no_map_gets_the_one_beside_it(tmp_path: Path) -> None:
    files = {"shop/a.min.js": b"a()", "shop/a.min.map": MAP, "shop/b.js": b"b()"}
    assert headers(files, tmp_path) == {"shop/a.min.js": "a.min.map", "shop/b.js": None}


def test_a_map_that_another_script_names_is_not_guessed(tmp_path: Path) -> None:
    named = b"a()\n//# sourceMappingURL=a.js.map"
    files = {"shop/a.min.js": named, "shop/a.js": b"a()", "shop/a.js.map": MAP}
    assert headers(files, tmp_path) == {"shop/a.js": None, "shop/a.min.js": "a.js.map"}


def test_a_map_of_more_lines_than_the_script_has_is_not_guessed(tmp_path: Path) -> None:
    longer = MAP.replace(b"AAAA", b"AAAA;;AACA")
    files = {"shop/a.js": b"a()\n", "shop/a.js.map": longer}
    assert headers(files, tmp_path) == {"shop/a.js": None}
    files = {"shop/a.js": b"a()\rb()\rc()", "shop/a.js.map": longer}
    assert headers(files, tmp_path) == {"shop/a.js": "a.js.map"}


def test_a_map_beside_the_script_wins_over_an_address_that_is_not_in_the_wheel(
    tmp_path: Path,
) -> None:
    named = b"a()\n//# sourceMappingURL=https://cdn.example/v1/a.js.map"
    files = {"shop/a.js": named, "shop/a.js.map": MAP, "shop/b.js": named}
    assert headers(files, tmp_path) == {
        "shop/a.js": "/a.js.map",
        "shop/b.js": "https://cdn.example/v1/a.js.map",
    }


def test_a_script_that_carries_its_map_needs_no_header(tmp_path: Path) -> None:
    script = b"a()\n//# sourceMappingURL=data:application/json;base64," + base64.b64encode(MAP)
    assert headers({"shop/a.js": script, "shop/a.js.map": MAP}, tmp_path) == {"shop/a.js": None}


def test_nothing_to_upload_says_what_was_looked_for(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/__init__.py": b""})
    with pytest.raises(NothingToUpload, match=r"looked for \*\.js, .* among its 2 files"):
        collected(wheel)


def test_nothing_under_the_keys_of_paths_names_them(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    with pytest.raises(NothingToUpload, match=r"none of its 2 .* `paths`: other"):
        collected(wheel, paths={"other": "~/x"})


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DistributionError, match="there is no such wheel or folder"):
        collected(tmp_path / "gone.whl")


def refused(path: Path) -> str:
    with pytest.raises(DistributionError) as raised:
        collected(path)
    return str(raised.value)


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop-1.0-py3-none-any.whl"
    path.write_bytes(b"not a zip")
    assert "is no wheel" in refused(path)


def test_a_zip_without_metadata_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.js", "a()")
    with pytest.raises(DistributionError, match=r"holds no .*METADATA"), open_distribution(path):
        pass


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_wheel_is_refused(tmp_path: Path, kept: float) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    content = wheel.read_bytes()
    wheel.write_bytes(content[: int(len(content) * kept)])
    assert "truncated" in refused(wheel)


@pytest.mark.parametrize("name", ["/etc/x.js", "../x.js", "shop/../../x.js", "C:/x.js", "..\\x.js"])
def test_a_member_that_leaves_the_wheel_is_refused_by_name(tmp_path: Path, name: str) -> None:
    message = refused(make_wheel(tmp_path, files={name: b"x", **FILES}))
    assert repr(name) in message
    assert "nothing was uploaded" in message


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("shop/static/app.js", b"other")
    message = refused(wheel)
    assert "'shop/static/app.js' is in the wheel twice" in message


def _damaged(change: Callable[[bytearray, zipfile.ZipInfo], None], tmp_path: Path) -> Path:
    """Return a wheel whose script was changed after it was packed, without compression."""
    path = make_wheel(tmp_path, files={})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("shop/static/app.js"), SCRIPT)
        info = archive.getinfo("shop/static/app.js")
    content = bytearray(path.read_bytes())
    change(content, info)
    path.write_bytes(content)
    return path


def test_a_bad_checksum_is_refused_by_member(tmp_path: Path) -> None:
    def flip(content: bytearray, info: zipfile.ZipInfo) -> None:
        content[info.header_offset + 30 + len(info.filename)] ^= 0xFF

    message = refused(_damaged(flip, tmp_path))
    assert "'shop/static/app.js' is damaged" in message
    assert "nothing was uploaded" in message


def test_an_encrypted_member_is_refused_by_name(tmp_path: Path) -> None:
    def encrypt(content: bytearray, info: zipfile.ZipInfo) -> None:
        directory = content.rindex(b"PK\x01\x02")
        for offset in (info.header_offset + 6, directory + 8):
            (flags,) = struct.unpack_from("<H", content, offset)
            struct.pack_into("<H", content, offset, flags | 1)

    assert "'shop/static/app.js' is encrypted" in refused(_damaged(encrypt, tmp_path))


def test_a_compression_that_python_lacks_is_told(tmp_path: Path) -> None:
    def compress(content: bytearray, info: zipfile.ZipInfo) -> None:
        directory = content.rindex(b"PK\x01\x02")
        for offset in (info.header_offset + 8, directory + 10):
            struct.pack_into("<H", content, offset, 99)

    assert "'shop/static/app.js' cannot be decompressed" in refused(_damaged(compress, tmp_path))


def test_deflated_rubbish_is_told_by_member(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/static/app.js": bytes(range(256)) * 50})
    with zipfile.ZipFile(wheel) as archive:
        info = archive.getinfo("shop/static/app.js")
    content = bytearray(wheel.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    content[start : start + 40] = b"\xff" * 40
    wheel.write_bytes(content)
    assert "'shop/static/app.js' is damaged" in refused(wheel)


def test_a_wheel_is_read_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel(tmp_path, files=FILES)
    for method in ("extract", "extractall"):
        monkeypatch.setattr(zipfile.ZipFile, method, None)
    before = sorted(tmp_path.iterdir())
    assert len(collected(wheel).assets) == 2
    assert sorted(tmp_path.iterdir()) == before


def test_metadata_without_a_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop-1.0-py3-none-any.whl"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("shop-1.0.dist-info/METADATA", "Name: shop\n")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(DistributionError, match="says no Version"), open_distribution(path):
        pass

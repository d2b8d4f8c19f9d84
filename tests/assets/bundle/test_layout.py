"""A bundle is a zip file that everyone can read, with each file, header and id in its manifest."""

from __future__ import annotations

import io
import sys
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.bundle.zip_records import MOST_ENTRIES
from hatch_sentry_artifacts.assets.source_maps.references import referenced_name
from hatch_sentry_artifacts.errors import DistributionError
from tests.support import sha1

from .support import (
    BINDING,
    MAGIC,
    SCRIPT_ID,
    bundle_of,
    make_asset,
    opened,
    whole,
)

SCRIPT = make_asset(
    "~/static/app.js", b"a()\n", headers={"Sourcemap": "app.js.map"}, debug_id=SCRIPT_ID
)
MAP = make_asset("~/static/app.js.map", b'{"version":3}', debug_id=SCRIPT_ID)
PLAIN = make_asset("https://cdn.example/lib/x.js", b"x()\n")


def test_bundle_holds_every_file_with_its_type_headers_and_id() -> None:
    files, manifest = opened(whole(bundle_of(PLAIN, MAP, SCRIPT)))
    assert files == {
        "files/https/cdn.example/lib/x.js": b"x()\n",
        "files/_/_/static/app.js": b"a()\n",
        "files/_/_/static/app.js.map": b'{"version":3}',
    }
    assert str(uuid.UUID(manifest.pop("debug_id")))
    assert manifest == {
        "org": "acme",
        "project": "web",
        "release": "shop@1.2.0",
        "files": {
            "files/https/cdn.example/lib/x.js": {
                "url": "https://cdn.example/lib/x.js",
                "type": "source",
                "headers": {},
            },
            "files/_/_/static/app.js": {
                "url": "~/static/app.js",
                "type": "minified_source",
                "headers": {"sourcemap": "app.js.map", "debug-id": SCRIPT_ID},
            },
            "files/_/_/static/app.js.map": {
                "url": "~/static/app.js.map",
                "type": "source_map",
                "headers": {"debug-id": SCRIPT_ID},
            },
        },
    }


def test_checksums_and_sizes_are_those_of_the_bytes() -> None:
    bundle = bundle_of(SCRIPT, MAP, PLAIN)
    content = whole(bundle)
    assert (bundle.size, bundle.checksum) == (len(content), sha1(content))
    parts = [content[chunk.offset : chunk.offset + chunk.size] for chunk in bundle.chunks]
    assert b"".join(parts) == content
    assert [sha1(part) for part in parts] == [chunk.sha1 for chunk in bundle.chunks]


def test_offsets_in_the_archive_count_from_the_beginning_of_the_file() -> None:
    content = whole(bundle_of(SCRIPT, MAP))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
    assert infos[0].header_offset == len(MAGIC)
    for info in infos:
        assert content[info.header_offset :].startswith(b"PK\3\4")
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert (info.extra, info.external_attr, info.create_system) == (b"", 0, 0)


def test_absent_values_are_left_out_of_the_manifest() -> None:
    binding = replace(BINDING, release=None)
    assert opened(whole(bundle_of(SCRIPT, binding=binding)))[1].keys() == {
        "org",
        "project",
        "debug_id",
        "files",
    }
    binding = replace(BINDING, dist="linux")
    assert opened(whole(bundle_of(SCRIPT, binding=binding)))[1]["dist"] == "linux"


def test_several_projects_stand_in_the_note_since_the_format_has_place_for_one() -> None:
    binding = replace(BINDING, projects=("web", "shop"))
    manifest = opened(whole(bundle_of(SCRIPT, binding=binding)))[1]
    assert "project" not in manifest
    assert manifest["note"] == "for the projects web, shop"


def test_reference_is_the_whole_name_where_another_map_is_called_alike() -> None:
    def made(name: str, sourcemap: str | None = None) -> Asset:
        headers = {"Sourcemap": sourcemap} if sourcemap else {}
        return make_asset(name, name.encode(), headers=headers)

    references = {
        "~/a/index.js": "index.js.map",
        "~/b/index.js": "index.js.map",
        "~/b/other.js": "other.js.map",
        "~/c/index.js": "../b/index.js.map",
        "~/c/other.js": "other.js.map",
        "https://cdn.example/d/index.js": "index.js.map",
    }
    maps = ("~/a/index.js.map", "~/b/index.js.map", "~/b/other.js.map")
    scripts = (made(name, sourcemap) for name, sourcemap in references.items())
    files = opened(whole(bundle_of(*scripts, *map(made, maps))))[1]["files"].values()
    written = {each["url"]: each["headers"].get("sourcemap") for each in files}
    assert written == dict.fromkeys(maps) | {
        "~/a/index.js": "/a/index.js.map",
        "~/b/index.js": "/b/index.js.map",
        "~/b/other.js": "other.js.map",
        "~/c/index.js": "../b/index.js.map",
        "~/c/other.js": "/c/other.js.map",
        "https://cdn.example/d/index.js": "https://cdn.example/d/index.js.map",
    }
    for name, sourcemap in references.items():
        assert referenced_name(name, written[name]) == referenced_name(name, sourcemap)


def test_second_file_of_a_path_gets_a_number() -> None:
    one, other, third = (make_asset(f"~/{each}", each.encode()) for each in ("a", "b", "c"))
    same = [replace(other, name="~/a"), one, replace(third, name="~/a.1")]
    files, manifest = opened(whole(bundle_of(*same)))
    assert files == {"files/_/_/a": b"b", "files/_/_/a.1": b"a", "files/_/_/a.1.1": b"c"}
    assert [each["url"] for each in manifest["files"].values()] == ["~/a", "~/a", "~/a.1"]


def test_names_beyond_ascii_are_marked_as_utf_8() -> None:
    asset = make_asset("https://bücher.example/größe.js", b"1")
    files, manifest = opened(whole(bundle_of(asset, SCRIPT)))
    assert files["files/https/bücher.example/größe.js"] == b"1"
    assert manifest["files"]["files/https/bücher.example/größe.js"]["url"] == asset.name


def test_empty_files_are_files_too() -> None:
    assets = [make_asset(f"~/{name}.js", b"") for name in "ab"]
    assert opened(whole(bundle_of(*assets)))[0] == {
        "files/_/_/a.js": b"",
        "files/_/_/b.js": b"",
    }


@pytest.mark.parametrize(
    "other",
    [
        replace(BINDING, release="shop@1.3.0"),
        replace(BINDING, dist="linux"),
        replace(BINDING, projects=("shop",)),
        replace(BINDING, projects=("web", "shop")),
        replace(BINDING, organization="globex"),
    ],
    ids=lambda binding: f"{binding.release} {binding.dist} {binding.projects}",
)
def test_what_a_bundle_belongs_to_is_in_its_bytes_and_its_id(other: object) -> None:
    # A server that knows the same bytes does not bind them anew.
    one, another = (bundle_of(SCRIPT, binding=each) for each in (BINDING, other))  # type: ignore[arg-type]
    assert one.checksum != another.checksum
    ids = {opened(whole(bundle))[1]["debug_id"] for bundle in (one, another)}
    assert len(ids) == 2


def test_id_of_the_bundle_follows_from_content_headers_and_ids() -> None:
    changed = [
        SCRIPT,
        replace(SCRIPT, debug_id=None),
        replace(SCRIPT, headers={"Sourcemap": "other.map"}),
        make_asset(SCRIPT.name, b"b()\n", headers=SCRIPT.headers, debug_id=SCRIPT_ID),
    ]
    assert len({opened(whole(bundle_of(each)))[1]["debug_id"] for each in changed}) == 4


@pytest.mark.slow
def test_too_many_files_for_one_archive_are_told() -> None:
    assets = [replace(SCRIPT, name=f"~/{number}.js") for number in range(MOST_ENTRIES)]
    with pytest.raises(DistributionError, match="at most 65533 files, not 65534: leave some out"):
        bundle_of(*assets)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x100000000, 1 << 40])
def test_file_too_large_for_the_archive_is_told_before_it_is_read(size: int) -> None:
    asset = replace(SCRIPT, size=size)
    with pytest.raises(DistributionError, match="too much for one artifact bundle"):
        bundle_of(MAP, asset)


@pytest.mark.skipif(sys.platform != "linux", reason="symbolic is a library for Linux here")
def test_symbolic_reads_the_bundle(tmp_path: Path) -> None:
    debuginfo = pytest.importorskip("symbolic.debuginfo")
    bundle = bundle_of(SCRIPT, MAP, PLAIN)
    file = tmp_path / "bundle.zip"
    file.write_bytes(whole(bundle))
    archive = debuginfo.Archive.open(str(file))
    (found,) = archive.iter_objects()
    assert (found.file_format, found.features) == ("sourcebundle", {"sources"})
    assert uuid.UUID(found.debug_id[:36]) == uuid.UUID(opened(whole(bundle))[1]["debug_id"])

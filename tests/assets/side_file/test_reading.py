"""A side file gives a wheel what its build left out, or is refused before anything is sent."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.side_file.reading import SideFile
from hatch_sentry_artifacts.assets.side_file.records import MOST_MANIFEST_BYTES
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.payload import Content, open_payload
from tests.sentry.running import Lines
from tests.support import make_wheel
from tests.support.side_files import MAP, SCRIPT, SCRIPTS, keep, make_pair, rewrite, stripped

KEPT = "files/_/_/static/app.js.map"
PLAIN = "files/_/_/static/plain.js"


def assets(wheel: Path, side_file: Path) -> dict[str, tuple[Asset, bytes]]:
    """Return each file that would be uploaded, with its content, by name."""
    with open_distribution(wheel) as distribution, SideFile(side_file) as opened:
        return {each.name: (each, _content(each)) for each in opened.assets(distribution)}


def _content(asset: Asset) -> bytes:
    with asset.open() as opened:
        return opened.read()


def refused(wheel: Path, side_file: Path) -> str:
    with pytest.raises(DistributionError) as error:
        assets(wheel, side_file)
    assert str(side_file) in str(error.value)
    assert "nothing was uploaded" in str(error.value)
    return str(error.value)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return make_pair(tmp_path)


def test_names_headers_and_contents_are_those_of_the_build(tmp_path: Path) -> None:
    wheel, shipment = stripped(tmp_path / "dist")
    side_file = keep(wheel, shipment, tmp_path / "maps")
    found = assets(wheel, side_file)

    with open_payload(Content(wheel, _options(), shipment=shipment), Lines()) as payload:
        expected = {each.name: (_facts(each), _content(each)) for each in payload.assets}
    assert {name: (_facts(each), content) for name, (each, content) in found.items()} == expected
    assert found["~/static/app.js.map"][1] == MAP
    assert found["~/static/app.js"][0].headers == {"Sourcemap": "app.js.map"}


def test_odd_names_several_names_and_other_hosts_come_through(tmp_path: Path) -> None:
    files = {
        SCRIPT: b"a()\n",
        "shop/static/with space & more+[1]^@.js": b"b()",
        "shop/static/gr\u00fcn/\u65e5\u672c.js": "c('\u00fc')".encode(),
        "shop/static/empty.js": b"",
        "shop/static/binary.js": bytes(range(256)) * 10,
        "shop-1.2.0.data/data/share/x.js": b"d()",
        "shop/cdn/@scope/y.js": b"e()",
    }
    prefixes = {
        "shop/static": ("~/static", "https://cdn.example.com:8443/a b"),
        "shop/cdn": "https://cdn.example.com/x",
        "*.data/data/share": "~/share",
    }
    wheel, shipment = stripped(tmp_path / "dist", files)
    options = {"paths": prefixes, "include": ("*.js", "*.map")}
    found = assets(wheel, keep(wheel, shipment, tmp_path / "maps", **options))
    given = Content(wheel, _options(**options), shipment=shipment)
    with open_payload(given, Lines()) as payload:
        expected = {each.name: (_facts(each), _content(each)) for each in payload.assets}
    assert {name: (_facts(each), content) for name, (each, content) in found.items()} == expected
    assert len(found) > len(files)


def _options(**options: Any) -> Options:
    return Options(**{"source_maps": "strip", "validate": "off", **options})


def _facts(asset: Asset) -> tuple[Any, ...]:
    return tuple(
        getattr(asset, name)
        for name in Asset.__slots__
        if name not in {"open", "deflated", "crc32"}
    )


def test_the_bytes_of_a_side_file_depend_on_nothing_else(tmp_path: Path) -> None:
    first = make_pair(tmp_path / "one")[1].read_bytes()
    assert make_pair(tmp_path / "two")[1].read_bytes() == first


def test_it_is_a_zip_archive_with_the_manifest_of_a_bundle(pair: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(pair[1]) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [KEPT, "manifest.json"]
        said = json.loads(archive.read("manifest.json"))
    assert said["release"] == "1.2.0"
    assert {each["url"]: each["headers"] for each in said["files"].values()} == {
        "~/static/app.js": {"sourcemap": "app.js.map"},
        "~/static/app.js.map": {},
        "~/static/plain.js": {},
    }


def test_a_wheel_that_was_repaired_for_a_platform_is_still_the_same(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    wheel, side_file = pair
    before = {name: content for name, (_, content) in assets(wheel, side_file).items()}
    repaired = tmp_path / "shop-1.2.0-py3-none-manylinux_2_17_x86_64.whl"
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(repaired, "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
        new.writestr("shop.libs/libz.so.1", b"\x7fELF")
    assert {name: content for name, (_, content) in assets(repaired, side_file).items()} == before


OTHER_BUILDS: dict[str, tuple[dict[str, Any], str]] = {
    "a script differs": (
        {"files": {**SCRIPTS, SCRIPT: b"other()\n"}},
        "shop/static/app.js of the wheel differ",
    ),
    "a script of the same size differs": (
        {"files": {**SCRIPTS, "shop/static/plain.js": b"plein()\n"}},
        "shop/static/plain.js of the wheel differ",
    ),
    "a script is new": ({"files": {**SCRIPTS, "shop/static/new.js": b""}}, "other scripts"),
    "a script is missing": ({"files": {SCRIPT: SCRIPTS[SCRIPT]}}, "other scripts"),
    "another version": ({"version": "1.2.1"}, "it is that of shop-1.2.0-py3-none-any.whl"),
    "another project": ({"name": "shep"}, "it is that of shop-1.2.0-py3-none-any.whl"),
}


@pytest.mark.parametrize(("other", "reason"), OTHER_BUILDS.values(), ids=list(OTHER_BUILDS))
def test_a_side_file_of_another_build_is_refused(
    pair: tuple[Path, Path], tmp_path: Path, other: dict[str, Any], reason: str
) -> None:
    wheel = make_wheel(tmp_path, **{"files": SCRIPTS, **other})
    assert reason in refused(wheel, pair[1])


def _about(said: dict[str, Any], **values: Any) -> None:
    said["side_file"].update(values)


def _file(said: dict[str, Any], name: str, **values: Any) -> None:
    said["files"][name].update(values)


Change = Callable[[dict[str, Any]], object]
LIES: dict[str, tuple[Change, str]] = {
    "no wheel": (lambda said: said.pop("side_file"), "does not say which wheel"),
    "a list for the wheel": (lambda said: said.update(side_file=[]), "does not say which wheel"),
    "a long text for the format": (
        lambda said: _about(said, format="x" * 100_000),
        "x…, and this version reads 1",
    ),
    "a path of many characters": (
        lambda said: _file(said, PLAIN, path="x" * 70_000),
        "a short text",
    ),
    "a later format": (lambda said: _about(said, format=2), "install the version that built"),
    "true for the format": (lambda said: _about(said, format=True), "its format is True"),
    "a header of another kind": (
        lambda said: _file(said, PLAIN, release_headers={"Set-Cookie": "a"}),
        "unknown headers",
    ),
    "a header of two lines": (
        lambda said: _file(said, PLAIN, release_headers={"Sourcemap": "a\r\nX: b"}),
        "without line breaks",
    ),
    "no debug id": (lambda said: _file(said, PLAIN, headers={"debug-id": "x"}), "no debug id"),
    "a name twice": (lambda said: _file(said, PLAIN, url="~/static/app.js"), "twice"),
    "a file of the system": (lambda said: _file(said, PLAIN, url="/etc/passwd"), "begins with ~/"),
    "another sha1 of what is kept": (lambda said: _file(said, KEPT, sha1="0" * 40), "app.js.map"),
    "another size of what is kept": (lambda said: _file(said, KEPT, size=5), "app.js.map"),
    "too much of a size": (lambda said: _file(said, KEPT, size=10**15), "app.js.map"),
    "a script that is said to be kept": (lambda said: _file(said, PLAIN, kept=True), "not hold"),
    "a map that is said to ship": (lambda said: _file(said, KEPT, kept=False), "does not name"),
}


@pytest.mark.parametrize(("change", "reason"), LIES.values(), ids=list(LIES))
def test_a_side_file_that_lies_is_refused(
    pair: tuple[Path, Path], change: Change, reason: str
) -> None:
    rewrite(pair[1], change)
    assert reason in refused(*pair)


MANIFESTS = {
    "more than is read": (b" " * (MOST_MANIFEST_BYTES + 1), "more than the 16777216 that are read"),
    "no JSON": (b"{", "is no JSON"),
    "no UTF-8": (b'{"a": "\xff"}', "is no UTF-8"),
    "nested too deep": (b"[" * 200_000, "nested too deep"),
    "one key twice": (b'{"files": {}, "files": {}}', "one key twice"),
    "a long number": (b'{"a": ' + b"9" * 5000 + b"}", "a number that is too long"),
    "a text": (b'"side_file"', "does not say which wheel"),
    "nothing": (b"", "is no JSON"),
}


@pytest.mark.parametrize(("manifest", "reason"), MANIFESTS.values(), ids=list(MANIFESTS))
def test_a_manifest_that_is_none_is_refused(
    pair: tuple[Path, Path], manifest: bytes, reason: str
) -> None:
    rewrite(pair[1], manifest=manifest)
    assert reason in refused(*pair)


@pytest.mark.integration
def test_values_of_wrong_types_are_refused_wherever_they_stand(pair: tuple[Path, Path]) -> None:
    whole = pair[1].read_bytes()
    with zipfile.ZipFile(pair[1]) as archive:
        places = list(_places(json.loads(archive.read("manifest.json"))))
    wrong: tuple[object, ...] = (None, [], {}, 1.5, -1, "\ud800\n", True)
    for place in places:
        for value in wrong:
            pair[1].write_bytes(whole)
            rewrite(pair[1], partial(_put, place, value))
            try:
                found = assets(*pair)
            except DistributionError:
                continue
            # What is not read, or has that type, may be anything.
            assert {name: content for name, (_, content) in found.items()}.keys() == {
                "~/static/app.js",
                "~/static/app.js.map",
                "~/static/plain.js",
            }


def _places(value: Any, *above: str) -> Iterator[tuple[str, ...]]:
    if above:
        yield above
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, *above, key)


def _put(place: tuple[str, ...], value: object, said: dict[str, Any]) -> None:
    *above, last = place
    for key in above:
        said = said[key]
    said[last] = value


CONTENTS = {
    "another content": ({KEPT: MAP[:-1] + b" "}, "app.js.map is not that"),
    "one file more": ({"files/_/_/more.js": b"1"}, "does not name 'files/_/_/more.js'"),
    "one file less": ({KEPT: None}, "does not hold"),
    "a path out of it": ({"../../evil.js": b"1"}, "has a path that leaves the side file"),
    "a path of the system": ({"/etc/evil.js": b"1"}, "has a path that leaves the side file"),
    "a path of Windows": ({"C:\\evil.js": b"1"}, "has a path that leaves the side file"),
    "no manifest": ({"manifest.json": None}, "holds no manifest.json"),
}


@pytest.mark.parametrize(("files", "reason"), CONTENTS.values(), ids=list(CONTENTS))
def test_contents_that_the_manifest_does_not_say_are_refused(
    pair: tuple[Path, Path], files: dict[str, bytes | None], reason: str
) -> None:
    rewrite(pair[1], files=files)
    assert reason in refused(*pair)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_in_the_archive_is_refused(pair: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(pair[1], "a") as archive:
        archive.writestr(KEPT, b"{}")
    assert "twice" in refused(*pair)


def test_what_is_compressed_is_refused_as_it_may_be_a_bomb(pair: tuple[Path, Path]) -> None:
    rewrite(pair[1], method=zipfile.ZIP_DEFLATED)
    assert "compressed" in refused(*pair)


def test_contents_that_are_said_to_be_huge_are_refused(pair: tuple[Path, Path]) -> None:
    content = bytearray(pair[1].read_bytes())
    at = content.rindex(KEPT.encode()) - 46
    assert content[at : at + 4] == b"PK\1\2"
    struct.pack_into("<II", content, at + 20, 2**31, 2**31)
    pair[1].write_bytes(content)
    assert "larger than the file" in refused(*pair)


def test_any_truncated_side_file_is_refused(pair: tuple[Path, Path]) -> None:
    whole = pair[1].read_bytes()
    for size in (0, 1, 30, *range(50, len(whole), 97), len(whole) - 1):
        pair[1].write_bytes(whole[:size])
        with pytest.raises(DistributionError, match=r"truncated|is no side file"):
            assets(*pair)


def test_any_damage_is_refused_or_makes_no_difference(pair: tuple[Path, Path]) -> None:
    whole = pair[1].read_bytes()
    expected = {name: content for name, (_, content) in assets(*pair).items()}
    chance = random.Random(14)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 1, 4))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        pair[1].write_bytes(damaged)
        try:
            found = assets(*pair)
        except DistributionError:
            continue
        assert {name: content for name, (_, content) in found.items()} == expected


def test_a_file_that_is_none_is_told(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    with pytest.raises(DistributionError, match="there is no such side file"):
        SideFile(tmp_path / "none.sentry.zip")
    pair[1].write_bytes(pair[0].read_bytes())
    assert "compressed" in refused(*pair)

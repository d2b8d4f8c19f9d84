"""Which map belongs to which script: one answer, whoever asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.rewriting.injection import inject_files
from hatch_sentry_artifacts.assets.rewriting.shipment import prepare_shipment
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.source_maps.lookup import Files, Script
from hatch_sentry_artifacts.assets.source_maps.pairing import pair_scripts
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import ConfigurationError

INLINE = b"a()\n//# sourceMappingURL=data:application/json,%7B%22mappings%22:%22%22%7D"


def a_map(lines: int = 1, **changes: Any) -> bytes:
    keys = {
        "version": 3,
        "sources": ["a.ts"],
        "sourcesContent": ["a()"],
        "names": [],
        "mappings": ";".join(["AAAA"] * lines),
        **changes,
    }
    return json.dumps(keys).encode()


def referring(reference: str) -> bytes:
    return b"a()\n//# sourceMappingURL=" + reference.encode()


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


class Pairs:
    """The maps of the scripts of a package, as upload, inject and strip have them."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], **options: Any) -> None:
        write(folder / "shop", files)
        self.sources = {f"shop/{path}": folder / "shop" / path for path in sorted(files)}
        self.settings = {"include": DEFAULT_PATTERNS, "exclude": (), "paths": None, **options}
        self.folder = folder

    def of_upload(self) -> dict[str, str]:
        with open_distribution(self.folder / "shop") as distribution:
            assets = collect(distribution, **self.settings).assets
        by_url = {each.name[1:]: each.path for each in assets if each.is_map}
        meant = {
            each.path: urljoin(each.name[1:], each.headers["Sourcemap"])
            for each in assets
            if each.headers
        }
        return {path: by_url[url] for path, url in meant.items() if url in by_url}

    def of_inject(self) -> dict[str, str]:
        shipment = self._shipment(inject=True, strip=False)
        by_id: dict[str, str] = {}
        for path, file in shipment.changed.items():
            content = file.read_bytes()
            if content.startswith(b"{"):
                by_id[json.loads(content)["debugId"]] = path
        found = {}
        for path, file in shipment.changed.items():
            of_script = file.read_bytes().rpartition(b"debugId=")[2].strip().decode()
            if path not in by_id.values() and of_script in by_id:
                found[path] = by_id[of_script]
        return found

    def of_strip(self) -> dict[str, str]:
        return dict(self._shipment(inject=False, strip=True).maps)

    def _shipment(self, *, inject: bool, strip: bool) -> Any:
        into = self.folder / f"shipment {inject} {strip}"
        into.mkdir(exist_ok=True)
        return prepare_shipment(self.sources, into, **self.settings, inject=inject, strip=strip)


CASES: list[tuple[str, dict[str, bytes], dict[str, str]]] = [
    (
        "a stale map beside a script without reference",
        {"s/app.js": b"a()", "s/app.js.map": a_map(500)},
        {},
    ),
    (
        "a fitting map beside a script without reference",
        {"s/app.js": b"a()", "s/app.js.map": a_map()},
        {"s/app.js": "s/app.js.map"},
    ),
    (
        "a stale map that the script refers to",
        {"s/app.js": referring("app.js.map"), "s/app.js.map": a_map(500)},
        {"s/app.js": "s/app.js.map"},
    ),
    (
        "a dangling reference, and a map that would be guessed",
        {"s/app.js": referring("gone.js.map"), "s/app.js.map": a_map()},
        {},
    ),
    (
        "a reference to what is no map",
        {"s/app.js": referring("data.json"), "s/data.json": b'{"a":1}', "s/x.js": b""},
        {},
    ),
    (
        "a reference to a script",
        {"s/app.js": referring("x.js"), "s/x.js": b"b()"},
        {},
    ),
    (
        "a backslash",
        {"s/js/app.js": referring(r"..\maps\app.js.map"), "s/maps/app.js.map": a_map()},
        {"s/js/app.js": "s/maps/app.js.map"},
    ),
    (
        "a place of the server that holds none of the files",
        {"s/app.js": referring("/_static/build/app.js.map"), "s/app.js.map": a_map()},
        {"s/app.js": "s/app.js.map"},
    ),
    (
        "the same, where the map beside has the name of the reference alone",
        {"s/app.min.js": referring("/x/bundle.map"), "s/bundle.map": a_map()},
        {"s/app.min.js": "s/bundle.map"},
    ),
    (
        "another host",
        {"s/app.js": referring("https://cdn.example/x/app.js.map"), "s/app.js.map": a_map()},
        {"s/app.js": "s/app.js.map"},
    ),
    (
        "the name of its script in the map",
        {"s/main.1a.js": b"a()", "s/main.2b.js.map": a_map(file="main.1a.js")},
        {"s/main.1a.js": "s/main.2b.js.map"},
    ),
    (
        "the path of its script in the map",
        {"s/main.js": b"a()", "s/maps/x.js.map": a_map(file="../main.js")},
        {"s/main.js": "s/maps/x.js.map"},
    ),
    (
        "two maps that name one script",
        {
            "s/m.1a.js": b"a()",
            "s/m.2.js.map": a_map(file="m.1a.js"),
            "s/m.3.js.map": a_map(file="m.1a.js"),
        },
        {},
    ),
    (
        "a stale map that names the script",
        {"s/main.1a.js": b"a()", "s/main.2b.js.map": a_map(500, file="main.1a.js")},
        {},
    ),
    (
        "a map with an ending behind",
        {"s/app.js": referring("app.js.2b73.map"), "s/app.js.2b73.map": a_map()},
        {"s/app.js": "s/app.js.2b73.map"},
    ),
    (
        "a map in a folder that no pattern selects",
        {"s/app.js": referring("../maps/one.map"), "maps/one.map": a_map()},
        {"s/app.js": "maps/one.map"},
    ),
    (
        "a map that is called as something else",
        {"s/app.js": referring("app.json"), "s/app.json": a_map(), "s/other.json": b"{}"},
        {"s/app.js": "s/app.json"},
    ),
    (
        "a hidden map that no pattern selects, named like its script",
        {"s/jquery.min.js": b"a()", "s/jquery.min.map": a_map()},
        {"s/jquery.min.js": "s/jquery.min.map"},
    ),
    (
        "a hidden map that no pattern selects, and that names its script",
        {"s/a.js": b"a()", "s/a.js.99fe.map": a_map(file="a.js")},
        {"s/a.js": "s/a.js.99fe.map"},
    ),
    (
        "a stale map that no pattern selects",
        {"s/jquery.min.js": b"a()", "s/jquery.min.map": a_map(500)},
        {},
    ),
    (
        "a folder whose name is encoded in URLs",
        {"@a b/app.js": referring("app.js.map"), "@a b/app.js.map": a_map()},
        {"@a b/app.js": "@a b/app.js.map"},
    ),
    (
        "a reference whose spaces are encoded",
        {"s/my app.js": referring("my%20app.js.map"), "s/my app.js.map": a_map()},
        {"s/my app.js": "s/my app.js.map"},
    ),
]


@pytest.mark.parametrize(
    ("files", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_upload_inject_and_strip_have_the_same_pairs(
    tmp_path: Path, files: dict[str, bytes], expected: dict[str, str]
) -> None:
    pairs = Pairs(tmp_path, files)
    wanted = {f"shop/{script}": f"shop/{source_map}" for script, source_map in expected.items()}
    assert pairs.of_strip() == wanted
    assert pairs.of_inject() == wanted
    assert pairs.of_upload() == wanted


def test_a_script_that_carries_its_map_has_no_other(tmp_path: Path) -> None:
    pairs = Pairs(tmp_path, {"s/app.js": INLINE, "s/app.js.map": a_map()})
    assert pairs.of_upload() == {}
    assert "shop/s/app.js.map" not in pairs._shipment(inject=True, strip=False).changed


def test_an_excluded_map_is_nobody_s(tmp_path: Path) -> None:
    files = {"s/app.js": referring("app.json"), "s/app.json": a_map()}
    pairs = Pairs(tmp_path, files, exclude=("*.json",))
    assert pairs.of_upload() == pairs.of_inject() == pairs.of_strip() == {}


def test_a_map_that_include_takes_back_is_nobody_s(tmp_path: Path) -> None:
    files = {"s/app.js": referring("app.js.map"), "s/app.js.map": a_map()}
    pairs = Pairs(tmp_path, files, include=(*DEFAULT_PATTERNS, "!app.js.map"))
    assert pairs.of_upload() == pairs.of_inject() == pairs.of_strip() == {}


def test_a_map_that_could_not_be_uploaded_does_not_ship(tmp_path: Path) -> None:
    files = {"js/app.js": referring("../maps/app.js.map"), "maps/app.js.map": a_map()}
    pairs = Pairs(tmp_path, files, paths={"shop/js": "~/js"})
    with pytest.raises(ConfigurationError, match=r"maps/app\.js\.map, the map of shop/js/app\.js"):
        pairs.of_strip()


def test_stripping_leaves_out_maps_whatever_they_are_called(tmp_path: Path) -> None:
    files = {"s/app.js": referring("app.json"), "s/app.json": a_map(), "s/other.json": b"{}"}
    shipment = Pairs(tmp_path, files)._shipment(inject=False, strip=True)
    assert shipment.left_out == {"shop/s/app.json"}
    assert b"sourceMappingURL" not in shipment.changed["shop/s/app.js"].read_bytes()


@pytest.mark.parametrize("content", [b"a tile map", b'{"mappings":{},"sources":{},"version":3}'])
def test_what_is_only_called_like_a_map_is_left_alone(tmp_path: Path, content: bytes) -> None:
    files = {"s/app.js": b"a()", "s/app.js.map": content, "s/alone.js.map": content}
    pairs = Pairs(tmp_path, files)
    assert pairs.of_upload() == pairs.of_inject() == pairs.of_strip() == {}
    assert not pairs._shipment(inject=False, strip=True).left_out


def test_a_map_that_is_alone_does_not_ship(tmp_path: Path) -> None:
    pairs = Pairs(tmp_path, {"s/app.js": b"a()", "s/other.js.map": a_map()})
    assert pairs._shipment(inject=False, strip=True).left_out == {"shop/s/other.js.map"}


def test_inject_says_why_a_map_was_left_alone(tmp_path: Path) -> None:
    pairs = Pairs(tmp_path, {"s/app.js": b"a()", "s/app.js.map": a_map(500)})
    result = inject_files(pairs.sources, list(pairs.sources), dry_run=True)
    assert result.alone == {
        "shop/s/app.js.map": (
            "shop/s/app.js is from another build, for the map is of at least 500 lines"
        )
    }


NAMES = {
    "shop/static/app.js": "~/static/app.js",
    "shop/static/app.js.map": "~/static/app.js.map",
    "shop/maps/a b.map": "~/maps/a%20b.map",
    "shop/cdn.map": "https://cdn.example/cdn.map",
}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("app.js.map", "shop/static/app.js.map"),
        ("./app.js.map?v=1#x", "shop/static/app.js.map"),
        ("../maps/a%20b.map", "shop/maps/a b.map"),
        ("/static/app.js.map", "shop/static/app.js.map"),
        ("~/static/app.js.map", "shop/static/app.js.map"),
        ("http://any.example/static/app.js.map", "shop/static/app.js.map"),
        ("//any.example/static/app.js.map", "shop/static/app.js.map"),
        ("//cdn.example/cdn.map", "shop/cdn.map"),
        ("https://cdn.example/cdn.map", "shop/cdn.map"),
        ("gone.js.map", None),
        ("../../../../etc/passwd", None),
        ("https://cdn.example/other.map", None),
        ("http://[", None),
    ],
)
def test_a_reference_is_followed_in_the_wheel_and_by_url(given: str, found: str | None) -> None:
    script = Script("shop/static/app.js", given, carries_map=False, lines=1, read=bytes)
    maps = [path for path in NAMES if path.endswith(".map")]
    files = Files(NAMES.keys(), maps, NAMES, lambda _: MapFacts(lines=9))
    assert pair_scripts([script], files).maps.get(script.path) == found


@pytest.mark.parametrize(
    ("scripts", "maps", "guessed"),
    [
        ("a.min.js", "a.map a.min.js.map a.js.map a.min.map", "a.min.js=a.map"),
        ("a.min.js", "a.min.js.map a.js.map a.min.map", "a.min.js=a.min.js.map"),
        ("a.min.js", "a.js.map a.min.map", "a.min.js=a.js.map"),
        ("a.min.js", "a.min.map", "a.min.js=a.min.map"),
        ("a.js", "a.js.map b.js.map", "a.js=a.js.map"),
        ("a.min.mjs", "a.mjs.map", "a.min.mjs=a.mjs.map"),
        (
            "a.0c1f.js b.0c1f.js",
            "a.0c1f.js.map b.0c1f.map",
            "a.0c1f.js=a.0c1f.js.map b.0c1f.js=b.0c1f.map",
        ),
        ("a.js a.min.js", "a.js.map", ""),
        ("a.js a.min.js", "a.js.map a.min.js.map", "a.js=a.js.map a.min.js=a.min.js.map"),
        ("a.js", "other/a.js.map", ""),
        ("a.js", "b.js.map", ""),
    ],
)
def test_a_map_is_guessed_in_the_order_of_sentry_cli(scripts: str, maps: str, guessed: str) -> None:
    files = Files((), maps.split(), {}, lambda _: read_facts(a_map()))
    without = [
        Script(path, None, carries_map=False, lines=1, read=bytes) for path in scripts.split()
    ]
    assert pair_scripts(without, files).maps == dict(each.split("=") for each in guessed.split())

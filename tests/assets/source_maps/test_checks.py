"""Checks: what is found in scripts and maps, and what is left alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES
from tests.support import make_wheel

REFERENCE = b"\n//# sourceMappingURL=app.js.map\n"
SCRIPT = b"a()" + REFERENCE


def source_map(**changes: Any) -> bytes:
    """Return a sound map of one line; `changes` of None take keys away."""
    keys = {
        "version": 3,
        "sources": ["webpack://shop/./src/app.ts"],
        "sourcesContent": ["a()"],
        "names": [],
        "mappings": "AAAA",
        **changes,
    }
    kept = {key: value for key, value in keys.items() if value is not None}
    return json.dumps(kept, separators=(",", ":")).encode()


def index_map(*sections: Any) -> bytes:
    return json.dumps({"version": 3, "sections": sections}).encode()


def findings(
    tmp_path: Path, files: Mapping[str, bytes], *include: str, paths: dict[str, str] | None = None
) -> list[Finding]:
    """Return what is found in a wheel of those files of shop/static."""
    wheel = make_wheel(tmp_path, files={f"shop/static/{path}": files[path] for path in files})
    with open_distribution(wheel) as distribution:
        found = collect(distribution, include=include or ("*.js", "*.map"), paths=paths)
    return list(found.findings)


def only(found: list[Finding], path: str, rule: str) -> str:
    """Return the message of the only finding; assert that it is of that file and rule."""
    (finding,) = found
    assert (finding.path, finding.rule) == (f"shop/static/{path}", rule)
    return finding.message


def test_a_script_with_its_map_is_all_right(tmp_path: Path) -> None:
    assert findings(tmp_path, {"app.js": SCRIPT, "app.js.map": source_map()}) == []


def test_a_script_without_a_map_is_nobody_s_business(tmp_path: Path) -> None:
    assert findings(tmp_path, {"app.js": b"a()"}) == []


def test_a_reference_without_its_map_is_found(tmp_path: Path) -> None:
    message = only(findings(tmp_path, {"app.js": SCRIPT}), "app.js", "missing-map")
    assert "refers to app.js.map, but the map is not there; ship it" in message


def test_a_map_that_is_there_but_not_selected_is_told_apart(tmp_path: Path) -> None:
    files = {"app.js": SCRIPT, "app.js.map": source_map()}
    message = only(findings(tmp_path, files, "*.js", "!*.map"), "app.js", "missing-map")
    assert "shop/static/app.js.map is there but not selected" in message


def test_a_reference_to_a_script_is_told_apart(tmp_path: Path) -> None:
    files = {"app.js": b"a()\n//# sourceMappingURL=b.js", "b.js": b"b()"}
    message = only(findings(tmp_path, files), "app.js", "missing-map")
    assert "refers to b.js, which is a script, not a source map" in message


def test_a_reference_to_another_host_is_told_apart(tmp_path: Path) -> None:
    script = b"a()\n//# sourceMappingURL=https://cdn.example/app.js.map"
    message = only(findings(tmp_path, {"app.js": script}), "app.js", "missing-map")
    assert "unless Sentry can fetch it from that address" in message


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"app.js": b"a()"}, "none refers to it, or is named like it"),
        (
            {"old.js": b"a()\n//# sourceMappingURL=app.js.map"},
            "old.js refers to app.js.map instead",
        ),
        ({"old.js": b"a()", "old.min.js": b"a()"}, "another script could mean it too"),
        ({"old.js": b"a()"}, "from another build, for the map is of at least 3 lines"),
    ],
)
def test_a_map_that_belongs_to_no_script_is_found(
    tmp_path: Path, files: dict[str, bytes], reason: str
) -> None:
    mappings = "AAAA;AACA;AACA" if "3 lines" in reason else "AAAA"
    files = {"app.js.map": source_map(), "old.js.map": source_map(mappings=mappings), **files}
    if "app.js" not in files and b"app.js.map" not in files["old.js"]:
        files["app.js"] = SCRIPT
    found = [each for each in findings(tmp_path, files) if each.path.endswith("old.js.map")]
    assert reason in only(found, "old.js.map", "map-without-script")


def test_maps_of_styles_and_of_declarations_are_left_alone(tmp_path: Path) -> None:
    names = ("a.css.map", "a.css.0c1f2e.map", "a.d.ts.map", "a.d.mts.map")
    assert findings(tmp_path, dict.fromkeys(names, b"{}")) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<!DOCTYPE html><html></html>", "it is HTML or XML"),
        (source_map()[:-1], "not JSON, or only a part"),
        (source_map()[:90], "not JSON, or only a part"),
        (b"not JSON", "not JSON, or only a part"),
        (b"\xff\xfe", "not JSON, or only a part"),
        (b"[]", "not an object"),
        (b"[" * 100_000, "not JSON, or only a part"),
        (b"{}", "no `mappings`"),
        (source_map(version="3"), 'version is "3", not 3'),
        (b"\xef\xbb\xbf" + source_map(), "a byte order mark"),
        (source_map() + b'}"', "not JSON, or only a part"),
        (source_map(mappings="AAAAAA"), "a segment of 6 fields"),
        (source_map(mappings=None), "no `mappings`"),
        (source_map(mappings=[1]), "no `mappings`"),
        (source_map(sources=None, sourcesContent=None), "refer to sources, and it has none"),
        (index_map({}), "no offset or no map"),
        (index_map({"offset": {"line": 0}, "map": {}}), "in one of its `sections`"),
    ],
)
def test_a_map_that_nobody_can_read_is_found(tmp_path: Path, content: bytes, problem: str) -> None:
    found = findings(tmp_path, {"app.js": SCRIPT, "app.js.map": content})
    assert problem in only(found, "app.js.map", "bad-map")


@pytest.mark.parametrize("content", [b"", b"\n"])
def test_an_empty_map_is_found(tmp_path: Path, content: bytes) -> None:
    only(findings(tmp_path, {"app.js": SCRIPT, "app.js.map": content}), "app.js.map", "empty-map")


@pytest.mark.parametrize(
    "content",
    [
        source_map(version=2),
        b")]}'\n" + source_map(),
        json.dumps(json.loads(source_map()), indent=2).encode(),
        source_map(version=None, names=None),
        source_map(
            sections=[{"offset": {"line": 0, "column": 0}, "map": json.loads(source_map())}]
        ),
    ],
)
def test_unusual_maps_are_all_right(tmp_path: Path, content: bytes) -> None:
    assert findings(tmp_path, {"app.js": SCRIPT, "app.js.map": content}) == []


def test_a_map_of_another_build_is_found_by_its_lines(tmp_path: Path) -> None:
    files = {"app.js": SCRIPT, "app.js.map": source_map(mappings="AAAA;;;AACA;;")}
    message = only(findings(tmp_path, files), "app.js.map", "bad-map")
    assert "maps 4 lines, but shop/static/app.js has 3" in message


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028"])
def test_every_kind_of_line_end_counts(tmp_path: Path, line_end: str) -> None:
    script = line_end.join("abcd").encode() + REFERENCE
    files = {"app.js": script, "app.js.map": source_map(mappings="AAAA;AACA;AACA;AACA")}
    assert findings(tmp_path, files) == []


def test_a_map_without_mappings_is_found_unless_there_is_nothing_to_map(tmp_path: Path) -> None:
    files = {"app.js": b"export {};" + REFERENCE, "app.js.map": source_map(mappings="")}
    assert findings(tmp_path, files) == []
    files["app.js"] = b"a();" * 200 + REFERENCE
    assert "has no mappings" in only(findings(tmp_path, files), "app.js.map", "bad-map")


def test_sources_without_text_are_counted(tmp_path: Path) -> None:
    sources = ["a.ts", "b.ts", "c.ts", "d.ts"]
    content = source_map(sources=sources, sourcesContent=["a", None, None], sourceRoot="src/")
    found = findings(tmp_path, {"app.js": SCRIPT, "app.js.map": content})
    message = only(found, "app.js.map", "no-sources-content")
    assert "lacks the text of 3 of 4 sources (src/b.ts, src/c.ts, …)" in message


@pytest.mark.parametrize(
    "source",
    [
        "webpack/bootstrap",
        "webpack://shop/webpack/runtime/chunk loaded",
        "webpack:///(webpack)/buildin/module.js",
        'webpack://shop/external "React"',
        "webpack://shop/./locale|sync|/^.*$/",
        "\x00commonjsHelpers.js",
        "plain.js",
    ],
)
def test_sources_that_need_no_text_are_left_alone(tmp_path: Path, source: str) -> None:
    content = source_map(sources=[source], sourcesContent=None)
    files = {"app.js": SCRIPT, "app.js.map": content, "plain.js": b"a()"}
    assert findings(tmp_path, files) == []


def test_an_empty_script_that_had_content_is_found(tmp_path: Path) -> None:
    files = {"app.js": b"", "app.js.gz": b"x" * 1000, "styles.js": b""}
    message = only(findings(tmp_path, files), "app.js", "empty-script")
    assert "is empty, while shop/static/app.js.gz is not" in message
    files = {"app.js": b"", "app.js.map": source_map()}
    assert "has a map" in only(findings(tmp_path, files), "app.js", "empty-script")


def test_copies_that_differ_in_their_references_may_have_one_debug_id(tmp_path: Path) -> None:
    script = b"a()\n//# sourceMappingURL=%s\n//# debugId=00000000-0000-4000-8000-000000000001\n"
    files = {
        "a.js": script % b"a.js.map",
        "a.0c1f2e3d.js": script % b"a.js.77aa01.map",
        "a.js.map": source_map(),
        "a.js.77aa01.map": source_map(),
    }
    assert findings(tmp_path, files) == []


def test_one_debug_id_of_different_scripts_is_found(tmp_path: Path) -> None:
    comment = b"\n//# debugId=00000000-0000-4000-8000-00000000000%c\n"
    files = {
        "a.js": b"a()" + comment % b"1",
        "b.js": b"b()" + comment % b"1",
        "c.js": b"c()" + comment % b"2",
        "copy.js": b"c()" + comment % b"2",
    }
    message = only(findings(tmp_path, files), "a.js", "same-debug-id")
    assert "as shop/static/b.js with other content has" in message


def test_a_name_that_no_browser_reports_is_found(tmp_path: Path) -> None:
    paths = {"shop": "https://CDN.example:443/"}
    message = only(
        findings(tmp_path, {"app.js": b"a()"}, paths=paths), "app.js", "name-cannot-match"
    )
    assert "https://cdn.example/static/app.js" in message


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (b"data:application/json;charset=utf-8;base64," + base64.b64encode(source_map()), None),
        (b"data:application/json,%7B%22version%22:%222%22%7D", "version is"),
        (b"data:application/json;base64,e30=", "no `mappings`"),
        (b"data:application/json;base64,???", "no base64"),
        (b"data:application/json", "no comma"),
    ],
)
def test_a_map_that_a_script_carries_is_checked(
    tmp_path: Path, url: bytes, problem: str | None
) -> None:
    found = findings(tmp_path, {"app.js": b"a()\n//# sourceMappingURL=" + url})
    if problem is None:
        assert found == []
    else:
        message = only(found, "app.js", "bad-map")
        assert problem in message
        assert message.count("build it again") == 1


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        ("// Größe\n".encode("latin-1"), 5),
        ("a('Größe')\n".encode("utf-16"), 0),
        (b"//" + "ö".encode() * 300_000 + b"\xc3", 600_002),
        (b"//" + b"x" * (BLOCK_BYTES - 3) + b"\xe4\xb8x", BLOCK_BYTES - 1),
        (b"//" + b"x" * (BLOCK_BYTES - 3) + b"\xe4\xb8" + b"x" * BLOCK_BYTES, BLOCK_BYTES - 1),
    ],
    ids=["Latin-1", "UTF-16", "cut off", "at a block's end", "across blocks"],
)
@pytest.mark.parametrize("map_too", [False, True])
def test_what_is_not_utf_8_is_found(
    tmp_path: Path, content: bytes, offset: int, *, map_too: bool
) -> None:
    in_map = source_map().replace(b"a()", content.replace(b"\n", b" "))
    files = {"app.js": SCRIPT, "app.js.map": in_map} if map_too else {"app.js": content}
    path = "app.js.map" if map_too else "app.js"
    found = [each for each in findings(tmp_path, files) if each.rule != "no-map"]
    message = only(found, path, "not-utf-8")
    shift = in_map.index(content[:5]) if map_too else 0
    assert message.startswith(f"is not UTF-8, from byte {offset + shift} on: Sentry does not find")


@pytest.mark.parametrize("shift", range(4))
def test_utf_8_is_all_right_wherever_it_is_cut(tmp_path: Path, shift: int) -> None:
    text = ("x" * shift + "ö中😀" * 100_000).encode()
    files = {"app.js": b"//" + text + REFERENCE, "app.js.map": source_map(x=text.decode())}
    files["app.js.map"] = files["app.js.map"].replace(b"a()", text)
    assert findings(tmp_path, files) == []


def test_a_map_that_cannot_be_read_is_told_of_once(tmp_path: Path) -> None:
    files = {"app.js": SCRIPT, "app.js.map": b'{"version":3,"x":"\xff"}'}
    only(findings(tmp_path, files), "app.js.map", "bad-map")


def test_suffixes_of_maps_may_be_in_capitals(tmp_path: Path) -> None:
    files = {"APP.JS": b"a()\n//# sourceMappingURL=APP.JS.MAP\n", "APP.JS.MAP": b"{"}
    only(findings(tmp_path, files, "*.JS", "*.MAP"), "APP.JS.MAP", "bad-map")
    files = {"APP.JS": b"a()", "APP.JS.MAP": source_map()}
    message = only(findings(tmp_path, files, "*.JS", "*.MAP"), "APP.JS.MAP", "map-without-script")
    assert "APP.JS does not refer to it" in message

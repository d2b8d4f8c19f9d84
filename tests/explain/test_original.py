"""What stands originally where a script was minified: real output, and maps made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from hatch_sentry_artifacts.explain import source_map
from hatch_sentry_artifacts.explain.artifacts import Artifact, Artifacts
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.frame import read_only_frame
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.explain.source_map import Original
from tests.explain import bundle

HOST = "https://shop.example"
# A script of two lines, whose map leads its columns 0 and 4 to lines 1 and 2 of one source.
MAP = {
    "version": 3,
    "sources": ["a.ts"],
    "names": ["first"],
    "sourcesContent": ["function one() {\n  return 1\n}\n"],
    "mappings": "AAAAA,IACE",
}


def _position(text: str) -> Position:
    position = read_only_frame(text).position
    assert position is not None
    return position


def explained(
    place: str, files: Mapping[str, bytes], headers: Mapping[str, str] | None = None
) -> Explanation:
    """Return the explanation of `place` by files given by their names; scripts get `headers`."""
    artifacts = tuple(
        Artifact(
            name,
            None,
            len(content),
            {} if name.endswith(".map") else headers or {},
            lambda content=content: content,  # type: ignore[misc]
        )
        for name, content in files.items()
    )
    return explain(_position(place), Artifacts("release 1", artifacts))


def of_bundle(place: str) -> Original:
    found = explained(place, bundle.files("~/static"))
    assert found.original is not None, found.reason
    return found.original


def of_map(source_map: Any, place: str = "1:5", **headers: str) -> Explanation:
    content = source_map if isinstance(source_map, bytes) else json.dumps(source_map).encode()
    files = {"~/a.js": b"one()\n//# sourceMappingURL=a.js.map\n", "~/a.js.map": content}
    return explained(f"{HOST}/a.js:{place}", files, headers)


def test_every_frame_of_a_real_trace_leads_to_its_function_and_line() -> None:
    found = [of_bundle(line) for line in bundle.traces()]
    assert [(each.source, each.line, each.column, each.function) for each in found] == [
        ("../source/prices.ts", 16, 33, "totalOf"),
        ("../source/basket.ts", 19, 12, "total"),
        ("../source/basket.ts", 23, 64, "showTotal"),
        ("../source/page.ts", 6, 12, "a function without a name in checkOut"),
        ("../source/page.ts", 4, 17, "checkOut"),
        ("../source/basket.ts", 17, 13, "total"),
        ("../source/basket.ts", 23, 64, "showTotal"),
        ("../source/page.ts", 6, 12, "a function without a name in checkOut"),
        ("../source/page.ts", 4, 17, "checkOut"),
    ]


def test_columns_of_traces_count_from_one_and_those_of_maps_from_zero() -> None:
    script = bundle.files()["shop/static/page.js"].decode()
    (wrong_property, *_, thrown, _, _, _) = (_position(line) for line in bundle.traces())
    assert wrong_property.column is not None
    assert thrown.column is not None
    assert script[wrong_property.column - 1 :].startswith("share")
    assert script[thrown.column - 1 :].startswith("new Error")
    exact = of_bundle(str(thrown))
    text = bundle.source("basket.ts")[exact.line - 1]
    assert text[exact.column - 1 :].startswith("new Error")
    # One column less is another thing, which starts earlier.
    before = of_bundle(f"{thrown.url}:1:{thrown.column - 1}")
    assert before.column < exact.column


def test_the_excerpt_has_three_lines_on_each_side() -> None:
    found = of_bundle(bundle.traces()[0])
    text = bundle.source("prices.ts")
    assert found.excerpt == tuple((number, text[number - 1]) for number in range(13, 19))
    assert text[15][found.marker :].startswith("share")


def test_characters_of_two_code_units_move_columns_but_not_the_marker() -> None:
    script = bundle.files()["shop/static/page.js"].decode()
    found = of_bundle(f"{HOST}/static/page.js:1:{script.index('{cause') + 1}")
    text = bundle.source("prices.ts")[found.line - 1]
    assert text[found.marker :].startswith("{ cause")
    assert found.column == found.marker + 1 + 1


def test_a_map_without_sources_names_functions_by_the_script() -> None:
    found = [of_bundle(line.replace("page.js", "bare.js")) for line in bundle.traces()[:5]]
    assert [each.excerpt for each in found] == [()] * 5
    assert [each.function for each in found] == [
        "totalOf",
        None,  # a property, whose name the bundler left as it was
        "showTotal",
        "a function without a name in checkOut",
        "checkOut",
    ]
    assert [(each.source, each.line) for each in found[:2]] == [
        ("../source/prices.ts", 16),
        ("../source/basket.ts", 19),
    ]


def test_an_inline_map_is_followed() -> None:
    place = bundle.traces()[0].replace("page.js", "inline.js")
    found = explained(place, {"~/static/inline.js": bundle.files()["shop/static/inline.js"]})
    assert found.link is not None
    assert found.link.inline
    assert found.original == of_bundle(bundle.traces()[0])


def test_the_header_counts_more_than_the_comment() -> None:
    files = {"~/a.js": b"//# sourceMappingURL=no.map", "~/a.js.map": json.dumps(MAP).encode()}
    place = f"{HOST}/a.js:1:1"
    for headers in (
        {"sourcemap": "a.js.map"},
        {"X-SourceMap": "a.js.map"},
        {"X-SourceMap": "no.map", "Sourcemap": "a.js.map"},
    ):
        assert explained(place, files, headers).original is not None
    without = explained(place, files)
    assert without.reason == "no artifact answers for the map's URL"


def test_a_script_that_refers_to_no_map_does_not_resolve() -> None:
    found = explained(f"{HOST}/a.js:1:1", {"~/a.js": b"a()"})
    assert found.reason == "the script refers to no map, by header or by comment"


def test_without_a_line_it_is_enough_that_the_map_is_there() -> None:
    files = {"~/a.js": b"//# sourceMappingURL=a.js.map", "~/a.js.map": b"not looked into"}
    found = explained(f"{HOST}/a.js", files)
    assert found.resolved
    assert found.original is None


def test_without_a_column_the_first_mapping_of_the_line_counts() -> None:
    found = of_map({**MAP, "mappings": "IACE"}, "1").original
    assert found is not None
    assert (found.line, found.column) == (2, 3)


def test_an_index_map_is_followed_into_the_section_of_the_place() -> None:
    other = {**MAP, "sources": ["b.ts"], "sourcesContent": ["two()"], "mappings": "AAAA"}
    sections = [
        {"offset": {"line": 0, "column": 0}, "map": MAP},
        {"offset": {"line": 0, "column": 10}, "map": {**other, "sourceRoot": "src"}},
        {"offset": {"line": 3, "column": 2}, "map": {"version": 3, "sections": [
            {"offset": {"line": 0, "column": 0}, "map": other},
        ]}},
    ]  # fmt: skip
    index = {"version": 3, "sections": sections}
    places = {}
    for place in ("1:1", "1:5", "1:11", "1:400", "1", "4:3", "4:9"):
        found = of_map(index, place).original
        assert found is not None
        places[place] = (found.source, found.line, found.column)
    assert places == {
        "1:1": ("a.ts", 1, 1),
        "1:5": ("a.ts", 2, 3),
        "1:11": ("src/b.ts", 1, 1),
        "1:400": ("src/b.ts", 1, 1),
        "1": ("src/b.ts", 1, 1),
        "4:3": ("b.ts", 1, 1),
        "4:9": ("b.ts", 1, 1),
    }


def test_two_sources_of_one_name_keep_their_own_text() -> None:
    sources = {"sources": ["a.ts", "a.ts"], "sourcesContent": ["one()", "two()"]}
    found = of_map({**MAP, **sources, "mappings": "ACAA"}).original
    assert found is not None
    assert found.excerpt == ((1, "two()"),)


def test_a_source_without_a_name_is_found_too() -> None:
    found = of_map({**MAP, "sources": [None]}).original
    assert found is not None
    assert found.source == "(no name)"
    assert found.function == "one"


@pytest.mark.parametrize("prefix", [b")]}'\n", b")]}' x\n"])
def test_marks_before_the_json_are_skipped(prefix: bytes) -> None:
    assert of_map(prefix + json.dumps(MAP).encode()).resolved


@pytest.mark.parametrize(
    ("source_map", "place", "reason"),
    [
        (b"<html>", "1:1", "it is HTML or XML, not JSON"),
        (b"\xff", "1:1", "it is not JSON"),
        (b"", "1:1", "it is empty"),
        (b"\xef\xbb\xbf" + json.dumps(MAP).encode(), "1:1", "a byte order mark"),
        (json.dumps(MAP).encode() + b'A"}', "1:1", "only a part of it"),
        (b"[]", "1:1", "not an object"),
        ({**MAP, "version": "3"}, "1:1", "its version is"),
        ({**MAP, "mappings": "A!"}, "1:1", "no base 64"),
        ({**MAP, "mappings": "AEAA"}, "1:1", "refer to another source"),
        ({**MAP, "mappings": "AAAAAA"}, "1:1", "a segment of 6 fields"),
        ({**MAP, "mappings": 7}, "1:1", "no `mappings` that is a string"),
        ({**MAP, "mappings": ""}, "1:1", "maps nothing at all"),
        ({**MAP, "mappings": ";;;"}, "1:1", "maps nothing at all"),
        ({**MAP, "mappings": "AAAA,E"}, "1:3", "the bundler's own code"),
        ({**MAP, "mappings": "AA8BA"}, "1:1", "leads to line 31 of a.ts, which has 4"),
        ({"version": 3, "sections": [{}]}, "1:1", "in one of its `sections`"),
        ({"version": 3, "sections": []}, "1:1", "maps nothing at all"),
    ],
)
def test_a_map_that_does_not_lead_there_says_why(source_map: Any, place: str, reason: str) -> None:
    found = of_map(source_map, place)
    assert not found.resolved
    assert found.reason is not None
    assert reason in found.reason


def test_an_inline_map_that_is_damaged_says_so() -> None:
    script = b"//# sourceMappingURL=data:application/json;base64,e"
    found = explained(f"{HOST}/a.js:1:1", {"~/a.js": script})
    assert found.reason is not None
    assert "base64" in found.reason


# What symbolic 12.2, that of Sentry 23.7.1, answers. From 12.16.2 on it answers with nothing there.
@pytest.mark.parametrize(
    ("place", "line", "column"),
    [
        ("1:1", 1, 1),  # before the first mapping of all, on an earlier line
        ("2:99", 1, 1),
        ("3:4", 1, 1),  # before the first mapping, on its own line
        ("4:1", 2, 1),  # a line of which nothing is mapped
        ("5:2", 2, 1),  # the last mapping of an earlier line, not the next of its own
        ("6:1", 3, 4),  # after the last mapping
        ("100:1", 3, 4),
    ],
)
def test_a_place_that_is_not_mapped_takes_the_mapping_before_it(
    place: str, line: int, column: int
) -> None:
    found = of_map({**MAP, "mappings": ";;IAAA,IACA;;EACG"}, place)
    assert found.original is not None
    assert (found.original.line, found.original.column) == (line, column)
    assert found.original.near
    assert any("later versions leave the frame as it is" in each for each in found.caveats)


@pytest.mark.parametrize("place", ["3:5", "3:8", "3:9", "3:400", "5:3", "5:99"])
def test_a_place_that_is_mapped_has_no_caveat(place: str) -> None:
    found = of_map({**MAP, "mappings": ";;IAAA,IACA;;EACG"}, place)
    assert found.original is not None
    assert not found.original.near
    assert not found.caveats


@pytest.mark.parametrize(
    ("place", "source"), [("1:1", "a.ts"), ("2:9", "a.ts"), ("3:4", "a.ts"), ("9:1", "b.ts")]
)
def test_a_place_between_sections_takes_the_mapping_before_it(place: str, source: str) -> None:
    other = {**MAP, "sources": ["b.ts"], "mappings": "EAAA"}
    sections = [
        {"offset": {"line": 0, "column": 6}, "map": MAP},
        {"offset": {"line": 2, "column": 3}, "map": other},
    ]
    found = of_map({"version": 3, "sections": sections}, place).original
    assert found is not None
    assert (found.source, found.near) == (source, True)


@pytest.mark.parametrize("mappings", ["AADA", "AAAD", "AADAA"])
@pytest.mark.parametrize("with_text", [True, False])
def test_a_map_that_leads_before_the_first_line_or_column_resolves_nothing(
    mappings: str, with_text: bool
) -> None:
    text = MAP["sourcesContent"] if with_text else [None]
    found = of_map({**MAP, "mappings": mappings, "sourcesContent": text})
    assert not found.resolved
    assert found.reason is not None


def test_a_map_is_decoded_once_for_all_frames_of_its_script() -> None:
    places = [_position(line) for line in bundle.traces()]
    content = bundle.files()["shop/static/page.js.map"] + b" "
    script = bundle.files()["shop/static/page.js"].decode()
    before = source_map._decoded_lines.cache_info().misses
    for place in places:
        assert place.line is not None
        found = source_map.find_original(
            source_map.read_map(content), place.line, place.column, lambda: script
        )
        assert found.source.endswith(".ts")
    assert source_map._decoded_lines.cache_info().misses <= before + 1

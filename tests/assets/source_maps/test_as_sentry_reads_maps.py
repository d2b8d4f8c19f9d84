"""What is wrong with a map to us is what is wrong with it to symbolic, Sentry's own library."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.source_maps.facts import read_facts
from hatch_sentry_artifacts.assets.source_maps.mappings import (
    FULL_EFFORT,
    Effort,
    Mappings,
    find_problem,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="symbolic is published for Linux")

SOUND = {
    "version": 3,
    "sources": ["a.ts"],
    "sourcesContent": ["x\ny\n"],
    "names": ["n"],
    "mappings": "AAAAA;AACA",
}
ID = "6f1d9f0e-6d1c-5b43-9a53-0f7c4b5a8e21"


START = {"line": 0, "column": 0}


def a_map(**changes: Any) -> bytes:
    keys = {**SOUND, **changes}
    return json.dumps({key: value for key, value in keys.items() if value is not ...}).encode()


def section(offset: Any = None, **changes: Any) -> dict[str, Any]:
    return {"offset": offset or START, "map": SOUND, **changes}


def with_value(text: bytes) -> bytes:
    """Return a map with a key that nobody knows, and that value."""
    return a_map()[:-1] + b',"x_own":' + text + b"}"


def symbolic_refuses(content: bytes) -> bool:
    symbolic = pytest.importorskip("symbolic")
    try:
        symbolic.SourceMapCache.from_bytes(b"a();\nb();\n", content)
    except symbolic.SymbolicError:
        return True
    return False


BEGINNINGS = [
    *(b"\xef\xbb\xbf", b")]}'\n", b")]}'\r\n", b")]}',\n", b")]}'", b"]'\n", b" )]}'\n"),
    *(b"\xef\xbb\xbf)]}'\n", b")]}'\n\xef\xbb\xbf", b" \n\t", b"\x0c", b"\0", b"x"),
]
ENDS = [b" \n", b"x", b"}", b"\0", b',"mappings":"AAAA"}', b'"}']
VERSIONS = ["3", 2, 4, 0, None, ..., 3.0, [], {}, -1, 2**32, 10, True]
TYPES: list[tuple[str, list[Any]]] = [
    ("names", [..., None, [1], [{"a": 1}], [None], "abc", {}, []]),
    ("sources", [..., None, [], [None], [1], "a", ["a", "b"]]),
    ("sourcesContent", [..., None, [], [None], [1], "x", ["a", "b", "c"]]),
    ("file", [None, 1, {}, []]),
    ("sourceRoot", [None, "", 1, []]),
    ("debugId", [None, ID, ID.upper(), ID.replace("-", ""), "abc", 1, ""]),
    ("debug_id", [ID, "abc"]),
    ("ignoreList", [None, [], [0], [7], [-1], ["0"], "x", [1.5]]),
    ("x_google_ignoreList", [[0], "x"]),
    ("rangeMappings", [None, "A", 1]),
    ("x_facebook_sources", [None, "x", [], [None], [[]], [1], [{}], [[None]], [[{}]]]),
    ("x_facebook_sources", [[[{"names": ["f"], "mappings": "AAA"}], None]]),
    ("x_facebook_sources", [[[{"names": [1], "mappings": "AAA"}]], [[{"names": ["f"]}]]]),
    ("x_facebook_sources", [[[{"names": None, "mappings": "AAA"}]]]),
    ("x_facebook_sources", [[[{"names": ["f"], "mappings": None}]]]),
    ("x_facebook_offsets", [None, [], [0, None], [-1], ["0"], [1.5], [2**32]]),
    ("x_metro_module_paths", [1, None, [], ["a.js"], ["a.js", None], [1]]),
    ("scopes", ["A", []]),
]
MAPPINGS = [
    *("", "A", "AA", "AAA", "AAAA", "AAAAA", "AAAAAA", "AAAAAAA", ",,;;,AAAA,,", "g", "AAAg"),
    *(
        "AA!!",
        "AA!!A",
        " A",
        "AAé",
        "AAAé,A",
        "AAAA, AAAA",
        "AAAA\n;AAAA",
        "AA-_",
        "AAAA=",
        "AA\\A",
        '"',
    ),
    *("ADAA", "ACAA", "AAAAC", "AAAAD", "AADA", "AAAD", "DAAA", "D,CAAA", "ADAA,ACAA"),
    *("+/////DAAA", "+/////////////DAAA", "ggggggEAAA", "AAggggggIA", "gAgAgAgA"),
    *("ggggggggggggA", "gggggggggggggA", "IAAA,FAAA", "AAAA;ACAA", "AAAAA,AAAAC"),
]
SECTIONS: list[Any] = [
    *(
        [],
        None,
        {},
        "x",
        [section()],
        [section(map=None)],
        [section(url=None)],
        [section(url=1)],
        [{"offset": {"line": 0, "column": 0}, "url": "x.map"}],
    ),
    *([section({"line": 0})], [section({"line": -1, "column": 0})], [section({"line": "0"})]),
    *([section({"line": 0.0, "column": 0})], [section({"line": 2**32, "column": 0})], [{}]),
    [section({"line": 5, "column": 0}), section()],
    [section(map={**SOUND, "sections": [section()]})],
    *([section(map={**SOUND, "mappings": "AA"})], [section(map={**SOUND, "version": "3"})]),
]
VALUES = [
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1e300", b"01", b"-1", b"1.", b"tru"),
    *(
        b"9" * 5000,
        b'"\\ud800"',
        b'"\\udc00"',
        b'"\\ud83d\\ude00"',
        b'"\\\\ud800"',
        b'"\\x"',
        b"[1,]",
    ),
    *(
        b'"a\nb"',
        b"[" * 100 + b"]" * 100,
        b"[" * 126 + b"]" * 126,
        b"[" * 127 + b"]" * 127,
        b"[1,]",
    ),
]
CASES = [
    *(pytest.param(each + a_map(), id=f"begins {each!r}") for each in BEGINNINGS),
    *(pytest.param(a_map() + each, id=f"ends {each!r}") for each in ENDS),
    *(pytest.param(a_map(version=each), id=f"version {each}") for each in VERSIONS),
    *(
        pytest.param(a_map(**{key: each}), id=f"{key} {each}")
        for key, values in TYPES
        for each in values
    ),
    *(pytest.param(a_map(mappings=each), id=f"mappings {each}") for each in MAPPINGS),
    *(pytest.param(a_map(sections=each), id=f"sections {n}") for n, each in enumerate(SECTIONS)),
    *(pytest.param(with_value(each), id=f"value {each[:20]!r}") for each in VALUES),
    *(pytest.param(each, id=repr(each)) for each in (b"[]", b'"a"', b"null", b"", b" ", b"<html>")),
    pytest.param(a_map()[:-1] + b',"file":"a","file":"b"}', id="a key twice"),
    pytest.param(a_map()[:-1] + b',"x":1,"x":2}', id="an unknown key twice"),
    pytest.param(a_map().replace(b"AACA", rb"AAC\u0041"), id="escapes in mappings"),
    pytest.param(a_map(mappings="AA/A").replace(b"/", rb"\/"), id="an escaped slash in mappings"),
]


@pytest.mark.parametrize("content", CASES)
def test_a_map_is_refused_where_sentry_refuses_it(content: bytes) -> None:
    problem = read_facts(content).problem
    assert (problem is not None) == symbolic_refuses(content), problem


@pytest.mark.parametrize("mappings", [..., None])
def test_a_map_without_mappings_is_of_no_use_though_sentry_takes_it(mappings: Any) -> None:
    content = a_map(mappings=mappings)
    assert read_facts(content).problem == "it has no `mappings`"
    assert not symbolic_refuses(content)


DIGITS = st.sampled_from("ABCDEFgh+9")
SEGMENTS = st.lists(
    st.sampled_from(
        ["A", "AAAA", "AAAAA", "CCAA", "CDAA", "AAAAC", "AAAAD", "gBAAA", ";", "AA", "g"]
    ),
    max_size=12,
)


@example("A+AAA")
@example("A/AAA,AAAA+A")
@given(SEGMENTS.map(",".join) | st.lists(DIGITS, max_size=12).map("".join))
def test_mappings_are_refused_where_sentry_refuses_them(mappings: str) -> None:
    content = a_map(mappings=mappings, sources=["a", "b"], names=["m", "n"])
    problem = read_facts(content).problem
    assert (problem is not None) == symbolic_refuses(content), problem


def problem(mappings: bytes, effort: Effort = FULL_EFFORT) -> str | None:
    return find_problem(Mappings(mappings, 0, len(mappings)), 1, 2, effort)


@pytest.mark.parametrize("place", [0, 70_000, 300_000, -1])
def test_a_wrong_segment_is_found_wherever_it_stands_in_a_large_map(place: int) -> None:
    segments = [b"CAAA", b"gBAAAC", b"CAAAD", b"EAAE"] * 100_000
    mappings = b",".join(segments)
    assert problem(mappings) is None
    segments[place] = b"CAA"
    assert problem(b",".join(segments)) is not None


def test_less_of_each_map_is_looked_at_where_there_are_many() -> None:
    rng = random.Random(7)
    good = b",".join(rng.choice([b"CAAA", b"EAAC", b"gBAAA"]) for _ in range(100_000))
    effort = Effort().shared(10_000)
    assert problem(good + b",AA," + good, effort) is None
    assert problem(b"AA," + good + good, effort) is not None
    assert problem(good + good + b",AA", effort) is not None

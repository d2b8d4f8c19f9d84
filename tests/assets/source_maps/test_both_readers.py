"""A map is read alike, whether it is decoded as a whole or, since it is large, byte by byte."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.source_maps.reading import MOST_DECODED_BYTES

ID = "6f1d9f0e-6d1c-5b43-9a53-0f7c4b5a8e21"
TEXTS = st.text('a"\\;,n\n€\U0001f600') | st.sampled_from(['"mappings":"', '",null', "]}", "\\"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2**33) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=4,
)
MAPPINGS = st.lists(
    st.sampled_from(["A", "AAAA", "AAAAA", "ACAA", "CAAA", "AA", ";", ","]), max_size=6
).map(",".join)
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "version": st.sampled_from([3, 3, 3, "3", True, 3.0, -1]),
    "file": TEXTS | st.none() | st.integers(0, 1),
    "sourceRoot": TEXTS | st.none(),
    "sources": st.lists(TEXTS | st.none(), max_size=3),
    "sourcesContent": st.lists(TEXTS | st.none(), max_size=3),
    "names": st.lists(TEXTS, max_size=2),
    "mappings": MAPPINGS,
    "debugId": st.sampled_from([ID, ID.upper(), ID.replace("-", ""), None, "x"]),
    "debug_id": st.sampled_from([ID, None]),
    "ignoreList": st.lists(st.integers(-1, 2) | st.none(), max_size=2),
    "x_facebook_offsets": st.lists(st.integers(0, 2) | st.none(), max_size=2),
    "x_facebook_sources": st.lists(st.none() | st.lists(VALUES, max_size=2), max_size=2),
}
OTHERS = {key: values for key, values in KNOWN.items() if key not in {"version", "mappings"}}
PLAIN = st.fixed_dictionaries({"version": st.just(3), "mappings": MAPPINGS}, optional=OTHERS)
ANY = st.dictionaries(st.sampled_from(sorted(KNOWN)), VALUES, max_size=3)
OFFSETS = st.fixed_dictionaries({"line": st.integers(-1, 3), "column": st.integers(0, 3)})
SECTION = st.fixed_dictionaries({"offset": OFFSETS, "map": PLAIN}, optional={"url": VALUES})
INDEX = st.fixed_dictionaries({"version": st.just(3), "sections": st.lists(SECTION, max_size=3)})
OBJECTS = PLAIN | INDEX | st.tuples(PLAIN, ANY).map(lambda both: {**both[0], **both[1]})
MAPS = st.builds(
    lambda found, ascii_only, space: json.dumps(
        found, ensure_ascii=ascii_only, separators=(space + ",", ":" + space)
    ).encode(),
    OBJECTS,
    st.booleans(),
    st.sampled_from(["", " ", "\n"]),
)


def by_bytes(content: bytes) -> MapFacts:
    return read_facts(content, most_decoded=-1)


def same_facts(content: bytes) -> bool:
    decoded, walked = read_facts(content), by_bytes(content)
    if decoded.problem and walked.problem:
        # They may come upon different things first.
        return decoded.foreign == walked.foreign
    return decoded == walked


@given(MAPS)
def test_both_ways_tell_the_same_of_a_map(content: bytes) -> None:
    assert same_facts(content), (read_facts(content), by_bytes(content))


@pytest.mark.parametrize(
    "addition",
    [
        *(b'"version":3', b'"file":"b"', b'"x":1,"x":2', b'"x":{"file":1,"file":2}'),
        *(b'"debugId":null,"debug_id":"%s"' % ID.encode(), b'"debugId":"%s"' % ID.encode()),
        *(b'"sections":[{"offset":{"line":0,"column":0},"offset":{"line":0,"column":0}}]',),
        *(b'"ignoreList":[-0]', b'"ignoreList":[1e0]', b'"ignoreList":[4294967296]'),
        *(b'"sections":[1]', b'"sections":[{"offset":[]}]', b'"x":"\\ud800"'),
    ],
)
def test_both_ways_tell_the_same_of_what_encoders_do_not_write(addition: bytes) -> None:
    sound = b'{"version":3,"file":"a","sources":["a"],"mappings":"AAAA"'
    assert same_facts(sound + b"," + addition + b"}")


@pytest.mark.parametrize(
    "place", ["names", "mappings", "x", "sourcesContent"], ids=lambda place: f"in {place}"
)
def test_a_control_character_is_found_wherever_it_stands_in_a_map(place: str) -> None:
    texts = {"names": ["n"], "sourcesContent": ["t"], "x": ["x"]}
    sound = {"version": 3, "sources": ["a"], "mappings": "AAAA", **texts, "pad": "p" * 100_000}
    content = json.dumps(sound)
    at = content.index('"', content.index(f'"{place}":') + len(place) + 3) + 1
    assert read_facts(content.encode()).problem is None
    assert read_facts((content[:at] + "\x01" + content[at:]).encode()).problem


LIMIT = MOST_DECODED_BYTES
HOSTILE: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[]," * (LIMIT // 3 - 40),
    "objects": lambda: b"{}," * (LIMIT // 3 - 40),
    "objects with a key": lambda: b'{"":0},' * (LIMIT // 7 - 40),
    "objects with a key twice": lambda: b'{"":0,"":0},' * (LIMIT // 12 - 40),
    "short texts": lambda: b'"ab",' * (LIMIT // 5 - 40),
    "digits": lambda: b"9" * (LIMIT - 200) + b",",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_decoded_takes_bounded_memory(kind: str) -> None:
    content = b'{"version":3,"sources":[],"mappings":"","x":[%s0]}' % HOSTILE[kind]()
    assert len(content) <= LIMIT
    tracemalloc.start()
    try:
        read_facts(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 120_000_000, peak

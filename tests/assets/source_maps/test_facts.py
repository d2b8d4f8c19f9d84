"""Facts about maps: what is read of their bytes is what decoding them would tell."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.source_maps.mappings import FULL_EFFORT, Effort

ID = "6f1d9f0e-6d1c-5b43-9a53-0f7c4b5a8e21"
AT_A_GLANCE = Effort(read=0)


def a_map(**changes: Any) -> bytes:
    keys = {"version": 3, "sources": [], "sourcesContent": [], "names": [], "mappings": "A"}
    return json.dumps({**keys, **changes}).encode()


TEXTS = st.text('a"\\;,n\n€') | st.sampled_from(
    ['"mappings":"', '",null', '"],"mappings":""}', "\\"]
)
KEYS = st.permutations(
    ["version", "file", "names", "sources", "sourcesContent", "mappings", "ignoreList"]
)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": ")])


@given(
    texts=st.lists(TEXTS | st.none(), max_size=5),
    mappings=st.lists(st.sampled_from(["A", "CAAA", ";", ","]), max_size=6).map(",".join),
    order=KEYS,
    separators=SEPARATORS,
)
def test_lines_and_missing_texts_are_those_of_the_decoded_map(
    texts: list[str | None], mappings: str, order: list[str], separators: tuple[str, str]
) -> None:
    keys = {
        "version": 3,
        "file": "app.js",
        "names": [text for text in texts if text] + ["mappings", "sourcesContent"],
        "sources": [f"{number}.ts" for number in range(len(texts))],
        "sourcesContent": texts,
        "mappings": mappings if texts else "",
        "ignoreList": [0, 1],
    }
    content = json.dumps({key: keys[key] for key in order}, separators=separators).encode()
    mapped = mappings.rstrip(";,") if texts else ""
    lines = mapped.count(";") + 1 if mapped else 0
    expected = MapFacts(
        lines=lines,
        sources=len(texts),
        lacking_content=tuple(
            f"{number}.ts" for number, text in enumerate(texts) if text is None and lines
        ),
        file="app.js",
    )
    assert read_facts(content) == expected
    assert read_facts(content, AT_A_GLANCE) == expected


@given(st.lists(TEXTS, min_size=1, max_size=3), KEYS, SEPARATORS)
def test_no_map_that_is_cut_short_passes(
    texts: list[str], order: list[str], separators: tuple[str, str]
) -> None:
    sound = a_map(sources=texts, sourcesContent=texts, mappings="AAAA")
    keys = {"file": "app.js", "ignoreList": [0], **json.loads(sound)}
    content = json.dumps({key: keys[key] for key in order}, separators=separators).encode()
    for effort in (FULL_EFFORT, AT_A_GLANCE):
        assert read_facts(content, effort).problem is None
        for size in range(len(content)):
            assert read_facts(content[:size], effort).problem


@pytest.mark.parametrize(
    "changes",
    [
        *({"version": "3"}, {"mappings": "AA"}, {"mappings": "ACAA"}, {"mappings": 1}),
        *({"sections": []}, {"debugId": ID}, {"names": None}, {"file": 1}, {"sources": [1]}),
    ],
    ids=str,
)
def test_what_is_not_plain_at_a_glance_is_read(changes: dict[str, Any]) -> None:
    sound = {"sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA"}
    content = a_map(**{**sound, **changes})
    assert read_facts(content, AT_A_GLANCE) == read_facts(content)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_give_facts(junk: bytes) -> None:
    assert isinstance(read_facts(junk), MapFacts)
    read_facts(a_map()[:-1] + junk)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begin", "item"),
    [
        (b'{"version":3,', b'"a":1,'),
        (b'{"version":3,"a":{', b'"a":1,'),
        (b'{"version":3,"sections":[', b"{},"),
        (b'{"version":3,"sources":[', b"[],"),
        (b'{"version":3,"names":[', b"null,"),
        (b'{"version":3,"names":[', b'"\\"",'),
        (b'{"version":3,"ignoreList":[', b"1,"),
        (b'{"version":3,"x_facebook_sources":[', b"[null],"),
        (b'{"version":3,"sourcesContent":[', b"null,"),
    ],
)
def test_millions_of_items_end_in_seconds(begin: bytes, item: bytes) -> None:
    started = time.process_time()
    read_facts(begin + item * (20_000_000 // len(item)))
    assert time.process_time() - started < 8

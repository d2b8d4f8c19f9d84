"""Facts about maps: a glance must tell the same as reading all of a map."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.source_maps import facts as map_facts
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts


def a_map(**changes: Any) -> bytes:
    keys = {"version": 3, "sources": [], "sourcesContent": [], "names": [], "mappings": "AAAA"}
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
    mappings=st.text("AC;,"),
    order=KEYS,
    separators=SEPARATORS,
)
def test_a_glance_at_a_map_tells_the_same_as_all_of_it(
    texts: list[str | None], mappings: str, order: list[str], separators: tuple[str, str]
) -> None:
    keys = {
        "version": 3,
        "file": "app.js",
        "names": [text for text in texts if text] + ["mappings", "sourcesContent"],
        "sources": [f"{number}.ts" for number in range(len(texts))],
        "sourcesContent": texts,
        "mappings": mappings,
        "ignoreList": [0, 1],
    }
    content = json.dumps({key: keys[key] for key in order}, separators=separators).encode()
    parsed = map_facts._parsed(content)
    glance = map_facts._at_a_glance(content)
    assert glance is None or (glance.lines, glance.without_content, glance.problem) == (
        parsed.lines,
        (),
        None,
    )
    assert parsed.without_content == tuple(
        f"{number}.ts" for number, text in enumerate(texts) if text is None and parsed.lines
    )


@given(st.lists(TEXTS, min_size=1, max_size=3), KEYS, SEPARATORS)
def test_no_map_that_is_cut_short_passes(
    texts: list[str], order: list[str], separators: tuple[str, str]
) -> None:
    sound = a_map(sources=texts, sourcesContent=texts)
    keys = {"file": "app.js", "ignoreList": [0], **json.loads(sound)}
    content = json.dumps({key: keys[key] for key in order}, separators=separators).encode()
    assert read_facts(content).problem is None
    for size in range(len(content)):
        assert read_facts(content[:size]).problem


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_give_facts(junk: bytes) -> None:
    assert isinstance(read_facts(junk), MapFacts)
    read_facts(a_map()[:-1] + junk)

"""Texts of sources are put into a map, and no other byte of it changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets import splices
from hatch_sentry_artifacts.assets.original_sources import sources_content
from hatch_sentry_artifacts.assets.original_sources.sources_content import Filled, fill
from hatch_sentry_artifacts.assets.source_maps.facts import read_facts

TEXTS = {"a.ts": "let a\n", "b.ts": 'say("ü\u2028")\r\n\t\\', "src/a.ts": "in src"}


def filled(content: str, texts: Mapping[str, str] = TEXTS) -> str:
    found = fill(content.encode(), texts.get)
    return splices.apply(content.encode(), found.splices).decode()


A = json.dumps(TEXTS["a.ts"])
B = json.dumps(TEXTS["b.ts"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"sources":["a.ts","b.ts"]', f'"sources":["a.ts","b.ts"],"sourcesContent":[{A},{B}]'),
        ('"sources":["a.ts","x.ts"]', f'"sources":["a.ts","x.ts"],"sourcesContent":[{A},null]'),
        (
            '"sourcesContent" : [ null , "b" ] ,\n "sources":["a.ts","b.ts"]',
            f'"sourcesContent" : [ {A} , "b" ] ,\n "sources":["a.ts","b.ts"]',
        ),
        (
            '"sources":["x.ts","a.ts"],"sourcesContent":["x"]',
            f'"sources":["x.ts","a.ts"],"sourcesContent":["x",{A}]',
        ),
        (
            '"sources":["x.ts",null,"a.ts"],"sourcesContent":[ ]',
            f'"sources":["x.ts",null,"a.ts"],"sourcesContent":[null,null,{A} ]',
        ),
        (
            '"sources":["a.ts"],"sourcesContent":null',
            f'"sources":["a.ts"],"sourcesContent":[{A}]',
        ),
        (
            '"sources":["a.ts"],"sourcesContent":[null,"more"]',
            f'"sources":["a.ts"],"sourcesContent":[{A},"more"]',
        ),
        (
            '"sources":["x"],"sources":["a.ts"],"sourcesContent":["x"],"sourcesContent":[null]',
            f'"sources":["x"],"sources":["a.ts"],"sourcesContent":["x"],"sourcesContent":[{A}]',
        ),
        (
            '"sourceRoot":"src/","sources":["a.ts"]',
            '"sourceRoot":"src/","sources":["a.ts"],"sourcesContent":["in src"]',
        ),
    ],
    ids=["none", "some", "nulls", "short", "empty", "null", "long", "twice", "sourceRoot"],
)
def test_only_the_texts_that_are_missing_are_put_in(before: str, after: str) -> None:
    around = '{{"version":3,"x":[1.50,"\\u0041"],{},"names":[],"mappings":"AAAA","debugId":"1"}}\n'
    assert filled(around.format(before)) == around.format(after)


def test_a_map_in_any_layout_keeps_it() -> None:
    keys = {"version": 3, "sources": ["a.ts"], "mappings": "AAAA"}
    pretty = ")]}'\n" + json.dumps(keys, indent=2)
    assert filled("\ufeff" + json.dumps(keys)) == "\ufeff" + json.dumps(keys).replace(
        '["a.ts"]', f'["a.ts"],"sourcesContent":[{A}]'
    )
    assert filled(pretty) == pretty.replace("\n  ],", f'\n  ],"sourcesContent":[{A}],')


def test_each_section_of_an_index_map_has_sources_of_its_own() -> None:
    def sections(first: str, second: str) -> str:
        one = f'{{"version":3,"sources":["a.ts"]{first},"mappings":"AAAA"}}'
        two = f'{{"version":3,"sourceRoot":"src","sources":["a.ts"]{second},"mappings":"AAAA"}}'
        nested = f'{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{two}}}]}}'
        return (
            f'{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{one}}},'
            f'{{"map":{nested},"offset":{{"line":9,"column":0}}}}]}}'
        )

    assert filled(sections("", "")) == sections(
        f',"sourcesContent":[{A}]', ',"sourcesContent":["in src"]'
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"sources": ["x.ts"], "mappings": "AAAA"},
        {"sources": ["a.ts"], "sourcesContent": ["old"], "mappings": "AAAA"},
        {"sources": ["a.ts"], "sourcesContent": [""], "mappings": "AAAA"},
        {"sources": ["a.ts"], "mappings": ";;,"},
        {"sources": [None, 1], "mappings": "AAAA"},
        {"sources": "a.ts", "mappings": "AAAA"},
        {"sections": []},
    ],
)
def test_a_map_for_which_there_is_nothing_stays(keys: dict[str, Any]) -> None:
    content = json.dumps({"version": 3, **keys})
    assert filled(content) == content


def test_the_same_source_is_asked_for_that_findings_name() -> None:
    asked: list[str] = []
    read: Callable[[str], None] = asked.append
    names = ["a.ts", "webpack://shop/a.ts", "/x/a.ts", "C:\\a.ts"]
    keys = {"version": 3, "sourceRoot": "src/", "sources": names, "mappings": "AAAA"}
    content = json.dumps(keys).encode()
    assert fill(content, read) == Filled((), 0, tuple(asked))
    assert asked == ["src/a.ts", "webpack://shop/a.ts", "/x/a.ts", "C:\\a.ts"]
    assert read_facts(content).lacking_content == tuple(asked)


def test_there_is_a_limit_for_all_texts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_content, "MOST_TEXTS_BYTES", len(A) + 2)
    content = b'{"version":3,"sources":["a.ts","b.ts","a.ts"],"mappings":"AAAA"}'
    found = fill(content, TEXTS.get)
    assert (found.count, found.lacking) == (1, ("b.ts", "a.ts"))


JSON_SPACE = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])
NAMES = st.one_of(st.none(), st.text(max_size=5), st.sampled_from(list(TEXTS)))


@given(
    sources=st.lists(NAMES, max_size=6),
    contents=st.one_of(st.none(), st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=8)),
    first=st.booleans(),
    layout=JSON_SPACE,
    more=st.dictionaries(st.text(max_size=3).map("x_".__add__), st.text(max_size=9), max_size=3),
)
def test_any_map_means_the_same_but_for_its_texts(
    sources: list[str | None],
    contents: list[str | None] | None,
    layout: tuple[str, str],
    more: dict[str, str],
    *,
    first: bool,
) -> None:
    key = {"sourcesContent": contents}
    keys = {**(key if first else {}), "version": 3, **more, "sources": sources, "mappings": "AAAA"}
    keys |= key
    content = json.dumps(keys, separators=layout).encode()
    found = fill(content, TEXTS.get)
    after = json.loads(splices.apply(content, found.splices))
    expected = [*(contents or []), *[None] * len(sources)]
    lacking = []
    for index, source in enumerate(sources):
        if source is not None and expected[index] is None:
            expected[index] = TEXTS.get(source)
            lacking += [source] if expected[index] is None else []
    assert found.lacking == tuple(lacking)
    if found.count:
        assert after.pop("sourcesContent") == expected[: max(len(contents or []), len(sources))]
        del keys["sourcesContent"]
    assert list(after.items()) == list(keys.items())

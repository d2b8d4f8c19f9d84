"""How a source map is moved: nothing but what has to change does."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.errors import DistributionError
from tests.assets.debug_ids.support import MAP, OTHER_ID, loaded

SCRIPT = b"a()\n"
SECOND_LINE = b"#!node\na()\n"


def moved(source_map: str | bytes, script: bytes = SCRIPT) -> str:
    """`source_map` after injection, with ID in the place of the id."""
    content = source_map.encode() if isinstance(source_map, str) else source_map
    injected = inject(script, content)
    assert injected.source_map is not None
    again = inject(injected.script, injected.source_map)
    assert (again.source_map, again.steps) == (injected.source_map, ())
    return injected.source_map.decode().replace(injected.debug_id, "ID")


PADDING = '"sourcesContent":["' + '\\"mappings\\":\\"AAAA\\" ' * 40 + '"]'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            '{"version":3,"mappings":"AAAA"}',
            '{"version":3,"mappings":";AAAA","debugId":"ID"}',
            id="plain",
        ),
        pytest.param(
            '{\n  "mappings" : "AAAA" ,\r\n\t"x_own": {"b": 1.50, "a": "\\u00e9"}\n}\n',
            '{\n  "mappings" : ";AAAA" ,\r\n\t"x_own": {"b": 1.50, "a": "\\u00e9"},'
            '"debugId":"ID"\n}\n',
            id="white space, unknown keys, numbers and escapes",
        ),
        pytest.param(
            '{"mappings":"","version":3}',
            '{"mappings":"","version":3,"debugId":"ID"}',
            id="no mappings",
        ),
        pytest.param(
            '{"x":{"mappings":"CCCC"},"y":[{"mappings":"CCCC"}],"mappings":"AAAA","z":'
            '{"mappings":"CCCC"}}',
            '{"x":{"mappings":"CCCC"},"y":[{"mappings":"CCCC"}],"mappings":";AAAA","z":'
            '{"mappings":"CCCC"},"debugId":"ID"}',
            id="such keys in other objects",
        ),
        pytest.param(
            f'{{{PADDING},"mappings":"AAAA"}}',
            f'{{{PADDING},"mappings":";AAAA","debugId":"ID"}}',
            id="such text in the sources before",
        ),
        pytest.param(
            f'{{"mappings":"AAAA",{PADDING}}}',
            f'{{"mappings":";AAAA",{PADDING},"debugId":"ID"}}',
            id="such text in the sources behind",
        ),
        pytest.param(
            '{"m\\u0061ppings":"AAAA","x":{"mappings":"CCCC"}}',
            '{"m\\u0061ppings":";AAAA","x":{"mappings":"CCCC"},"debugId":"ID"}',
            id="an escaped key",
        ),
        pytest.param(
            '{"m\\u0061ppings":"AAAA","file":"a.min.js","y\\"mappings":"CCCC"}',
            '{"m\\u0061ppings":";AAAA","file":"a.min.js","y\\"mappings":"CCCC","debugId":"ID"}',
            id="a key that ends in the name of another",
        ),
        pytest.param(
            '{"names":["mappings","\\\\","mappings\\\\"],"mappings":"AAAA"}',
            '{"names":["mappings","\\\\","mappings\\\\"],"mappings":";AAAA","debugId":"ID"}',
            id="such values, and backslashes before quotes",
        ),
        pytest.param(
            '{"mappings":"CCCC","mappings":"AAAA"}',
            '{"mappings":"CCCC","mappings":";AAAA","debugId":"ID"}',
            id="of two, the last counts",
        ),
        pytest.param(
            ')]}\'\n{"mappings":"AAAA"}',
            ')]}\'\n{"mappings":";AAAA","debugId":"ID"}',
            id="the prefix against inclusion",
        ),
        pytest.param(
            '\ufeff{"mappings":"AAAA"}\r\n',
            '\ufeff{"mappings":";AAAA","debugId":"ID"}\r\n',
            id="byte order mark",
        ),
        pytest.param(
            '{"mappings":"AAAA","rangeMappings":"B"}',
            '{"mappings":";AAAA","rangeMappings":";B","debugId":"ID"}',
            id="range mappings",
        ),
        pytest.param(
            '{"mappings":"AA\\/A;AACA","file":"a"}',
            '{"mappings":";AA\\/A;AACA","file":"a","debugId":"ID"}',
            id="an escaped slash",
        ),
        pytest.param(
            '{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":{"mappings":"A"}},'
            '{"map":{"mappings":"A"},"offset":{"column":7,"line" : 9}},'
            '{"offset":{"line":9,"column":20},"url":"b.map"}]}',
            '{"version":3,"sections":[{"offset":{"line":1,"column":0},"map":{"mappings":"A"}},'
            '{"map":{"mappings":"A"},"offset":{"column":7,"line" : 10}},'
            '{"offset":{"line":10,"column":20},"url":"b.map"}],"debugId":"ID"}',
            id="index map",
        ),
        pytest.param('{"sections":[]}', '{"sections":[],"debugId":"ID"}', id="empty index map"),
    ],
)
def test_a_map_moves_by_one_line_and_keeps_all_else(before: str, after: str) -> None:
    assert moved(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("AAAA;AACA", "AAAA;;AACA"),
        (";AACA", ";;AACA"),
        ("AAAA", "AAAA"),
        ("AAAA;", "AAAA;;"),
        ("AAAA\\u003bAACA", "AAAA\\u003b;AACA"),
    ],
)
def test_what_stands_before_the_snippet_stays(before: str, after: str) -> None:
    given_map = f'{{"mappings":"{before}"}}'
    assert moved(given_map, SECOND_LINE) == f'{{"mappings":"{after}","debugId":"ID"}}'


def test_a_section_that_begins_before_the_snippet_moves_inside() -> None:
    inner = '{"offset":{"line":%d,"column":0},"map":{"sections":[%s]}}'
    part = '{"offset":{"line":0,"column":0},"map":{"names":["mappings"],"mappings":"AAAA;AACA"}}'
    end = '{"offset":{"line":1,"column":3},"map":{"mappings":"AAAA"}}'
    before = f'{{"sections":[{inner % (0, part)},{end}]}}'
    after = before.replace("AAAA;AACA", "AAAA;;AACA").replace('"line":1', '"line":2')
    assert moved(before, SECOND_LINE) == after[:-1] + ',"debugId":"ID"}'


@pytest.mark.parametrize("key", ["debugId", "debug_id"])
@pytest.mark.parametrize("last", [True, False])
def test_an_id_in_the_map_is_kept(key: str, *, last: bool) -> None:
    own, mappings = f'"{key}":"{OTHER_ID}"', '"mappings":"AAAA"'
    before = "{" + ",".join([mappings, own] if last else [own, mappings]) + "}"
    injected = inject(SCRIPT, before.encode())
    assert injected.debug_id == OTHER_ID
    assert injected.source_map == before.replace("AAAA", ";AAAA").encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("<html>", "no JSON object"),
        ("[]", "no JSON object"),
        ('{"mappings":"AAAA"', "no JSON object"),
        ('{"version":3,"file":"a.js","mappings":""}}', "no JSON object"),
        ('{"mappings":"AAAA', "no JSON object"),
        ('{"x":{"mappings":"AAAA"}}', "neither mappings nor sections"),
        ("{}", "neither mappings nor sections"),
        ('{"mappings":null}', "no string"),
        ('{"mappings":"A","scopes":"B"}', "scopes"),
        ('{"sections":{}}', "sections cannot be read"),
        ('{"sections":[{"map":{}}]}', "sections cannot be read"),
        ('{"sections":[{"offset":{"line":-1}}]}', "sections cannot be read"),
        ('{"mappings":"A","debugId":"x"}', "no UUID"),
        ('{"mappings":"A","debugId":null}', "no UUID"),
        (f'{{"mappings":"A","debugId":"{OTHER_ID}","debug_id":"{"0" * 8}{OTHER_ID[8:]}"}}', "two"),
        (MAP.decode().encode("utf-16").decode("latin-1"), "no JSON object"),
    ],
)
def test_what_is_no_map_is_refused(content: str, message: str) -> None:
    with pytest.raises(DistributionError, match=message):
        inject(SCRIPT, content.encode("latin-1"))


URL = "data:application/json"
PADDED = MAP + b" " * ((2 - len(MAP)) % 3)  # whose base64 is padded, before and after


@pytest.mark.parametrize(
    ("head", "encoded"),
    [
        (f"{URL};base64,", base64.b64encode(MAP).decode()),
        (f"{URL};charset=utf-8;base64,", base64.b64encode(PADDED).decode()),
        ("DATA:application/json;base64,", base64.b64encode(PADDED).decode().rstrip("=")),
        (f"{URL};charset=utf-8,", quote(MAP.decode())),
    ],
)
def test_an_inline_map_is_moved_where_it_is(head: str, encoded: str) -> None:
    script = f"a()\n//# sourceMappingURL={head}{encoded}\n".encode()
    injected = inject(script)
    again = inject(injected.script)
    assert (again.script, again.steps) == (injected.script, ())
    line = injected.script.decode().splitlines()[2]
    assert line.startswith(f"//# sourceMappingURL={head}")
    payload = line.removeprefix(f"//# sourceMappingURL={head}")
    content = (
        base64.b64decode(payload + "=" * (-len(payload) % 4))
        if "base64" in head
        else unquote(payload).encode()
    )
    assert loaded(content)["mappings"] == ";AAAA;;AACA"
    assert loaded(content)["debugId"] == injected.debug_id
    assert not (payload.endswith("=") and head.startswith("DATA"))
    assert injected.source_map is None


def test_a_large_inline_map_is_found() -> None:
    content = json.dumps({"mappings": "AAAA", "sourcesContent": ["x" * 300_000]}).encode()
    url = b"data:application/json;base64," + base64.b64encode(content)
    injected = inject(b"a();//# sourceMappingURL=" + url)
    payload = injected.script.rsplit(b"base64,")[1].splitlines()[0]
    assert loaded(base64.b64decode(payload))["mappings"] == ";AAAA"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("data:application/json;base64,!!", "base64"),
        ("data:application/json;base64", "comma"),
        ("data:application/json;charset=utf-16;base64,AAAA", "utf-16"),
        ("data:application/json,%7B", "no JSON object"),
    ],
)
def test_an_inline_map_that_cannot_be_read_is_refused(url: str, message: str) -> None:
    with pytest.raises(DistributionError, match=message):
        inject(f"a()\n//# sourceMappingURL={url}".encode())


KEYS = some.sampled_from(
    ["mappings", "sections", "debugId", "a", 'x"', "\\", "names", "é", "\u2028"]
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8) | KEYS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
OTHER_KEYS = some.sampled_from(["version", "names", "sourcesContent", "x_a", "x\\", 'y"mappings'])


@given(
    before=some.dictionaries(OTHER_KEYS, VALUES, max_size=3),
    behind=some.dictionaries(OTHER_KEYS, VALUES, max_size=3),
    mappings=some.text("A;,", max_size=6),
    indent=some.sampled_from([None, 1]),
    ascii_only=some.booleans(),
    script=some.sampled_from([SCRIPT, SECOND_LINE, b"/*\n*/\na()"]),
)
def test_whatever_else_a_map_holds_means_the_same(
    before: dict[str, object],
    behind: dict[str, object],
    mappings: str,
    indent: int | None,
    script: bytes,
    *,
    ascii_only: bool,
) -> None:
    for key in before:
        behind.pop(key, None)
    document = {**before, "mappings": mappings, **behind}
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    injected = inject(script, text.encode())
    after = loaded(injected.source_map)
    assert after.pop("debugId") == injected.debug_id
    lines = {SCRIPT: 0, SECOND_LINE: 1, b"/*\n*/\na()": 2}[script]
    rows = mappings.split(";")
    if mappings and len(rows) > lines:
        rows.insert(lines, "")
    expected = {**document, "mappings": ";".join(rows)}
    assert after == expected
    assert list(after) == list(document)
    again = inject(injected.script, injected.source_map)
    assert (again.source_map, again.steps) == (injected.source_map, ())

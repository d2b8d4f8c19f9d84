"""Pages of stored files: their text, their maps, and where a place in them leads."""

from __future__ import annotations

import json
import re
import sys
from html import unescape
from urllib.parse import quote

import pytest

from hatch_sentry_artifacts.local_server.pages.text_window import Place, window_at

from .bundles import store_bundle
from .client import Client

SCRIPT = b"(()=>{function r(){throw Error('no')}r()})();\n//# sourceMappingURL=app.js.map\n"
SOURCE = "function render() {\n  throw Error('no')\n}\nrender()\n"
# Column 25, counted from 0, is `Error`: the source's line 2, column 9.
SOURCE_MAP = {
    "version": 3,
    "sources": ["src/app.ts"],
    "sourcesContent": [SOURCE],
    "names": ["render"],
    "mappings": "MAAAA,mBACQ",
}
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def words(html: str) -> str:
    """Return the text that a page shows."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def _link(client: Client, name: str) -> str:
    return f"/releases/1.0/files/{client.listed()[name]}/"


def _shown(client: Client, path: str) -> str:
    answer = client.page(path)
    assert answer.status == 200
    return answer.data.decode()


@pytest.fixture
def built(client: Client) -> Client:
    client.upload("~/app.js", SCRIPT, "Sourcemap: app.js.map")
    client.upload("~/app.js.map", json.dumps(SOURCE_MAP).encode())
    return client


@pytest.mark.smoke
def test_a_script_shows_its_text_and_leads_to_its_map(built: Client) -> None:
    html = _shown(built, _link(built, "~/app.js"))
    assert "function r(){throw Error('no')}" in words(html)
    assert f'href="{_link(built, "~/app.js.map")}"' in html
    assert "by the header Sourcemap" in words(html)
    assert "/app.js on any host" in words(html)


@pytest.mark.smoke
def test_a_place_shows_the_original_beside_it(built: Client) -> None:
    html = _shown(built, _link(built, "~/app.js") + "?line=1&column=26")
    assert "<mark>Error</mark>" in html
    text = words(html)
    assert "src/app.ts:2:9" in text
    assert "in render" in text
    assert re.search(r'class="here"><td class="line">2</td><td> {2}throw <mark>E</mark>rror', html)


def test_each_word_of_a_script_leads_to_its_original(built: Client) -> None:
    html = _shown(built, _link(built, "~/app.js"))
    href = re.search(r'href="(\?[^"]*)"[^>]*>Error</a>', html)
    assert href
    assert "src/app.ts:2:9" in words(
        _shown(built, _link(built, "~/app.js") + unescape(href[1]).partition("#")[0])
    )


def test_a_map_lists_its_sources(built: Client) -> None:
    text = words(_shown(built, _link(built, "~/app.js.map")))
    assert f"src/app.ts{len(SOURCE)} characters" in text


def test_a_map_that_is_not_there_is_said_with_what_comes_near(client: Client) -> None:
    client.upload("~/app.js", SCRIPT)
    client.upload("~/js/app.js.map", b"{}")
    text = words(_shown(client, _link(client, "~/app.js")))
    assert "none: the script refers to app.js.map, which is not there" in text
    assert "Near: ~/js/app.js.map" in text


@pytest.mark.parametrize(
    "query",
    ["?line=0", "?line=x&column=-1", "?line=99999999999", f"?line={'9' * 5000}", "?from=7&after=9"],
)
def test_places_that_no_script_has_are_no_errors(built: Client, query: str) -> None:
    assert built.page(_link(built, "~/app.js") + query).status == 200


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"\xff\xfe", "\u202eé😀\u2028x".encode()])
def test_contents_of_any_kind_have_a_page(client: Client, content: bytes) -> None:
    client.upload("~/a.js", content)
    assert "~/a.js" in words(_shown(client, _link(client, "~/a.js") + "?line=1&column=3"))


def test_columns_count_as_browsers_count_them(client: Client) -> None:
    client.upload("~/a.js", "let é='😀';here".encode())
    assert "<mark>here</mark>" in _shown(client, _link(client, "~/a.js") + "?line=1&column=12")


def test_a_bundle_s_file_shows_its_text_its_ids_and_its_original(client: Client) -> None:
    debug_id = "11111111-2222-3333-4444-555555555555"
    bundle = store_bundle(
        client,
        {
            "a.js": ("~/a.js", "minified_source", debug_id, SCRIPT),
            "a.js.map": ("~/a.js.map", "source_map", debug_id, json.dumps(SOURCE_MAP).encode()),
        },
        release="only-bundles",
    )
    link = re.search(rf'href="({bundle}files/[^"]+/)">~/a.js</a>', _shown(client, bundle))
    assert link
    text = words(_shown(client, link[1] + "?line=1&column=26"))
    assert f"{debug_id} in the bundle's manifest" in text
    assert "~/a.js.map, by its debug id" in text
    assert "src/app.ts:2:9" in text


def test_a_release_that_only_bundles_made_is_listed_and_has_a_page(client: Client) -> None:
    bundle = store_bundle(client, {"a.js": ("~/a.js", "source", None, b"x")}, release="7.0 rc")
    assert 'href="/releases/7.0%20rc/"' in _shown(client, "/")
    assert "only bundles" in words(_shown(client, "/"))
    assert f'href="{bundle}"' in _shown(client, "/releases/7.0%20rc/")
    assert 'href="/releases/7.0%20rc/"' in _shown(client, bundle)


@pytest.mark.parametrize("version", ["a/b", "..", MARKUP])
def test_a_bundle_may_name_any_version(client: Client, version: str) -> None:
    store_bundle(client, {"a.js": ("~/a.js", "source", None, b"x")}, release=version)
    html = _shown(client, "/")
    assert "<script>" not in html
    link = f"/release/?version={quote(version, safe='')}"
    if "/" in version or version == "..":
        assert version in words(_shown(client, link))


@pytest.mark.parametrize("query", ["", "?line=1&column=2", "?from=1&after=5"])
def test_nothing_of_a_file_becomes_part_of_a_page(client: Client, query: str) -> None:
    text = MARKUP.encode()
    client.upload(MARKUP, text + b"\n//# sourceMappingURL=" + text, f"X-{MARKUP}:{MARKUP}")
    client.upload(f"{MARKUP}.js", text, f"Sourcemap: {MARKUP}.map")
    hostile = {**SOURCE_MAP, "sources": [MARKUP], "sourcesContent": [MARKUP * 3], "names": [MARKUP]}
    client.upload(f"{MARKUP}.map", json.dumps(hostile).encode())
    for number in client.listed().values():
        answer = client.page(f"/releases/1.0/files/{number}/{query}")
        assert answer.status == 200
        assert b"<img" not in answer.data
        assert b"<script>" not in answer.data
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_releases_are_found_by_version_project_and_state(client: Client) -> None:
    client.create_release("2.0-BETA")
    client.ask("PUT", f"{client.releases}2.0-BETA/", json={"status": "archived"})
    body = {"version": "other-app", "projects": ["other"]}
    assert client.ask("POST", client.releases, json=body).status == 201

    def found(query: str) -> list[str]:
        return re.findall(r'href="/releases/([^"]*)/"', _shown(client, f"/?{query}"))

    assert found("") == ["other-app", "2.0-BETA", "1.0"]
    assert found("query=beta") == ["2.0-BETA"]
    assert found("status=archived") == ["2.0-BETA"]
    assert found("status=open") == ["other-app", "1.0"]
    assert found("project=other") == ["other-app"]
    assert "No release is like that" in words(_shown(client, "/?query=nothing"))


def test_files_are_found_by_a_part_of_their_name_and_come_in_pages(client: Client) -> None:
    for number in range(101):
        client.upload(f"~/{number:03}.js", b"x")
    first = _shown(client, "/releases/1.0/")
    assert "1 to 100" in words(first)
    assert "~/100.js" not in first
    last = _shown(client, "/releases/1.0/?page=2")
    assert "~/100.js" in last
    assert 'rel="prev"' in last
    assert "~/007.js" in _shown(client, "/releases/1.0/?query=007")
    for page in ("0", "-1", "x", "9" * 30):
        assert client.page(f"/releases/1.0/?page={page}").status == 200


def test_commits_are_listed(client: Client) -> None:
    commit = {"id": "a" * 40, "message": "Fix <it>\n\nlong", "author_name": "Ann"}
    client.ask("PUT", f"{client.releases}1.0/", json={"commits": [commit]})
    assert "aaaaaaaaaa Fix <it> Ann" in " ".join(
        unescape(re.sub(r"<[^>]*>", " ", _shown(client, "/releases/1.0/"))).split()
    )


def test_without_what_decodes_maps_the_page_says_what_to_install(
    built: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ecma426", None)
    text = words(_shown(built, _link(built, "~/app.js") + "?line=1&column=26"))
    assert "Whether it resolves is not known: looking positions up needs ecma426" in text
    assert "pip install 'hatch-sentry-artifacts[explain]'" in text


@pytest.mark.parametrize(("odd", "escape"), [("\u202e\0", "\\u202e"), ("\ud800", "\\ud800")])
def test_characters_that_no_page_can_hold_are_written_as_escapes(
    client: Client, odd: str, escape: str
) -> None:
    hostile = {**SOURCE_MAP, "sources": [odd], "sourcesContent": [f"x\n{odd} y"], "names": [odd]}
    client.upload("~/app.js", SCRIPT)
    client.upload("~/app.js.map", json.dumps(hostile).encode())
    html = _shown(client, _link(client, "~/app.js") + "?line=1&column=26")
    html += _shown(client, _link(client, "~/app.js.map"))
    assert escape in html
    assert odd not in html


@pytest.mark.parametrize("content", [b"x" * 3_000_000, b"ab;" * 1_000_000, b"a\n" * 500_000])
def test_a_page_shows_a_bounded_part_that_leads_to_the_rest(client: Client, content: bytes) -> None:
    client.upload("~/a.js", content)
    link = _link(client, "~/a.js")
    seen = set()
    for _ in range(4):
        html = _shown(client, link)
        assert len(html) < 200_000
        following = re.search(r'rel="next" href="([^"#]*)', html)
        assert following
        link = _link(client, "~/a.js") + unescape(following[1])
        seen.add(link)
    assert len(seen) == 4
    back = re.search(r'rel="prev" href="([^"#]*)', _shown(client, link))
    assert back


def test_windows_one_after_the_other_are_the_whole_text() -> None:
    text = "short\n" + "word " * 900 + "\r\n\u00e9\U0001f600 " * 50 + "\n" * 70 + "end"
    pieces: dict[int, str] = {}
    begin: Place | None = Place(1)
    while begin is not None:
        window = window_at(text, begin)
        for line in window.lines:
            shown = "".join(part.text for part in line.parts)
            pieces[line.number] = pieces.get(line.number, "") + shown
        begin = window.following
    assert [pieces[number] for number in sorted(pieces)] == re.split("\r\n|\n", text)

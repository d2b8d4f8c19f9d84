"""The page that resolves a stack trace, and what tells a page that something was uploaded."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
import urllib3

from .client import Client
from .test_file_pages import MARKUP, SCRIPT, SOURCE_MAP, words

TRACE = """\
Error: no
    at r (https://shop.example/static/app.js:1:26)
    at https://shop.example/static/app.js:1:26
    at https://shop.example/static/other.js:1:1
    at <anonymous>
"""


@pytest.fixture
def built(client: Client) -> Client:
    client.upload("~/static/app.js", SCRIPT)
    client.upload("~/static/app.js.map", json.dumps(SOURCE_MAP).encode())
    return client


def send(client: Client, trace: str, release: str = "1.0", dist: str = "") -> str:
    answer: urllib3.BaseHTTPResponse = client.ask(
        "POST",
        "/trace/",
        body=urlencode({"trace": trace, "release": release, "dist": dist}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 200
    return answer.data.decode()


@pytest.mark.smoke
def test_a_pasted_trace_is_resolved_frame_by_frame(built: Client) -> None:
    html = send(built, TRACE)
    text = words(html)
    assert "4 frames in release 1.0" in text
    assert "src/app.ts:2:9" in text
    assert "The same place as frame 1." in text
    assert "no artifact answers for the script's URL" in text
    number = built.listed()["~/static/app.js"]
    assert f'href="/releases/1.0/files/{number}/?line=1&column=26#place"' in html
    assert "not there https://shop.example/static/app.js" in text  # what was tried, in order


def test_only_files_of_the_dist_answer(built: Client) -> None:
    text = words(send(built, TRACE, dist="web"))
    assert "src/app.ts" not in text
    assert "only no dist" in text


@pytest.mark.parametrize(
    ("trace", "release", "problem"),
    [
        (" ", "1.0", "there is no trace in the box"),
        ("Error: no", "1.0", "holds no URL or path of a script"),
        (TRACE, "", "which release is the trace of?"),
        (TRACE, "9.9", "there is no file of a release 9.9 here"),
        ("x" * 300_000, "1.0", "more than a trace has"),
    ],
)
def test_what_cannot_be_resolved_is_said(
    built: Client, trace: str, release: str, problem: str
) -> None:
    assert problem in words(send(built, trace, release))


def test_nothing_of_a_trace_becomes_part_of_the_page(built: Client) -> None:
    built.upload(f"~/{MARKUP}.js", SCRIPT)
    hostile = {**SOURCE_MAP, "sources": [MARKUP], "sourcesContent": [MARKUP * 3], "names": [MARKUP]}
    built.upload("~/x.js", SCRIPT, "Sourcemap: x.map")
    built.upload("~/x.map", json.dumps(hostile).encode())
    trace = f"{MARKUP}\n at {MARKUP} (/x.js:1:7)\n at /{MARKUP}.js:1:1\n</textarea>{MARKUP}"
    for html in (send(built, trace), send(built, trace, MARKUP, MARKUP)):
        assert "<img" not in html
        assert "<script" not in html


def test_the_release_s_page_leads_to_the_box(built: Client) -> None:
    assert 'href="/trace/?release=1.0"' in built.page("/releases/1.0/").data.decode()
    assert 'value="1.0"' in built.page("/trace/?release=1.0").data.decode()


def test_every_change_is_told(client: Client) -> None:
    seen = [client.page("/changes/").data]
    assert client.page("/changes/").data == seen[0]
    client.upload("~/a.js", b"x")
    seen.append(client.page("/changes/").data)
    client.ask("DELETE", f"{client.files}{client.listed()['~/a.js']}/")
    seen.append(client.page("/changes/").data)
    assert len(set(seen)) == 3


def test_only_the_server_s_own_script_may_run(client: Client) -> None:
    answers = [client.page("/") for _ in range(2)]
    policies = [answer.headers["Content-Security-Policy"] for answer in answers]
    assert policies[0] != policies[1]  # nobody can know the next page's number
    html, policy = answers[0].data.decode(), policies[0]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert html.count("<script") == html.count(f'<script defer nonce="{nonce}" src="/static/') == 1
    assert "unsafe" not in policy
    assert "http" not in html.replace("http-equiv", "")  # nothing is asked of anybody else

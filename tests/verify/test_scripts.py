"""What a text loads is found in time that grows with it, whatever it holds."""

from __future__ import annotations

import time

import pytest

from hatch_sentry_artifacts.assets.scripts.sdk_release import releases_said
from hatch_sentry_artifacts.verify.judging import sample
from hatch_sentry_artifacts.verify.scripts import (
    imports_of_script,
    inline_scripts,
    known_in_script,
    links_of_page,
    names_told,
    pages_of_sitemap,
    scripts_of_page,
)

ADDRESS = "https://shop.example/a/page.js"


def test_imports_are_relative_to_the_script() -> None:
    script = (
        b'import{a}from"./b.js";import "/c.mjs";import("../d.js");import(`./e.js`);import"lodash"'
    )
    assert list(imports_of_script(script, ADDRESS)) == [
        "https://shop.example/a/b.js",
        "https://shop.example/c.mjs",
        "https://shop.example/d.js",
        "https://shop.example/a/e.js",
    ]


@pytest.mark.parametrize("text", ['"http://[::x/a.js"', '"https://h:x/a.js"', '"data:/a.js"'])
def test_what_is_no_address_is_left_alone(text: str) -> None:
    page = f"<script src={text}></script><a href={text}>".encode()
    assert list(scripts_of_page(page, ADDRESS)) == list(links_of_page(page, ADDRESS)) == []


def test_a_release_is_read_as_it_is_written() -> None:
    assert list(releases_said('Sentry.init({dsn: "https://a@b/1", release: "shop@1.2"})')) == [
        "shop@1.2"
    ]
    assert list(releases_said("e.SENTRY_RELEASE={id:'3'}")) == ["3"]
    assert list(releases_said('x({release: "no dsn near"})')) == []


@pytest.mark.parametrize(
    "part",
    [
        b"<script",
        b"<script>",
        b"<a ",
        b"<a href=",
        b"<loc>",
        b"import(",
        b'import"./',
        b'"',
        b"`a/",
        b"dsn:",
        b"dsn:release:",
        b"SENTRY_RELEASE={id:",
        b"f(",
        b"\n(",
        b"<!--",
        b"from './x.js",
    ],
)
def test_the_time_grows_with_the_text(part: bytes) -> None:
    def seconds(size: int) -> float:
        content = part * (size // len(part))
        began = time.process_time()
        list(scripts_of_page(content, ADDRESS))
        inline_scripts(content)
        list(links_of_page(content, ADDRESS))
        list(pages_of_sitemap(content))
        list(imports_of_script(content, ADDRESS))
        known_in_script(content, [ADDRESS], frozenset({"~/a/x.js"}))
        list(names_told(content, frozenset({"~/a/abcdefgh.js"})))
        list(releases_said(content.decode()))
        list(sample(content, ADDRESS))
        return time.process_time() - began

    assert seconds(400_000) < 16 * seconds(100_000) + 2

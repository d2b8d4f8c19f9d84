"""What a text loads is found in time that grows with it, whatever it holds."""

from __future__ import annotations

import time

import pytest

from hatch_sentry_artifacts.assets.scripts.sdk_release import releases_said
from hatch_sentry_artifacts.verify.addresses import is_private, web_address
from hatch_sentry_artifacts.verify.judging import sample
from hatch_sentry_artifacts.verify.scripts import (
    as_utf8,
    chunks_told,
    imports_of_script,
    inline_scripts,
    known_in_script,
    links_of_page,
    names_told,
    pages_of_sitemap,
    read_page_text,
)

ADDRESS = "https://shop.example/a/page.js"
_MAP = """<script type="importmap">
{"imports": {"a": "/p.js", "b/": "/b/"}, "scopes": {"/x/": {"c": "/c.js"}}}
</script>"""


def test_imports_are_relative_to_the_script() -> None:
    script = (
        b'import{a}from"./b.js";import "/c.mjs";import("../d.js");import(`./e.js`);import"lodash"'
    )
    assert [url for url, _ in imports_of_script(script, ADDRESS)] == [
        "https://shop.example/a/b.js",
        "https://shop.example/c.mjs",
        "https://shop.example/d.js",
        "https://shop.example/a/e.js",
    ]


def test_workers_are_found() -> None:
    script = (
        b'new Worker(new URL("./w.js",import.meta.url),{type:"module"});new SharedWorker("s.js");'
        b'importScripts("i.js");navigator.serviceWorker.register("/sw.js")'
    )
    assert [url for url, _ in imports_of_script(script, ADDRESS, "https://shop.example/")] == [
        "https://shop.example/a/w.js",
        "https://shop.example/s.js",
        "https://shop.example/a/i.js",
        "https://shop.example/sw.js",
    ]


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("b.js", "https://shop.example/a/b.js"),
        (" \n/b.js\t", "https://shop.example/b.js"),
        ("//CDN.example:443/b.js?v=1#x", "https://cdn.example/b.js?v=1"),
        ("https://shop.example:8443/../b.js", "https://shop.example:8443/b.js"),
        ("/é ü.js?q=ü <", "https://shop.example/%C3%A9%20%C3%BC.js?q=%C3%BC%20%3C"),
        ("/a%20b.js", "https://shop.example/a%20b.js"),
        ("https://müll.example/b.js", "https://xn--mll-hoa.example/b.js"),
        ("\\b.js", "https://shop.example/b.js"),
        ("data:text/javascript,f()", ""),
        ("blob:https://shop.example/1", ""),
        ("file:///etc/passwd", ""),
        ("javascript:f()", ""),
        ("https://me:secret@shop.example/b.js", ""),
        ("http://h:99999/b.js", ""),
        ("http://a b/b.js", ""),
    ],
)
def test_addresses_are_spelled_as_browsers_do(reference: str, address: str) -> None:
    assert web_address(reference, ADDRESS) == address


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("127.1", True),
        ("2130706433", True),
        ("0x7f000001", True),
        ("169.254.169.254", True),
        ("10.1.2.3:8000", True),
        ("[::1]", True),
        ("[::ffff:10.0.0.1]", True),
        ("localhost:8000", True),
        ("a.localhost", True),
        ("8.8.8.8", False),
        ("shop.example", False),
        ("localhost.example", False),
    ],
)
def test_private_addresses_are_known(host: str, private: bool) -> None:
    assert is_private(f"http://{host}/") is private


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ('<link rel="preload prefetch" as="script" href="/p.js">', ["/p.js"]),
        ('<link rel=preload as=style href="/p.js">', []),
        ('<script type="application/json" src="/p.js"></script>', []),
        ('<script type="1f-text/javascript" src="/p.js"></script>', ["/p.js"]),
        ('<script src="/p.js?a=1&amp;b=2"></script>', ["/p.js?a=1&b=2"]),
        ('<base href="/b/"><script src="p.js"></script>', ["/b/p.js"]),
        ('<iframe srcdoc="&lt;script src=/p.js&gt;"></iframe>', ["/p.js"]),
        (
            _MAP,
            ["/p.js", "/c.js"],
        ),
    ],
)
def test_a_page_loads_what_browsers_load(tag: str, found: list[str]) -> None:
    page = read_page_text(tag.encode(), ADDRESS)
    assert [url.removeprefix("https://shop.example") for url in page.scripts] == found


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<é>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("\ufeff<é>".encode("utf-16-le"), "text/html"),
        ('<meta charset="windows-1252"><é>'.encode("cp1252"), "text/html"),
        ("<é>".encode(), "text/html; charset=punycode"),
    ],
)
def test_pages_are_read_in_their_encoding(content: bytes, kind: str) -> None:
    assert "<é>".encode() in as_utf8(content, kind)


def test_a_table_may_hold_the_hash_alone() -> None:
    table = b'e=>"js/"+{7:"cart"}[e]+"-"+{7:"5f2c0a3e8d"}[e]+".js"'
    names = {"~/js/cart-5f2c0a3e8d.js", "~/js/cart-0000000001.js", "~/js/components.js"}
    assert list(names_told(table, names)) == ["~/js/cart-5f2c0a3e8d.js"]


def test_ids_of_chunks_without_hash_are_names_in_the_folder_of_the_script() -> None:
    script = b'u=e=>(949===e?"cart":{12:"menu"}[e]||e)+".js";n.e(368);n.u(408);n.e("blog/a")'
    names = {f"~/js/{name}.js" for name in ("cart", "menu", "368", "408", "blog/a", "7", "main")}
    found = set(chunks_told(script, "~/js/", names | {"~/other/368.js"}))
    assert found == names - {"~/js/7.js", "~/js/main.js"}


@pytest.mark.parametrize("text", ['"http://[::x/a.js"', '"https://h:x/a.js"', '"data:/a.js"'])
def test_what_is_no_address_is_left_alone(text: str) -> None:
    page = f"<script src={text}></script><a href={text}>".encode()
    assert read_page_text(page, ADDRESS).scripts == []
    assert list(links_of_page(page, ADDRESS, ADDRESS)) == []


def test_a_release_is_read_as_it_is_written() -> None:
    assert list(releases_said('Sentry.init({dsn: "https://a@b/1", release: "shop@1.2"})')) == [
        "shop@1.2"
    ]
    assert list(releases_said("e.SENTRY_RELEASE={id:'3'}")) == ["3"]
    assert list(releases_said('x({release: "no dsn near"})')) == []


@pytest.mark.integration
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
        b"<script type=importmap>",
        b"<link rel=preload as=script href=",
        b"<iframe srcdoc='",
        b'srcdoc="a',
        b"new Worker(",
        b"importScripts('",
    ],
)
def test_the_time_grows_with_the_text(part: bytes) -> None:
    def seconds(size: int) -> float:
        content = part * (size // len(part))
        began = time.process_time()
        read_page_text(content, ADDRESS)
        as_utf8(content, "")
        inline_scripts(content)
        list(links_of_page(content, ADDRESS, ADDRESS))
        list(pages_of_sitemap(content))
        list(imports_of_script(content, ADDRESS))
        known_in_script(content, [ADDRESS], frozenset({"~/a/x.js"}))
        list(chunks_told(content, "~/a/", {"~/a/1.js"}))
        list(names_told(content, frozenset({"~/a/abcdefgh.js"})))
        list(releases_said(content.decode()))
        list(sample(content, ADDRESS))
        return time.process_time() - began

    assert seconds(100_000) < 16 * seconds(25_000) + 1

"""Releases of many files are listed whole, whatever the pages look like."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.support import make_wheel

from .exchange import Exchange, Response
from .fault_proxy import FaultProxy
from .faults import answer
from .running import RemoteRelease, Uploader, expected, some_files


def test_release_of_many_pages_is_listed_whole(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(201)
    assert upload(make_wheel(tmp_path, files=files)).summary == {"uploaded": 201}
    proxy.requests.clear()
    files["shop/static/js/app-200.js"] = b"changed on the last page"
    run = upload(make_wheel(tmp_path, files=files))
    assert run.summary == {"unchanged": 200, "replaced": 1}
    assert release.files() == expected(files)


def _unusual_cursors(exchange: Exchange) -> None:
    """Return the server's pages, under cursors that tell nothing."""
    asked = exchange.request.path.replace("cursor=after-", "cursor=100%3A")
    got = exchange.forward(path=asked.replace("-end", "%3A0"))
    link = re.sub(r'cursor="100:(\d+):0"', r'cursor="after-\1-end"', got.headers["Link"])
    exchange.send(replace(got, headers={**got.headers, "Link": link}))


@pytest.mark.slow
def test_pages_are_followed_whatever_their_cursors_look_like(
    upload: Uploader, proxy: FaultProxy, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, files=some_files(250))
    upload(wheel)
    proxy.requests.clear()
    proxy.on(_unusual_cursors, method="GET", times=10)
    assert upload(wheel).summary == {"unchanged": 250}
    cursors = [request.path.partition("cursor=")[2] for request in proxy.requests[1:]]
    assert cursors == ["", "after-1-end", "after-2-end"]


class _LargeRelease:
    """A fault that lists as many files as may be listed, and refuses further pages."""

    pages = 200

    def __call__(self, exchange: Exchange) -> None:
        cursor = parse_qs(exchange.request.path.partition("?")[2]).get("cursor", ["100:0:0"])
        page = int(cursor[0].split(":")[1])
        if page >= self.pages:
            exchange.send(Response(400, {}, b'{"detail": "Pagination offset too large"}'))
            return
        files: list[dict[str, object]] = [
            {
                "id": f"{page}-{number}",
                "name": f"~/{page}/{number}.js",
                "dist": None,
                "size": 1,
                "sha1": hashlib.sha1(b"1").hexdigest(),
                "headers": {},
            }
            for number in range(100)
        ]
        more = str(page + 1 < self.pages).lower()
        link = f'<x>; rel="next"; results="{more}"; cursor="100:{page + 1}:0"'
        exchange.send(Response(200, {"Link": link}, json.dumps(files).encode()))


def test_pages_that_a_server_refuses_are_not_asked_for_ahead(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    release.create()
    proxy.on(_LargeRelease(), method="GET", times=float("inf"))
    files = {"shop/0/0.js": b"1", "shop/199/99.js": b"1"}
    assert upload(make_wheel(tmp_path, files=files), workers=32).summary == {"unchanged": 2}


@pytest.mark.parametrize("cursors", ["always the next", "always the same", "always another"])
def test_list_without_an_end_ends(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path, cursors: str
) -> None:
    release.create()
    asked = iter(range(10_000))

    def another_page(exchange: Exchange) -> None:
        number = next(asked)
        cursor = {
            "always the next": f"100:{number + 1}:0",
            "always the same": "100:7:0",
            "always another": f"x{number}",
        }[cursors]
        file: dict[str, object] = {
            "id": str(number),
            "name": f"~/{number}.js",
            "dist": None,
            "size": 1,
            "sha1": "0" * 40,
            "headers": {},
        }
        link = f'<x>; rel="next"; results="true"; cursor="{cursor}"'
        headers = {"Content-Type": "application/json", "Link": link}
        exchange.body()
        exchange.send(Response(200, headers, json.dumps([file]).encode()))

    proxy.on(another_page, method="GET", path="/files/", times=float("inf"))
    assert upload(make_wheel(tmp_path, files=some_files(2))).summary == {"uploaded": 2}
    assert len(proxy.requests) < 300


def test_list_ends_with_an_empty_page_whatever_it_says(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    release.create()
    link = '<x>; rel="next"; results="true"; cursor="100:1:0"'
    empty = answer(200, {"Content-Type": "application/json", "Link": link}, b"[]")
    proxy.on(empty, method="GET", path="/files/", times=float("inf"))
    assert upload(make_wheel(tmp_path, files=some_files(2))).summary == {"uploaded": 2}
    assert len(proxy.requests) < 12

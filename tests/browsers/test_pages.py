"""The local server's pages in Chromium: accessible, by keyboard, narrow, up to date, and safe."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer, Settings
from tests.local_server.bundles import store_bundle
from tests.local_server.client import Client, client_of
from tests.local_server.test_file_pages import SCRIPT, SOURCE_MAP
from tests.support.wheelhouse import make_once

from .chromium import Chromium, ChromiumPage
from .protocol import Browser, wait_until
from .tools import run

pytestmark = pytest.mark.slow

_AXE = Path(__file__).with_name("accessibility")
_DEBUG_ID = "11111111-2222-3333-4444-555555555555"
_RUNS = "window.ran = true"
_HOSTILE = f"'\"><img src=x onerror='{_RUNS}'><script>{_RUNS}</script></textarea>"
# Notes what the policy of a page has stopped.
_NOTES = (
    "window.stopped = []; addEventListener('securitypolicyviolation',"
    " (event) => stopped.push(event.violatedDirective + ' ' + event.blockedURI))"
)
_SIZES = (1280, 390)


@pytest.fixture(scope="module")
def axe(shared: Path) -> str:
    """Return the script of axe-core, which looks for what hinders people."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core is installed by npm, which is not there")

    def install(folder: Path) -> None:
        shutil.copytree(_AXE, folder, dirs_exist_ok=True)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        run(npm, "ci", *options, folder=folder, environment=dict(os.environ))

    folder = make_once(shared / "accessibility", install)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Yield a client of a server with a file of every kind, some of them hostile."""
    settings = Settings(tmp_path_factory.mktemp("server"))
    with LocalServer(settings) as server, client_of(server.url) as client:
        client.create_release()
        client.upload("~/app.js", SCRIPT)
        client.upload("~/app.js.map", json.dumps(SOURCE_MAP).encode())
        client.upload("~/long.js", b"window.ran=true;" * 5000 + b"\n//# sourceMappingURL=gone.map")
        client.upload(f"~/{_HOSTILE}.js", _HOSTILE.encode(), f"X-Other: {_HOSTILE}")
        hostile = {**SOURCE_MAP, "sources": [_HOSTILE], "sourcesContent": [_HOSTILE * 9]}
        client.upload("~/hostile.js", SCRIPT, "Sourcemap: hostile.map")
        client.upload("~/hostile.map", json.dumps(hostile).encode())
        client.create_release("3.0")
        many = client.files.replace("1.0", "3.0")
        for number in range(101):
            fields = [("name", f"~/{number}.js"), ("file", ("file.js", b"1"))]
            client.ask("POST", many, fields=fields)
        release = f"{client.releases}1.0/"
        commit = {"id": "a" * 40, "message": _HOSTILE, "author_name": "Ann"}
        client.ask("PUT", release, json={"commits": [commit], "ref": _HOSTILE})
        client.ask("POST", f"{release}deploys/", json={"environment": "x", "name": _HOSTILE})
        content = ("~/b.js", "minified_source", _DEBUG_ID, SCRIPT)
        store_bundle(client, {"b.js": content}, release="2.0", dist="web")
        yield client


@pytest.fixture(scope="module")
def paths(client: Client) -> list[str]:
    """Return the addresses of pages of every kind."""
    listed = client.listed()
    names = ("~/app.js", "~/app.js.map", "~/long.js", f"~/{_HOSTILE}.js", "~/hostile.js")
    files = [f"/releases/1.0/files/{listed[name]}/" for name in names]
    bundles = client.ask("GET", "/api/0/projects/acme/web/files/artifact-bundles/").json()
    (bundle,) = [each["bundleId"] for each in bundles]
    return [
        "/",
        "/?query=nothing",
        "/releases/1.0/",
        "/releases/2.0/",
        "/releases/3.0/",
        "/artifact-bundles/",
        f"/artifact-bundles/{bundle}/",
        "/trace/?release=1.0",
        *files,
        f"{files[0]}?line=1&column=26",
        f"{files[2]}?line=1&column=40000",
        f"{files[4]}?line=1&column=26",
    ]


@pytest.fixture
def open_page(
    client: Client, start_browser: Callable[[str], Browser]
) -> Iterator[Callable[[str], ChromiumPage]]:
    """Give what opens a page of the server, as wide as is said."""
    browser = cast("Chromium", start_browser("chromium"))
    opened: list[ChromiumPage] = []

    def start(path: str, width: int = 1280) -> ChromiumPage:
        page = browser.open("about:blank", _NOTES)
        opened.append(page)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        page.ask("Emulation.setDeviceMetricsOverride", **size)
        go(page, client.url + path)
        return page

    yield start
    for page in opened:
        page.close()


def go(page: ChromiumPage, url: str) -> None:
    page.ask("Page.navigate", url=url)
    settled(page, url.partition("#")[0])


def settled(page: ChromiumPage, beginning: str) -> None:
    """Wait until a page of that address is loaded."""
    condition = f"document.readyState == 'complete' && location.href.startsWith({beginning!r})"
    wait_until(lambda: page.evaluate(condition), lambda: beginning)


def press(page: ChromiumPage, key: str, text: str = "") -> None:
    code = {"Tab": 9, "Enter": 13}.get(key, 0)
    key_of = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
    page.ask("Input.dispatchKeyEvent", type="keyDown", **key_of)
    page.ask("Input.dispatchKeyEvent", type="keyUp", **key_of)


def tab_to(page: ChromiumPage, condition: str) -> None:
    """Press the tabulator until the focused element is the one."""
    for _ in range(30):
        press(page, "Tab")
        if page.evaluate(f"((element) => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"30 tabulators did not lead to {condition}")


def test_pages_hinder_nobody_are_narrow_enough_and_run_nothing_of_a_file(
    client: Client, paths: list[str], axe: str, open_page: Callable[[str], ChromiumPage]
) -> None:
    page = open_page("/")
    found: list[Any] = []
    for number, path in enumerate(paths):
        go(page, client.url + path)
        # The last of the sizes is the one that axe sees: in turn, since it takes a second a page.
        for width in _SIZES if number % 2 else reversed(_SIZES):
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            page.ask("Emulation.setDeviceMetricsOverride", **size)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append((path, width, f"is {wide} wide"))
        page.evaluate(f"{axe}; 0")
        violations = page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then((result) =>"
            " result.violations.map((each) => [each.id, each.nodes[0].html]))"
        )
        found += [(path, each) for each in violations]
        if page.evaluate("window.ran || stopped.length > 0"):
            found.append((path, page.evaluate("stopped")))
    assert found == []


def test_an_upload_shows_up_without_a_reload(
    client: Client, open_page: Callable[[str], ChromiumPage]
) -> None:
    page = open_page("/?query=fresh")
    page.evaluate("window.same = true")
    assert "No release is like that" in page.evaluate("document.body.innerText")
    client.create_release("fresh-1")
    wait_until(
        lambda: "fresh-1" in page.evaluate("document.querySelector('main').innerText"),
        lambda: "the release on the page",
    )
    assert page.evaluate("window.same")
    assert "updated" in page.evaluate("document.getElementById('status').textContent")


def test_the_keyboard_is_enough_for_the_original_of_a_place(
    client: Client, open_page: Callable[[str], ChromiumPage]
) -> None:
    page = open_page("/releases/1.0/?query=app.js")
    press(page, "Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "element.textContent == '~/app.js'")
    press(page, "Enter", "\r")
    settled(page, f"{client.url}/releases/1.0/files/")
    tab_to(page, "element.name == 'column'")
    page.ask("Input.insertText", text="26")
    press(page, "Enter", "\r")
    settled(
        page, f"{client.url}/releases/1.0/files/{client.listed()['~/app.js']}/?line=1&column=26"
    )
    assert "src/app.ts:2:9" in page.evaluate("document.body.innerText")


def test_a_trace_is_resolved_on_the_page(
    client: Client, open_page: Callable[[str], ChromiumPage]
) -> None:
    page = open_page("/trace/?release=1.0")
    trace = (
        "Error: no\\n  at r (https://shop.example/app.js:1:26)\\n  at x (http://x/hostile.js:1:26)"
    )
    page.evaluate(f"document.querySelector('textarea').value = '{trace}'")
    page.evaluate("document.querySelector('form button').click()")
    wait_until(
        lambda: page.evaluate("document.querySelectorAll('.frames li').length == 2"),
        lambda: "two frames",
    )
    assert "src/app.ts:2:9" in page.evaluate("document.body.innerText")
    assert page.evaluate("!window.ran && stopped.length == 0")

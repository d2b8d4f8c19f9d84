"""Names with characters that frameworks and browsers spell in several ways."""

from __future__ import annotations

import re
import shutil
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from tests.support.machine import Machine
from tests.support.sentry_contents import contents

from .chromium import ChromiumPage
from .protocol import Browser, wait_until
from .recipes import DJANGO, FLASK, RUNSERVER, STARLETTE, Recipe
from .shops import Shop, build, name_of, write_project
from .tools import Tools

pytestmark = pytest.mark.slow

VERSION = "1.2.0"
# All that a file's name can have; but no wheel has a "\".
_CHARACTERS = [*sorted({*string.punctuation} - {*"/\\"}), " ", "é", "漢字", "😀", "e\u0301"]
NAMES = [*(f"a{each}b.js" for each in _CHARACTERS), "@scope/[id]/x.js", "a b/(c).js"]
# How a browser writes the place of the first line of a script, alone in its line.
_PLACE = re.compile(r"(?:^|@|\bat )(https?://.*):\d+:\d+$", re.MULTILINE)
_APPS = Path(__file__).with_name("odd_names")


@pytest.fixture(
    scope="module",
    params=[
        ("flask", "shop/static", FLASK),
        ("django", "shop/static", replace(DJANGO, server=(*RUNSERVER, "odd_names_site"))),
        ("starlette", "shop/web", STARLETTE),
    ],
    ids=["flask", "django", "starlette"],
)
def odd(request: pytest.FixtureRequest) -> tuple[str, str, Recipe]:
    found: tuple[str, str, Recipe] = request.param
    return found


@pytest.fixture(scope="module")
def server(odd: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(Settings(tmp_path_factory.mktemp("server"))) as running:
        yield running


@pytest.fixture(scope="module")
def shop(
    odd: tuple[str, str, Recipe],
    tools: Tools,
    server: LocalServer,
    shared: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shop:
    """Return the wheel of an application with a script of each name."""
    name, static, recipe = odd
    folder = tmp_path_factory.mktemp("odd")
    project = folder / "project"
    write_project(replace(recipe, front_ends={}), project, tools)
    shutil.copytree(_APPS / name, project, dirs_exist_ok=True)
    (project / "shop" / "names.py").write_text(f"NAMES = {NAMES!r}\n", "utf-8")
    for number, each in enumerate(NAMES):
        file = project / static / each
        file.parent.mkdir(parents=True, exist_ok=True)
        text = f"(window.places ??= []).push([{number}, new Error().stack]);\n"
        file.write_text(text, "utf-8")
    connection = {"SENTRY_URL": server.url, "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN}
    machine = Machine(folder, shared, secrets=(DEFAULT_TOKEN,))
    return build(recipe, project, machine, connection)


@pytest.fixture(scope="module")
def site(shop: Shop, tools: Tools) -> Iterator[str]:
    with shop.served(tools) as url:
        yield url


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest, start_browser: Callable[[str], Browser]) -> Browser:
    return start_browser(request.param)


def test_each_url_that_the_browser_reports_is_among_the_names(
    odd: tuple[str, str, Recipe],
    shop: Shop,
    server: LocalServer,
    site: str,
    browser: Browser,
) -> None:
    page = browser.open(site)
    try:
        wait_until(
            lambda: (
                page.evaluate("document.readyState") == "complete"
                and page.evaluate("location.href") == f"{site}/"
            ),
            lambda: "the page",
        )
        places = page.evaluate("window.places")
        reported = {NAMES[number]: _PLACE.findall(stack) for number, stack in places}
        if isinstance(page, ChromiumPage):
            assert {each for [each] in reported.values()} <= set(page.scripts)
    finally:
        page.close()

    uploaded = contents(server, VERSION)
    scripts = shop.scripts()
    assert not {*NAMES} - reported.keys()
    for name, [url] in reported.items():
        assert uploaded.get(name_of(url)) == scripts[f"{odd[1]}/{name}"], url

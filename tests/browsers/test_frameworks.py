"""The recipes of docs/frameworks.md, in browsers: names as uploaded, errors as written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from tests.support.machine import Machine
from tests.support.sentry_contents import contents

from .documented import rows_of
from .events import EventServer
from .protocol import Browser
from .recipes import BY_NAME, Recipe
from .shops import Shop, build, name_of, write_project
from .tools import Tools
from .visits import Visit, visit

pytestmark = pytest.mark.slow

VERSION = "1.2.0"


@pytest.fixture(scope="module", params=BY_NAME, ids=str)
def recipe(request: pytest.FixtureRequest) -> Recipe:
    found: Recipe = request.param
    return found


@pytest.fixture(scope="module")
def server(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """Yield an empty server: all recipes have the same release."""
    with LocalServer(Settings(tmp_path_factory.mktemp("server"))) as running:
        yield running


@pytest.fixture(scope="module")
def shop(
    recipe: Recipe,
    tools: Tools,
    server: LocalServer,
    shared: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shop:
    """Return the wheel of a recipe, which its build uploaded."""
    folder = tmp_path_factory.mktemp("shop")
    machine = Machine(folder, shared, secrets=(DEFAULT_TOKEN,))
    connection = {
        "SENTRY_URL": server.url,
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }
    write_project(recipe, folder / "project", tools)
    return build(recipe, folder / "project", machine, connection)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def visited(
    request: pytest.FixtureRequest,
    shop: Shop,
    site: str,
    start_browser: Callable[[str], Browser],
    event_server: EventServer,
) -> Visit[str]:
    """Return what a browser reported."""
    address = event_server.new_address()
    browser = start_browser(request.param)
    trace = partial(event_server.trace, address, shop.recipe.errors)
    return visit(shop, site, browser, address, trace)


def test_each_script_is_uploaded_by_the_name_that_the_browser_reports(
    shop: Shop, visited: Visit[str], server: LocalServer
) -> None:
    uploaded = contents(server, VERSION)
    scripts = shop.built()
    assert {path for path, _ in visited.scripts} == scripts.keys()
    for path, url in visited.scripts:
        assert uploaded.get(name_of(url)) == scripts[path], url


def test_names_and_rules_are_those_of_the_documentation(shop: Shop, visited: Visit[str]) -> None:
    said = {each["path"]: each for each in shop.run("upload", "--json")[0]["files"]}
    rows = rows_of(shop.recipe.title)
    found = {
        next((row for row in rows if row.is_of(path, name_of(url), said[path]["rule"])), path)
        for path, url in visited.scripts
    }
    assert found == set(rows)


def test_errors_resolve_to_the_lines_of_the_typescript(shop: Shop, visited: Visit[str]) -> None:
    found = [each["original"] for each in shop.run("explain", "--json", visited.errors)]
    places = {(each["source"].rpartition("/")[2], each["line"]) for each in found}
    assert places == {("cart.ts", 16), ("report.ts", 7)}

"""Recipes of docs/frameworks.md with debug ids: errors that a real Bugsink shows as written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.bugsink.server import Bugsink, Frame, Project
from tests.support.machine import Machine

from .documented import fits, url_paths_of
from .protocol import Browser, wait_until
from .recipes import BY_DEBUG_ID, HASHED, Recipe
from .shops import Shop, build, name_of, write_project
from .tools import Tools
from .visits import Visit, visit

pytestmark = pytest.mark.slow

VERSION = "1.2.0"


THROWN = {
    "cart.ts": (16, "return total * (1 - discount!.share);"),
    "report.ts": (7, "return first!.toUpperCase();"),
}


@pytest.fixture(scope="module", params=BY_DEBUG_ID, ids=str)
def recipe(request: pytest.FixtureRequest) -> Recipe:
    found: Recipe = request.param
    return found


@pytest.fixture(scope="module")
def project(recipe: Recipe, bugsink: Bugsink) -> Project:
    return bugsink.make_project()


@pytest.fixture(scope="module")
def shop(
    recipe: Recipe,
    project: Project,
    tools: Tools,
    shared: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shop:
    """Return the wheel of a recipe, which its build uploaded to the Bugsink."""
    folder = tmp_path_factory.mktemp("shop")
    machine = Machine(folder, shared, secrets=(project.token,))
    connection = {**project.environment, "SENTRY_ORG": "any"}
    write_project(recipe, folder / "project", tools)
    return build(recipe, folder / "project", machine, connection)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def visited(
    request: pytest.FixtureRequest,
    shop: Shop,
    site: str,
    project: Project,
    start_browser: Callable[[str], Browser],
) -> Visit[list[list[Frame]]]:
    """Return what a browser reported."""
    earlier = len(project.traces())

    def traces() -> list[list[Frame]] | None:
        found = project.traces()
        return found if len(found) >= earlier + shop.recipe.errors else None

    def wait() -> list[list[Frame]]:
        found: list[list[Frame]] = wait_until(traces, lambda: f"errors; {project.traces()}")
        return found

    return visit(shop, site, start_browser(request.param), project.address, wait)


def test_errors_are_shown_as_they_were_written(
    shop: Shop, visited: Visit[list[list[Frame]]]
) -> None:
    innermost = [frames[-1] for frames in visited.errors]
    found = {Path(frame.file).name: (frame.line, frame.text) for frame in innermost}
    assert found == dict(list(THROWN.items())[: shop.recipe.errors])


def test_the_names_of_the_build_would_not_have_led_there(
    shop: Shop, visited: Visit[list[list[Frame]]]
) -> None:
    rows = url_paths_of(shop.recipe.title)
    assert len(rows) == len(visited.scripts)
    for path, url in visited.scripts:
        assert any(fits(each, path) and fits(to, urlsplit(url).path) for each, to in rows), url
    (report,) = shop.run("upload", "--dry-run", "--json")
    said = {each["path"]: each["name"] for each in report["files"]}
    assert {path for path, url in visited.scripts if name_of(url) != said[path]}


@pytest.mark.parametrize("recipe", [HASHED], ids=str, indirect=True)
def test_what_collectstatic_made_has_the_names_that_browsers_report(
    shop: Shop, visited: Visit[list[list[Frame]]]
) -> None:
    (report,) = shop.run(
        "upload", str(shop.site / "static_root"), "--release", VERSION, "--dry-run", "--json"
    )
    names = {each["name"] for each in report["files"]}
    assert {name_of(url) for _, url in visited.scripts} <= names

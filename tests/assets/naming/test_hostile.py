"""Hostile pages and sources: no guess, no crash, and an end in time."""

from __future__ import annotations

import time

import pytest

from tests.assets.naming.support import inferred

JS = "shop/static/app.js"
# Each takes a few seconds at most on a slow machine; before there was a bound, minutes.
MOST_SECONDS = 10.0


def _blueprints(count: int, name: str) -> str:
    line = "{} = Blueprint('b', __name__, static_folder='static')\n"
    return "".join(line.format(name.format(each)) for each in range(count))


MANY = {
    **{f"shop/b{part}.py": _blueprints(1500, "b{}") for part in range(4)},
    "shop/routes.py": "".join(f"app.register_blueprint(b{each})\n" for each in range(1500)),
}
SAME = {**MANY, "shop/b9.py": _blueprints(1500, "b")}
LARGE = {"shop/app.py": "x = [\n" + "1,\n" * (2 * 1024 * 1024) + "]\nFlask(__name__)\n"}
DEEP = {"shop/app.py": "x = " + "(" * 90_000 + "Flask(__name__)" + ")" * 90_000}
CHAIN = {"shop/app.py": "x = " + "not " * 50_000 + "Flask(__name__)"}
COMPUTED = {
    "shop/app.py": "b = Blueprint(*a, static_folder='static', **k)\n"
    "c = Blueprint('c', __name__, static_folder='static', url_prefix='/' + where)\n"
    "app.register_blueprint(c)"
}


@pytest.mark.integration
@pytest.mark.parametrize("files", [MANY, SAME, LARGE, DEEP, CHAIN, COMPUTED])
def test_hostile_sources_are_told_and_end_in_time(files: dict[str, str]) -> None:
    start = time.process_time()
    found = inferred({**files, JS: "a()"})[JS]
    assert time.process_time() - start < MOST_SECONDS
    assert found.rule.name == "first-folder"
    assert found.doubt


@pytest.mark.parametrize(
    "page",
    [
        "<script src='/x/static/app.js'></script>" + " " * (100 * 1024 * 1024),
        "<!--" * 250_000,
        "<script " + "src=" * 200_000,
        "<script src=" + "a/" * 100_000 + "app.js>",
        "<base href='" + "../" * 300 + "'><script src=static/app.js></script>",
    ],
)
def test_hostile_pages_give_no_name_and_end_in_time(page: str) -> None:
    start = time.process_time()
    found = inferred({"shop/index.html": page, JS: "a()"})[JS]
    assert time.process_time() - start < MOST_SECONDS
    assert found.rule.name == "first-folder"


def test_a_page_that_is_too_large_is_told() -> None:
    page = "<script src='/x/static/app.js'></script>" + " " * (2 * 1024 * 1024)
    found = inferred({"shop/index.html": page, JS: "a()"})[JS]
    assert "index.html is too large" in found.doubt


@pytest.mark.parametrize(
    "prefix", ["@@base@@", ":base:", "[[base]]", "__base__", "BASE_URL", "a__b"]
)
def test_what_a_server_fills_in_is_no_prefix(prefix: str) -> None:
    page = f'<script src="/{prefix}/static/app.js"></script>'
    found = inferred({"shop/index.html": page, JS: "a()"})[JS]
    assert (found.rule.name, "filled in later" in found.doubt) == ("first-folder", True)


def test_relative_paths_of_a_page_do_not_outdo_a_blueprint() -> None:
    source = "b = Blueprint('b', __name__, static_folder='static', url_prefix='/' + where)"
    page = '<script src="static/js/app.js"></script>'
    path = "shop/static/js/app.js"
    assert inferred({"shop/app.py": source, "shop/index.html": page, path: "a()"})[path].doubt


def test_a_manifest_without_a_base_is_told() -> None:
    manifest = '{"main.ts": {"file": "assets/app.js", "isEntry": true}}'
    path = "shop/dist/assets/app.js"
    found = inferred({"shop/dist/.vite/manifest.json": manifest, path: "a()"})[path]
    assert "manifest" in found.doubt

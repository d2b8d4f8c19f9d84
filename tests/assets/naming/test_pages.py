"""What HTML pages and manifests tell of the scripts below their folder."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from tests.assets.naming.support import inferred, members_of, metadata, names

SCRIPT = "shop/web/dist/assets/index-B2u6IBgX.js"
PAGE = "shop/web/dist/index.html"


def page(*tags: str) -> dict[str, str]:
    return {PAGE: f"<!doctype html><html><head>{''.join(tags)}</head></html>", SCRIPT: ""}


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (['<script type="module" src="/assets/index-B2u6IBgX.js"></script>'], "~/assets"),
        (["<script src=/assets/index-B2u6IBgX.js?v=1></script>"], "~/assets"),
        (["<SCRIPT SRC='/shop/assets/index-B2u6IBgX.js'>"], "~/shop/assets"),
        (['<script type="module" src="./assets/index-B2u6IBgX.js"></script>'], "~/assets"),
        (
            ['<script src="static-files/assets/index-B2u6IBgX.js"></script>'],
            "~/static-files/assets",
        ),
        (['<link rel="modulepreload" href="/x/assets/index-B2u6IBgX.js">'], "~/x/assets"),
        (['<base href="/x/">', '<script src="assets/index-B2u6IBgX.js">'], "~/x/assets"),
        (['<base href="/">', '<script src="assets/index-B2u6IBgX.js">'], "~/assets"),
        (
            ['<script type="importmap">{"imports": {"a": "/x/assets/index-B2u6IBgX.js"}}</script>'],
            "~/x/assets",
        ),
    ],
)
def test_the_folder_of_a_page_is_where_it_looks_for_its_scripts(tags: list[str], name: str) -> None:
    assert names(page(*tags))[SCRIPT] == (f"{name}/index-B2u6IBgX.js", "page")


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="/__PREFIX__/assets/index-B2u6IBgX.js"></script>',
        '<script src="BUILDTIME_PREFIX_REPLACE_ME/assets/index-B2u6IBgX.js"></script>',
        '<script src="{{ root }}/assets/index-B2u6IBgX.js"></script>',
        '<script src="%PUBLIC_URL%/assets/index-B2u6IBgX.js"></script>',
        '<base href="{{ root }}"><script src="./assets/index-B2u6IBgX.js"></script>',
        (
            '<script src="/a/assets/index-B2u6IBgX.js"></script>'
            '<script src="/b/assets/index-B2u6IBgX.js"></script>'
        ),
    ],
)
def test_what_is_filled_in_later_is_told_and_not_guessed(tag: str) -> None:
    found = inferred(page(tag))[SCRIPT]
    assert found.rule.name == "first-folder"
    assert found.doubt


@pytest.mark.parametrize(
    "tag",
    [
        '<!-- <script src="/assets/index-B2u6IBgX.js"></script> -->',
        '<script src="https://cdn.example/assets/index-B2u6IBgX.js"></script>',
        '<script src="//cdn.example/assets/index-B2u6IBgX.js"></script>',
        '<script data-src="/assets/index-B2u6IBgX.js"></script>',
        '<script src="../assets/index-B2u6IBgX.js"></script>',
        '<script src="/assets/other.js"></script>',
        '<script type="importmap">{</script>',
        "",
    ],
)
def test_what_does_not_refer_to_a_script_tells_nothing(tag: str) -> None:
    assert names(page(tag))[SCRIPT][1] == "first-folder"


@pytest.mark.parametrize(
    ("folder", "script"),
    [
        ("shop/static/examples", "demo-B2u6IBgX.js"),
        ("shop/static/jqueryui", "jquery.js"),
    ],
)
def test_pages_of_other_packages_are_no_applications(folder: str, script: str) -> None:
    files = {f"{folder}/index.html": f'<script src="{script}"></script>', f"{folder}/{script}": ""}
    assert names(files)[f"{folder}/{script}"][1] == "first-folder"


def test_of_several_pages_with_relative_references_not_all_are_at_the_top() -> None:
    tag = '<script type="module" src="./app.js"></script>'
    files = {f"shop/{each}/{name}": tag for each in "ab" for name in ("index.html", "app.js")}
    assert {(each.rule.name, bool(each.doubt)) for each in inferred(files).values()} == {
        ("first-folder", True)
    }


def test_relative_references_tell_nothing_where_django_serves() -> None:
    files = page('<script type="module" src="./assets/index-B2u6IBgX.js"></script>')
    assert names({**files, **metadata("Requires-Dist: Django")})[SCRIPT][1] == "first-folder"


def test_a_manifest_with_urls_tells_the_same() -> None:
    manifest = '{"files": {"main.js": "/static/js/main.1a2b3c4d.js", "index.html": "/index.html"}}'
    files = {
        "shop/build/asset-manifest.json": manifest,
        "shop/build/static/js/main.1a2b3c4d.js": "",
    }
    assert names(files) == {
        "shop/build/static/js/main.1a2b3c4d.js": ("~/static/js/main.1a2b3c4d.js", "page")
    }


def test_a_huge_page_is_not_read() -> None:
    def never() -> BytesIO:
        raise AssertionError

    huge = Member(PAGE, 100 * 1024 * 1024, never)
    assert find_naming(None, [huge, *members_of({SCRIPT: ""})], [SCRIPT]).places == ()


@pytest.mark.parametrize(
    "content",
    [
        "<script src=" * 60_000,
        "<!--" * 200_000,
        "<script " + "a" * 900_000,
        '<script type="importmap">' + "[" * 500_000 + "</script>",
        "<script src='" + "/a" * 400_000 + "'>",
        "<link rel=modulepreload href=/assets/index-B2u6IBgX.js>" * 15_000,
    ],
)
def test_hostile_pages_take_bounded_time(content: str) -> None:
    started = time.process_time()
    names(page(content))
    assert time.process_time() - started < 5


def test_an_application_that_others_mount_is_not_at_the_top() -> None:
    source = (
        "class Admin(FastAPI):\n"
        "    def __init__(self):\n"
        "        self.mount('/assets', StaticFiles(directory=folder()))\n"
    )
    files = page('<script type="module" src="./assets/index-B2u6IBgX.js"></script>')
    found = inferred({**files, "shop/admin.py": source})[SCRIPT]
    assert (found.rule.name, "mounted by others" in found.doubt) == ("first-folder", True)

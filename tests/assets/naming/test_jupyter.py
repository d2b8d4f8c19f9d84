"""What Jupyter's servers serve: extensions of the data folder, and the same ones in packages."""

from __future__ import annotations

import json

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.naming.support import members_of, names

DATA = "shop-1.0.data/data/share/jupyter"
PACKAGE = json.dumps({"name": "@shop/lab", "jupyterlab": {"_build": {"load": "static/entry.js"}}})
LAB = "~/lab/extensions/@shop/lab/static"


def test_extensions_of_the_data_folder_have_their_urls() -> None:
    assert names(
        {
            f"{DATA}/labextensions/@shop/lab/static/1.js": "",
            f"{DATA}/nbextensions/shop/index.js": "",
            f"{DATA}/lab/static/main.js": "",
        }
    ) == {
        f"{DATA}/labextensions/@shop/lab/static/1.js": (f"{LAB}/1.js", "labextension"),
        f"{DATA}/nbextensions/shop/index.js": ("~/nbextensions/shop/index.js", "nbextension"),
        f"{DATA}/lab/static/main.js": ("~/static/lab/main.js", "jupyterlab"),
    }


def test_an_extension_in_its_package_has_them_too() -> None:
    files = {"shop/labextension/package.json": PACKAGE, "shop/labextension/static/entry.js": ""}
    assert names(files) == {
        "shop/labextension/static/entry.js": (f"{LAB}/entry.js", "labextension")
    }


@pytest.mark.parametrize(
    "package",
    ["{}", "[]", "{", "[" * 100_000, PACKAGE.replace("entry.js", "other.js"), '{"jupyterlab": 1}'],
)
def test_other_packages_of_node_are_no_extensions(package: str) -> None:
    files = {"shop/labextension/package.json": package, "shop/labextension/static/entry.js": ""}
    assert {rule for _, rule in names(files).values()} == {"first-folder"}


def collected(files: dict[str, str]) -> dict[str, tuple[str, str]]:
    distribution = Distribution("shop.whl", members_of(files), "shop", "1.0")
    assets = collect(distribution, include=DEFAULT_PATTERNS).assets
    return {asset.path: (asset.name, asset.rule) for asset in assets}


def test_the_same_extension_in_both_places_is_uploaded_once() -> None:
    files = {
        "shop/labextension/package.json": PACKAGE,
        "shop/labextension/static/entry.js": "a()",
        f"{DATA}/labextensions/@shop/lab/static/entry.js": "a()",
    }
    path = f"{DATA}/labextensions/@shop/lab/static/entry.js"
    assert collected(files) == {path: (f"{LAB}/entry.js", "labextension")}


def test_of_two_that_differ_the_one_of_the_data_folder_has_the_name() -> None:
    files = {
        "shop/labextension/package.json": PACKAGE,
        "shop/labextension/static/entry.js": "b()",
        f"{DATA}/labextensions/@shop/lab/static/entry.js": "a()",
    }
    assert collected(files) == {
        "shop/labextension/static/entry.js": ("~/labextension/static/entry.js", "first-folder"),
        f"{DATA}/labextensions/@shop/lab/static/entry.js": (f"{LAB}/entry.js", "labextension"),
    }

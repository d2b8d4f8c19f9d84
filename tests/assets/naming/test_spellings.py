"""Names of files that frameworks spell otherwise than browsers leave them."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.naming.naming import Prefixes, table_naming
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.naming.support import inferred, members_of, metadata

DJANGO = {"shop/__init__.py": "", **metadata("Requires-Dist: Django")}
LAB = "shop-1.0.data/data/share/jupyter/labextensions"


@pytest.mark.parametrize(
    ("files", "path", "names"),
    [
        (
            DJANGO,
            "shop/static/@scope/x.js",
            ["~/static/@scope/x.js", "~/static/%40scope/x.js"],
        ),
        (DJANGO, "shop/static/a b'(1).js", ["~/static/a%20b'(1).js"]),
        (
            DJANGO,
            "shop/static/@a[1]|b.js",
            ["~/static/@a[1]|b.js", "~/static/@a[1]%7Cb.js", "~/static/%40a%5B1%5D%7Cb.js"],
        ),
        (
            {"shop/__init__.py": "app = Flask(__name__)"},
            "shop/static/@a[1].js",
            ["~/static/@a[1].js", "~/static/@a%5B1%5D.js"],
        ),
        ({}, f"{LAB}/@shop/lab/x.js", ["~/lab/extensions/@shop/lab/x.js"]),
        ({}, "shop/static/@a/x.js", ["~/static/@a/x.js", "~/static/%40a/x.js"]),
    ],
)
def test_a_file_has_each_name_that_its_framework_gives_it(
    files: dict[str, str], path: str, names: list[str]
) -> None:
    assert list(inferred({**files, path: ""})[path].names) == names


def collected(files: dict[str, str], paths: Prefixes | None = None) -> dict[str, str | None]:
    distribution = Distribution("shop.whl", members_of(files), "shop", "1.0")
    assets = collect(distribution, include=DEFAULT_PATTERNS, paths=paths).assets
    return {asset.name: asset.headers.get("Sourcemap") for asset in assets}


def test_all_spellings_of_a_script_lead_to_its_map() -> None:
    source_map = '{"version":3,"sources":["a.ts"],"sourcesContent":["a"],"mappings":"AAAA"}'
    files = {
        "shop/static/@a/x.js": "a();\n//# sourceMappingURL=x.js.map\n",
        "shop/static/@a/x.js.map": source_map,
    }
    assert collected(files) == {
        "~/static/@a/x.js": "x.js.map",
        "~/static/%40a/x.js": "/static/@a/x.js.map",
        "~/static/@a/x.js.map": None,
    }


@pytest.mark.parametrize(
    ("paths", "path", "names"),
    [
        ({"shop": ("~/a", "https://cdn.example")}, "shop/x.js",
         ["~/a/x.js", "https://cdn.example/x.js"]),
        ({"shop/*/static": "~/s"}, "shop/admin/static/a/x.js", ["~/s/a/x.js"]),
        ({"shop/*/static": "~/s"}, "shop/a/b/static/x.js", None),
        ({"**/static": "~/s"}, "shop/a/b/static/c/static/x.js", ["~/s/c/static/x.js"]),
        ({"**/static": "~/s"}, "static/x.js", ["~/s/x.js"]),
        ({"shop/a*/static": "~/s", "shop": "~/t"}, "shop/admin/static/x.js", ["~/s/x.js"]),
        ({"shop/*/static": "~/s", "shop/a/static": "~/t"}, "shop/a/static/x.js", ["~/t/x.js"]),
        ({"shop/*": "~/s", "shop/a/static": "~/t"}, "shop/a/static/x.js", ["~/t/x.js"]),
    ],
)  # fmt: skip
def test_keys_may_have_wildcards_and_several_prefixes(
    paths: Prefixes, path: str, names: list[str] | None
) -> None:
    named = table_naming(paths).named(path)
    assert (list(named.names) if named else None) == names

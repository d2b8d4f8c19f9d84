"""What Sphinx and MkDocs copy into sites."""

from __future__ import annotations

from tests.assets.naming.support import names

ENTRY_POINTS = "shop-1.0.dist-info/entry_points.txt"
STATIC = "shop/theme/shop/static/shop.js"
THEME = {"shop/theme/shop/theme.conf": "", STATIC: "", "shop/assets/shop.js": ""}


def test_the_static_folder_of_a_sphinx_theme_is_copied() -> None:
    found = names({**THEME, ENTRY_POINTS: "[sphinx.html_themes]\nshop = shop\n"})
    assert found[STATIC] == ("~/_static/shop.js", "sphinx-theme")
    assert found["shop/assets/shop.js"][1] == "first-folder"


def test_without_an_entry_point_it_is_no_theme() -> None:
    assert names(THEME)[STATIC][1] == "first-folder"


def test_the_folder_of_an_mkdocs_theme_is_the_top_of_the_site() -> None:
    files = {"shop/templates/js/shop.js": "", ENTRY_POINTS: "[mkdocs.themes]\nx=shop.templates\n"}
    assert names(files) == {"shop/templates/js/shop.js": ("~/js/shop.js", "mkdocs-theme")}

"""What the project's metadata tells of names counts while the wheel is packed, too."""

from __future__ import annotations

from .front_end import in_package, script, shipped, source_map, write
from .press import AS_FILES, STRIP, Press

APP = "shop/static/shop.js"
MAP = "shop/static/maps/shop.js.map"


def test_a_map_is_found_by_the_url_of_an_app_of_django(press: Press) -> None:
    write(
        press.folder / "press",
        {
            "shop/__init__.py": b"",
            APP: script("shop.js") + b"//# sourceMappingURL=/static/maps/shop.js.map\n",
            MAP: source_map("shop.js"),
        },
    )
    press.project.edit('version = "1.0"', 'version = "1.0"\ndependencies = ["Django>=4"]')
    if press.back_end == "setuptools":
        press.project.edit('["press"]', '["press", "press.shop"]')
        press.project.edit('"static/*", ', '"static/*", "shop/static/*", "shop/static/maps/*", ')
    press.configure(STRIP, AS_FILES)
    done = press.build(SENTRY_ARTIFACTS="upload")

    assert done.code == 0, done.output
    assert press.map_of("~/static/shop.js") == "/static/maps/shop.js.map"
    assert in_package(shipped(press.wheel))[APP].rstrip() == script("shop.js").rstrip()

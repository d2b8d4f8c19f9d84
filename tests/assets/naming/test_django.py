"""What Django serves below STATIC_URL."""

from __future__ import annotations

import pytest

from tests.assets.naming.support import metadata, names

APP = {"shop/__init__.py": "", "shop/static/shop/app.js": ""}
NESTED = {"shop/contrib/cart/__init__.py": "", "shop/contrib/cart/static/cart/x.js": ""}


@pytest.mark.parametrize(
    "line",
    ["Requires-Dist: Django>=4.2", "Classifier: Framework :: Django :: 5.2"],
)
def test_static_folders_of_apps_are_below_static_url(line: str) -> None:
    assert names({**APP, **NESTED, **metadata(line)}) == {
        "shop/static/shop/app.js": ("~/static/shop/app.js", "django-app"),
        "shop/contrib/cart/static/cart/x.js": ("~/static/cart/x.js", "django-app"),
    }


def test_an_app_is_known_by_its_configuration_too() -> None:
    files = {**NESTED, "shop/contrib/cart/apps.py": "from django.apps import AppConfig\n"}
    assert names(files)["shop/contrib/cart/static/cart/x.js"][1] == "django-app"


def test_the_first_folder_of_that_name_decides() -> None:
    files = {**APP, "shop/static/shop/static/x.js": "", "shop/static/shop/__init__.py": ""}
    found = names({**files, **metadata("Requires-Dist: django")})
    assert found["shop/static/shop/static/x.js"] == ("~/static/shop/static/x.js", "django-app")


@pytest.mark.parametrize(
    "line", ["Requires-Dist: django; extra == 'django'", "Requires-Dist: django-like", "X: y"]
)
def test_what_is_not_made_for_django_is_not_named_so(line: str) -> None:
    assert {rule for _, rule in names({**NESTED, **metadata(line)}).values()} == {"first-folder"}


def test_a_static_folder_outside_of_packages_is_not_an_app_s() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/web/static/x.js": "",
        **metadata("Requires-Dist: Django"),
    }
    assert names(files)["shop/web/static/x.js"][1] == "first-folder"


def test_what_collectstatic_left_is_below_static_url() -> None:
    files = {"root/staticfiles.json": "{}", "root/shop/app.1a2b3c4d5e6f.js": ""}
    assert names(files) == {
        "root/shop/app.1a2b3c4d5e6f.js": ("~/static/shop/app.1a2b3c4d5e6f.js", "static-root")
    }


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('STATIC_URL = "/assets/"', "~/assets/shop/app.js"),
        ('STATIC_URL: str = "assets/"  # kept', "~/assets/shop/app.js"),
        ('# STATIC_URL = "/x/"', "~/static/shop/app.js"),
        ('STATIC_URL = "/_static/{version}/"', None),
        ("STATIC_URL = ROOT + 'x'", None),
        ('STATIC_URL = "/a/"\nSTATIC_URL = "/b/"', None),
    ],
)
def test_settings_in_the_wheel_say_static_url(line: str, name: str | None) -> None:
    files = {**APP, **metadata("Requires-Dist: Django"), "shop/settings.py": line}
    found, rule = names(files)["shop/static/shop/app.js"]
    assert (found if rule == "django-app" else None) == name

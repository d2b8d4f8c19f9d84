"""Places of the static files of Django's apps."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents
from hatch_sentry_artifacts.assets.naming.rules import (
    DJANGO_APP,
    DJANGO_FOLDER,
    STATIC_ROOT,
    Doubt,
    Place,
    Rule,
)
from hatch_sentry_artifacts.assets.naming.static_url import further_folders, static_prefix

_STATIC = "static"
# What ManifestStaticFilesStorage writes at the top of STATIC_ROOT.
_MANIFEST = "staticfiles.json"
# Itself, and what is of no use without it.
_REQUIRED = frozenset(
    {
        "django",
        "channels",
        "django-allauth",
        "django-appconf",
        "django-cms",
        "django-crispy-forms",
        "django-extensions",
        "django-filter",
        "django-mptt",
        "django-oscar",
        "django-taggit",
        "djangorestframework",
        "drf-spectacular",
        "mezzanine",
        "wagtail",
    }
)
# Modules that apps have; what they import tells where METADATA says nothing.
_MODULES = ("admin", "fields", "forms", "models", "urls", "views", "widgets")
_IMPORT = re.compile(rb"^(?:from|import) django\b", re.MULTILINE)
_MOST_CONFIG_BYTES = 256 * 1024
_MOST_BYTES = 8 * 1024 * 1024


def django_places(contents: Contents) -> Iterator[Place | Doubt]:
    """Yield STATIC_ROOT, and the folder `static` of each package that is an app.

    In a wheel for Django, any package may be one. What is below another such folder is content
    of it.
    """
    prefix = static_prefix(contents)
    for folder in sorted(contents.folders):
        if f"{folder}/{_MANIFEST}" in contents.members:
            yield _served(folder, prefix, STATIC_ROOT)
    budget = Budget(_MOST_BYTES)
    taken: list[str] = []
    for folder in sorted(contents.folders):
        app, name = posixpath.split(folder)
        if name != _STATIC or not app or folder.startswith(tuple(taken)):
            continue
        if _is_app(contents, app, budget):
            taken.append(f"{folder}/")
            yield _served(folder, prefix, DJANGO_APP)


def settings_places(contents: Contents) -> Iterator[Place | Doubt]:
    """Yield the folders that STATICFILES_DIRS of settings in the wheel says."""
    prefix = static_prefix(contents)
    for folder, below in further_folders(contents):
        if not below or below.isalnum():
            yield _served(folder, prefix and f"{prefix}/{below}".rstrip("/"), DJANGO_FOLDER)


def _served(folder: str, prefix: str | None, rule: Rule) -> Place | Doubt:
    if prefix is None:
        return Doubt(folder, "the settings in the wheel compute STATIC_URL, or have several")
    return Place(folder, (prefix,), rule)


def is_for_django(contents: Contents) -> bool:
    """Return whether the wheel says that it is made for Django."""
    if _REQUIRED & contents.requirements:
        return True
    return any(each.startswith("Framework :: Django") for each in contents.classifiers)


def _is_app(contents: Contents, app: str, budget: Budget) -> bool:
    config = f"{app}/apps.py"
    if config in contents.members:
        said = contents.read(config, _MOST_CONFIG_BYTES, budget)
        if b"django.apps" in said or b"AppConfig" in said:
            return True
    if f"{app}/__init__.py" not in contents.members:
        return False
    return is_for_django(contents) or any(
        _IMPORT.search(contents.read(f"{app}/{each}.py", _MOST_CONFIG_BYTES, budget))
        for each in _MODULES
    )

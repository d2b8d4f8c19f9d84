"""Places of the static files of Django's apps."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents
from hatch_sentry_artifacts.assets.naming.rules import DJANGO_APP, Place

_STATIC = "static"
_PREFIX = "~/static"
_MOST_CONFIG_BYTES = 256 * 1024
_MOST_BYTES = 8 * 1024 * 1024


def django_places(contents: Contents) -> Iterator[Place]:
    """Yield the folder `static` of each package that is an app, or may be one in a Django wheel.

    What is below another such folder is content of it.
    """
    budget = Budget(_MOST_BYTES)
    taken: list[str] = []
    for folder in sorted(contents.folders):
        app, name = posixpath.split(folder)
        if name != _STATIC or not app or folder.startswith(tuple(taken)):
            continue
        if _is_app(contents, app, budget):
            taken.append(f"{folder}/")
            yield Place(folder, (_PREFIX,), DJANGO_APP)


def is_for_django(contents: Contents) -> bool:
    """Return whether the wheel says that it is made for Django."""
    if "django" in contents.requirements:
        return True
    return any(each.startswith("Framework :: Django") for each in contents.classifiers)


def _is_app(contents: Contents, app: str, budget: Budget) -> bool:
    config = f"{app}/apps.py"
    if config in contents.members:
        said = contents.read(config, _MOST_CONFIG_BYTES, budget)
        if b"django.apps" in said or b"AppConfig" in said:
            return True
    return f"{app}/__init__.py" in contents.members and is_for_django(contents)

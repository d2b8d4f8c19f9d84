"""Places of Jupyter's extensions: in the data folder, and the same ones in their package."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents
from hatch_sentry_artifacts.assets.naming.rules import (
    JUPYTERHUB,
    JUPYTERLAB,
    LABEXTENSION,
    NBEXTENSION,
    VOILA,
    Place,
)

_SHARE = "*.data/data/share/jupyter"
_LAB = f"{_SHARE}/lab/static"
_LAB_PREFIX = "~/static/lab"
_VOILA = f"{_SHARE}/voila/labextensions"
_SERVED = (
    (f"{_SHARE}/labextensions", "~/lab/extensions", LABEXTENSION),
    (_VOILA, "~/voila/labextensions", VOILA),
    (f"{_SHARE}/voila/templates/base/static", "~/voila/static", VOILA),
    (f"{_SHARE}/nbextensions", "~/nbextensions", NBEXTENSION),
    (_LAB, _LAB_PREFIX, JUPYTERLAB),
    ("*.data/data/share/jupyterhub/static", "~/hub/static", JUPYTERHUB),
)
_MOST_PACKAGE_BYTES = 1024 * 1024
_MOST_BYTES = 8 * 1024 * 1024


def jupyter_places(contents: Contents) -> Iterator[Place]:
    """Yield the places of extensions, and of JupyterLab itself."""
    for folder, prefix, rule in _SERVED:
        if contents.holds_folder(folder):
            yield Place(folder, (prefix,), rule)
    if contents.holds_folder(_LAB):
        yield Place("jupyterlab/static", (_LAB_PREFIX,), JUPYTERLAB, copy=True)
    budget = Budget(_MOST_BYTES)
    for folder in sorted(contents.folders):
        if folder.startswith(f"{_SHARE}/"):
            continue
        if name := _extension_name(contents, folder, budget):
            for_voila = contents.holds_folder(f"{_VOILA}/{name}")
            prefix = "~/voila/labextensions" if for_voila else "~/lab/extensions"
            rule = VOILA if for_voila else LABEXTENSION
            yield Place(folder, (f"{prefix}/{name}",), rule, copy=True)


def _extension_name(contents: Contents, folder: str, budget: Budget) -> str | None:
    """Return the name of the prebuilt extension in the folder; None if there is none."""
    path = f"{folder}/package.json"
    if path not in contents.members:
        return None
    try:
        said = json.loads(contents.read(path, _MOST_PACKAGE_BYTES, budget) or b"null")
        built, name = said["jupyterlab"]["_build"]["load"], said["name"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if not (isinstance(built, str) and isinstance(name, str)) or _is_odd(name):
        return None
    loaded = posixpath.normpath(posixpath.join(folder, built))
    return name if loaded in contents.members else None


def _is_odd(name: str) -> bool:
    return not name or not name.isprintable() or any(each in name for each in " \\?#%")

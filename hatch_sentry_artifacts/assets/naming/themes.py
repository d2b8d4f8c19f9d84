"""Places of the files of themes, which Sphinx and MkDocs copy into the sites that they make."""

from __future__ import annotations

from collections.abc import Iterator

from hatch_sentry_artifacts.assets.names import HOST
from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.rules import MKDOCS_THEME, SPHINX_THEME, Place

_SPHINX = "sphinx.html_themes"
_MKDOCS = "mkdocs.themes"
_MOST_SETTINGS_BYTES = 64 * 1024
_SPHINX_SETTINGS = ("theme.toml", "theme.conf")


def theme_places(contents: Contents) -> Iterator[Place]:
    """Yield the folders of the themes that the wheel's entry points announce."""
    announced = _SPHINX in contents.entry_points
    for folder in sorted(contents.folders):
        theme, _, name = folder.rpartition("/")
        if name == "static" and _is_sphinx_theme(contents, theme, announced=announced):
            yield Place(folder, ("~/_static",), SPHINX_THEME)
    for target in contents.entry_points.get(_MKDOCS, {}).values():
        yield Place(target.partition(":")[0].strip().replace(".", "/"), (HOST,), MKDOCS_THEME)


def _is_sphinx_theme(contents: Contents, folder: str, *, announced: bool) -> bool:
    """Return whether the folder has the settings of a theme; all inherit from another one."""
    for each in _SPHINX_SETTINGS:
        path = f"{folder}/{each}"
        if path in contents.members:
            return announced or b"inherit" in contents.read(path, _MOST_SETTINGS_BYTES)
    return False

"""Places of Streamlit's components, from `declare_component` in a package's sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import (
    Scope,
    argument,
    called,
    is_none,
    is_open,
)
from hatch_sentry_artifacts.assets.naming.rules import STREAMLIT_COMPONENT, Place


@dataclass(frozen=True)
class Component:
    """A component as it is declared; its name is None if it is computed, and so its folder."""

    name: str | None
    folder: str | None


def find_components(scope: Scope) -> Iterator[Component]:
    """Yield the components that a module declares, but those of a development server."""
    for node in scope.source.calls:
        if called(node) != "declare_component":
            continue
        if not is_none(argument(node, "url", 2)):
            continue
        name = scope.text(argument(node, "name", 0))
        folder = None if is_open(node) else scope.location(argument(node, "path", 1), "")
        yield Component(None if name is None else f"{scope.source.name}.{name}", folder)


def component_places(contents: Contents, components: list[Component]) -> Iterator[Place]:
    """Yield the folders of the components."""
    if len(components) == 1 and components[0].folder is None:
        # A component's folder holds a page, and there is only one.
        pages = _page_folders(contents)
        if len(pages) == 1:
            components = [Component(components[0].name, pages[0])]
    for each in components:
        if each.name is not None and each.folder:
            yield Place(each.folder, (f"~/component/{each.name}",), STREAMLIT_COMPONENT)


def _page_folders(contents: Contents) -> list[str]:
    folders = [path.rpartition("/")[0] for path in contents.members if path.endswith("/index.html")]
    return [each for each in folders if contents.holds_folder(each)]

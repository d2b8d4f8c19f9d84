"""What a package's sources say of where its folders are served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hatch_sentry_artifacts.assets.naming.classes import (
    find_jupyter_applications,
    find_sphinx_paths,
)
from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import Scope
from hatch_sentry_artifacts.assets.naming.flask import (
    Blueprint,
    Registration,
    blueprint_places,
    find_applications,
    find_blueprints,
    find_registrations,
    serves_itself,
)
from hatch_sentry_artifacts.assets.naming.python_sources import Modules
from hatch_sentry_artifacts.assets.naming.routes import find_routes, sends_unknown_files
from hatch_sentry_artifacts.assets.naming.rules import Doubt, Place
from hatch_sentry_artifacts.assets.naming.serving import (
    Served,
    moves_applications,
    served_places,
)
from hatch_sentry_artifacts.assets.naming.starlette import (
    Mount,
    SubApplication,
    exported_files,
    find_mounts,
    is_embedded,
    mount_places,
    mounted_names,
)
from hatch_sentry_artifacts.assets.naming.static_calls import find_static_calls
from hatch_sentry_artifacts.assets.naming.streamlit import (
    Component,
    component_places,
    find_components,
)
from hatch_sentry_artifacts.assets.naming.tornado import find_tornado


@dataclass
class Sources:
    """What was found in all modules; their syntax trees are not kept."""

    contents: Contents
    applications: list[Place] = field(default_factory=list)
    blueprints: list[Blueprint] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    mounts: list[Mount | SubApplication] = field(default_factory=list)
    found_components: list[Component] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    sphinx_paths: list[Served] = field(default_factory=list)
    embedded: bool = False
    exported: set[str] = field(default_factory=set)
    mounted_names: set[str] = field(default_factory=set)
    serves_itself: bool = False
    moved: bool = False
    server: str = ""
    unread: str = ""

    @staticmethod
    def of(contents: Contents) -> Sources:
        """Read the modules that tell something."""
        found = Sources(contents)
        modules = Modules(contents)
        for source in modules.telling():
            found._read(Scope(source))
        found.server, found.unread = modules.server, modules.unread
        found.embedded |= bool(found.exported - found.mounted_names)
        return found

    def _read(self, scope: Scope) -> None:
        contents = self.contents
        self.applications += find_applications(scope, contents)
        self.blueprints += find_blueprints(scope, contents)
        self.registrations += find_registrations(scope)
        self.mounts += find_mounts(scope, contents)
        self.found_components += find_components(scope)
        for find in (find_static_calls, find_tornado, find_routes, find_jupyter_applications):
            self.served += find(scope, contents)
        self.sphinx_paths += find_sphinx_paths(scope, contents)
        self.serves_itself |= serves_itself(scope) or sends_unknown_files(scope, contents)
        self.embedded |= is_embedded(scope)
        self.exported |= exported_files(scope)
        self.mounted_names |= mounted_names(scope)
        self.moved |= moves_applications(scope)

    def components(self) -> Iterator[Place]:
        """Yield the places of Streamlit's components."""
        return component_places(self.contents, self.found_components)

    def mounted(self) -> Iterator[Place | Doubt]:
        """Yield the places of what the sources serve; only doubts if not all could be read."""
        for each in self._mounted():
            if self.unread:
                yield Doubt(each.folder, f"{self.unread} is too large or too odd to be read")
            else:
                yield each

    def _mounted(self) -> Iterator[Place | Doubt]:
        yield from served_places(self.sphinx_paths, moved=False)
        of_blueprints = list(blueprint_places(self.blueprints, self.registrations))
        yield from of_blueprints
        # An application may only lend its blueprint's folder.
        doubted = {each.folder for each in of_blueprints if isinstance(each, Doubt)}
        for each in self.applications:
            if self.serves_itself:
                yield Doubt(each.folder, "the sources have a route of their own for static files")
            elif each.folder not in doubted:
                yield each
        yield from mount_places(self.mounts)
        yield from served_places(self.served, moved=self.moved)

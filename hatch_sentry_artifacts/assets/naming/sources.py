"""What a package's sources say of where its folders are served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
from hatch_sentry_artifacts.assets.naming.python_sources import telling_sources
from hatch_sentry_artifacts.assets.naming.rules import Doubt, Place
from hatch_sentry_artifacts.assets.naming.starlette import (
    Mount,
    SubApplication,
    find_mounts,
    is_embedded,
    mount_places,
)
from hatch_sentry_artifacts.assets.naming.streamlit import (
    Component,
    component_places,
    find_components,
)


@dataclass
class Sources:
    """What was found in all modules; their syntax trees are not kept."""

    contents: Contents
    applications: list[Place] = field(default_factory=list)
    blueprints: list[Blueprint] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    mounts: list[Mount | SubApplication] = field(default_factory=list)
    found_components: list[Component] = field(default_factory=list)
    embedded: bool = False
    serves_itself: bool = False

    @staticmethod
    def of(contents: Contents) -> Sources:
        """Read the modules that tell something."""
        found = Sources(contents)
        for source in telling_sources(contents):
            scope = Scope(source)
            found.applications += find_applications(scope, contents)
            found.blueprints += find_blueprints(scope, contents)
            found.registrations += find_registrations(scope)
            found.mounts += find_mounts(scope, contents)
            found.found_components += find_components(scope)
            found.serves_itself |= serves_itself(scope)
            found.embedded |= is_embedded(scope)
        return found

    def components(self) -> Iterator[Place]:
        """Yield the places of Streamlit's components."""
        return component_places(self.contents, self.found_components)

    def mounted(self) -> Iterator[Place | Doubt]:
        """Yield the places of what Flask, FastAPI and Starlette serve."""
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

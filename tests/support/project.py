"""A project whose folder a test may change, on a machine of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from .machine import Machine, Result, module

PROJECTS = Path(__file__).parents[1] / "projects"
READ_ONLY_TOKEN = "f00dfeed" * 8


@dataclass(frozen=True)
class Project:
    """A copy of one of tests/projects, with what a release pipeline has in its environment."""

    folder: Path
    machine: Machine
    environment: dict[str, str]

    def run(self, *command: str, **environment: str) -> Result:
        """Run `command` in the project's folder; `environment` adds to the project's own."""
        return self.machine.run(*command, folder=self.folder, **(self.environment | environment))

    def build(self, *arguments: str, **environment: str) -> Result:
        """Build the wheel by hatchling, with the plugin that is installed here: no isolation."""
        return self.run(*module("hatchling", "build", "-t", "wheel", *arguments), **environment)

    def without(self, *variables: str) -> Project:
        """Return the same project, where these variables are not set."""
        kept = {name: self.environment[name] for name in self.environment.keys() - {*variables}}
        return replace(self, environment=kept)

    def edit(self, old: str, new: str, file: str = "pyproject.toml") -> None:
        """Replace the only `old` in a file."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), "utf-8")

    def configure(self, *lines: str) -> None:
        """Add options to the hook's table, which must be the last of pyproject.toml."""
        path = self.folder / "pyproject.toml"
        path.write_text("\n".join((path.read_text("utf-8"), *lines, "")), "utf-8")

    @property
    def wheels(self) -> list[Path]:
        """What lies in dist/ and is a wheel."""
        return sorted(self.folder.glob("dist/*.whl"))

    @property
    def wheel(self) -> Path:
        """The only wheel in dist/."""
        (wheel,) = self.wheels
        return wheel

"""The project `press`, for each back end; how it is built and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.integrations.setuptools.builds import CALL
from tests.support.machine import Result, module
from tests.support.project import Project
from tests.support.sentry_contents import contents, files

STRIP = 'source-maps = "strip"'
INJECT = 'debug-ids = "inject"'
AS_FILES = 'upload-as = "release-files"'
KEEP = 'keep-maps = "build/source-maps"'
EMBED = 'sources-content = "embed"'
BACK_ENDS = ("hatch", "setuptools")


@dataclass(frozen=True)
class Press:
    """The project `press`, and the server that its builds upload to."""

    project: Project
    back_end: str
    server: LocalServer
    temporary: Path

    def build(self, **environment: str) -> Result:
        """Build the wheel, with the plugin that is installed here."""
        given = {**dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary)), **environment}
        if self.back_end == "hatch":
            return self.project.build(**given)
        return self.project.run(*CALL, "bdist_wheel", **given)

    def build_sdist(self) -> Path:
        """Build the sdist."""
        done = self.project.run(*module("build", "--sdist", "--no-isolation"))
        assert done.code == 0, done.output
        (sdist,) = self.folder.glob("dist/*.tar.gz")
        return sdist

    def configure(self, *lines: str) -> None:
        """Add options to the plugin's table."""
        self.project.configure(*lines)

    @property
    def folder(self) -> Path:
        """The project's."""
        return self.project.folder

    @property
    def wheel(self) -> Path:
        """The only wheel in dist/."""
        return self.project.wheel

    def on_server(self, release: str = "1.0") -> dict[str, bytes]:
        """Return the content of each file that the server holds."""
        return contents(self.server, release)

    def map_of(self, name: str, release: str = "1.0") -> str | None:
        """Return what leads Sentry from the script of that name to its map."""
        found: str | None = files(self.server, release)[name]["headers"].get("Sourcemap")
        return found


MakePress = Callable[[str], Press]

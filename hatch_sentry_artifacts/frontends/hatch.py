"""The Hatch build hook `sentry`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

if TYPE_CHECKING:
    from hatchling.bridge.app import Application

    from hatch_sentry_artifacts.build_upload import BuildUpload
    from hatch_sentry_artifacts.errors import SentryArtifactsError
    from hatch_sentry_artifacts.options import Source


class SentryBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Uploads the finished wheel's files. Hatchling constructs it often, so that is cheap."""

    PLUGIN_NAME = "sentry"

    _upload: BuildUpload | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Check the configuration before anything is built."""
        self._upload = None
        if self.target_name != "wheel" or version == "editable":
            return
        from hatch_sentry_artifacts.build_upload import prepare
        from hatch_sentry_artifacts.errors import SentryArtifactsError

        try:
            self._upload = prepare(
                root=Path(self.root),
                destination=Path(self.directory),
                environment=os.environ,
                read_source=self._read_source,
            )
        except SentryArtifactsError as error:
            self._abort(error)

    def finalize(
        self,
        version: str,  # noqa: ARG002
        build_data: dict[str, Any],  # noqa: ARG002
        artifact_path: str,
    ) -> None:
        """Upload what the wheel at `artifact_path` holds."""
        if self._upload is None:
            return
        from hatch_sentry_artifacts.errors import SentryArtifactsError

        try:
            self._upload.run(Path(artifact_path), _HatchConsole(self.app))
        except SentryArtifactsError as error:
            self._abort(error)

    def _read_source(self) -> Source:
        from hatch_sentry_artifacts.options import Source
        from hatch_sentry_artifacts.project import read_project, without_hatch_keys

        path = read_project(Path(self.root)).source.path
        return Source(without_hatch_keys(self.config), path)

    def _abort(self, error: SentryArtifactsError) -> None:
        self.app.abort(f"sentry-artifacts: error: {error}", error.exit_code)


class _HatchConsole:
    """Messages as Hatch shows its own: on stderr, silenced by its `--quiet`."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def info(self, message: str) -> None:
        self._app.display_info(f"sentry-artifacts: {message}")

    def warning(self, message: str) -> None:
        self._app.display_warning(f"sentry-artifacts: warning: {message}")

    def error(self, message: str) -> None:
        self._app.display_error(f"sentry-artifacts: error: {message}")

    def result(self, text: str) -> None:
        self._app.display_info(text)


@hookimpl
def hatch_register_build_hook() -> type[SentryBuildHook]:
    """Tell Hatchling of the hook."""
    return SentryBuildHook

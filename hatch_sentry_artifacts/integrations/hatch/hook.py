"""The Hatch build hook `sentry`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.builds.keeping import Keeping
    from hatch_sentry_artifacts.builds.shipping import Shipping
    from hatch_sentry_artifacts.builds.upload import BuildUpload, NoUpload
    from hatch_sentry_artifacts.configuration.options import Source
    from hatch_sentry_artifacts.console import HostConsole
    from hatch_sentry_artifacts.errors import SentryArtifactsError
    from hatch_sentry_artifacts.integrations.hatch.packing import Packing


class SentryBuildHook(BuildHookInterface[Any]):
    """Uploads the finished wheel's files. Hatchling constructs it often, so that is cheap."""

    PLUGIN_NAME = "sentry"

    _upload: BuildUpload | NoUpload | None = None
    _packing: Packing | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Check the configuration before anything is built, and change the files to ship."""
        self._end_packing()
        self._upload = None
        if self.target_name != "wheel":
            self._packing = self._make_packing(build_data)
            return
        if version == "editable":
            self._tell_of_editable()
            return
        from hatch_sentry_artifacts.builds.upload import prepare
        from hatch_sentry_artifacts.errors import SentryArtifactsError

        try:
            self._upload = prepare(
                root=Path(self.root),
                destination=Path(self.directory),
                environment=os.environ,
                read_source=self._read_source,
            )
            if self._upload.keeping:
                self._refuse_packed_folder(self._upload.keeping)
            self._pack(build_data, self._upload)
        except SentryArtifactsError as error:
            self._abort(error)

    def finalize(
        self,
        _version: str,
        build_data: dict[str, Any],
        artifact_path: str,
    ) -> None:
        """Upload what the wheel at `artifact_path` holds."""
        packing = self._end_packing()
        if self._upload is None:
            return
        from hatch_sentry_artifacts.errors import SentryArtifactsError

        wheel = Path(artifact_path)
        try:
            shipment = packing.shipment(wheel) if packing else None
            self._upload.run(wheel, self._console(), shipment, self._source_tree(build_data))
        except SentryArtifactsError as error:
            self._abort(error)

    def _refuse_packed_folder(self, keeping: Keeping) -> None:
        from hatch_sentry_artifacts.integrations.hatch.packed_places import refuse_packed_folder

        refuse_packed_folder(keeping.setting, self.build_config.builder)

    def _tell_of_editable(self) -> None:
        from hatch_sentry_artifacts.builds.upload import editable_order

        line = editable_order(os.environ, Path(self.root))
        if line:
            self._console().info(line)

    def _pack(self, build_data: dict[str, Any], upload: BuildUpload | NoUpload) -> None:
        """Make Hatchling take changed files from elsewhere, and skip those left out."""
        from hatch_sentry_artifacts.builds.shipping import changes_wheels, find_shipping
        from hatch_sentry_artifacts.temporary import sweep

        sweep()  # before the files are listed: the folder may lie in the project
        shipping = None
        if changes_wheels(self.config):
            shipping = find_shipping(
                self._read_source,
                for_installer=upload.decision.for_installer,
                options=upload.options,
            )
        self._packing = self._make_packing(build_data, shipping)

    def _make_packing(
        self, build_data: dict[str, Any], shipping: Shipping | None = None
    ) -> Packing:
        from hatch_sentry_artifacts.integrations.hatch.packing import Packing

        return Packing(self.build_config.builder, build_data, shipping, self._abort)

    def _source_tree(self, build_data: dict[str, Any]) -> SourceTree:
        """Return the project in which sources of the wheel's files are found."""
        from hatch_sentry_artifacts.assets.original_sources.source_tree import tree_of_build
        from hatch_sentry_artifacts.integrations.hatch.packing import source_files

        def list_files() -> Mapping[str, Path]:
            with self.build_config.set_build_data(build_data):
                return source_files(self.build_config.builder, build_data)

        return tree_of_build(Path(self.root), list_files)

    def _end_packing(self) -> Packing | None:
        """Restore Hatchling; return what took part in the packing, if anything did."""
        packing, self._packing = self._packing, None
        if packing:
            packing.end()
        return packing

    def _read_source(self) -> Source:
        from hatch_sentry_artifacts.configuration.options import Source
        from hatch_sentry_artifacts.configuration.project import read_project, strip_hatch_keys

        path = read_project(Path(self.root)).source.path
        return Source(strip_hatch_keys(self.config), path)

    def _console(self) -> HostConsole:
        """Return a console like Hatch's own: on stderr, silenced by its `--quiet`."""
        from hatch_sentry_artifacts.console import HostConsole

        app = self.app
        return HostConsole(app.display_info, app.display_warning, app.display_error, app.verbosity)

    def _abort(self, error: SentryArtifactsError) -> NoReturn:
        from hatch_sentry_artifacts.console import show_error

        show_error(self._console(), error)
        self.app.abort(code=error.exit_code)
        raise SystemExit(error.exit_code)


@hookimpl
def hatch_register_build_hook() -> type[SentryBuildHook]:
    """Register the hook."""
    return SentryBuildHook

"""The build hook for pdm-backend, in projects with `[tool.sentry-artifacts]`."""

# pdm-backend loads this module in every project of an environment that we are installed in:
# whatever costs time is imported only where it is needed.

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.asset import Member
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.builds.shipping import Planned, Shipping
    from hatch_sentry_artifacts.builds.upload import BuildUpload, NoUpload
    from hatch_sentry_artifacts.configuration.options import Source
    from hatch_sentry_artifacts.console import Console

# The same as TABLE in project.py and MODE_VARIABLE in mode.py, which are imported only where a
# project has such a table, or an upload is ordered.
_TABLE = "sentry-artifacts"
_MODE_VARIABLE = "SENTRY_ARTIFACTS"


class SentryBuildHook:
    """Changes the files of a wheel before it is packed, and uploads it when it is built."""

    def __init__(self) -> None:
        self._upload: BuildUpload | NoUpload | None = None
        self._shipping: Shipping | None = None
        self._planned: Planned | None = None
        self._sources: dict[str, Path] = {}

    def pdm_build_hook_enabled(self, context: Any) -> bool:
        """Return whether the project has our table, or an upload is ordered."""
        ordered = os.environ.get(_MODE_VARIABLE, "").strip() not in {"", "off"}
        return ordered or _has_table(context)

    def pdm_build_update_files(self, context: Any, files: MutableMapping[str, Path]) -> None:
        """Check the configuration, and change the files to ship: every hook before has made its."""
        from hatch_sentry_artifacts.assets.kinds import is_staged

        for path in [path for path in files if is_staged(path)]:
            del files[path]
        self._upload = self._planned = None
        if context.target == "wheel":
            with _errors():
                self._prepare(context, files)
        elif context.target == "editable" and _has_table(context):
            _tell_of_editable(context.root)

    def pdm_build_finalize(self, context: Any, artifact: Path) -> None:
        """Upload what the wheel holds."""
        if context.target != "wheel" or self._upload is None:
            return
        with _errors():
            if self._shipping and self._planned:
                self._shipping.check(artifact, self._planned)
            shipment = self._planned.shipment if self._planned else None
            self._upload.run(artifact, _console(), shipment, self._source_tree(context.root))

    def _prepare(self, context: Any, files: MutableMapping[str, Path]) -> None:
        from hatch_sentry_artifacts.builds.shipping import find_shipping
        from hatch_sentry_artifacts.builds.upload import prepare

        root = Path(context.root)
        if not _has_table(context):
            _refuse_order(root, context.dist_dir)
            return
        self._upload = prepare(
            root=root,
            destination=Path(context.dist_dir),
            environment=os.environ,
            read_source=partial(_read_source, root),
        )
        self._sources = dict(files)
        self._shipping = find_shipping(
            partial(_read_source, root),
            for_installer=self._upload.decision.for_installer,
            options=self._upload.options,
        )
        if self._shipping is None:
            return
        self._planned = self._shipping.plan(self._sources, _metadata(context))
        if self._planned:
            files.update(self._planned.shipment.changed)
            for path in self._planned.shipment.left_out:
                files.pop(path, None)

    def _source_tree(self, root: Path) -> SourceTree:
        from hatch_sentry_artifacts.assets.original_sources.source_tree import tree_of_build

        return tree_of_build(Path(root), lambda: self._sources)


def _has_table(context: Any) -> bool:
    tool = context.config.data.get("tool")
    return isinstance(tool, dict) and _TABLE in tool


def _read_source(root: Path) -> Source:
    from hatch_sentry_artifacts.configuration.project import read_project

    return read_project(root).source


def _refuse_order(root: Path, destination: Path) -> None:
    """Raise ConfigurationError if an upload is ordered that no table configures."""
    from hatch_sentry_artifacts.builds.landing import find_landing
    from hatch_sentry_artifacts.builds.mode import decide
    from hatch_sentry_artifacts.configuration.project import require_table

    if decide(os.environ, find_landing(root, Path(destination))).ordered:
        require_table(root)


def _metadata(context: Any) -> list[Member]:
    """Return what the wheel's metadata tells of its kind, as pdm-backend writes it later."""
    from hatch_sentry_artifacts.assets.asset import Member

    said = context.config.metadata
    lines = [f"Requires-Dist: {each}" for each in said.get("dependencies") or ()]
    lines += [f"Classifier: {each}" for each in said.get("classifiers") or ()]
    points = [f"[{group}]\n{_lines(each)}" for group, each in _entry_points(said).items()]
    texts = {"METADATA": "\n".join([*lines, ""]), "entry_points.txt": "\n".join(points)}
    contents = {f"{context.builder.dist_info_name}/{name}": text for name, text in texts.items()}
    encoded = {path: text.encode() for path, text in contents.items()}
    return [Member(path, len(each), partial(BytesIO, each)) for path, each in encoded.items()]


def _entry_points(metadata: Any) -> dict[str, dict[str, str]]:
    found = metadata.get("entry-points") or {}
    return {group: each for group, each in found.items() if isinstance(each, dict)}


def _lines(entries: dict[str, str]) -> str:
    return "".join(f"{name} = {target}\n" for name, target in entries.items())


def _tell_of_editable(root: Path) -> None:
    from hatch_sentry_artifacts.builds.upload import editable_order

    line = editable_order(os.environ, Path(root))
    if line:
        _console().info(line)


def _console() -> Console:
    """Return a console that writes everything to stderr: stdout is the back end's own."""
    from hatch_sentry_artifacts.console import TerminalConsole

    return TerminalConsole.of(os.environ, results=sys.stderr)


@contextmanager
def _errors() -> Iterator[None]:
    """Show our errors, and end the process with their exit codes: others would be tracebacks."""
    from hatch_sentry_artifacts.console import show_error
    from hatch_sentry_artifacts.errors import SentryArtifactsError

    try:
        yield
    except SentryArtifactsError as error:
        show_error(_console(), error)
        raise SystemExit(error.exit_code) from None

"""The setuptools command `sentry_artifacts`, and the wrap that lets `bdist_wheel` upload."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from setuptools import Command, Distribution
from setuptools.errors import BaseError, SetupError

from hatch_sentry_artifacts.console import TerminalConsole
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.options import OPTIONS, Kind, Source

if TYPE_CHECKING:
    from hatch_sentry_artifacts.build_upload import BuildUpload
    from hatch_sentry_artifacts.console import Console

_COMMAND = "sentry_artifacts"
_WHEEL = "bdist_wheel"
_LISTS = {Kind.TEXTS, Kind.PATTERNS, Kind.PREFIXES}


def wrap_bdist_wheel(distribution: Distribution) -> None:
    """Let `bdist_wheel` upload what it built, in a project that has our table.

    Setuptools calls this for every distribution, in every environment that we are installed in,
    so that it neither fails nor does anything elsewhere.
    """
    tables = _tables(Path.cwd() / "pyproject.toml")
    if tables is None:
        return
    if _WHEEL in tables.get("setuptools", {}).get("cmdclass", {}):
        _console().warning(
            f"tool.setuptools.cmdclass.{_WHEEL} replaces the command that uploads, so a build "
            f"uploads nothing: take it into setup.py's cmdclass, or run the command {_COMMAND}"
        )
        return
    try:
        base = distribution.get_command_class(_WHEEL)
    except BaseError:
        # Setuptools before 70.1 has the command from the package `wheel`.
        distribution.cmdclass[_WHEEL] = _NoWheel
        return
    if not issubclass(base, _Uploading):
        distribution.cmdclass[_WHEEL] = type(base.__name__, (_Uploading, base), {})


class _NoWheel(Command):
    """Stands in for a `bdist_wheel` that cannot be found."""

    description = "create a wheel distribution"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = [
        ("dist-dir=", "d", "directory to put the wheel in")
    ]

    def initialize_options(self) -> None:
        self.dist_dir: str | None = None

    def finalize_options(self) -> None:
        """Nothing to do."""

    def run(self) -> None:
        raise SetupError(
            "sentry-artifacts: this setuptools needs the package wheel to build one: "
            "require 'hatch-sentry-artifacts[setuptools]', or setuptools 70.1 or later"
        )


class _Uploading(Command):
    """Goes in front of a project's own `bdist_wheel`."""

    dist_dir: str

    def run(self) -> None:
        """Check the configuration, build the wheel, upload what it holds."""
        if _COMMAND in (self.distribution.commands or ()):
            super().run()  # that command uploads
            return
        destination = _destination(Path(self.dist_dir))
        upload = _telling(lambda: _prepare(destination))
        super().run()
        if upload is not None:
            _run(upload, _built_wheel(self.distribution), destination)


class sentry_artifacts(Command):  # noqa: N801 - setuptools names commands after their classes
    """Uploads the scripts and source maps of the wheel, which is built first if it is not yet."""

    description = "upload the scripts and source maps of the wheel to Sentry"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = [
        ("dry-run", None, "show what would be sent, and send nothing"),
        *(
            (
                option.key + ("" if option.kind is Kind.SWITCH else "="),
                None,
                option.help.replace("`", "")
                + (" (several with commas between)" if option.kind in _LISTS else ""),
            )
            for option in OPTIONS.values()
        ),
        ("no-create-release", None, "do not create the release"),
        ("no-finalize-release", None, "do not mark the release as released"),
    ]
    boolean_options: ClassVar[list[str]] = [
        "dry-run",
        *(option.key for option in OPTIONS.values() if option.kind is Kind.SWITCH),
    ]
    negative_opt: ClassVar[dict[str, str]] = {
        "no-create-release": "create-release",
        "no-finalize-release": "finalize-release",
    }

    def initialize_options(self) -> None:
        """No option is given."""
        self.dry_run = False
        for key in OPTIONS:
            setattr(self, key.replace("-", "_"), None)

    def finalize_options(self) -> None:
        """The options are read together with the project's table, when the command runs."""

    def run(self) -> None:
        """Upload, whatever the environment says but for a dry run."""
        upload = _telling(self._prepare)
        if not any(name == _WHEEL for name, _, _ in self.distribution.dist_files):
            self.run_command(_WHEEL)
        wheel = _built_wheel(self.distribution)
        _run(upload, wheel, wheel.parent)

    def _prepare(self) -> BuildUpload:
        from hatch_sentry_artifacts.build_upload import explicit

        return explicit(root=Path.cwd(), flags=Source(self._given()), dry_run=bool(self.dry_run))

    def _given(self) -> dict[str, object]:
        """The options that stand on the command line, as TOML would have them."""
        given = {key: getattr(self, key.replace("-", "_")) for key in OPTIONS}
        return {key: _value(key, text) for key, text in given.items() if text is not None}


def _value(key: str, given: Any) -> object:
    kind = OPTIONS[key].kind
    if kind is Kind.SWITCH:
        return bool(given)
    parts = str(given).split(",")
    if kind is Kind.PREFIXES:
        return dict(part.partition("=")[::2] for part in parts)
    if kind in _LISTS:
        return parts
    return OPTIONS[key].from_text(str(given))


def _tables(pyproject: Path) -> dict[str, Any] | None:
    """The tables below [tool], if ours is one of them."""
    from hatch_sentry_artifacts.project import TABLE, read_toml

    try:
        tables = (read_toml(pyproject) or {}).get("tool", {})
    except SentryArtifactsError:
        return None  # setuptools itself tells what is wrong with it
    return tables if isinstance(tables, dict) and TABLE in tables else None


def _prepare(destination: Path) -> BuildUpload | None:
    from hatch_sentry_artifacts.build_upload import prepare
    from hatch_sentry_artifacts.project import read_project

    root = Path.cwd()
    return prepare(
        root=root,
        destination=destination,
        environment=os.environ,
        read_source=lambda: read_project(root).source,
    )


def _run(upload: BuildUpload, wheel: Path, destination: Path) -> None:
    """Upload; if that has to fail the build, the wheel is kept all the same."""
    try:
        _telling(lambda: upload.run(wheel, _console()))
    except SetupError:
        if wheel.parent.resolve() != destination.resolve():
            shutil.copy2(wheel, destination / wheel.name)
        raise


def _telling(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except SentryArtifactsError as error:
        raise SetupError(f"sentry-artifacts: {error}") from None


def _destination(dist_dir: Path) -> Path:
    """Where the wheel ends up.

    Build front ends let setuptools build in a temporary folder inside of the real one, which is
    gone, with the wheel, if anything fails
    (https://setuptools.pypa.io/en/latest/build_meta.html).
    """
    prefixes = (tempfile.gettempprefix(), f".{tempfile.gettempprefix()}-")
    temporary = dist_dir.name.startswith(prefixes) and dist_dir.is_absolute()
    return dist_dir.parent if temporary else dist_dir


def _built_wheel(distribution: Distribution) -> Path:
    wheels = [file for name, _, file in distribution.dist_files if name == _WHEEL]
    if not wheels:
        raise SetupError("sentry-artifacts: bdist_wheel named no wheel that it built")
    return Path(wheels[-1])


def _console() -> Console:
    return TerminalConsole(os.environ, results=sys.stderr, prefix="sentry-artifacts: ")

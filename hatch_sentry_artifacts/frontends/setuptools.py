"""Lets `bdist_wheel` upload what it built, in projects with `[tool.sentry-artifacts]`."""

# Setuptools loads this module in every project of an environment that we are installed in: whatever
# costs time is imported only where it is needed.

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from setuptools.errors import ModuleError, SetupError

if TYPE_CHECKING:
    from setuptools import Command, Distribution
    from setuptools.command.bdist_wheel import bdist_wheel

    from hatch_sentry_artifacts.assets.shipping import Shipment
    from hatch_sentry_artifacts.build_upload import BuildUpload
    from hatch_sentry_artifacts.console import Console
    from hatch_sentry_artifacts.frontends import setuptools_command
    from hatch_sentry_artifacts.shipping import Shipping

    _Mixin = bdist_wheel
else:
    _Mixin = object

COMMAND = "sentry_artifacts"
WHEEL_COMMAND = "bdist_wheel"
# The same as TABLE in project.py, which is imported only where a project has such a table.
_TABLE = "sentry-artifacts"
# The folder inside of the real destination in which setuptools makes a build front end's wheel, as
# `tempfile` names it; setuptools 61 gives it no prefix of its own.
_TEMPORARY = re.compile(r"(\.tmp-|tmp)[a-z0-9_]{8}")
_NO_WHEEL_COMMAND = (
    "sentry-artifacts: this setuptools makes no wheels by itself: install "
    "'hatch-sentry-artifacts[setuptools]', which brings the package wheel, "
    "or setuptools 70.1 or later"
)

AnyPath = TypeVar("AnyPath", bound=PurePath)


def __getattr__(name: str) -> Any:
    # The entry point of the command. It needs every option, and so is imported on demand.
    if name == COMMAND:
        from hatch_sentry_artifacts.frontends.setuptools_command import sentry_artifacts

        return sentry_artifacts
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def wrap_bdist_wheel(distribution: Distribution) -> None:
    """Let `bdist_wheel` upload what it built, in a project that has our table.

    Setuptools calls this for every distribution, before it reads the project's configuration.
    """
    if not _has_our_table(Path("pyproject.toml")):
        return
    # The class is wrapped when it is looked up, and not in `cmdclass` now: a table
    # `tool.setuptools.cmdclass` takes the place of all that `cmdclass` holds, and one in setup.cfg
    # counts only if `cmdclass` holds nothing.
    find = distribution.get_command_class
    wrapped: dict[type[Command], type[Command]] = {}

    def get_command_class(command: str) -> type[Command]:
        if command != WHEEL_COMMAND:
            return find(command)
        base = wheel_command(find)
        if base not in wrapped:
            wrapped[base] = _uploading(base)
        return wrapped[base]

    distribution.get_command_class = get_command_class  # type: ignore[method-assign, assignment]


def wheel_command(find: Callable[[str], type[Command]]) -> type[Command]:
    """What `find` has for `bdist_wheel`. Raises ModuleError that says what to install."""
    try:
        return find(WHEEL_COMMAND)
    except ModuleError:
        # Setuptools before 70.1 has the command from the package `wheel`.
        raise ModuleError(_NO_WHEEL_COMMAND) from None


def _uploading(base: type[Command]) -> type[Command]:
    if issubclass(base, _Uploading):
        return base
    namespace = {"__module__": base.__module__, "__doc__": base.__doc__}
    return type(base.__name__, (_Uploading, base), namespace)


class _Uploading(_Mixin):
    """Goes in front of `bdist_wheel`, also of a project's own."""

    shipment: Shipment | None = None
    # Only while this command builds: editable installs let it write metadata too, and have to stay
    # as they are.
    _shipping: Shipping | None = None

    def run(self) -> None:
        """Check the configuration, build the wheel, upload what it holds."""
        self.shipment = None
        upload = _prepare(self)
        with errors_for_setuptools():
            self._shipping = _find_shipping(self, upload)
        try:
            if upload is None:
                super().run()
            else:
                self._build_and_upload(upload)
        finally:
            self._shipping = None

    def write_wheelfile(self, *arguments: Any, **named: Any) -> None:
        """Write the metadata; by now all that the wheel is to hold lies in its build folder."""
        if self._shipping:
            with errors_for_setuptools():
                self.shipment = _changed(Path(str(self.bdist_dir)), self._shipping)
        super().write_wheelfile(*arguments, **named)

    def _build_and_upload(self, upload: BuildUpload) -> None:
        folder = wheel_folder(self)
        before = wheels_in(folder)
        super().run()
        wheel = built_wheel(self.distribution, folder, before)
        if wheel is None:
            console().warning(f"nothing was uploaded: {unknown_wheel(self)}")
        else:
            run_upload(upload, wheel, self)


def _prepare(command: bdist_wheel) -> BuildUpload | None:
    """The upload for the wheel that the command is about to build. Raises SetupError."""
    from hatch_sentry_artifacts.build_upload import prepare
    from hatch_sentry_artifacts.project import read_project

    if _is_ordered(command):
        # That command uploads this wheel; what is wrong with its options is told now.
        _order(command).prepare()
        return None
    root = Path.cwd()
    with errors_for_setuptools():
        return prepare(
            root=root,
            destination=final_folder(wheel_folder(command)),
            environment=os.environ,
            read_source=lambda: read_project(root).source,
        )


def _is_ordered(command: bdist_wheel) -> bool:
    """Whether the command `sentry_artifacts` takes part in this run."""
    distribution = command.distribution
    # What stands on the command line; without one, setuptools does not even set it.
    commands = getattr(distribution, "commands", None) or ()
    return COMMAND in {*commands, *distribution.command_obj}


def _order(command: bdist_wheel) -> setuptools_command.sentry_artifacts:
    return command.get_finalized_command(COMMAND)  # type: ignore[return-value]


def _find_shipping(command: bdist_wheel, upload: BuildUpload | None) -> Shipping | None:
    """How the wheel's content is to change, if it is. Raises ConfigurationError."""
    from hatch_sentry_artifacts.gating import is_for_installer
    from hatch_sentry_artifacts.project import read_project
    from hatch_sentry_artifacts.shipping import find_shipping

    if _is_ordered(command):
        upload = _order(command).prepare()
    return find_shipping(
        lambda: read_project(Path.cwd()).source,
        for_installer=is_for_installer(os.environ, final_folder(wheel_folder(command))),
        options=upload.options if upload else None,
    )


def _changed(folder: Path, shipping: Shipping) -> Shipment | None:
    """Change what the unpacked wheel in `folder` ships."""
    from hatch_sentry_artifacts.shipping import apply_to, files_below

    shipment = shipping.shipment(files_below(folder))
    if shipment:
        apply_to(folder, shipment)
    return shipment


def _has_our_table(pyproject: Path) -> bool:
    try:
        if _TABLE.encode() not in pyproject.read_bytes():
            return False
    except OSError:
        return False
    from hatch_sentry_artifacts.errors import SentryArtifactsError
    from hatch_sentry_artifacts.project import read_toml

    try:
        tool = (read_toml(pyproject) or {}).get("tool")
    except SentryArtifactsError:
        return False  # setuptools itself tells what is wrong with it
    return isinstance(tool, dict) and _TABLE in tool


def run_upload(upload: BuildUpload, wheel: Path, command: bdist_wheel) -> None:
    """Upload; whatever happens, the wheel is kept. Raises SetupError if it fails the build."""
    from hatch_sentry_artifacts.frontends.setuptools_sources import source_tree

    try:
        with errors_for_setuptools():
            shipment = getattr(command, "shipment", None)
            upload.run(wheel, console(), shipment, source_tree(command))
    except BaseException:
        _keep(wheel)
        raise


def _keep(wheel: Path) -> None:
    """Move the wheel to where it is wanted, from the temporary folder that a failure removes."""
    destination = final_folder(wheel.parent)
    if destination == wheel.parent:
        return
    try:
        wheel.replace(destination / wheel.name)
    except OSError as error:
        console().warning(f"{wheel.name} cannot be kept in {destination}: {error.strerror}")


def wheel_folder(command: bdist_wheel) -> Path:
    """Where the command puts its wheel."""
    return Path(command.dist_dir or "dist")


def final_folder(dist_dir: Path) -> Path:
    """Where the wheel that is built in `dist_dir` ends up."""
    # Only PEP 517's entry points build in a temporary folder.
    return real_folder(dist_dir) if "setuptools.build_meta" in sys.modules else dist_dir


def real_folder(dist_dir: AnyPath) -> AnyPath:
    """`dist_dir`, or what holds it if it is the temporary folder of `setuptools.build_meta`.

    That folder is gone, with the wheel, if anything fails
    (https://setuptools.pypa.io/en/latest/build_meta.html).
    """
    temporary = dist_dir.is_absolute() and _TEMPORARY.fullmatch(dist_dir.name)
    return dist_dir.parent if temporary else dist_dir


def wheels_in(folder: Path) -> set[tuple[Path, int]]:
    """The wheels that lie in `folder`, each with the time of its last change in ns."""
    return {(wheel, wheel.stat().st_mtime_ns) for wheel in folder.glob("*.whl")}


def built_wheel(
    distribution: Distribution, folder: Path, before: set[tuple[Path, int]]
) -> Path | None:
    """The wheel that `bdist_wheel` says it built; else the only one in `folder` that is new.

    A project's own `bdist_wheel` may give the wheel another name in the end.
    """
    named = [Path(file) for name, _, file in distribution.dist_files if name == WHEEL_COMMAND]
    if named and named[-1].is_file():
        return named[-1]
    new = wheels_in(folder) - before
    return next(iter(new))[0] if len(new) == 1 else None


def unknown_wheel(command: bdist_wheel) -> str:
    """Half a sentence: what is unknown, and the way out of it."""
    folder = final_folder(wheel_folder(command))
    return (
        f"the project's {WHEEL_COMMAND} does not tell which wheel in {folder} is its; "
        "run `hatch-sentry-artifacts upload` with that wheel afterwards"
    )


@contextmanager
def errors_for_setuptools() -> Iterator[None]:
    """Turns our errors into one of those that setuptools prints as a plain line."""
    from hatch_sentry_artifacts.errors import SentryArtifactsError

    try:
        yield
    except SentryArtifactsError as error:
        raise SetupError(f"sentry-artifacts: {error}") from None


def console() -> Console:
    """Messages for people and results alike on stderr: what stdout holds is setuptools' own."""
    from hatch_sentry_artifacts.console import TerminalConsole

    return TerminalConsole(os.environ, results=sys.stderr, prefix="sentry-artifacts: ")

"""Finds the wheel that setuptools built, and shows errors to its users."""

# Setuptools loads this module in every project of an environment that we are installed in: whatever
# costs time is imported only where it is needed.

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NoReturn, TypeVar

from setuptools.errors import ModuleError

if TYPE_CHECKING:
    from setuptools import Command, Distribution
    from setuptools.command.bdist_wheel import bdist_wheel

    from hatch_sentry_artifacts.builds.keeping import Keeping
    from hatch_sentry_artifacts.builds.upload import BuildUpload, NoUpload
    from hatch_sentry_artifacts.console import Console
    from hatch_sentry_artifacts.errors import SentryArtifactsError

WHEEL_COMMAND = "bdist_wheel"
# The folder inside of the real destination in which setuptools makes a build front end's wheel, as
# `tempfile` names it; setuptools 61 gives it no prefix of its own.
_TEMPORARY = re.compile(r"(\.tmp-|tmp)[a-z0-9_]{8}")
_NO_WHEEL_COMMAND = (
    "sentry-artifacts: this setuptools makes no wheels by itself: install "
    "'hatch-sentry-artifacts[setuptools]', which brings the package wheel, "
    "or setuptools 70.1 or later"
)

AnyPath = TypeVar("AnyPath", bound=PurePath)


def wheel_command(find: Callable[[str], type[Command]]) -> type[Command]:
    """Return `find("bdist_wheel")`. Raises ModuleError that says what to install."""
    try:
        return find(WHEEL_COMMAND)
    except ModuleError:
        # Setuptools before 70.1 has the command from the package `wheel`.
        raise ModuleError(_NO_WHEEL_COMMAND) from None


def wheel_folder(command: bdist_wheel) -> Path:
    """Return the folder into which the command puts its wheel."""
    return Path(command.dist_dir or "dist")


def final_folder(dist_dir: Path) -> Path:
    """Return the final folder of the wheel that is built in `dist_dir`."""
    # Only PEP 517's entry points build in a temporary folder.
    return real_folder(dist_dir) if "setuptools.build_meta" in sys.modules else dist_dir


def real_folder(dist_dir: AnyPath) -> AnyPath:
    """Return `dist_dir`, or its parent if it is the temporary folder of `setuptools.build_meta`.

    That folder is removed, with the wheel, if anything fails
    (https://setuptools.pypa.io/en/latest/build_meta.html).
    """
    temporary = dist_dir.is_absolute() and _TEMPORARY.fullmatch(dist_dir.name)
    return dist_dir.parent if temporary else dist_dir


def wheels_in(folder: Path) -> set[tuple[Path, int]]:
    """Return the wheels that lie in `folder`, each with the time of its last change in ns."""
    return {(wheel, wheel.stat().st_mtime_ns) for wheel in folder.glob("*.whl")}


def built_wheel(
    distribution: Distribution, folder: Path, before: set[tuple[Path, int]]
) -> Path | None:
    """Return the wheel that `bdist_wheel` says it built; else the only one in `folder` that is new.

    A project's own `bdist_wheel` may give the wheel another name in the end.
    """
    named = [Path(file) for name, _, file in distribution.dist_files if name == WHEEL_COMMAND]
    if named and named[-1].is_file():
        return named[-1]
    new = wheels_in(folder) - before
    return next(iter(new))[0] if len(new) == 1 else None


def unknown_wheel(command: bdist_wheel) -> str:
    """Return half a sentence: what is unknown, and what to do."""
    folder = final_folder(wheel_folder(command))
    return (
        f"the project's {WHEEL_COMMAND} does not tell which wheel in {folder} is its; "
        "run `hatch-sentry-artifacts upload` with that wheel afterwards"
    )


def refuse_packed_folder(command: bdist_wheel, keeping: Keeping | None) -> None:
    """Raise ConfigurationError if side files would lie in a package."""
    if keeping is None:
        return
    from hatch_sentry_artifacts.errors import ConfigurationError

    folder = Path(keeping.setting).absolute()
    build = command.get_finalized_command("build_py")
    for package in getattr(build, "packages", None) or ():
        place = Path(build.get_package_dir(package)).absolute()
        if place in (folder, *folder.parents):
            raise ConfigurationError(
                f'`keep-maps` names "{keeping.setting}", inside of the package {package}, which is '
                'published: name another folder, such as "build/source-maps"'
            )


@contextmanager
def errors_for_setuptools() -> Iterator[None]:
    """Show our errors, and end the process with their exit codes; setuptools has one for all."""
    from hatch_sentry_artifacts.errors import SentryArtifactsError

    try:
        yield
    except SentryArtifactsError as error:
        fail(error)


def fail(error: SentryArtifactsError) -> NoReturn:
    """Show the error, and end the process with its exit code."""
    from hatch_sentry_artifacts.console import show_error

    show_error(console(), error)
    raise SystemExit(error.exit_code) from None


def console() -> Console:
    """Return a console that writes everything to stderr: stdout is setuptools' own."""
    from hatch_sentry_artifacts.console import TerminalConsole

    return TerminalConsole.of(os.environ, results=sys.stderr)


def run_upload(upload: BuildUpload | NoUpload, wheel: Path, command: bdist_wheel) -> None:
    """Upload; whatever happens, the wheel is kept. Raises SystemExit if it fails the build."""
    from hatch_sentry_artifacts.integrations.setuptools.sources import source_tree

    try:
        with errors_for_setuptools():
            planned = getattr(command, "planned", None)
            shipment = planned.shipment if planned else None
            final = final_folder(wheel.parent) / wheel.name
            upload.run(wheel, console(), shipment, source_tree(command), final=final)
    except BaseException:
        _keep(wheel)
        raise


def _keep(wheel: Path) -> None:
    """Move the wheel to its final folder, from the temporary one that a failure removes."""
    destination = final_folder(wheel.parent)
    if destination == wheel.parent:
        return
    try:
        wheel.replace(destination / wheel.name)
    except OSError as error:
        console().warning(f"{wheel.name} cannot be kept in {destination}: {error.strerror}")

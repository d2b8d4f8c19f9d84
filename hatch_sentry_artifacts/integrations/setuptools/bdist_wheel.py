"""Makes `bdist_wheel` upload its wheel in projects with `[tool.sentry-artifacts]`."""

# Setuptools loads this module in every project of an environment that we are installed in: whatever
# costs time is imported only where it is needed.

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.integrations.setuptools.wheels import (
    WHEEL_COMMAND,
    built_wheel,
    console,
    errors_for_setuptools,
    final_folder,
    refuse_packed_folder,
    run_upload,
    unknown_wheel,
    wheel_command,
    wheel_folder,
    wheels_in,
)

if TYPE_CHECKING:
    from setuptools import Command, Distribution
    from setuptools.command.bdist_wheel import bdist_wheel
    from setuptools.command.sdist import sdist

    from hatch_sentry_artifacts.builds.shipping import Planned, Shipping
    from hatch_sentry_artifacts.builds.upload import BuildUpload, NoUpload
    from hatch_sentry_artifacts.integrations.setuptools import command as setuptools_command

    _Mixin = bdist_wheel
    _SdistMixin = sdist
else:
    _Mixin = _SdistMixin = object

COMMAND = "sentry_artifacts"
# The same as TABLE in project.py, which is imported only where a project has such a table.
_TABLE = "sentry-artifacts"
# The same as MODE_VARIABLE in mode.py, for the same reason.
_MODE_VARIABLE = "SENTRY_ARTIFACTS"
_EDITABLE_COMMAND = "editable_wheel"
_SDIST_COMMAND = "sdist"


def __getattr__(name: str) -> Any:
    # The entry point of the command. It needs every option, and so is imported on demand.
    if name == COMMAND:
        from hatch_sentry_artifacts.integrations.setuptools.command import sentry_artifacts

        return sentry_artifacts
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def wrap_bdist_wheel(distribution: Distribution) -> None:
    """Make `bdist_wheel` upload the wheel that it built, in a project that has our table.

    Setuptools calls this for every distribution, before it reads the project's configuration.
    """
    tool = _tool_tables(Path("pyproject.toml"))
    if _TABLE in tool:
        mixins: dict[str, type] = {
            WHEEL_COMMAND: _Uploading,
            _EDITABLE_COMMAND: _Editable,
            _SDIST_COMMAND: _Sdist,
        }
    elif os.environ.get(_MODE_VARIABLE, "").strip() not in {"", "off"} or _misspelt(tool):
        mixins = {WHEEL_COMMAND: _WithoutTable}
    else:
        return
    # The class is wrapped when it is looked up, and not in `cmdclass` now: a table
    # `tool.setuptools.cmdclass` takes the place of all that `cmdclass` holds, and one in setup.cfg
    # counts only if `cmdclass` holds nothing.
    find = distribution.get_command_class
    wrapped: dict[type[Command], type[Command]] = {}

    def get_command_class(command: str) -> type[Command]:
        if command not in mixins:
            return find(command)
        base = wheel_command(find) if command == WHEEL_COMMAND else find(command)
        if base not in wrapped:
            wrapped[base] = _mixed(mixins[command], base)
        return wrapped[base]

    distribution.get_command_class = get_command_class  # type: ignore[method-assign, assignment]


def _mixed(mixin: type, base: type[Command]) -> type[Command]:
    if issubclass(base, mixin):
        return base
    namespace = {"__module__": base.__module__, "__doc__": base.__doc__}
    return type(base.__name__, (mixin, base), namespace)


class _Uploading(_Mixin):
    """A mixin for `bdist_wheel`, also for a project's own."""

    planned: Planned | None = None
    # Editable installs let this command write metadata too, and have to stay as they are.
    _builds = False
    _shipping: Shipping | None = None

    def run(self) -> None:
        """Check the configuration, build the wheel, upload what it holds."""
        self.planned = None
        upload = _prepare(self)
        with errors_for_setuptools():
            self._shipping = _find_shipping(self, upload)
        if self._shipping:
            # Else a file is copied into the unpacked wheel only if it is newer than the one there,
            # which may be the changed one of a build that was killed.
            self.distribution.get_option_dict("install")["force"] = (COMMAND, "1")
        self._builds = True
        try:
            self._build(upload)
        finally:
            self._builds = False

    def write_wheelfile(self, *arguments: Any, **named: Any) -> None:
        """Write the metadata; at this time all files of the wheel are in its build folder."""
        if self._builds:
            with errors_for_setuptools():
                self.planned = _changed(Path(str(self.bdist_dir)), self._shipping)
        super().write_wheelfile(*arguments, **named)

    def _build(self, upload: BuildUpload | NoUpload | None) -> None:
        from hatch_sentry_artifacts.builds.mode import UploadMode

        folder = wheel_folder(self)
        before = wheels_in(folder)
        super().run()
        wheel = built_wheel(self.distribution, folder, before)
        if wheel is not None:
            _check(wheel, self.planned, self._shipping)
            if upload is not None:
                run_upload(upload, wheel, self)
        elif upload is not None and upload.decision.mode is not UploadMode.OFF:
            console().warning(f"nothing was uploaded: {unknown_wheel(self)}")


class _Editable(_Mixin):
    """A mixin for `editable_wheel`: says that an order to upload does not count for it."""

    def run(self) -> None:
        """Build the editable wheel, as it is."""
        from hatch_sentry_artifacts.builds.upload import editable_order

        super().run()
        line = editable_order(os.environ, Path.cwd())
        if line:
            console().info(line)


class _Sdist(_SdistMixin):
    """A mixin for `sdist`: leaves out what builds, and runs of `inject` that were killed, left."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Make the tree that is packed."""
        from hatch_sentry_artifacts.assets.kinds import is_side_file, is_staged

        packed = [file for file in files if not (is_staged(file) or is_side_file(file))]
        super().make_release_tree(base_dir, packed)


class _WithoutTable(_Mixin):
    """A mixin for `bdist_wheel` if an upload is ordered but not configured, or not as it has to be.

    A table of another name may be meant to be ours: that is told.
    """

    def run(self) -> None:
        """Build the wheel, if it is not the release's. Raises SystemExit."""
        from hatch_sentry_artifacts.builds.landing import find_landing
        from hatch_sentry_artifacts.builds.mode import decide
        from hatch_sentry_artifacts.configuration.project import require_table

        root = Path.cwd()
        landing = find_landing(root, final_folder(wheel_folder(self)))
        with errors_for_setuptools():
            decision = decide(os.environ, landing)
            if decision.ordered:
                require_table(root)
        super().run()
        meant = _misspelt(_tool_tables(root / "pyproject.toml"))
        silent = decision.for_installer or decision.is_off
        if meant and not silent:
            console().warning(
                f"nothing uploaded to Sentry: [tool.{meant}] counts for nothing, since the table's "
                f"name is [tool.{_TABLE}]; {_MODE_VARIABLE}=off silences this line"
            )


def _check(wheel: Path, planned: Planned | None, shipping: Shipping | None) -> None:
    """Raise SystemExit if `wheel` was packed with other files than it is to ship."""
    if shipping and planned:
        with errors_for_setuptools():
            shipping.check(wheel, planned)


def _prepare(command: bdist_wheel) -> BuildUpload | NoUpload | None:
    """Return what to do with the wheel that the command is about to build. Raises SystemExit.

    None where the command `sentry_artifacts` uploads it.
    """
    from hatch_sentry_artifacts.builds.upload import prepare
    from hatch_sentry_artifacts.configuration.project import read_project

    if _is_ordered(command):
        _order(command).prepare()  # faults of its options are reported now
        return None
    root = Path.cwd()
    with errors_for_setuptools():
        upload = prepare(
            root=root,
            destination=final_folder(wheel_folder(command)),
            environment=os.environ,
            read_source=lambda: read_project(root).source,
        )
        refuse_packed_folder(command, upload.keeping)
        return upload


def _is_ordered(command: bdist_wheel) -> bool:
    """Return whether the command `sentry_artifacts` takes part in this run."""
    distribution = command.distribution
    # The command line; without one, setuptools does not set the attribute.
    commands = getattr(distribution, "commands", None) or ()
    return COMMAND in {*commands, *distribution.command_obj}


def _order(command: bdist_wheel) -> setuptools_command.sentry_artifacts:
    # The entry point of that name makes it.
    return command.get_finalized_command(COMMAND)  # type: ignore[return-value]


def _find_shipping(command: bdist_wheel, upload: BuildUpload | NoUpload | None) -> Shipping | None:
    """Return how the wheel's content is to change, if it is. Raises ConfigurationError."""
    from hatch_sentry_artifacts.builds.shipping import find_shipping
    from hatch_sentry_artifacts.configuration.project import read_project

    upload = upload or _order(command).prepare()
    return find_shipping(
        lambda: read_project(Path.cwd()).source,
        for_installer=upload.decision.for_installer,
        options=upload.options,
    )


def _changed(folder: Path, shipping: Shipping | None) -> Planned | None:
    """Change the files of the unpacked wheel in `folder`."""
    from hatch_sentry_artifacts.builds.shipping import (
        apply_to,
        delete_staged,
        files_below,
        metadata_below,
    )

    delete_staged(folder)
    if shipping is None:
        return None
    planned = shipping.plan(files_below(folder), metadata_below(folder))
    if planned:
        apply_to(folder, planned.shipment)
    return planned


def _tool_tables(pyproject: Path) -> Mapping[str, Any]:
    """Return the tables below `tool`; none if nothing there can be meant to be ours."""
    try:
        # Opening a named pipe would block for ever.
        if not pyproject.is_file() or b"sentry" not in pyproject.read_bytes().lower():
            return {}
    except OSError:
        return {}
    from hatch_sentry_artifacts.configuration.files import read_toml
    from hatch_sentry_artifacts.errors import SentryArtifactsError

    try:
        tool = (read_toml(pyproject) or {}).get("tool")
    except SentryArtifactsError:
        return {}  # setuptools itself reports what is wrong with it
    return tool if isinstance(tool, dict) else {}


def _misspelt(tool: Mapping[str, Any]) -> str | None:
    """Return the name of the table that is probably meant to be ours, and is not."""
    if not tool:
        return None
    from hatch_sentry_artifacts.configuration.project import misspelt_table

    return misspelt_table(tool)

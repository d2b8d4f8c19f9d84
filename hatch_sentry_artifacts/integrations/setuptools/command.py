"""The setuptools command `sentry_artifacts`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from setuptools import Command

from hatch_sentry_artifacts.configuration.option import Kind, Option
from hatch_sentry_artifacts.configuration.options import OPTIONS, Source
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.integrations.setuptools.wheels import (
    built_wheel,
    errors_for_setuptools,
    fail,
    final_folder,
    refuse_packed_folder,
    run_upload,
    unknown_wheel,
    wheel_command,
    wheel_folder,
    wheels_in,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.builds.upload import BuildUpload

_LISTS = {Kind.TEXTS, Kind.PATTERNS, Kind.PREFIXES}


def _help(option: Option) -> str:
    text = option.help.replace("`", "").partition(", or a list")[0]
    if option.kind is Kind.PREFIXES:
        return text.replace("table of", "FOLDER=PREFIX,FOLDER=PREFIX:")
    if option.kind in _LISTS:
        return f"{text} (several with commas between)"
    return f"{text}: {'|'.join(option.choices)}" if option.choices else text


class sentry_artifacts(Command):  # noqa: N801 - setuptools names commands after their classes
    """Uploads the scripts and source maps of the wheel, after building it if necessary."""

    description = "upload the scripts and source maps of the wheel to Sentry"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = [
        ("dry-run", None, "show what would be sent, and send nothing"),
        *(
            (option.key + ("" if option.kind is Kind.SWITCH else "="), None, _help(option))
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
        """Set all options to their defaults."""
        self._upload: BuildUpload | None = None
        self.dry_run = False
        for key in OPTIONS:
            setattr(self, key.replace("-", "_"), None)

    def finalize_options(self) -> None:
        """Do nothing: options are checked when the command runs, with the project's table."""

    def run(self) -> None:
        """Upload, whatever the environment says."""
        upload = self.prepare()
        wheel = self._wheel()
        command = self.get_finalized_command("bdist_wheel")
        run_upload(upload, wheel, command)

    def prepare(self) -> BuildUpload:
        """Check the options and return the upload. Raises SystemExit."""
        from hatch_sentry_artifacts.builds.upload import explicit

        if self._upload is None:
            wheel_command(self.distribution.get_command_class)
            command = self.get_finalized_command("bdist_wheel")
            with errors_for_setuptools():
                self._upload = explicit(
                    root=Path.cwd(),
                    destination=final_folder(wheel_folder(command)),
                    flags=Source(self._given()),
                    dry_run=bool(self.dry_run),
                )
                refuse_packed_folder(command, self._upload.keeping)
        return self._upload

    def _wheel(self) -> Path:
        """Return the wheel, after building it if necessary."""
        wheel_command(self.distribution.get_command_class)
        command = self.get_finalized_command("bdist_wheel")
        folder = wheel_folder(command)
        before = wheels_in(folder)
        self.run_command("bdist_wheel")  # which does nothing if it was run already
        wheel = built_wheel(self.distribution, folder, before)
        if wheel is None:
            fail(DistributionError(f"nothing was uploaded: {unknown_wheel(command)}"))
        return wheel

    def _given(self) -> dict[str, object]:
        """Return the options of the command line as in TOML."""
        given = {key: getattr(self, key.replace("-", "_")) for key in OPTIONS}
        return {key: _value(OPTIONS[key], text) for key, text in given.items() if text is not None}


def _value(option: Option, given: Any) -> object:
    if option.kind is Kind.SWITCH:
        return bool(given)
    if option.kind not in _LISTS:
        return option.from_text(str(given))
    parts = [part.strip() for part in str(given).split(",")]
    if option.kind is Kind.PREFIXES and parts != [AUTO]:
        return {
            folder.strip(): prefix.strip()
            for folder, _, prefix in (part.partition("=") for part in parts)
        }
    return parts if option.kind is not Kind.PREFIXES else AUTO

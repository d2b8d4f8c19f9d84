"""Keeps what the upload of a wheel needs, in the folder that `keep-maps` names."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.kinds import is_side_file
from hatch_sentry_artifacts.builds.landing import Landing, absolute
from hatch_sentry_artifacts.errors import ConfigurationError, NothingToUpload, SentryArtifactsError

if TYPE_CHECKING:
    from hatch_sentry_artifacts.configuration.options import Options, Source
    from hatch_sentry_artifacts.console import Console
    from hatch_sentry_artifacts.payload import Content, Payload


@dataclass(frozen=True)
class Kept:
    """A side file that was written, and the place where its wheel lies in the end."""

    file: Path
    wheel: Path

    @property
    def command(self) -> str:
        """The command that makes up for the upload."""
        return upload_command(self.wheel, self.file)


@dataclass(frozen=True)
class Keeping:
    """The folder in which a project's builds keep what their uploads need.

    `setting` is the same as the option has it, relative to the project. `problem` is half a
    sentence on why nothing can be kept; "" if it can.
    """

    folder: Path
    setting: str
    problem: str = ""

    def keep(
        self, content: Content, wheel: Path, console: Console, *, everything: bool = False
    ) -> Kept | None:
        """Write the side file of the wheel, which is to lie at `wheel`, and show where it is.

        `everything` as for `open_payload`. Raises SentryArtifactsError.
        """
        from hatch_sentry_artifacts.amounts import files_text, size_text
        from hatch_sentry_artifacts.builds.side_file import (
            kept_assets,
            side_file_name,
            write_side_file,
        )
        from hatch_sentry_artifacts.payload import open_payload

        if self.problem:
            console.warning(f"the source maps of {wheel.name} are not kept: {self.problem}")
            return None
        file = self.folder / side_file_name(wheel.name)
        with open_payload(content, console, everything=everything, needs_crc32=True) as payload:
            self._refuse_packed(payload)
            write_side_file(payload, content.options, file)
            kept = kept_assets(payload)
        size = size_text(sum(asset.size for asset in kept))
        what = f"its source maps ({files_text(len(kept))}, {size}) are" if kept else "names are"
        console.info(f"{wheel.name}: {what} kept in {shown(file)}")
        return Kept(file, wheel)

    def _refuse_packed(self, payload: Payload) -> None:
        """Raise ConfigurationError if the wheel holds a side file of an earlier build."""
        held = [each.path for each in payload.distribution.members if is_side_file(each.path)]
        if held:
            raise ConfigurationError(
                f"{payload.distribution.label} holds {held[0]}, a side file: do not release it; "
                f'let `keep-maps`, "{self.setting}", name a folder that is not packed'
            )

    def keep_if_possible(self, content: Content, wheel: Path, console: Console) -> Kept | None:
        """Do the same where nothing is uploaded; None if there is nothing to keep.

        Raises SentryArtifactsError if the build is to fail.
        """
        try:
            return self.keep(content, wheel, console)
        except NothingToUpload as error:
            console.info(f"nothing kept for an upload: {error}")
        except SentryArtifactsError as error:
            if content.options.on_error == "fail" or isinstance(error, ConfigurationError):
                raise
            *lines, last = error.lines
            console.warning(*lines, f'{last} (the build goes on, since on-error is "warn")')
        return None


def is_wanted(read_source: Callable[[], Source]) -> bool:
    """Return whether the project's table has `keep-maps`; what is wrong with it is told later."""
    try:
        return "keep-maps" in read_source().table
    except SentryArtifactsError:
        return False


def find_keeping(options: Options, landing: Landing, destination: Path) -> Keeping | None:
    """Return where side files go; None if they are not wanted.

    Raises ConfigurationError if that is no folder for them: what lies beside wheels is published.
    """
    from hatch_sentry_artifacts.configuration.files import leads_outside

    if options.keep_maps is None:
        return None
    project = landing.project
    folder = project / options.keep_maps
    if landing.is_elsewhere:
        return Keeping(
            folder,
            options.keep_maps,
            f"it is not known which project {project} was unpacked from, since the wheel goes to "
            f"{destination}; build into dist/ of the project, or without an sdist",
        )
    if leads_outside(folder, project):
        raise ConfigurationError(
            f"`keep-maps` names {folder}, which is reached by a link: name a folder inside of "
            f"{project}"
        )
    wheels = absolute(destination)
    if folder == wheels or wheels in folder.parents:
        raise ConfigurationError(
            f"`keep-maps` names {folder}, inside of {wheels}, whose files are published: name "
            'another folder, such as "build/source-maps"'
        )
    return Keeping(folder, options.keep_maps)


def upload_command(wheel: Path, side_file: Path | None = None) -> str:
    """Return the command that uploads a wheel, as from the working directory."""
    named = [wheel] if side_file is None else [wheel, side_file]
    arguments = [shlex.quote(shown(each)) for each in named]
    return " ".join(["hatch-sentry-artifacts upload", *arguments])


def shown(path: Path) -> str:
    """Return the path, relative to the working directory if it lies there."""
    return os.path.relpath(path) if Path.cwd() in path.absolute().parents else str(path)

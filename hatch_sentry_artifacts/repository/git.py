"""Runs git on a repository that may be anyone's: what that configures is neither run nor asked."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hatch_sentry_artifacts.errors import HistoryError
from hatch_sentry_artifacts.redaction import cut, redact
from hatch_sentry_artifacts.repository.finding import checkout_root, is_bare

FULL_HISTORY = (
    "let CI fetch the whole history (`fetch-depth: 0` for actions/checkout, GIT_DEPTH: 0 for "
    "GitLab; elsewhere, `git fetch --unshallow --tags`)"
)
_SECONDS = 60.0
_MOST_BYTES = 64 * 1024 * 1024
_MOST_MESSAGE_BYTES = 4096
_LONGEST_MESSAGE = 300
# No file of a user or machine says how history is read; the repository's own says nothing that
# these take back. Objects that a partial clone lacks are not fetched: no protocol is allowed.
_CONFIGURATION = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
)
_VARIABLES: Mapping[str, str] = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
}
# Git's own, which would lead it elsewhere, and ours, of which it needs none.
_KEPT_BACK = ("GIT_", "SENTRY_")


class GitFailed(Exception):
    """A command of git failed; its message is what git said, as one line."""


@dataclass(frozen=True)
class Git:
    """One repository, and the git that reads it. `root` is its checkout, or itself if it is bare.

    Every method raises HistoryError if git takes too long or cannot be run.
    """

    program: Path
    root: Path
    folder: Path
    environment: Mapping[str, str]
    seconds: float = _SECONDS

    def run(self, *arguments: str, given: bytes = b"", most: int = _MOST_BYTES) -> bytes:
        """Return what a command of git prints, which reads `given`; at most `most` bytes.

        Raises GitFailed if it fails; one that is cut off does not.
        """
        try:
            with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
                stdin.write(given)
                stdin.seek(0)
                output, code = self._run(arguments, stdin, stderr, most)
                if code:
                    stderr.seek(0)
                    raise GitFailed(_one_line(stderr.read(_MOST_MESSAGE_BYTES)))
                return output
        except OSError as error:
            reason = error.strerror or error
            raise HistoryError(
                f"{self.program} cannot be run ({reason}), so no commits are known"
            ) from None

    def answer(self, *arguments: str, given: bytes = b"") -> str | None:
        """Return what a command of git prints, as text without line ends; None if it fails."""
        try:
            output = self.run(*arguments, given=given)
        except GitFailed:
            return None
        return output.decode("utf-8", "replace").strip("\n")

    def _run(
        self, arguments: Sequence[str], stdin: IO[bytes], stderr: IO[bytes], most: int
    ) -> tuple[bytes, int]:
        """Return the output and the exit code, which is zero for one that is cut off."""
        late = threading.Event()
        process = subprocess.Popen(  # noqa: S603 - words, and no shell
            [str(self.program), *self._settings(), *arguments],
            cwd=self.root,
            env=dict(self.environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        with process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            timer = threading.Timer(self.seconds, _end, (process, late))
            timer.daemon = True
            timer.start()
            whole = False
            try:
                output = process.stdout.read(most + 1)
                whole = len(output) <= most
                code = process.wait() if whole else 0
            finally:
                timer.cancel()
                if not whole:
                    process.kill()
        if late.is_set():
            raise HistoryError(
                f"git {arguments[0]} took longer than {self.seconds:.0f} s in {self.root}, so no "
                "commits are known"
            )
        return output[:most], code

    def _settings(self) -> list[str]:
        """Return the flags before the name of a command."""
        # With the folder given, git does not ask whose it is; newer ones can be told as well.
        settings = [*_CONFIGURATION, f"safe.directory={self.root.as_posix()}"]
        flags = ["--no-pager", "--no-replace-objects", "--literal-pathspecs"]
        flags += [word for setting in settings for word in ("-c", setting)]
        flags.append(f"--git-dir={self.folder}")
        return flags if self.folder == self.root else [*flags, f"--work-tree={self.root}"]


def open_repository(folder: Path, environment: Mapping[str, str]) -> Git:
    """Return the repository around `folder`. Raises HistoryError if there is none, or no git."""
    folder = folder.absolute()
    root = checkout_root(folder)
    if root is None and not is_bare(folder):
        raise HistoryError(
            f"{folder} is in no git checkout (an sdist has no history, and images are often built "
            "without .git), so no commits are known"
        )
    program = _find_git(environment)
    if program is None:
        raise HistoryError("there is no git to be run here, so no commits are known")
    inherited = {
        key: value for key, value in environment.items() if not key.upper().startswith(_KEPT_BACK)
    }
    git = Git(
        program,
        root or folder,
        root / ".git" if root else folder,
        {**inherited, **_VARIABLES},
    )
    try:
        git.run("rev-parse", "--git-dir")
    except GitFailed as error:
        raise HistoryError(f"git cannot read the repository {git.root}: {error}") from None
    return git


def _find_git(environment: Mapping[str, str]) -> Path | None:
    """Return the git of the search path, whose relative entries may lead into the repository."""
    name = "git.exe" if os.name == "nt" else "git"
    entries = environment.get("PATH", os.defpath).split(os.pathsep)
    programs = (Path(entry) / name for entry in entries if Path(entry).is_absolute())
    return next((each for each in programs if each.is_file() and os.access(each, os.X_OK)), None)


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _one_line(message: bytes) -> str:
    """Return the first line of what git says, without what it calls it."""
    lines = message.decode("utf-8", "replace").splitlines()
    marked = (each.partition(": ")[2] for each in lines if each.startswith(("fatal: ", "error: ")))
    said = next(marked, None) or next(iter(lines), "it says nothing")
    return redact(cut(said, _LONGEST_MESSAGE))

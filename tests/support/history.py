"""Makes git repositories of given commits, all of one in a single run of git."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

GIT = shutil.which("git")
AUTHOR = b"Ada <ada@example.invalid>"
# Any day; each commit is a minute after the one that was made before it.
_FIRST = 1_700_000_000
_QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str, given: bytes | None = None) -> str:
    """Run git in `folder`, without what the machine configures; return what it prints."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.invalid")
    done = subprocess.run(
        [str(GIT), *names, "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env={**others, **_QUIET},
        input=given,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace").strip()


class History:
    """Commits that are written together. `commit` returns a mark, by which others name it."""

    def __init__(self) -> None:
        self._stream: list[bytes] = []
        self._marks = 0

    def commit(
        self,
        message: bytes | str,
        files: Mapping[str, bytes | None] | None = None,
        parents: Sequence[int] = (),
        *,
        author: bytes = AUTHOR,
        zone: str = "+0200",
        seconds: int | None = None,
        branch: str = "main",
    ) -> int:
        """Add a commit; a file that is None is deleted, one that begins with `->` is a link."""
        self._marks += 1
        text = message.encode() if isinstance(message, str) else message
        date = _FIRST + 60 * self._marks if seconds is None else seconds
        lines = [f"commit refs/heads/{branch}".encode(), b"mark :%d" % self._marks]
        lines += [b"author %s %d %s" % (author, date - 3600, zone.encode())]
        lines += [b"committer %s %d %s" % (author, date, zone.encode())]
        lines += [b"data %d" % len(text), text]
        lines += [b"from :%d" % parent for parent in parents[:1]]
        lines += [b"merge :%d" % parent for parent in parents[1:]]
        for path, content in (files or {}).items():
            lines += _file(path, content)
        self._stream += [*lines, b""]
        return self._marks

    def line(self, messages: Sequence[str], start: Sequence[int] = ()) -> int:
        """Add a commit for each message, each on top of the one before; return the last."""
        last = list(start)
        for message in messages:
            last = [self.commit(message, {f"{message}.txt": message.encode()}, last)]
        return last[0]

    def tag(self, name: str, mark: int, *, annotated: bool = False) -> None:
        """Add a tag of a commit."""
        if annotated:
            self._stream += [b"tag " + name.encode(), b"from :%d" % mark]
            self._stream += [b"tagger %s %d +0000" % (AUTHOR, _FIRST), b"data 1", b"t"]
        else:
            self._stream += [f"reset refs/tags/{name}".encode(), b"from :%d" % mark, b""]

    def write(self, folder: Path, *, files: bool = True) -> Path:
        """Make the repository, with `main` checked out; without `files`, none of its files.

        Returns its folder.
        """
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q")
        git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
        if self._marks:
            given = b"\n".join(self._stream) + b"\n"
            git(folder, "fast-import", "--quiet", "--force", given=given)
            if files:
                git(folder, "reset", "-q", "--hard")
        return folder


def _file(path: str, content: bytes | None) -> list[bytes]:
    if content is None:
        return [b"D " + path.encode()]
    mode = b"120000" if content.startswith(b"->") else b"100644"
    return [b"M %s inline %s" % (mode, path.encode()), b"data %d" % len(content), content]

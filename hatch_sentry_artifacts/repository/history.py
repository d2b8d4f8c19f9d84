"""Reads commits, tags and ancestry out of a repository."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import islice

from hatch_sentry_artifacts.errors import HistoryError
from hatch_sentry_artifacts.repository.git import Git, GitFailed

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# No status of a file begins so.
_MARK = "@"
_FORMAT = "--format=%H%x00%an%x00%ae%x00%ct%x00%cI%x00%B%x00"
_FIELDS = 6
_SKIPPED = "#skipsentry"
_DIFF_TREE = (
    "diff-tree", "--stdin", "-z", "-r", "--root", "--no-renames", "--no-ext-diff", "--name-status"
)  # fmt: skip
_MOST_BYTES = 64 * 1024 * 1024
_MOST_CHANGES_BYTES = 8 * 1024 * 1024
_MOST_READS = 8
_MOST_EXCLUDED = 1000
# A walk through all of a history ends here; that of Linux has 1.3 million commits.
_MOST_WALKED = 200_000
_LATEST = 253_402_214_400  # the end of 9999
_KINDS = {"A": "A", "D": "D"}


@dataclass(frozen=True)
class Change:
    """A file that a commit changed; `kind` is A, D or M: added, deleted, modified."""

    path: str
    kind: str


@dataclass(frozen=True)
class Commit:
    """One commit, with its committer's date. A merge changes no file by itself."""

    id: str
    author_name: str
    author_email: str
    date: datetime
    message: str
    changes: tuple[Change, ...] = ()

    @property
    def is_skipped(self) -> bool:
        """Whether Sentry leaves the commit out."""
        return _SKIPPED in self.message

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return next(iter(self.message.strip().splitlines()), "")


def is_id(text: str) -> bool:
    """Return whether a text is the whole id of a commit."""
    return bool(_ID.fullmatch(text))


def resolve(git: Git, *names: str) -> list[str | None]:
    """Return the commit's id for each name of a revision, None for one that names no commit."""
    # Names that are read from stdin are no flags, whatever they begin with.
    usable = [name if name and not set(name) & set("\r\n\0") else "-" for name in names]
    given = "".join(f"{name}^{{commit}}\n" for name in usable).encode("utf-8", "surrogateescape")
    lines = (git.answer("cat-file", "--batch-check=%(objectname)", given=given) or "").splitlines()
    found = [line if _ID.fullmatch(line) else None for line in lines]
    return [*found, *([None] * (len(names) - len(found)))]


def has_path(git: Git, commit: str, path: str) -> bool:
    """Return whether there is a file or folder at `path` in a commit."""
    given = f"{commit}:{path}\n".encode("utf-8", "surrogateescape")
    said = git.answer("cat-file", "--batch-check=%(objectname)", given=given) or ""
    return "\n" not in path and bool(_ID.fullmatch(said))


def is_shallow(git: Git) -> bool:
    """Return whether the clone lacks the beginning of its history."""
    return bool(_boundary(git))


def is_cut(git: Git, head: str, base: str | None) -> bool:
    """Return whether commits that `head` has and `base` has not may be missing in the clone."""
    boundary = _boundary(git)
    if not boundary:
        return False
    walk = _read(git, "rev-list", f"--max-count={_MOST_WALKED}", *_range(head, base), "--")
    return not boundary.isdisjoint(walk.decode().split())


def count(git: Git, head: str, base: str | None, path: str | None = None) -> int:
    """Return how many commits `head` has that `base` has not; only those that changed `path`."""
    said = git.answer("rev-list", "--count", *_range(head, base), *_limited_to(path))
    return int(said) if said else 0


def commits(
    git: Git, head: str, base: str | None, *, most: int, path: str | None = None
) -> list[Commit]:
    """Return the commits that `head` has and `base` has not, those without a child first.

    At most `most`. With `path`, only those that changed something there, and only those changes.
    """
    limit = _limited_to(path)
    walk = ("rev-list", "--date-order", f"--max-count={most}", "--encoding=UTF-8")
    output = _read(git, *walk, _FORMAT, *_range(head, base), *limit, most=_MOST_BYTES + 1)
    if len(output) > _MOST_BYTES:
        raise HistoryError(
            f"the messages of the commits up to {head} in {git.root} are too long to be read, so "
            "no commits are set"
        )
    found = list(_commits(output.decode("utf-8", "replace").split("\0")))
    changes = _changes(git, [each.id for each in found], limit)
    return [replace(each, changes=tuple(changes.get(each.id, ()))) for each in found]


def ancestors(git: Git, head: str, candidates: Sequence[str]) -> list[str]:
    """Return those candidates that are ancestors of `head`, and of no other such candidate."""
    walk = _read(git, "rev-list", "--date-order", f"--max-count={_MOST_WALKED}", head, "--")
    wanted = set(candidates) - {head}
    there = [line for line in walk.decode().split() if line in wanted]
    if len(there) < 2:
        return there
    independent = (git.answer("merge-base", "--independent", *there) or "").split()
    return [each for each in there if each in independent]


def tags_at(git: Git, commit: str) -> list[str]:
    """Return the names of the tags of a commit."""
    said = git.answer("for-each-ref", f"--points-at={commit}", "--format=%(refname)", "refs/tags")
    return [name.removeprefix("refs/tags/") for name in (said or "").splitlines()]


def nearest_tag(git: Git, head: str, patterns: Sequence[str], without: Sequence[str]) -> str | None:
    """Return the nearest tag of an ancestor of `head`, or of that, which matches a pattern."""
    flags = [f"--match={pattern}" for pattern in patterns]
    flags += [f"--exclude={name}" for name in without[:_MOST_EXCLUDED]]
    return git.answer("describe", "--tags", "--abbrev=0", *flags, head)


def _range(head: str, base: str | None) -> tuple[str, ...]:
    return (head,) if base is None else (head, f"^{base}")


def _limited_to(path: str | None) -> tuple[str, ...]:
    return ("--",) if path is None else ("--", path)


def _boundary(git: Git) -> frozenset[str]:
    """Return the commits whose parents a shallow clone lacks."""
    name = git.answer("rev-parse", "--git-path", "shallow")
    file = git.root / (name or "")
    try:
        return frozenset(file.read_text("ascii").split()) if file.is_file() else frozenset()
    except (OSError, ValueError):
        return frozenset()


def _read(git: Git, *arguments: str, most: int = _MOST_BYTES) -> bytes:
    """Return what a command of git prints. Raises HistoryError if it fails."""
    try:
        return git.run(*arguments, most=most)
    except GitFailed as error:
        raise HistoryError(
            f"git cannot read the history of {git.root} ({error}), so no commits are set"
        ) from None


def _commits(tokens: Sequence[str]) -> Iterator[Commit]:
    """Yield the commits that `git rev-list` printed, each below a line of its own."""
    for place in range(0, len(tokens) - _FIELDS, _FIELDS):
        heading, name, email, seconds, date, message = tokens[place : place + _FIELDS]
        identifier = heading.rpartition("\n")[2]
        yield Commit(identifier, name, email, _date(date, seconds), message)


def _changes(
    git: Git, commits: Sequence[str], limit: Sequence[str]
) -> Mapping[str, Sequence[Change]]:
    """Return what each of the commits changed, as far as git tells: a partial clone may not know.

    Of a commit whose parents are missing, every file would be a new one: it has no changes here.
    """
    boundary = _boundary(git)
    left = [each for each in commits if each not in boundary]
    result: dict[str, list[Change]] = {}
    # Each time that the output is cut off, within a commit of very many files, the rest is read.
    for _ in range(_MOST_READS):
        given = "".join(f"{each}\n" for each in left).encode()
        flags = (*_DIFF_TREE, f"--format={_MARK}%H", *limit)
        try:
            output = git.run(*flags, given=given, most=_MOST_CHANGES_BYTES)
        except GitFailed:
            break
        found = _read_changes(output.decode("utf-8", "replace").split("\0")[:-1])
        result |= found
        if len(output) < _MOST_CHANGES_BYTES or not found:
            break
        left = left[left.index(list(found)[-1]) + 1 :]
    return result


def _read_changes(tokens: Sequence[str]) -> dict[str, list[Change]]:
    """Return the changes of each commit, as `git diff-tree -z` prints them."""
    result: dict[str, list[Change]] = {}
    changes: list[Change] = []
    following = iter(tokens)
    for token in following:
        text = token.lstrip("\n")
        if text.startswith(_MARK):
            changes = result.setdefault(text.removeprefix(_MARK), [])
        elif text:
            # Also T, by which a file became a link: only its content is another.
            changes += [Change(path, _KINDS.get(text, "M")) for path in islice(following, 1)]
    return result


def _date(text: str, seconds: str) -> datetime:
    """Return the committer's date with its zone; in UTC where git writes none that Python reads."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        number = int(seconds) if seconds.isdigit() else 0
        return datetime.fromtimestamp(min(number, _LATEST), timezone.utc)

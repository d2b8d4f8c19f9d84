"""Finds the commit with which the commits of a release begin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hatch_sentry_artifacts.errors import ConfigurationError, HistoryError
from hatch_sentry_artifacts.repository import history
from hatch_sentry_artifacts.repository.git import FULL_HISTORY, Git
from hatch_sentry_artifacts.sentry.releases.commits import EarlierRelease, ReleaseCommits

_VERSION = re.compile(r"[vV]?\d.*\Z")
_SEPARATORS = ("-", "_", "/", "@", "")
_SHOWN = 12


@dataclass(frozen=True)
class Base:
    """The commit before the first of a release; `label` says what it is."""

    commit: str
    label: str

    def __str__(self) -> str:
        return f"{self.label} ({short(self.commit)})"


@dataclass
class Search:
    """The search for a base in a repository, and what was looked for in vain."""

    git: Git
    head: str
    version: str
    vain: list[str] = field(default_factory=list)

    def missing(self, base: Base | None) -> str:
        """Return what a shallow clone lacks, with a verb."""
        if base is not None:
            return f"the commits since {base} are"
        return f"{' and '.join(self.vain)} {'is' if len(self.vain) == 1 else 'are'}"

    def told(self, number: int) -> str:
        """Return a sentence on the `number` of commits that are taken where nothing was found."""
        lacks = f"neither {' nor '.join(self.vain)}"
        if len(self.vain) == 1:
            lacks = f"no {self.vain[0].removeprefix('an ')}"
        return (
            f"the history has {lacks}: the last {number} commits are taken; --from names after "
            "which they begin"
        )

    def named(self, revision: str) -> Base:
        """Return the base that a user names.

        Raises ConfigurationError for none, and HistoryError if the clone may only lack it.
        """
        if revision.startswith("-"):
            raise ConfigurationError(f"--from {revision}: no revision begins with a dash")
        (commit,) = history.resolve(self.git, revision)
        if commit is not None:
            return Base(commit, revision)
        if history.is_shallow(self.git):
            raise HistoryError(
                f"{revision} is not in this shallow clone ({self.git.root}), so no commits are "
                f"set: {FULL_HISTORY}"
            )
        raise ConfigurationError(
            f"--from {revision}: {self.git.root} has no commit, tag or branch of that name"
        )

    def tagged(self) -> Base | None:
        """Return the nearest earlier tag that is named as this commit's, or as this package's.

        Where packages share a repository, their tags begin with their names.
        """
        here = history.tags_at(self.git, self.head)
        tags = (
            history.nearest_tag(self.git, self.head, patterns, here)
            for patterns in _patterns(here, self.version)
        )
        tag = next(filter(None, tags), None)
        commit = history.resolve(self.git, f"refs/tags/{tag}")[0] if tag else None
        if commit is None:
            self.vain.append("an earlier tag")
            return None
        return Base(commit, f"tag {tag}")

    def released(self, commits: ReleaseCommits) -> Base | None:
        """Return the nearest commit of an earlier release of the same package.

        The server's own answer to what came before goes by dates alone: it may be the release
        itself, and that of another branch.
        """
        package = self.version.rpartition("@")[0]
        releases = [
            each
            for each in commits.earlier(self.version)
            if each.version.rpartition("@")[0] == package
        ]
        nearest = self._nearest(releases)
        if nearest is None:
            found = [f"commit {short(each.commit)} of release {each.version}" for each in releases]
            self.vain += found[:1] or ["an earlier release that has commits"]
            return None
        return Base(nearest.commit, f"release {nearest.version}")

    def _nearest(self, releases: Sequence[EarlierRelease]) -> EarlierRelease | None:
        by_commit = {each.commit: each for each in reversed(releases)}
        there = history.ancestors(self.git, self.head, list(by_commit)) if by_commit else []
        distances = {each: history.count(self.git, self.head, each) for each in there}
        return by_commit[min(there, key=distances.__getitem__)] if there else None


def short(commit: str) -> str:
    """Return the first digits of a commit's id, as it is shown."""
    return commit[:_SHOWN]


def _patterns(tags: Sequence[str], release: str) -> Iterator[list[str]]:
    """Yield patterns of earlier tags, the best ones first.

    `tags` are those of the commit itself: one that ends with the version of the release is its own.
    """
    package, _, version = release.rpartition("@")
    own = {tag.removesuffix(version) for tag in tags if version and tag.endswith(version)}
    prefixes = own or {tag[: found.start()] for tag in tags if (found := _VERSION.search(tag))}
    if prefixes:
        yield _of_prefixes(sorted(prefixes))
        return
    if package:
        yield _of_prefixes([f"{package}{separator}" for separator in _SEPARATORS])
    yield ["*[0-9]*"]


def _of_prefixes(prefixes: Sequence[str]) -> list[str]:
    """Return the patterns of tags that are a prefix and a version, with a v before it or not."""
    bare = dict.fromkeys(
        prefix[:-1] if prefix[-1:] in {"v", "V"} else prefix for prefix in prefixes
    )
    return [f"{_escaped(prefix)}{letter}[0-9]*" for prefix in bare for letter in ("", "v", "V")]


def _escaped(text: str) -> str:
    """Return a text as part of a pattern that matches it alone."""
    return re.sub(r"([*?\[\\])", r"\\\1", text)

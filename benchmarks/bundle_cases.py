"""Who uploads artifact bundles, and what: the commands and the cases of the bundle benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bundle_summary import (
    CHANGED,
    FAST,
    FIRST,
    INJECT,
    OURS,
    PEER,
    RELEASED,
    RERUN,
    SLOW,
    SLOW_FIRST,
    WAITED,
    WAITING,
    WAITING_PEER,
    WHEEL,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bundle_trees import Tree, Trees
    from environment import Environment

RELEASE, NEXT_RELEASE = "bench-1.0", "bench-1.1"


@dataclass(frozen=True)
class Contestant:
    """A way to upload: its name in the table, and its commands, which end with what they take."""

    name: str
    inject: tuple[str, ...]
    upload: tuple[str, ...]
    from_wheel: bool = False

    def upload_of(self, tree: Tree, release: str) -> list[str]:
        """Give the command that uploads a tree to a release."""
        what = tree.wheel if self.from_wheel else tree.static
        return [*self.upload, "--release", release, str(what)]

    def inject_and_upload_of(self, folder: Path, release: str) -> list[list[str]]:
        """Give the commands that upload a folder that has no debug ids yet."""
        upload = [*self.upload, "--release", release, str(folder)]
        return [[*self.inject, str(folder)], upload]


@dataclass(frozen=True)
class Case:
    """What is measured: who uploads which tree, to which release, at which delay in seconds.

    With `inject`, the tree is a new copy without debug ids, and gets them first. With `loaded`,
    the server holds what the same contestant made of the base tree.
    """

    title: str
    names: tuple[str, ...]
    delay: float = 0.0
    inject: bool = False
    loaded: bool = False
    edited: bool = False
    release: str = RELEASE

    def commands(self, contestant: Contestant, trees: Trees, copy: Path) -> list[list[str]]:
        """Give what a contestant runs, one command after the other."""
        if self.inject:
            return contestant.inject_and_upload_of(copy, self.release)
        tree = trees.edited if self.edited else trees.base
        return [contestant.upload_of(tree, self.release)]


ALL = (OURS, FAST, WHEEL, PEER)
CASES = (
    Case(INJECT, (OURS, FAST, PEER), inject=True),
    Case(FIRST, ALL),
    Case(RERUN, ALL, loaded=True),
    Case(CHANGED, ALL, loaded=True, edited=True),
    Case(RELEASED, ALL, loaded=True, edited=True, release=NEXT_RELEASE),
    Case(SLOW, (OURS, FAST, PEER), inject=True, delay=0.05),
    Case(SLOW_FIRST, ALL, delay=0.05),
    Case(WAITED, (WAITING, WAITING_PEER)),
)


def contestants(environment: Environment, fast: Environment) -> dict[str, Contestant]:
    """All ways to upload that are compared, by their names; `fast` has the extra of that name.

    By default sentry-cli does not wait until the server has assembled the bundle, so neither does
    ours where it is compared with that.
    """

    def ours(where: Environment, name: str, *options: str, wheel: bool = False) -> Contestant:
        upload = (str(where.ours), "upload", "--upload-as", "artifact-bundle", *options)
        return Contestant(name, (str(where.ours), "inject"), upload, wheel)

    def sentry_cli(name: str, *options: str) -> Contestant:
        command = str(environment.sentry_cli), "sourcemaps"
        return Contestant(name, (*command, "inject"), (*command, "upload", *options))

    found = [
        ours(environment, OURS, "--no-wait"),
        ours(fast, FAST, "--no-wait"),
        ours(environment, WHEEL, "--no-wait", wheel=True),
        ours(environment, WAITING),
        sentry_cli(PEER),
        sentry_cli(WAITING_PEER, "--wait"),
    ]
    return {contestant.name: contestant for contestant in found}

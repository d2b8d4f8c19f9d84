"""Tells what builds a project's front end, and where its scripts lie."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.configuration.project import HOOK
from hatch_sentry_artifacts.proposals.bundlers import Bundler, read_package, scripts_of
from hatch_sentry_artifacts.proposals.project_files import Kind, ProjectFiles
from hatch_sentry_artifacts.proposals.texts import text_of

_OTHER_HOOKS = frozenset({HOOK, "version", "vcs", "mypyc", "cython", "build-scripts"})
_NODE = re.compile(r"\b(?:npm|npx|pnpm|yarn|bun|jlpm|node|esbuild|webpack|vite)\b")
_NODE_HOOK = re.compile(r"node|npm|pnpm|yarn|bun|jupyter|webpack|vite|esbuild|rollup|js|front")
# What setuptools and pdm-backend run of a project's own.
_BUILD_CODE = ("setup.py", "pdm_build.py")
# The file of Hatch's custom hook, where its table names none.
_CUSTOM = "hatch_build.py"
# The first lock file that is there says which tool installs.
_INSTALLERS = (
    ("pnpm-lock.yaml", "pnpm install --frozen-lockfile", "pnpm"),
    (".yarnrc.yml", "yarn install --immutable", "yarn"),
    ("yarn.lock", "yarn install --frozen-lockfile", "yarn"),
    ("bun.lock", "bun install --frozen-lockfile", "bun"),
    ("bun.lockb", "bun install --frozen-lockfile", "bun"),
    ("package-lock.json", "npm ci", "npm"),
    ("", "npm install", "npm"),
)


@dataclass(frozen=True)
class FrontEnd:
    """What has to run before the wheel is built: `command` in `folder`, seen from the project."""

    command: str
    folder: str


def hooks_before(files: ProjectFiles) -> list[str]:
    """Return the names of Hatch's hooks that may build the front end, in the order they run."""
    general = files.hatch_table("build", "hooks")
    wheel = files.hatch_table("build", "targets", "wheel", "hooks")
    return [each for each in {**general, **wheel} if each not in _OTHER_HOOKS]


def runs_after_ours(files: ProjectFiles) -> list[str]:
    """Return those of the hooks that run after ours, so that ours does not see what they build."""
    if files.kind is not Kind.HATCHLING or files.options is None:
        return []
    general = files.hatch_table("build", "hooks")
    wheel = files.hatch_table("build", "targets", "wheel", "hooks")
    order = [*{**general, **wheel}]
    return [each for each in order[order.index(HOOK) :] if each not in _OTHER_HOOKS]


def find_front_end(files: ProjectFiles, bundlers: Iterable[Bundler]) -> FrontEnd | None:
    """Return what builds the front end; None if the build of the wheel does, or nothing."""
    if _is_built_by_the_wheel(files):
        return None
    for folder in dict.fromkeys([each.file.parent for each in bundlers] + [files.folder]):
        if "build" in scripts_of(read_package(folder)):
            here = folder.relative_to(files.folder).as_posix()
            places = [folder, files.folder, files.checkout]
            return FrontEnd(_command(places), "" if here == "." else here)
    return None


def _is_built_by_the_wheel(files: ProjectFiles) -> bool:
    if files.kind is Kind.REQUIRED:
        return any(_NODE.search(text_of(files.folder / name)) for name in _BUILD_CODE)
    if files.kind is Kind.OTHER:
        return False
    general = files.hatch_table("build", "hooks")
    tables = {**general, **files.hatch_table("build", "targets", "wheel", "hooks")}
    return any(_is_front_end_hook(files, each, tables[each]) for each in hooks_before(files))


def _is_front_end_hook(files: ProjectFiles, name: str, table: object) -> bool:
    """Return whether a hook's name, its table, or the code of a custom one speaks of Node.js."""
    code = ""
    if name == "custom":
        path = table.get("path") if isinstance(table, dict) else None
        code = text_of(files.folder / (path if isinstance(path, str) else _CUSTOM))
    return bool(_NODE_HOOK.search(name) or _NODE.search(str(table)) or _NODE.search(code))


def _command(places: list[Path]) -> str:
    install, tool = next(
        (install, tool)
        for lock, install, tool in _INSTALLERS
        if not lock or any((each / lock).is_file() for each in places)
    )
    return f"{install} && {tool} run build"

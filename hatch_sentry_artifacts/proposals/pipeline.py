"""The step of a release pipeline that uploads, for the build services that a project uses."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.builds.mode import HATCH_VARIABLE, MODE_VARIABLE
from hatch_sentry_artifacts.configuration.back_end import PLUGIN
from hatch_sentry_artifacts.configuration.credentials.settings import TOKEN_VARIABLE
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.proposals.advice import Code, Section, section
from hatch_sentry_artifacts.proposals.front_end import FrontEnd
from hatch_sentry_artifacts.proposals.project_files import Kind, ProjectFiles
from hatch_sentry_artifacts.proposals.texts import text_of

_MOST_FILES = 100
_WORKFLOWS = ".github/workflows"
_GITLAB = ".gitlab-ci.yml"
_BUILD = re.compile(
    r"\b(?:(?:uv|hatch|hatchling|poetry|pdm|flit|maturin) build|pipx run build|-m build)\b"
    r"|pypa/build|build-and-inspect-python-package"
)
# What YAML takes for a text without quotes: no mapping, no comment.
_PLAIN = re.compile(r"[\w.(/](?:(?!: | #|:$)[^\x00-\x1f\x7f])*")
_HATCH_BUILD = re.compile(r"\bhatch build\b")
_SECRET = (
    f"{TOKEN_VARIABLE} is an organization token of Sentry (Settings, Auth Tokens), or one with the "
    "scope project:releases. "
)


@dataclass(frozen=True)
class Tools:
    """What builds wheels and runs commands in a pipeline.

    `step` makes it available on GitHub Actions, `package` with pip.
    """

    build: str
    run: str
    package: str
    step: str = ""


_UV = Tools("uv build", "uvx ", "uv", "astral-sh/setup-uv@v7")
_PIPX = Tools("pipx run build", "pipx run ", "pipx")
_PIP = Tools("python -m build", "", "build")


@dataclass(frozen=True)
class Steps:
    """What a pipeline runs: `front_end` first, then `commands`, the last one with the token.

    `folder` is the project's in the checkout; "" if it is the same. `orders` are the variables of
    the build that uploads.
    """

    folder: str
    tools: Tools
    front_end: FrontEnd | None
    commands: tuple[str, ...]
    orders: dict[str, str]


def pipeline_sections(
    files: ProjectFiles, front_end: FrontEnd | None, scripts: tuple[str, ...], options: Options
) -> Iterator[Section]:
    """Yield a section for each build service of the project.

    `scripts` are the folders of built scripts; `options` those that the project then has.
    """
    uses_uv = _uses_uv(files)
    steps = _steps(files, front_end, scripts, _UV if uses_uv else _PIPX)
    given = {"SENTRY_ORG": options.organization, "SENTRY_PROJECT": options.project}
    variables = [name for name, value in given.items() if not value]
    workflows = _workflows(files.checkout)
    gitlab = text_of(files.checkout / _GITLAB)
    notes = list(_notes(files, options, "".join([gitlab, *workflows.values()])))
    on_github = (files.checkout / ".github").is_dir()
    if on_github:
        names = [name for name, text in workflows.items() if _BUILD.search(text)]
        into = f", into {' or '.join(names)}" if names else ""
        yield section(f"Release pipeline: GitHub Actions{into}", *_github(steps, variables), *notes)
    if gitlab:
        # Images of Python have pip, and no pipx.
        of_image = steps if uses_uv else _steps(files, front_end, scripts, _PIP)
        title = f"Release pipeline: GitLab, {_GITLAB}"
        yield section(title, *_gitlab(of_image, variables), *notes)
    if not on_github and not gitlab:
        yield section("Release pipeline", *_shell(steps, variables), *notes)


def _uses_uv(files: ProjectFiles) -> bool:
    locked = any((each / "uv.lock").exists() for each in (files.folder, files.checkout))
    configured = files.table("tool", "uv") is not None
    return locked or configured or files.back_end.startswith("uv_build")


def _steps(
    files: ProjectFiles, front_end: FrontEnd | None, scripts: tuple[str, ...], tools: Tools
) -> Steps:
    folder = files.folder.relative_to(files.checkout).as_posix().removeprefix(".")
    if files.kind is Kind.HATCHLING:
        return Steps(folder, tools, front_end, (tools.build,), {HATCH_VARIABLE: "true"})
    if files.kind is Kind.REQUIRED:
        return Steps(folder, tools, front_end, (tools.build,), {MODE_VARIABLE: "upload"})
    run = f"{tools.run}{PLUGIN}"
    injections = [f"{run} inject {shlex.quote(each)}" for each in scripts]
    return Steps(folder, tools, front_end, (*injections, tools.build, f"{run} upload"), {})


def _github(steps: Steps, variables: list[str]) -> Iterator[str | Code]:
    lines = ["- uses: actions/checkout@v5", "  with:", "    fetch-depth: 0    # all tags"]
    if steps.tools.step:
        lines.append(f"- uses: {steps.tools.step}")
    if steps.front_end:
        inner = "/".join(filter(None, (steps.folder, steps.front_end.folder)))
        lines += _run_lines(steps.front_end.command, inner)
    for each in steps.commands:
        lines += _run_lines(each, steps.folder)
    lines.append("  env:")
    lines += [f'    {name}: "{value}"' for name, value in steps.orders.items()]
    lines += [f"    {name}: ${{{{ vars.{name} }}}}" for name in variables]
    lines.append(f"    {TOKEN_VARIABLE}: ${{{{ secrets.{TOKEN_VARIABLE} }}}}")
    yield Code(tuple(lines))
    yield f"{_SECRET}`gh secret set {TOKEN_VARIABLE}` asks for it, and stores it as a secret."
    if variables:
        yield f"`gh variable set` does the same for {' and '.join(variables)}."


def _run_lines(command: str, folder: str) -> list[str]:
    lines = [f"- run: {_scalar(command)}"]
    return [*lines, f"  working-directory: {_scalar(folder)}"] if folder else lines


def _scalar(text: str) -> str:
    """Return a text in YAML: as it is, or in the quotes of JSON."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _gitlab(steps: Steps, variables: list[str]) -> Iterator[str | Code]:
    lines = ["release:", "  rules:", "    - if: $CI_COMMIT_TAG", "  variables:"]
    lines.append('    GIT_DEPTH: "0"    # all tags')
    lines += [f'    {name}: "{value}"' for name, value in steps.orders.items()]
    lines.append("  script:")
    installed = [steps.tools.package]
    installed += [PLUGIN] if any(each.startswith(PLUGIN) for each in steps.commands) else []
    lines.append(f"    - pip install {' '.join(installed)}")
    inside = [f"cd {shlex.quote(steps.folder)}"] if steps.folder else []
    lines += [f"    - {_scalar(each)}" for each in (*inside, *_plain(steps))]
    yield Code(tuple(lines))
    if steps.front_end:
        yield "The image has to have both Python and Node.js."
    names = " and ".join([TOKEN_VARIABLE, *variables])
    yield f"{_SECRET}Add {names} to the project's CI/CD variables, the token as a masked one."


def _shell(steps: Steps, variables: list[str]) -> Iterator[str | Code]:
    orders = "".join(f"{name}={value} " for name, value in steps.orders.items())
    *first, last = _plain(steps)
    exports = [f"export {name}=…" for name in (TOKEN_VARIABLE, *variables)]
    yield Code((*exports, *first, orders + last))
    yield f"{_SECRET}The checkout needs all tags, if the version is made from them."


def _plain(steps: Steps) -> list[str]:
    if steps.front_end is None:
        return [*steps.commands]
    command, folder = steps.front_end.command, steps.front_end.folder
    return [f"(cd {shlex.quote(folder)} && {command})" if folder else command, *steps.commands]


def _notes(files: ProjectFiles, options: Options, texts: str) -> Iterator[str | Code]:
    in_build = options.source_maps == "strip" or options.debug_ids == "inject"
    if files.kind is Kind.REQUIRED and not in_build:
        yield (
            "Whoever installs the sdist downloads the plugin, which does nothing there. To spare "
            f"them, leave it out of `requires`, and run `pipx run {PLUGIN} upload` after the build."
        )
    if files.kind is Kind.HATCHLING and _HATCH_BUILD.search(texts):
        yield (
            "`hatch build` of Hatch 1.16.0 to 1.18.1 does not install what hooks need; with one of "
            "these, add to pyproject.toml:"
        )
        yield Code(("[tool.hatch.envs.hatch-build]", f'dependencies = ["{PLUGIN}"]'))


def _workflows(folder: Path) -> dict[str, str]:
    """Return the texts of the workflows of GitHub, by their paths."""
    with suppress(OSError):
        found = sorted((folder / _WORKFLOWS).iterdir())[:_MOST_FILES]
        names = [each for each in found if each.suffix in {".yml", ".yaml"}]
        return {f"{_WORKFLOWS}/{each.name}": text_of(each) for each in names}
    return {}

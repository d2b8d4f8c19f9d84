"""Finds the bundlers of a project, and whether they write source maps; runs and asks none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.scripts.writers import WRITERS
from hatch_sentry_artifacts.builds.workspaces import folders_below
from hatch_sentry_artifacts.proposals.texts import text_of

PACKAGE = "package.json"
_MOST_FOUND = 20
_ENDING = r"\.(?:config\.)?[cm]?[jt]sx?"
_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|(?<![:\w\"'`])//[^\n]*")
_ON = re.compile(r"true|[\"'](?!false|none|eval)[\w-]+[\"']")
# A script of the project's own that calls a bundler's API.
_NODE = re.compile(r"(?:^|[\s&|;])node\s+(?:--?\S+\s+)*([\w./-]+\.[cm]?[jt]s)(?=\s|$)")
_IMPORT = re.compile(
    r"(?:\bfrom|\brequire\(|\bimport\(?)\s*[\"'](esbuild|rollup|rolldown|webpack|vite)[\"']"
)
_OUTPUT = re.compile(r"\b(?:outDir|outdir|distDir|outputPath)\s*:\s*[\"'`]([^\"'`\n$]{1,200})")


@dataclass(frozen=True)
class Tool:
    """A bundler: how its configuration is called, and the option of it that makes it write maps.

    `command` is what starts it in scripts of package.json, and `flag` its option there.
    `by_default`: it writes them unless it is told not to.
    """

    name: str
    switch: str
    files: re.Pattern[str] | None = None
    option: re.Pattern[str] | None = None
    command: re.Pattern[str] | None = None
    flag: re.Pattern[str] | None = None
    by_default: bool = False


@dataclass(frozen=True)
class Bundler:
    """A bundler that was found, and the file that says so.

    `writes_maps` is None where that is computed, or stands elsewhere. `output` is the folder that
    it writes to, if a literal says so.
    """

    tool: Tool
    file: Path
    writes_maps: bool | None
    output: Path | None = None


def _switch(name: str) -> str:
    return next(each.switch for each in WRITERS if each.name == name)


def _tool(
    name: str,
    config: str = "",
    option: str = "",
    command: str = "",
    flag: str = "",
    *,
    switch: str = "",
    by_default: bool = False,
) -> Tool:
    def compiled(expression: str) -> re.Pattern[str] | None:
        return re.compile(expression) if expression else None

    return Tool(
        name,
        switch or _switch(name),
        compiled(config + _ENDING if config and not config.endswith("$") else config),
        compiled(rf"\b(?:{option})[\"']?\s*:\s*([^\s,}}]+)" if option else ""),
        compiled(rf"(?:^|[\s&|;/])(?:{command})(?=\s|$)" if command else ""),
        compiled(flag),
        by_default,
    )


# What is made on top of another tool stands before it.
TOOLS = (
    _tool("Next.js", "next.config", "productionBrowserSourceMaps"),
    _tool("Angular", r"angular\.json$", "sourceMap"),
    _tool(
        "Create React App",
        command="react-scripts build",
        flag="GENERATE_SOURCEMAP=false",
        switch="leave out `GENERATE_SOURCEMAP=false`",
        by_default=True,
    ),
    _tool(
        "Vue CLI",
        r"vue\.config",
        "productionSourceMap",
        "vue-cli-service build",
        switch="set `productionSourceMap: true` in vue.config",
        by_default=True,
    ),
    _tool(
        "Astro",
        r"astro\.config",
        "sourcemap",
        "astro build",
        switch="set `vite: { build: { sourcemap: true } }` in astro.config",
    ),
    _tool(
        "Nuxt",
        r"nuxt\.config",
        "sourcemap",
        "nuxi? (?:build|generate)",
        switch="set `sourcemap: { client: true }` in nuxt.config",
    ),
    _tool("Vite", r"vite\.config", "sourcemap", "vite build"),
    _tool("Rspack", r"(?:rspack|rsbuild)\.config", "devtool|js", "rspack build|rsbuild build"),
    _tool("webpack", r"webpack(?:\.[\w-]+)*", "devtool", "webpack(?:-cli)?", r"--devtool|-d "),
    _tool(
        "tsup",
        r"tsup\.config",
        "sourcemap",
        "tsup",
        "--sourcemap",
        switch="set `sourcemap: true` in tsup.config",
    ),
    _tool(
        "tsdown",
        r"tsdown\.config",
        "sourcemap",
        "tsdown",
        "--sourcemap",
        switch="set `sourcemap: true` in tsdown.config",
    ),
    _tool("Rolldown", r"rolldown\.config", "sourcemap", "rolldown", "--sourcemap"),
    _tool("Rollup", r"rollup\.config", "sourcemap", "rollup", r"--sourcemap|(?<!\S)-\w*m\b"),
    _tool("esbuild", r"esbuild(?:\.[\w-]+)*", "sourcemap", "esbuild", "--sourcemap"),
    _tool(
        "Parcel",
        r"\.parcelrc$",
        command="parcel build|parcel",
        flag="--no-source-maps",
        by_default=True,
    ),
    _tool("Browserify", command="browserify", flag=r"--debug|(?<!\S)-d\b"),
    _tool("Bun", command="bun build", flag="--sourcemap"),
    _tool("Metro", r"metro\.config", command="metro build", flag="--source-map"),
    _tool(
        "the builder of JupyterLab",
        command="jupyter(?: |-)labextension build|jupyter-builder build",
        flag="--source-map",
        switch="pass `--source-map True` to `jupyter labextension build` (`--source-map` to "
        "`jupyter-builder build`)",
    ),
    _tool("TypeScript", r"tsconfig\.json$", "sourceMap", "tsc"),
)


def find_bundlers(folder: Path) -> list[Bundler]:
    """Return the bundlers of the project in `folder`, by their configuration files and scripts."""
    found: list[Bundler] = []
    for each in (folder, *folders_below(folder)):
        here = list({(one.tool.name, one.file): one for one in _in_folder(each)}.values())
        packing = [bundler for bundler in here if bundler.tool.name != "TypeScript"]
        found += packing or here
        if len(found) >= _MOST_FOUND:
            break
    # What the compiler is told counts where it is the only one.
    bundling = [each for each in found if each.tool.name != "TypeScript"]
    return bundling or found


def read_package(folder: Path) -> Mapping[str, Any]:
    """Return what package.json says; nothing if there is none, or it cannot be read."""
    try:
        found = json.loads(text_of(folder / PACKAGE) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def scripts_of(package: Mapping[str, Any]) -> dict[str, str]:
    """Return the scripts of package.json."""
    scripts = package.get("scripts")
    found = scripts.items() if isinstance(scripts, dict) else ()
    return {name: text for name, text in found if isinstance(text, str)}


def _in_folder(folder: Path) -> Iterator[Bundler]:
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError:
        return
    commands = list(scripts_of(read_package(folder)).values()) if PACKAGE in names else []
    yield from _by_api(folder, commands)
    for tool in TOOLS:
        name = next((each for each in names if tool.files and tool.files.fullmatch(each)), None)
        started = [each for each in commands if tool.command and tool.command.search(each)]
        flagged = any(tool.flag and tool.flag.search(each) for each in started)
        if name is not None and not (tool.name == "TypeScript" and not started):
            text = _COMMENT.sub("", text_of(folder / name))
            writes = True if flagged else _is_on(tool, text)
            yield Bundler(tool, folder / name, writes, _output(text, folder))
        elif started:
            yield Bundler(tool, folder / PACKAGE, flagged is not tool.by_default)


def _by_api(folder: Path, commands: list[str]) -> Iterator[Bundler]:
    """Yield the bundlers whose API scripts of the project call."""
    for found in filter(None, map(_NODE.search, commands)):
        file = folder / found[1]
        text = _COMMENT.sub("", text_of(file))
        if called := _IMPORT.search(text):
            tool = next(each for each in TOOLS if each.name.lower() == called[1])
            yield Bundler(tool, file, _is_on(tool, text), _output(text, folder))


def _is_on(tool: Tool, text: str) -> bool | None:
    values = tool.option.findall(text) if tool.option else []
    if not values:
        return tool.by_default
    if any(_ON.fullmatch(each) for each in values):
        return True
    return False if all(each in {"false", '"false"', "undefined"} for each in values) else None


def _output(text: str, folder: Path) -> Path | None:
    found = _OUTPUT.search(text)
    return folder / found[1] if found else None

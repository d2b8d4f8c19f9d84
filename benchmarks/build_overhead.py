"""Time builds without the hook, with it configured but off, and with a hook that does nothing."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from measure import clean_environment, run_measured

if TYPE_CHECKING:
    from environment import Environment
    from make_assets import Assets

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "small"
version = "1.0"
"""
OFF = """
[tool.hatch.build.targets.wheel.hooks.sentry]
organization = "example"
project = "example"
"""
IDLE = """
[tool.hatch.build.targets.wheel.hooks.idle]
"""
# What hatchling itself needs to look for any plugin shows in a build with this one.
IDLE_PLUGIN = """\
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl


class IdleHook(BuildHookInterface):
    PLUGIN_NAME = "idle"


@hookimpl
def hatch_register_build_hook():
    return IdleHook
"""
WAYS = {"without": PROJECT, "off": PROJECT + OFF, "idle": PROJECT + IDLE}


def write_project(folder: Path, configuration: str, assets: Assets, pairs: int) -> None:
    """Write a project with a package of ten modules and `pairs` scripts and maps."""
    package = folder / "small"
    (package / "static").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(configuration, "utf-8")
    (package / "__init__.py").write_text("", "utf-8")
    for number in range(10):
        (package / f"module{number}.py").write_text(f"NUMBER = {number}\n" * 100, "utf-8")
    for script in sorted(assets.static.rglob("*.js"))[:pairs]:
        for file in (script, script.with_name(f"{script.name}.map")):
            shutil.copyfile(file, package / "static" / file.name)


def write_idle_plugin(folder: Path) -> None:
    """Write a plugin as an installed distribution, for a folder on PYTHONPATH."""
    metadata = folder / "idle_plugin-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / "idle_plugin.py").write_text(IDLE_PLUGIN, "utf-8")
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: idle-plugin\nVersion: 1.0\n", "utf-8"
    )
    (metadata / "entry_points.txt").write_text("[hatch]\nidle = idle_plugin\n", "utf-8")


def build_overhead(
    environment: Environment, assets: Assets, pairs: int, runs: int
) -> dict[str, list[float]]:
    """Build a project that ships `pairs` pairs `runs` times each way; returns seconds by way.

    The order changes from round to round, so that no way always comes after another.
    """
    ways = list(WAYS)
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as temporary:
        plugins = Path(temporary, "plugins")
        write_idle_plugin(plugins)
        variables = {
            way: clean_environment(Path(temporary), SENTRY_ARTIFACTS="off") for way in ways
        }
        variables["idle"]["PYTHONPATH"] = str(plugins)
        command = [str(environment.python), "-m", "hatchling", "build", "-t", "wheel"]
        for way, configuration in WAYS.items():
            write_project(Path(temporary, way), configuration, assets, pairs)
            run_measured(command, Path(temporary, way), variables[way])  # cold files
        for number in range(runs):
            first = number % len(ways)
            for way in ways[first:] + ways[:first]:
                usage = run_measured(command, Path(temporary, way), variables[way])
                seconds[way].append(usage.wall)
    print(f"{runs} builds with {pairs} pairs done, each way", file=sys.stderr)
    return seconds

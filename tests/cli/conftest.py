"""A project's folder to work in, a server, and the command line in this process."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.cli import main
from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from tests.support import make_wheel

PYPROJECT = """
[project]
name = "shop"
version = "1.2.0"
[tool.hatch.build.targets.wheel.hooks.sentry]
enable-by-default = false
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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(Settings(tmp_path_factory.mktemp("server"))) as running:
        yield running


@pytest.fixture
def shell(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    server: LocalServer,
) -> Shell:
    for name in [name for name in os.environ if name.startswith(("SENTRY_", "HATCH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SENTRY_URL", server.url)
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", DEFAULT_TOKEN)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / "shop"
    (folder / "dist").mkdir(parents=True)
    # A version of its own, so that tests share the server and nothing else.
    version = f"1.2.0+{abs(hash(str(tmp_path))):x}"
    text = PYPROJECT.replace("1.2.0", version)
    (folder / "pyproject.toml").write_text(text, "utf-8")
    make_wheel(folder / "dist", version=version, files=FILES)
    monkeypatch.chdir(folder)
    return Shell(folder, capsys)

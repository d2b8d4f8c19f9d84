"""Runs tools as on a machine of its own: none of this one's settings, its own home and caches."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.builds.mode import CI_VARIABLES

from .wheelhouse import UV_CONFIGURATION

# What the tools under test, or the plugin, would take from the environment of the test run.
_SETTINGS = ("SENTRY_", "HATCH_", "PIP_", "UV_", "XDG_", "PYTHON", "VIRTUAL_ENV", "SOURCE_DATE_")
_SINGLE_SETTINGS = {"FORCE_COLOR", "NO_COLOR", "COLUMNS", "GITHUB_STEP_SUMMARY", *CI_VARIABLES}
# Whoever asks a package index all the same fails, rather than bring another plugin in unnoticed.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_NOWHERE = "http://127.0.0.1:9"
_LONGEST_RUN = 240  # seconds
_OUR_LINE = re.compile(r"(?m)^.*(?<!hatch-)sentry-artifacts: .*$")


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def output(self) -> str:
        """Both streams: some front ends pass the back end's stderr on to their stdout."""
        return self.out + self.err

    @property
    def lines(self) -> list[str]:
        """The lines that the hook printed, wherever; without its name at their start."""
        # Versions of uv put a word of their own before what a back end prints.
        found = [line.strip().removeprefix("DEBUG ") for line in _OUR_LINE.findall(self.output)]
        return [line.removeprefix("sentry-artifacts: ") for line in found]


@dataclass(frozen=True)
class Machine:
    """Where commands run: `home` is the user's, `shared` holds wheels and caches of all tests.

    No output of any command may hold one of the `secrets`, nor a traceback.
    """

    home: Path
    shared: Path
    secrets: tuple[str, ...]

    def run(self, *command: str, folder: Path, **environment: str) -> Result:
        """Run `command` in `folder`, with `environment` besides what every tool needs."""
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LONGEST_RUN,
        )
        result = Result(done.returncode, done.stdout, done.stderr)
        for secret in self.secrets:
            assert secret not in result.output
        assert "Traceback" not in result.output, result.output
        return result

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(_SETTINGS) and name.upper() not in _SINGLE_SETTINGS
        }
        wheels = str(self.shared / "wheels")
        return kept | {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            **dict.fromkeys(_PROXIES, _NOWHERE),
            **{name.lower(): _NOWHERE for name in _PROXIES},
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "PYTHONUTF8": "1",
            "PIP_CACHE_DIR": str(self.shared / "pip-cache"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_FIND_LINKS": wheels,
            "PIP_NO_INDEX": "1",
            "UV_CACHE_DIR": str(self.shared / "uv-cache"),
            "UV_FIND_LINKS": wheels,
            # uv has no variable for `--no-index`, so that stands in a file.
            "UV_CONFIG_FILE": str(self.shared / "wheels" / UV_CONFIGURATION),
            "UV_PYTHON_DOWNLOADS": "never",
            "HATCH_CACHE_DIR": str(self.home / "hatch-cache"),
            "HATCH_DATA_DIR": str(self.home / "hatch-data"),
        }


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module of the interpreter that runs the tests."""
    return (sys.executable, "-m", name, *arguments)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command of a tool that is installed beside that interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is not installed beside {sys.executable}"
    return (found, *arguments)


def uv(*arguments: str) -> tuple[str, ...]:
    """Return the command of uv, for the interpreter that runs the tests."""
    # Not by UV_PYTHON: hatch calls uv too, which would then install into that interpreter.
    return tool("uv", *arguments, "--python", sys.executable)

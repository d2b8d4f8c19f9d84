"""Make the virtual environment that the benchmark runs both contestants from."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SENTRY_CLI = "2.58.6"  # the last release that uploads release files one by one
BUNDLE_SENTRY_CLI = "3.8.2"  # sends artifact bundles only
TIMEOUT = 600.0


@dataclass(frozen=True)
class Environment:
    """A virtual environment with both contestants in it."""

    python: Path
    ours: Path
    sentry_cli: Path
    sentry_cli_version: str


def run_pip(python: Path, *arguments: str) -> None:
    """Run pip in the environment; exits with its output when it fails."""
    done = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode:
        sys.exit(f"pip install {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"[:3000])


def version_of(python: str) -> str:
    """Ask an interpreter for its version, `3.12.1` say."""
    code = "import platform; print(platform.python_version())"
    try:
        done = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(f"{python} does not run: {error}; give another interpreter with --python")
    return done.stdout.strip()


def make_environment(
    cache: Path, python: str, *, install: bool, sentry_cli: str = SENTRY_CLI, extra: str = ""
) -> Environment:
    """Make the environment below `cache`, or find it there, and install this working tree.

    The project is installed as users have it, not editable, with one of its extras if that is
    named. Without `install`, sentry-cli alone.
    """
    folder = cache / "-".join(filter(None, ("venv", version_of(python), sentry_cli, extra)))
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    environment = Environment(
        programs / "python",
        programs / "hatch-sentry-artifacts",
        programs / "sentry-cli",
        sentry_cli,
    )
    if not environment.python.exists():
        subprocess.run([python, "-m", "venv", str(folder)], timeout=TIMEOUT, check=True)
    run_pip(environment.python, f"sentry-cli=={sentry_cli}")
    if install:
        run_pip(environment.python, f"{PROJECT}[{extra}]" if extra else str(PROJECT))
        # Once more, because pip may take an earlier copy of the same version for this one.
        run_pip(environment.python, "--no-deps", "--force-reinstall", str(PROJECT))
    return environment


def describe_contestants(environment: Environment) -> str:
    """Say which versions are compared, on which Python."""
    code = "from importlib.metadata import version; print(version('hatch-sentry-artifacts'))"
    done = subprocess.run(
        [environment.python, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    ours = done.stdout.strip() or "(not installed)"
    python = version_of(str(environment.python))
    peer = f"sentry-cli {environment.sentry_cli_version}"
    return f"hatch-sentry-artifacts {ours} on Python {python}, {peer}"

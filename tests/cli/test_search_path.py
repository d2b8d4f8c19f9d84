"""Nothing is run that lies in the folder in which a command runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.builds.front_end import write

pytestmark = pytest.mark.integration
_OTHERS = """
brotli brotlicffi certifi charset_normalizer ecma426 flask hatch_sentry_artifacts hatchling idna
isal packaging pathspec pluggy requests setuptools tomli tqdm urllib3 waitress werkzeug
"""
_SCRIPT = "import sys\nfrom hatch_sentry_artifacts.__main__ import main\nsys.exit(main())\n"
_TRAP = "open({!r} + ' was run', 'w').close()\nraise SystemExit(99)\n"
_MODULE = ("-m", "hatch_sentry_artifacts")
# What measures coverage is imported before anything of ours, from wherever Python looks first.
_UNMEASURED = {name: os.environ[name] for name in os.environ if not name.startswith("COV")}


def _bare() -> set[str]:
    """Return what Python imports by itself, before it runs anything."""
    command = [sys.executable, "-c", "import runpy, sys; print(*sys.modules)"]
    return set(subprocess.check_output(command, text=True).split())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a folder of scripts, and of modules called like all that could be imported."""
    folder = tmp_path / "project"
    names = {*sys.stdlib_module_names, *_OTHERS.split()} - _bare()
    write(folder, {f"{name}.py": _TRAP.format(name).encode() for name in names})
    # More than are done without help.
    write(folder, {f"shop/{number}.js": b"a(%d)" % number for number in range(120)})
    git = folder / "git"
    git.write_bytes(b"#!/bin/sh\ntouch 'git was run'\n")
    git.chmod(0o755)
    (tmp_path / "command.py").write_text(_SCRIPT)
    return folder


def _run(project: Path, command: Sequence[str], expected: int = 0, **variables: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={**_UNMEASURED, **variables},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert not list(project.glob("* was run"))
    assert done.returncode == expected, done.stderr


STARTS: Mapping[str, tuple[Sequence[str], str | None]] = {
    "python -m": (_MODULE, None),
    "an empty entry of PYTHONPATH": (("{}",), os.pathsep),
    "a dot in PYTHONPATH": (("{}",), f".{os.pathsep}/nowhere"),
    "both": (_MODULE, os.pathsep),
}
COMMANDS: Mapping[str, Sequence[str]] = {
    "inject": ("inject", "shop"),
    "upload": ("upload", "shop", "--dry-run", "--release", "1", "--org", "a", "--project", "b"),
    "explain": ("explain", "~/1.js:1:1", "--from", "shop"),
}


@pytest.mark.integration  # for it takes long
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(("start", "places"), STARTS.values(), ids=STARTS)
def test_commands(
    project: Path, start: Sequence[str], places: str | None, command: Sequence[str]
) -> None:
    own = Path(__file__).parents[2]
    started = [each.format(project.parent / "command.py") for each in start]
    if start is _MODULE:
        # Python itself looks for that in the current folder, before it runs anything of ours.
        (project / "hatch_sentry_artifacts.py").unlink()
    path = {} if places is None else {"PYTHONPATH": f"{own}{os.pathsep}{places}"}
    _run(project, [*started, *command], int(command[0] == "explain"), **path)


_BUILD = """
import sys
sys.path[:] = [each for each in sys.path if each]  # as front ends start back ends
{further}
from {back_end} import build_wheel
build_wheel("dist")
"""
_TABLES = """
[project]
name = "shop"
version = "1"
[tool.setuptools]
packages = ["shop"]
package-data = {shop = ["*.js"]}
[tool.hatch.build.targets.wheel]
packages = ["shop"]
"""
_BACK_ENDS = {
    "hatchling.build": "[tool.hatch.build.targets.wheel.hooks.sentry]",
    "setuptools.build_meta": "[tool.sentry-artifacts]",
}


@pytest.mark.parametrize("back_end", list(_BACK_ENDS))
@pytest.mark.parametrize("place", ["", "'.'", "os.getcwd()"])
def test_builds(project: Path, back_end: str, place: str) -> None:
    table = f"{_TABLES}{_BACK_ENDS[back_end]}\ndebug-ids = 'inject'\n"
    (project / "pyproject.toml").write_text(table)
    (project / "shop" / "__init__.py").touch()
    further = ""
    if place:
        # The process of a back end imports what that lets it; its helpers begin anew.
        names = ("pickle", "hashlib", "uuid", "base64", "brotli", "hatch_sentry_artifacts")
        for trap in project.glob("*.py"):
            if trap.stem not in names:
                trap.unlink()
        further = f"import os, {', '.join(names)}\nsys.path.insert(0, {place})"
    _run(project, ["-c", _BUILD.format(further=further, back_end=back_end)])

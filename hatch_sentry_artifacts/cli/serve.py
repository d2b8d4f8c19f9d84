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
    parser.add_argument(
        "--token",
        action="append",
        default=[],
        metavar="NAME=SCOPES",
        help="add a token of these scopes, with commas between them, to see what it is refused: "
        "org:ci alone makes an organization token, `revoked` one that is not known, and nothing "
        "one that may do nothing (may be repeated)",
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Serve until it is interrupted."""
    try:
        from hatch_sentry_artifacts.local_server.rehearsal_tokens import VARIABLE, read_token
        from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the local server needs {error.name}: pip install 'hatch-sentry-artifacts[server]'"
        ) from None
    added = [read_token(text) for text in parsed.token]
    settings = Settings(folder=parsed.folder or _data_folder())
    try:
        server = LocalServer(settings, parsed.port)
    except OSError as error:
        raise ConfigurationError(
            f"port {parsed.port} cannot be served: {error.strerror}; --port names another"
        ) from None
    values = {token: token.value(server.url, settings.organization) for token in added}
    server.add_tokens(
        {value: token.scopes for token, value in values.items() if token.scopes is not None}
    )
    variables = {
        "SENTRY_URL": server.url,
        "SENTRY_ORG": settings.organization,
        "SENTRY_PROJECT": settings.projects[0],
        VARIABLE: DEFAULT_TOKEN,
        **{token.variable: value for token, value in values.items()},
    }
    command = "set" if os.name == "nt" else "export"
    for name, value in variables.items():
        print_safely(f"{command} {name}={value}", sys.stdout)
    for token in added:
        console.info(f"{token.variable} is {token}: set {VARIABLE} to it")
    console.info(f"serving {server.url}, with its data in {settings.folder}; Ctrl-C stops it")
    server.serve_forever()
    return 0


def _data_folder() -> Path:
    cache = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    return Path(cache or Path.home() / ".cache") / "hatch-sentry-artifacts" / "server"

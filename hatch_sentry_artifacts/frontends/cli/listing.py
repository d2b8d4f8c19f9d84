"""`list`: the release files on the server."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import ConfigurationError, NotFound
from hatch_sentry_artifacts.frontends.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    read_context,
)
from hatch_sentry_artifacts.frontends.cli.wheels import current_release
from hatch_sentry_artifacts.report import files_text, size_text
from hatch_sentry_artifacts.sentry.api import RemoteFile
from hatch_sentry_artifacts.sentry.release_plan import list_files
from hatch_sentry_artifacts.sentry.releases import check_version, require_destination
from hatch_sentry_artifacts.sentry.session import connected


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "list",
        usage="%(prog)s [options]",
        help=summary,
        description="Lists the files that the server holds for a release.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_options(parser, ("release", "dist", *CONNECTION_KEYS))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the files; those of one dist if one is asked for."""
    context = read_context(parsed)
    connection = context.settings.connection()
    release = _release(context)
    with connected(connection, context.options, notice=console.info) as api:
        try:
            files = list_files(api, release, context.options.workers)
        except NotFound:
            require_destination(api)
            raise ConfigurationError(
                f"there is no release {release} of {connection}: nothing was uploaded for that "
                "version yet; --release names another"
            ) from None
    dist = context.options.dist
    shown = [file for file in files if dist is None or file.dist == dist]
    shown.sort(key=lambda file: (file.dist or "", file.name))
    if parsed.json:
        print_safely(json.dumps(_as_json(release, shown), ensure_ascii=False), sys.stdout)
        return 0
    for line in _table(shown):
        print_safely(line, sys.stdout)
    total = size_text(sum(file.size for file in shown))
    console.info(f"release {release} of {connection}: {files_text(len(shown))} ({total})")
    return 0


def _release(context: Context) -> str:
    template = context.options.release
    name, version = current_release(context.project)
    missing = [
        word
        for word, value in (("name", name), ("version", version))
        if value is None and f"{{{word}}}" in template
    ]
    if missing:
        raise ConfigurationError(
            f"which release? The project's {missing[0]} is not known here: pass --release, or "
            "build its wheel into dist/"
        )
    release = template.format(name=name, version=version)
    check_version(release)
    return release


def _table(files: Sequence[RemoteFile]) -> list[str]:
    with_dist = any(file.dist for file in files)
    rows = [
        [
            size_text(file.size),
            file.sha1[:12],
            *([file.dist or "-"] if with_dist else []),
            file.name,
        ]
        for file in files
    ]
    if not rows:
        return []
    rows.insert(0, ["SIZE", "SHA1", *(["DIST"] if with_dist else []), "NAME"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join(
            [row[0].rjust(widths[0])]
            + [cell.ljust(width) for cell, width in zip(row[1:-1], widths[1:], strict=True)]
            + [row[-1]]
        )
        for row in rows
    ]


def _as_json(release: str, files: Sequence[RemoteFile]) -> dict[str, Any]:
    keys = ("id", "name", "dist", "size", "sha1", "headers")
    return {
        "release": release,
        "files": [{key: getattr(file, key) for key in keys} for file in files],
    }

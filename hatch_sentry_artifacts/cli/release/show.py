"""`release show`: one release, as the server has it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hatch_sentry_artifacts.cli.arguments import read_context
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.cli.release.output import add_output, release_object
from hatch_sentry_artifacts.cli.release.server import release_there, server_of
from hatch_sentry_artifacts.cli.times import exact_text, time_text
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.sentry.releases.deploys import Deploy, Deploys


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "show",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Shows a release as the server has it, with its deploys. `list` shows its "
        "files.",
    )
    add_output(parser, changes=False)
    add_release(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print what the server says of the release."""
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    with server_of(context, console, changes=False) as api:
        release = release_there(api, version, context.options.workers)
        deploys = Deploys(api, release).list() if release.deploys else []
    said = release_object(release, api.connection)
    if parsed.json:
        said["deploys"] = [deploy_object(each) for each in deploys]
        print_safely(json_text(said), sys.stdout)
        return 0
    del said["deploy_count"]
    said["projects"] = ", ".join(said["projects"])
    for key, value in said.items():
        if value is not None:
            console.result(f"{key:<9} {value}")
    for each in deploys:
        console.result(f"deploy    {deploy_text(each)}")
    return 0


def deploy_text(deploy: Deploy) -> str:
    """Return a deploy as it is shown to people."""
    date = f" at {time_text(deploy.finished)}" if deploy.finished else ""
    name = f", {deploy.name}" if deploy.name else ""
    url = f", {deploy.url}" if deploy.url else ""
    return f"to {deploy.environment}{date}{name}{url}"


def deploy_object(deploy: Deploy) -> dict[str, Any]:
    """Return the JSON of a deploy."""
    return {
        "id": deploy.id,
        "environment": deploy.environment,
        "name": deploy.name,
        "url": deploy.url,
        "started": exact_text(deploy.started) if deploy.started else None,
        "finished": exact_text(deploy.finished) if deploy.finished else None,
    }

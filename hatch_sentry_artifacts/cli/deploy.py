"""`deploy`: tells the server that a release was deployed, once."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime, timezone
from typing import Any

from hatch_sentry_artifacts.cli.arguments import CONNECTION_KEYS, read_context
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.cli.release.output import UNCHANGED, add_output
from hatch_sentry_artifacts.cli.release.server import release_there, server_of
from hatch_sentry_artifacts.cli.release.show import deploy_object, deploy_text
from hatch_sentry_artifacts.cli.times import TIME, read_time
from hatch_sentry_artifacts.configuration.build_runs import run_page
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.deploys import Deploy, Deploys, NewDeploy
from hatch_sentry_artifacts.sentry.releases.fields import (
    environment_problem,
    name_problem,
    url_problem,
)
from hatch_sentry_artifacts.sentry.releases.releases import Release


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "deploy",
        usage="%(prog)s --environment ENVIRONMENT [options] [RELEASE]",
        help=summary,
        description="Tells Sentry that a release was deployed, about which it may write to people: "
        "so the last step, after the commits of the release. A deploy of the same environment, "
        "name, url and times is told once; the url is that of the CI run, so another run tells of "
        "another deploy.",
    )
    parser.add_argument(
        "--environment", "-e", required=True, metavar="ENVIRONMENT", help="where to it was deployed"
    )
    parser.add_argument("--name", metavar="TEXT", help="name of the deploy [none]")
    parser.add_argument(
        "--deploy-url", metavar="URL", help="address of the deploy [the page of the CI run]"
    )
    parser.add_argument(
        "--started", type=read_time, metavar=TIME, help="when the deploy began [unknown]"
    )
    parser.add_argument(
        "--finished", type=read_time, metavar=TIME, help="when the deploy ended [now]"
    )
    parser.add_argument(
        "--again", action="store_true", help="tell of another deploy, though one like it is there"
    )
    # Elsewhere that of the server, in sentry-cli that of the deploy: a token must not go there.
    parser.add_argument(
        "--url", type=_refuse_url, default=argparse.SUPPRESS, help=argparse.SUPPRESS
    )
    add_output(parser, changes=True)
    add_release(parser, connection=[key for key in CONNECTION_KEYS if key != "url"])
    parser.set_defaults(run=run)


def _refuse_url(_url: str) -> str:
    raise argparse.ArgumentTypeError(
        "is the address of what? That of the deploy is --deploy-url; that of the Sentry server is "
        "set by SENTRY_URL, or the option `url` of the project"
    )


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Tell of the deploy, unless it is there."""
    new = _wanted(parsed)
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    with server_of(context, console, changes=True) as api:
        release = release_there(api, version, context.options.workers)
        if parsed.dry_run:
            deploy, is_new = _look(api, release, new, again=parsed.again)
        else:
            deploy, is_new = Deploys(api, release).tell(
                new, datetime.now(timezone.utc), again=parsed.again
            )
    console.info(_sentence(version, deploy, is_new=is_new, dry_run=parsed.dry_run))
    if parsed.json:
        said = {
            "release": version,
            "done": "deployed" if is_new else UNCHANGED,
            "dry_run": parsed.dry_run,
            "deploy": {**deploy_object(deploy), "id": deploy.id or None},
        }
        print_safely(json_text(said), sys.stdout)
    return 0


def _sentence(version: str, deploy: Deploy, *, is_new: bool, dry_run: bool) -> str:
    what = f"that release {version} was deployed {deploy_text(deploy)}"
    if not is_new:
        return f"Sentry knows already {what}; --again tells of another deploy"
    if dry_run:
        return f"dry run: Sentry would be told {what}; nothing was sent"
    return f"Sentry is told {what}"


def _wanted(parsed: argparse.Namespace) -> NewDeploy:
    """Return the deploy that the flags describe. Raises ConfigurationError with all problems."""
    name, url = (text.strip() if text else None for text in (parsed.name, parsed.deploy_url))
    problems = [
        f"{flag} {value!r} {problem}"
        for flag, value, problem_of in (
            ("--environment", parsed.environment.strip(), environment_problem),
            ("--name", name, name_problem),
            ("--deploy-url", url, url_problem),
        )
        if value is not None and (problem := problem_of(value))
    ]
    started, finished = parsed.started, parsed.finished
    if started and started > (finished or datetime.now(timezone.utc)):
        problems.append("--started is later than --finished, or than now")
    if problems:
        raise ConfigurationError(problems)
    page = run_page(os.environ)
    usable = page if page and not url_problem(page) else None
    return NewDeploy(parsed.environment.strip(), name, url or usable, started, finished)


def _look(api: SentryApi, release: Release, new: NewDeploy, *, again: bool) -> tuple[Deploy, bool]:
    """Return the deploy that is there, or would be."""
    there = None if again else Deploys(api, release).find(new)
    finished = new.finished or datetime.now(timezone.utc).replace(microsecond=0)
    would_be = Deploy("", new.environment, new.name, new.url, new.started, finished)
    return there or would_be, there is None

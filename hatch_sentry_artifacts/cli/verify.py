"""`verify`: whether errors of a running site would be readable, and what to do if not."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from hatch_sentry_artifacts.cli.arguments import (
    Context,
    add_distribution,
    add_look_up,
    connect,
    read_context,
    read_side_file,
)
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, ConfigurationError
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.explain.gathering import distribution_artifacts
from hatch_sentry_artifacts.explain.source_map import require_ecma426
from hatch_sentry_artifacts.verify.addresses import web_address
from hatch_sentry_artifacts.verify.judging import Truth
from hatch_sentry_artifacts.verify.site import Bounds, Site
from hatch_sentry_artifacts.verify.truth import local_truth, server_truth
from hatch_sentry_artifacts.verify.verification import verify
from hatch_sentry_artifacts.verify.wording import json_object, report_lines

# Of RFC 9110, without what is not ASCII.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t -~]*")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "verify",
        usage="%(prog)s [options] URL ...",
        help=summary,
        description="Opens pages of a running site, follows all scripts that they load, and says "
        "for each whether Sentry would show the original lines of an error in it: whether it is "
        "what was uploaded, under the name that browsers report, with a map that resolves. The "
        "exit code is 0 if all do, and 1 if one does not. No upload rights are needed.",
    )
    parser.add_argument(
        "urls", nargs="+", metavar="URL", help="address of a page, a script or a sitemap"
    )
    parser.add_argument(
        "--crawl",
        type=int,
        default=1,
        metavar="N",
        help="open up to N pages in all, those that pages and sitemaps of the same host link",
    )
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="send this to the hosts of the given URLs, such as a cookie; may be repeated",
    )
    add_distribution(parser, "compare with what would be uploaded of it, and ask no Sentry server")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_look_up(parser, release="release of the site", dist="dist that the site tells Sentry")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print what came of it; return 0 if every error would be readable."""
    urls = [_address(url) for url in parsed.urls]
    headers = dict(map(_header, parsed.header))
    if parsed.crawl < 1:
        raise ConfigurationError("--crawl must be a number of pages, at least 1")
    require_ecma426()
    context = read_context(parsed)
    with (
        _truth(parsed, context, console) as (truth, release),
        closing(Site(urls, headers, Bounds())) as site,
    ):
        found = verify(urls, site, truth, release=release, most_pages=parsed.crawl)
    if parsed.json:
        print_safely(json_text(json_object(found)), sys.stdout)
    else:
        for line in report_lines(found, everything=console.verbosity > 0):
            console.result(line)
    return 0 if found.ok else UPLOAD_FAILED


@contextmanager
def _truth(
    parsed: argparse.Namespace, context: Context, console: Console
) -> Iterator[tuple[Truth, str | None]]:
    """Yield what the site is compared with, and the release that it has to say."""
    distribution, side_file = parsed.distribution, read_side_file(parsed)
    if distribution is not None:
        with distribution_artifacts(distribution, context.options, None, side_file) as artifacts:
            release = context.options.release
            is_known = release is not None and "{" not in release
            yield local_truth(artifacts), release if is_known else None
        return
    target = project_release(context.project, context.options)
    with connect(context, console) as api:
        workers = context.options.workers
        truth = server_truth(api, target, workers=workers, notice=console.info)
        yield truth, target.release


def _address(given: str) -> str:
    """Return the URL of a page. Raises ConfigurationError if it is none."""
    if "@" in given.partition("://")[2].partition("/")[0]:
        # It may be a password, so it is not shown.
        raise ConfigurationError(
            "an address of a page must hold no user or password: browsers report none; "
            'give them as --header "Authorization: Basic ..."'
        )
    url = given if "://" in given else f"https://{given}"
    address = web_address(url)
    if not address or any(map(str.isspace, url)):
        raise ConfigurationError(f"{given} is no address of a page: give one as a browser shows it")
    return address


def _header(given: str) -> tuple[str, str]:
    name, colon, value = (part.strip(" \t\r\n") for part in given.partition(":"))
    if not colon or not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        # What was given may be a secret, so it is not shown.
        raise ConfigurationError('--header must be NAME:VALUE, such as "Cookie: session=..."')
    return name, value

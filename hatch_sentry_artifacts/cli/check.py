"""`check`: whether an upload would work, and what to fix if not."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.builds.prospects import Prospect, find_prospects
from hatch_sentry_artifacts.builds.wheel_prospects import find_wheel_prospects
from hatch_sentry_artifacts.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    connect,
    read_context,
)
from hatch_sentry_artifacts.configuration.checkout import read_checkout
from hatch_sentry_artifacts.configuration.credentials.settings import Setting, Settings
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, Options
from hatch_sentry_artifacts.configuration.project import find_project_folder
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    NotOffered,
    SentryArtifactsError,
    ServerRefused,
    ServerUnreachable,
)
from hatch_sentry_artifacts.redaction import redact
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_api import BundleApi
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.releases.releases import Releases

# Who asks whether all is well waits for the answer; --timeout says otherwise.
_PATIENCE = 15.0
_NEEDED_SCOPES = {"project:releases", "project:write", "project:admin"}


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "check",
        usage="%(prog)s [options]",
        help=summary,
        description="Checks configuration, token, organization, project and server, whether the "
        "server takes uploads as configured, why a build of this project would not upload here, "
        "and what is wrong with its newest wheel; a line each. Uploads nothing.",
    )
    add_options(parser, (*CONNECTION_KEYS, "upload-as"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print a line for each check; return the exit code of the first that failed."""
    checks = _Checks(console)
    context = checks.make("configuration", partial(_configuration, parsed))
    if context is None:
        _tell_prospects(None, checks)
        return checks.code
    settings = context.settings
    for problem in settings.problems:
        checks.fail("connection", ConfigurationError(problem))
    _tell_settings(settings, checks)
    if checks.code == 0:
        patience = context.options.timeout if "timeout" in parsed else _PATIENCE
        with connect(context, console, patience=patience) as api:
            _ask(api, checks, bundles=_wants_bundles(context.options))
            if checks.code == 0:
                _tell_shared(api, context, checks)
                _tell_commits(api, context, checks)
    _tell_prospects(context, checks)
    return checks.code


def _wants_bundles(options: Options) -> bool:
    """Return whether a build's upload is an artifact bundle, if the server takes it."""
    if options.upload_as == AUTO:
        return options.debug_ids == "inject"
    return options.upload_as == ARTIFACT_BUNDLE


def _tell_settings(settings: Settings, checks: _Checks) -> None:
    missing = {each.what: each.sentence for each in settings.missing}
    for what, found in (
        ("token", str(settings.token).removeprefix("the token ")),
        ("organization", _shown(settings.organization)),
        ("project", ", ".join(_shown(each) for each in settings.projects)),
    ):
        if what in missing:
            checks.fail(what, ConfigurationError(missing[what]))
        else:
            checks.say("found", what, found)
    checks.say("found", "url", _shown(settings.url))
    for warning in settings.warnings:
        checks.say("warning", "url", warning)


def _tell_prospects(context: Context | None, checks: _Checks) -> None:
    """Show what keeps a build here from uploading, and what is wrong with its wheel.

    Without a context the configuration is wrong, and only the build is looked at.
    """
    folder = context.project.folder if context else find_project_folder(Path.cwd())
    _tell_each(find_prospects(folder, os.environ), checks)
    if context and (folder / "pyproject.toml").is_file():
        _tell_each(find_wheel_prospects(context.project, context.options), checks)


def _tell_each(prospects: Iterable[Prospect], checks: _Checks) -> None:
    try:
        for each in prospects:
            if each.wrong:
                checks.fail(each.what, ConfigurationError(each.text))
            else:
                checks.say("hint" if each.hint else "warning", each.what, each.text)
    except ConfigurationError as error:
        checks.fail("build", error)


class _Checks:
    """Prints the lines, and remembers the first failure's exit code."""

    def __init__(self, console: Console) -> None:
        self.code = 0
        self.gave_up = False
        self._console = console

    def say(self, state: str, what: str, text: str) -> None:
        self._console.result(f"{state:<8} {what:<14} {text}")

    def fail(self, what: str, error: SentryArtifactsError) -> None:
        for line in error.lines:
            self.say("FAILED", what, line)
        self.code = self.code or error.exit_code
        self.gave_up |= isinstance(error, ServerUnreachable)

    def make(self, what: str, ask: Callable[[], tuple[str, Any]]) -> Any:
        try:
            text, value = ask()
        except SentryArtifactsError as error:
            self.fail(what, error)
            return None
        self.say("ok", what, text)
        return value


def _configuration(parsed: argparse.Namespace) -> tuple[str, Context]:
    context = read_context(parsed)
    if context.project.source.table:
        return f"{context.project.source.path} in {context.project.folder}", context
    return f"none in {context.project.folder}; defaults and environment are used", context


def _ask(api: SentryApi, checks: _Checks, *, bundles: bool) -> None:
    connection = api.connection
    if checks.make("server", partial(_scopes, api)) is None:
        return
    try:
        api.require_organization()
    except NotOffered as error:
        # Bugsink has only the endpoints that bundles need.
        if not bundles:
            checks.fail("release files", error)
            return
        _tell_unknown(connection, checks)
    except SentryArtifactsError as error:
        checks.fail("organization", error)
        return
    else:
        checks.say("ok", "organization", f"{connection.organization} is there")
        for slug in connection.projects:
            checks.make("project", partial(_project, api, slug))
    if not checks.gave_up:
        _ask_for_uploads(api, checks, bundles=bundles)


def _ask_for_uploads(api: SentryApi, checks: _Checks, *, bundles: bool) -> None:
    if bundles:
        checks.make("bundles", partial(_bundles, api))
    else:
        checks.make("release files", partial(_release_files, api))


def _tell_shared(api: SentryApi, context: Context, checks: _Checks) -> None:
    """Say whether other projects have the release of the newest wheel.

    A release belongs to the organization: another package of that name and version shares it.
    """
    try:
        version = project_release(context.project, context.options).release
        release = Releases(api).find(version)
    except SentryArtifactsError:
        return  # no version is known, or the server has no releases
    others = release.others(api.connection.projects) if release else ()
    if others:
        checks.say(
            "warning",
            "release",
            f"{version} is also one of {', '.join(others)}, into which no upload replaces: "
            'if those are other packages, set `release = "{name}@{version}"`, and tell pages the '
            "same",
        )


def _tell_commits(api: SentryApi, context: Context, checks: _Checks) -> None:
    """Say which commits an upload would set now; want of them fails no upload."""
    if context.options.commits != AUTO:
        return
    from hatch_sentry_artifacts.commits.plan import Request, make_plan
    from hatch_sentry_artifacts.commits.setting import summary
    from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits

    try:
        version = project_release(context.project, context.options).release
        checkout = read_checkout(context.project.folder, os.environ)
        plan = make_plan(Request.of(version, context.options, checkout), ReleaseCommits(api))
    except SentryArtifactsError as error:
        checks.say("warning", "commits", str(error))
        return
    for remark in plan.remarks:
        checks.say("warning", "commits", remark)
    checks.say("ok", "commits", summary(plan, version, dry_run=True))


def _tell_unknown(connection: Connection, checks: _Checks) -> None:
    for what, slugs in (
        ("organization", [connection.organization]),
        ("project", connection.projects),
    ):
        names = " and ".join(slugs)
        checks.say("unknown", what, f"the server does not tell whether it has {names}")


def _scopes(api: SentryApi) -> tuple[str, bool]:
    abilities = api.abilities()
    scopes = ", ".join(abilities.scopes)
    # What an organization token has, and Bugsink says of each of its own: nothing to a user's.
    needed = _NEEDED_SCOPES if abilities.of_user else _NEEDED_SCOPES | {"org:ci"}
    if scopes and needed.isdisjoint(abilities.scopes):
        raise ServerRefused(
            f"the token has the scopes {scopes}, none of which may upload: make one with "
            "project:releases, or an organization token"
        )
    text = f"{api.connection.url} answers and takes the token"
    return text + (f"; its scopes are {scopes}" if scopes else ""), True


def _project(api: SentryApi, slug: str) -> tuple[str, bool]:
    api.require_project(slug)
    return f"{slug} is there", True


def _release_files(api: SentryApi) -> tuple[str, bool]:
    if api.takes_release_files():
        return "the server takes them", True
    raise NotOffered(
        f"{api.connection.url} does not take release files, at least none of this project: set "
        '`upload-as` to "artifact-bundle", or fix the url if that is not the Sentry server'
    )


def _bundles(api: SentryApi) -> tuple[str, bool]:
    limits = BundleApi(api).limits()
    largest = min(limits.chunk_size, limits.max_request_size)
    parts = [f"chunks of up to {size_text(largest)}, {limits.chunks_per_request} a request"]
    at_a_time = limits.concurrency
    parts.append("1 request at a time" if at_a_time == 1 else f"{at_a_time} requests at a time")
    if limits.max_file_size:
        parts.append(f"up to {size_text(limits.max_file_size)} a bundle")
    parts.append(
        "only what it lacks is sent"
        if limits.tells_missing
        else "it does not tell what it has already, so that all is sent each time"
    )
    return f"the server takes artifact bundles: {', '.join(parts)}", True


def _shown(setting: Setting | None) -> str:
    return f"{redact(setting.value)} (from {setting.source})" if setting else ""

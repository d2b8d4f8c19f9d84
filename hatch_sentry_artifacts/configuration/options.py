"""Every option in one place: type, default and help; configuration, flags and docs use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from hatch_sentry_artifacts.configuration.hints import about_key
from hatch_sentry_artifacts.configuration.option import Kind, Option, option
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.errors import ConfigurationError

DEFAULT_PATTERNS = ("*.js", "*.mjs", "*.cjs", "*.js.map", "*.mjs.map", "*.cjs.map")
RELEASE_FILES = "release-files"
ARTIFACT_BUNDLE = "artifact-bundle"
TOKEN_KEYS = frozenset({"auth-token", "auth_token", "token", "authtoken"})
# Hatchling's own keys of a hook's table
# (https://hatch.pypa.io/latest/config/build/#build-hooks).
HATCH_KEYS = frozenset(
    {
        "dependencies",
        "enable-by-default",
        "require-runtime-dependencies",
        "require-runtime-features",
    }
)


@dataclass(frozen=True)
class Options:
    """The options of a project. Connection options that are None are searched elsewhere."""

    organization: str | None = option(
        Kind.TEXT,
        None,
        "slug of the Sentry organization",
        default_text="`SENTRY_ORG`, `.sentryclirc`, the token",
        short_flags=("-o", "--org"),
    )
    project: tuple[str, ...] = option(
        Kind.TEXTS,
        (),
        "slug of the Sentry project, or a list of slugs",
        default_text="`SENTRY_PROJECT`, `.sentryclirc`",
        short_flags=("-p",),
    )
    url: str | None = option(
        Kind.URL,
        None,
        "address of the Sentry server",
        default_text="`SENTRY_URL`, `.sentryclirc`, the token, https://sentry.io",
    )
    release: str | None = option(
        Kind.TEMPLATE,
        None,
        "release to upload to; `{name}` and `{version}` are those of the wheel",
        default_text="`SENTRY_RELEASE`, else `{version}`",
        short_flags=("-r",),
    )
    dist: str | None = option(
        Kind.TEMPLATE,
        None,
        "dist of the release that the files belong to; `{name}` and `{version}` work here too",
        default_text="none",
        short_flags=("-d",),
    )
    paths: Mapping[str, str | tuple[str, ...]] | None = option(
        Kind.PREFIXES,
        None,
        "table of folders or files in the wheel, each with the URL prefix it is served under, or "
        "a list of prefixes; files under no key are left out. `auto` infers them",
        default_text='`"auto"`',
    )
    include: tuple[str, ...] = option(
        Kind.PATTERNS,
        DEFAULT_PATTERNS,
        "gitignore patterns: files of the wheel to upload",
        default_text="`*.js`, `*.mjs`, `*.cjs` and their `.map`",
    )
    exclude: tuple[str, ...] = option(
        Kind.PATTERNS,
        (),
        "gitignore patterns: files to leave out of what `include` selects",
        default_text="none",
    )
    upload_as: str = option(
        Kind.CHOICE,
        AUTO,
        "how the server stores the files: one by one in the release, or as one bundle, which "
        "today's Sentry prefers, and Bugsink and GlitchTip need; `auto` is a bundle if scripts "
        "register debug ids and the server takes bundles, else release files",
        choices=(AUTO, RELEASE_FILES, ARTIFACT_BUNDLE),
    )
    source_maps: str = option(
        Kind.CHOICE,
        "ship",
        "whether the wheel ships its source maps, or they are uploaded but left out of it",
        choices=("ship", "strip"),
    )
    debug_ids: str = option(
        Kind.CHOICE,
        "keep",
        "whether debug ids are put into the scripts that the wheel ships, and their maps",
        choices=("keep", "inject"),
    )
    sources_content: str = option(
        Kind.CHOICE,
        "keep",
        "whether maps that lack texts of sources are uploaded so, or with those that are on disk",
        choices=("keep", "embed"),
    )
    validate: str = option(
        Kind.CHOICE,
        "warn",
        "what to do about scripts without a map, references to none, maps without a script, maps "
        "that are damaged or lack their sources, and names that no browser reports",
        choices=("warn", "error", "off"),
    )
    on_conflict: str = option(
        Kind.CHOICE,
        "replace",
        "what to do where the release holds other content under a name",
        choices=("replace", "error", "keep"),
    )
    on_error: str = option(
        Kind.CHOICE,
        "fail",
        "what a failed upload does to the build",
        choices=("fail", "warn"),
    )
    create_release: bool = option(
        Kind.SWITCH,
        default=True,
        text="create the release if it does not exist, and link the projects to it; for an "
        "artifact bundle, too",
    )
    finalize_release: bool = option(
        Kind.SWITCH,
        default=False,
        text="mark the release as released once all is there, or sent, if that is not waited for",
    )
    release_url: str | None = option(
        Kind.TEMPLATE,
        None,
        "address that the release leads to, with `{name}` and `{version}`",
        default_text="page of the run, as `GITHUB_RUN_ID` and others tell",
    )
    release_ref: str | None = option(
        Kind.TEMPLATE,
        None,
        "what the release is made from, such as `v{version}` for a tag",
        default_text="commit, as `GITHUB_SHA` and others, or `.git`, tell",
    )
    commits: str = option(
        Kind.CHOICE,
        "off",
        "whether the release gets its commits; `auto` takes those since the previous tag or "
        "release from git, or lets Sentry fetch them where it knows the repository",
        choices=("off", AUTO),
    )
    repository: str | None = option(
        Kind.TEXT,
        None,
        "name of the repository that the commits are of, as Sentry shows it, such as `owner/name`",
        default_text="as CI says, or the remote `upstream` or `origin`",
    )
    workers: int = option(Kind.COUNT, 8, "connections at a time (1 to 128)", short_flags=("-j",))
    timeout: float = option(Kind.SECONDS, 60.0, "seconds to wait for the server at each step")
    wait: float = option(
        Kind.SECONDS_OR_ZERO,
        300.0,
        "seconds to wait until the server has made an artifact bundle of what it was sent; 0 not "
        "to wait",
    )
    keep_maps: str | None = option(
        Kind.FOLDER,
        None,
        "folder of the project in which a build keeps what the upload of its wheel needs besides "
        "the wheel, as a file for `hatch-sentry-artifacts upload` in another job",
        default_text="none",
    )
    report: str | None = option(
        Kind.TEXT,
        None,
        "file for the report: JSON, Markdown if its name ends in `.md`, a page if in `.html`",
        default_text="none",
    )


OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        key: Option(key=key, default=each.default, **each.metadata)
        for each in fields(Options)
        for key in [each.name.replace("_", "-")]
    }
)


@dataclass(frozen=True)
class Source:
    """One place that sets options: a TOML table with its dotted path, or the command line."""

    table: Mapping[str, object]
    path: str = ""

    def where(self, key: str) -> str:
        """Return the full name of `key` as its author wrote it."""
        return f"{self.path}.{key}" if self.path else f"--{key}"


def read_options(*sources: Source) -> Options:
    """Return the options that `sources` set, a later source over an earlier one.

    Raises ConfigurationError with one line for each problem in any of them.
    """
    found: dict[str, Any] = {}
    problems: list[str] = []
    for source in sources:
        for key, value in source.table.items():
            option = OPTIONS.get(key)
            if option is None:
                problems.append(f"{source.where(key)}: {_unknown(key)}")
                continue
            misplaced = _misplaced(option, value)
            problems += [f"{source.where(key)}: {each}" for each in misplaced]
            try:
                if not misplaced:
                    found[key.replace("-", "_")] = option.read(value)
            except ValueError as error:
                problems += [f"{source.where(key)}: {line}" for line in str(error).splitlines()]
    result = Options(**found)
    problems += _contradictions(result, sources)
    if problems:
        raise ConfigurationError(problems)
    return result


def _misplaced(option: Option, value: object) -> list[str]:
    """Return what is to be done about options in the table `paths`, in which they count for keys.

    In TOML, whatever follows the head of a table belongs to it.
    """
    if option.kind is not Kind.PREFIXES or not isinstance(value, Mapping):
        return []
    return [
        f'"{key}" is an option of its own: move it above the head of the table `{option.key}`'
        for key in value
        if key in OPTIONS
    ]


def _unknown(key: str) -> str:
    if key.lower() in TOKEN_KEYS:
        return (
            "a token never stands in a project's files; put it into the environment variable "
            "SENTRY_AUTH_TOKEN, or under [auth] in .sentryclirc in your home folder, "
            "and revoke it if this file was ever published"
        )
    if key in HATCH_KEYS:
        return (
            "is an option of Hatch's own, for its hooks; here, SENTRY_ARTIFACTS decides whether a "
            "build uploads: leave it out"
        )
    return about_key(key, OPTIONS)


def _contradictions(options: Options, sources: Sequence[Source]) -> Iterator[str]:
    def where(key: str) -> str:
        return next((source.where(key) for source in reversed(sources) if key in source.table), key)

    for pattern in options.include:
        if pattern in options.exclude:
            yield (
                f"{where('exclude')}: contradicts {where('include')}: "
                f'both hold the pattern "{pattern}"; take it out of one of them'
            )
    if options.upload_as == ARTIFACT_BUNDLE and options.on_conflict != "replace":
        yield (
            f"{where('on-conflict')}: contradicts {where('upload-as')}: in an artifact bundle no "
            "file stands in another's way; leave it out"
        )

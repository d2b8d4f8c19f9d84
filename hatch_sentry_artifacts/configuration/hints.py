"""Guesses what was meant by a key or value that is none; "" or None where nothing comes near."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches

# What others call these options, among them sentry-cli and the plugins of bundlers.
_OTHER_NAMES = {
    "org": "organization",
    "orgs": "organization",
    "slug": "project",
    "server": "url",
    "host": "url",
    "base-url": "url",
    "sentry-url": "url",
    "version": "release",
    "release-name": "release",
    "url-prefix": "paths",
    "prefix": "paths",
    "urls": "paths",
    "files": "include",
    "assets": "include",
    "patterns": "include",
    "ignore": "exclude",
    "artifact-bundle": "upload-as",
    "bundle": "upload-as",
    "strip": "source-maps",
    "sourcemaps": "source-maps",
    "inject": "debug-ids",
    "inject-debug-ids": "debug-ids",
    "embed": "sources-content",
    "strict": "validate",
    "overwrite": "on-conflict",
    "fail": "on-error",
    "allow-failure": "on-error",
    "finalize": "finalize-release",
    "jobs": "workers",
    "threads": "workers",
}
_SWITCHES = frozenset({"enable", "enabled", "disable", "disabled", "dry-run", "upload", "ci"})
# Values that are meant by others, by option values that exist.
_MEANINGS = {
    "off": ("false", "no", "none", "never", "ignore", "disable", "disabled", "skip", "0"),
    "error": ("fail", "strict", "raise", "abort", "true"),
    "fail": ("error", "raise", "abort", "stop", "true"),
    "warn": ("warning", "warnings", "continue"),
    "replace": ("overwrite", "update", "force"),
    "keep": ("skip", "ignore", "false", "no", "off", "leave"),
    "artifact-bundle": ("bundle", "artifacts", "artifact", "bundles"),
    "release-files": ("files", "release", "legacy"),
    "strip": ("remove", "delete", "drop", "hide", "exclude"),
    "ship": ("keep", "include", "true"),
    "inject": ("add", "true", "yes", "on"),
    "embed": ("inline", "include", "add", "true", "yes", "on"),
    "upload": ("yes", "true", "1", "on", "send"),
    "dry-run": ("dry", "dryrun", "test", "plan", "check"),
}
_TRUE_WORDS = {"true", "yes", "on", "1"}
_FALSE_WORDS = {"false", "no", "off", "0"}
_BARE_WORD = re.compile(r"=\s*(true|false|yes|no|on|off|none|null)\s*(?:#|$)", re.IGNORECASE)


def meant_key(key: str, keys: Collection[str]) -> str | None:
    """Return the one of the options `keys` that is probably meant."""
    plain = key.lower().replace("_", "-").removeprefix("sentry-")
    other = _OTHER_NAMES.get(plain)
    return other or next(iter(get_close_matches(plain, keys, n=1)), None)


def about_key(key: str, keys: Collection[str]) -> str:
    """Return what is to be done about an unknown option, as the end of a sentence."""
    if "/" in key or "*" in key:
        return "is no option; a folder with its URL prefix stands in the table `paths`"
    if key.lower().replace("_", "-") in _SWITCHES:
        return "unknown option; SENTRY_ARTIFACTS in the environment decides whether a build uploads"
    meant = meant_key(key, keys)
    return f"unknown option; did you mean {meant}?" if meant else "unknown option"


def about_choice(value: object, choices: Sequence[str]) -> str:
    """Return a question that names the choice that is probably meant, to stand at the end."""
    text = _plain(value).replace("_", "-")
    meant = next((each for each in choices if text in (each, *_MEANINGS.get(each, ()))), None)
    meant = meant or next(iter(get_close_matches(text, choices, n=1)), None)
    return f'; did you mean "{meant}"?' if meant else ""


def about_switch(value: object) -> str:
    """Return the same for a boolean."""
    text = _plain(value)
    meant = "true" if text in _TRUE_WORDS else "false" if text in _FALSE_WORDS else ""
    return f"; did you mean {meant}, without quotes?" if meant else ""


def about_number(value: object) -> str:
    """Return the same for a number that is written as a string."""
    plain = value.strip() if isinstance(value, str) else ""
    return f"; did you mean {plain}, without quotes?" if _is_number(plain) else ""


def about_line(text: str, problem: str) -> str:
    """Return the same for the line of a TOML file that `problem`, the parser's message, names."""
    number = re.search(r"\(at line (\d{1,9})", problem)
    lines = text.splitlines()
    if number is None or not 0 < int(number[1]) <= len(lines):
        return ""
    word = _BARE_WORD.search(lines[int(number[1]) - 1])
    if word is None:
        return ""
    meant = "true" if word[1].lower() in _TRUE_WORDS else "false"
    return f"; {word[1]} is no value of TOML: did you mean {meant}?"


def _plain(value: object) -> str:
    # Other values are foreign, and may be of any size.
    return str(value).strip().lower() if isinstance(value, (str, bool)) else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

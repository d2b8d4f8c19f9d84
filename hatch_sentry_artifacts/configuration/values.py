"""Reads single option values; the message of a ValueError is half a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from string import Formatter
from urllib.parse import SplitResult, urlsplit

from hatch_sentry_artifacts.configuration.hints import about_number, about_switch
from hatch_sentry_artifacts.escaping import is_encodable
from hatch_sentry_artifacts.redaction import redact

AUTO = "auto"
PLACEHOLDERS = ("name", "version")
MOST_WORKERS = 128
MOST_SECONDS = 3600
_MOST_PATTERNS = 10_000
# How paths of the pages of Sentry, Bugsink and GlitchTip go on after the server's address.
_PAGE = re.compile(r"/(auth|issues|organizations|projects|releases|settings)(/|$)")
_DRIVE = re.compile(r"[A-Za-z]:")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?")


def show(value: object) -> str:
    """Return `value` as in a TOML file, with tokens masked."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    try:
        return redact(json.dumps(value, ensure_ascii=False))
    except TypeError:  # a date or a time
        return redact(str(value))
    except RecursionError:
        return "a value that is nested too deep"
    except ValueError:  # of more digits than Python writes
        return "a number of too many digits"


def one_of(choices: Sequence[str]) -> str:
    """Return `choices`, quoted and joined by commas and a final "or"."""
    quoted = [f'"{choice}"' for choice in choices]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def read_text(value: object) -> str:
    """Return a string that is not blank."""
    if not isinstance(value, str):
        raise ValueError(f"must be a string, not {show(value)}")
    if not value.strip():
        raise ValueError("must not be empty; leave it out instead")
    if not is_encodable(value):
        raise ValueError(f"holds bytes that are no UTF-8: {show(value)}")
    return value


def read_texts(value: object) -> tuple[str, ...]:
    """Return a string, or a list of different strings that is not empty."""
    if isinstance(value, str):
        return (read_text(value),)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"must be a string or a list of strings, not {show(value)}")
    if not value:
        raise ValueError("must not be an empty list; leave it out instead")
    if len(set(value)) < len(value):
        raise ValueError(f"must not name the same twice, as {show(value)} does")
    return tuple(read_text(item) for item in value)


def read_patterns(value: object) -> tuple[str, ...]:
    """Return a list of gitignore patterns that is not empty."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"must be a list of strings, not {show(value)}")
    if not value:
        raise ValueError("must not be an empty list; leave it out instead")
    if len(value) > _MOST_PATTERNS:
        raise ValueError(f"must hold at most {_MOST_PATTERNS} patterns, not {len(value)}")
    from hatch_sentry_artifacts.assets.distribution.patterns import check_pattern

    for pattern in value:
        check_pattern(pattern)
    return tuple(value)


def read_switch(value: object) -> bool:
    """Return a boolean. Raises ValueError for a text such as "true"."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {show(value)}{about_switch(value)}")
    return value


def read_count(value: object) -> int:
    """Return a number of connections."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_WORKERS:
        raise ValueError(
            f"must be a whole number from 1 to {MOST_WORKERS}, not {show(value)}"
            + about_number(value)
        )
    return value


def read_seconds(value: object) -> float:
    """Return a time in seconds, above zero."""
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
    if 0 < number <= MOST_SECONDS:
        return float(number)
    raise ValueError(
        f"must be a number of seconds above 0 and up to {MOST_SECONDS}, not {show(value)}"
        + about_number(value)
    )


def read_seconds_or_zero(value: object) -> float:
    """Return a time in seconds, which may be zero."""
    if value == 0 and not isinstance(value, bool):
        return 0.0
    return read_seconds(value)


def read_url(value: object) -> str:
    """Return the URL of a Sentry server: http or https, host, maybe a path; no final slash."""
    text = read_text(value)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"is not a URL: {show(text)}") from None
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() for c in text):
        raise ValueError(_no_http_url(text))
    if parts.username is not None or parts.password is not None:
        raise ValueError(_no_secrets(parts))
    if not text.isprintable() or "\\" in text:
        raise ValueError(f"holds characters that no URL has: {show(text)}")
    if parts.path.rstrip("/").endswith("/api/0"):
        alone = text.rstrip("/").removesuffix("/api/0")
        raise ValueError(f"must be the server's address, {show(alone)}, without /api/0")
    page = _PAGE.search(parts.path)
    if page:
        alone = f"{parts.scheme}://{parts.netloc}{parts.path[: page.start()]}"
        raise ValueError(
            f"is the address of a page, {show(text)}; the server's is probably {show(alone)}"
        )
    if parts.query or parts.fragment:
        raise ValueError(f"must hold no query and no fragment, as {show(text)} does")
    return text.rstrip("/")


def _no_http_url(text: str) -> str:
    """Return why `text` is no address of a server."""
    meant = f": did you mean {show(f'https://{text}')}?" if _HOST.fullmatch(text) else ""
    return f"must be an http(s) URL such as https://sentry.io, not {show(text)}{meant}"


def _no_secrets(parts: SplitResult) -> str:
    """Return why a URL with a user name is refused; DSNs have a key there."""
    if parts.path.rpartition("/")[2].isdigit() and not parts.password:
        return (
            "is a DSN, to which pages send their events; the server's address is that of its pages"
        )
    return "must hold no user name or password"


def read_template(value: object) -> str:
    """Return a text with the placeholders `{name}` and `{version}`, as `str.format` takes it."""
    text = read_text(value)
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"{show(text)} is no template: {error}") from None
    known = " and ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    problems = [
        f"unknown placeholder {{{name}{'!' + conversion if conversion else ''}"
        f"{':' + layout if layout else ''}}} in {show(text)}; there are {known}"
        for _, name, layout, conversion in parsed
        if name is not None and (name not in PLACEHOLDERS or layout or conversion)
    ]
    if problems:
        raise ValueError("\n".join(problems))
    return text


def read_project_folder(value: object) -> str:
    """Return a folder below the project's own, with "/" between its segments; not `dist`.

    What lies in dist/ is published.
    """
    text = read_text(value)
    path = PurePosixPath(text.replace("\\", "/"))
    if path.is_absolute() or _DRIVE.match(text) or ".." in path.parts or text.startswith("~"):
        raise ValueError(f"must be a folder of the project, relative to it, not {show(text)}")
    if not path.parts:
        raise ValueError(f"must be a folder of its own, not {show(text)}, that of the project")
    if path.parts[0].lower() == "dist":
        raise ValueError(
            f"must not lie in dist/, whose files are published, as {show(text)} does; "
            'one that is not is "build/source-maps"'
        )
    if not text.isprintable():
        raise ValueError(f"holds characters that no folder should have: {show(text)}")
    return path.as_posix()


def read_prefixes(value: object) -> Mapping[str, str | tuple[str, ...]] | None:
    """Return a table of folders or files in the distribution, each with its URL prefixes.

    For "auto", return None.
    """
    if value == AUTO:
        return None
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f'must be "{AUTO}" or a table such as {{"shop/static" = "~/static"}}, not {show(value)}'
        )
    from hatch_sentry_artifacts.assets.names import read_folder

    result: dict[str, str | tuple[str, ...]] = {}
    problems: list[str] = []
    for key, prefix in value.items():
        try:
            folder = read_folder(key)
            if folder in result:
                raise ValueError("stands there twice; a slash at its end makes no difference")
            result[folder] = _read_prefixes(prefix)
        except ValueError as error:
            problems.append(f"{show(key)} {error}")
    if problems:
        raise ValueError("\n".join(problems))
    return result


def _read_prefixes(value: object) -> str | tuple[str, ...]:
    """Return a URL prefix, or the different ones of a list."""
    from hatch_sentry_artifacts.assets.names import read_prefix

    several = isinstance(value, (list, tuple))
    items: Sequence[object] = value if isinstance(value, (list, tuple)) else [value]
    if not items or not all(isinstance(each, str) for each in items):
        raise ValueError(
            f"must be a URL prefix such as ~/static, or a list of them, not {show(value)}"
        )
    prefixes = tuple(read_prefix(each) for each in items)
    if len(set(prefixes)) < len(prefixes):
        raise ValueError(f"must not have the same prefix twice, as in {show(value)}")
    return prefixes if several and len(prefixes) > 1 else prefixes[0]

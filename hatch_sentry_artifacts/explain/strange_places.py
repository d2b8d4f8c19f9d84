"""Tells the places of a trace apart that are in no file of a release, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"(?:\s|\Z|:\d+)"


@dataclass(frozen=True)
class StrangePlace:
    """Why a place is in no script that could be uploaded.

    `foreign` says that the code is not the page's own, so that nothing is missing.
    """

    reason: str
    foreign: bool


def strange_place(place: str) -> StrangePlace | None:
    """Return why `place`, as a trace writes it, is in no uploaded script; None if it may be."""
    for pattern, found in _KINDS:
        if pattern.match(place):
            return found
    return None


def _kind(pattern: str, reason: str, *, foreign: bool) -> tuple[re.Pattern[str], StrangePlace]:
    return re.compile(pattern, re.IGNORECASE), StrangePlace(reason, foreign)


# The order counts: some of the names hold others.
_KINDS = (
    _kind(
        r"\S*(?:wasm://|wasm-function\[|\[wasm code\])|.*> WebAssembly\.Module",
        "it is WebAssembly, which Sentry resolves by debug files and not by source maps",
        foreign=False,
    ),
    _kind(
        r"\S*webpack-internal:",
        "the page was built with one of webpack's `devtool` settings with `eval`, which are for "
        "development and leave no file to upload a map for: build with `devtool: "
        "'hidden-source-map'`",
        foreign=False,
    ),
    _kind(
        r"(?:webpack|turbopack|rollup|parcel|vite|ng|meteor)://",
        "it is the name of an original already, as a browser or Sentry shows it after looking "
        "into the source map: copy the raw, minified trace",
        foreign=False,
    ),
    _kind(
        r"(?:blob|data|javascript):|about:srcdoc",
        "the script was made in the page and came from no address of a server, so no name of a "
        "file can match it",
        foreign=False,
    ),
    _kind(
        r"(?:node|internal|bun|deno|ext|electron):|node:|internal/|\[eval\]",
        "it is the runtime's own code",
        foreign=True,
    ),
    _kind(
        r"(?:chrome|moz|safari|safari-web|ms-browser|webkit-masked-url)[\w-]*:(?://|hidden)|"
        r"(?:resource|chrome|about|jar|devtools):",
        "it is the browser's own code, or that of an extension",
        foreign=True,
    ),
    _kind(
        r"\[?native(?: code)?\]?\Z|self-hosted\b|index \d+\Z|unknown(?: location)?\Z|"
        r"InternalBytecode\.js\b",
        "it is the JavaScript engine's own code",
        foreign=True,
    ),
    _kind(
        rf"<anonymous>{_NAME}|debugger eval code|VM\d+{_NAME}|<eval>|\[?eval code\]?{_NAME}|"
        rf"REPL\d+{_NAME}",
        "it is code without a file: the engine's own, or typed into a console, or given to `eval`",
        foreign=True,
    ),
)
